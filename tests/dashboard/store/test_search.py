"""The published copy is searched as the connector would: same records, same order, same pages."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest

import harvest_demo
from dashboard.config.errors import NoSnapshot
from dashboard.store.completeness import Cause, Completeness, Gap
from dashboard.store.record_store import Account
from dashboard.store.record_tables import snapshot_fields
from dashboard.store.records import RecordStore
from dashboard.store.schema import STORED
from dashboard.store.search import SnapshotCopy, local_copy
from dashboard.store.snapshots import Snapshot, Snapshots
from harvest_client import Budget, Budgets, Harvest
from harvest_client.entities import ENTITIES
from harvest_client.models.records import Record
from harvest_client.search import LocalSearch, SearchError, SearchPage, matches, parse, read_search
from tests.dashboard.store.conftest import ACCOUNT, SYNCED, TODAY, sample

DEMO_TODAY = date(2026, 11, 20)
UNLIMITED = Budget(requests=1_000_000, seconds=1.0)
ENTRIES = STORED["time_entries"]
CLIENTS = STORED["clients"]


@dataclass(frozen=True)
class Agency:
    """The demo account as the connector lists it, and the published copy of it."""

    listed: Mapping[str, Sequence[Record]]
    copy: SnapshotCopy


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    directory = tmp_path_factory.mktemp("agency")
    account = harvest_demo.build(seed=7, entries=3000, today=DEMO_TODAY)
    with (
        Harvest(
            token=harvest_demo.TOKEN,
            account_id=harvest_demo.ACCOUNT_ID,
            base_url="http://localhost/v2",
            contact="tests@example.com",
            transport=harvest_demo.InProcess(harvest_demo.app(account, limits=False)),
            budgets=Budgets(general=UNLIMITED, reports=UNLIMITED),
        ) as harvest,
        RecordStore.open(
            directory / "store.duckdb", ACCOUNT, snapshots=Snapshots(directory, ACCOUNT.id)
        ) as records,
    ):
        listed = {name: everything(harvest, name) for name in ENTITIES}
        for name, entity in STORED.items():
            records.upsert(entity, [listed[name]])
        records.publish(synced_at=SYNCED, today=DEMO_TODAY)
        yield Agency(listed, local_copy(directory, ACCOUNT.id))


def everything(harvest: Harvest, name: str) -> list[Record]:
    resource = getattr(harvest, name)
    if name == "company":
        return [resource.get()]
    if name not in STORED:
        return list(resource.all(from_=date(2023, 1, 1), to=DEMO_TODAY))
    return list(resource.all())


def search(copy: LocalSearch, name: str, **parameters: Any) -> SearchPage:
    return copy.search(read_search(ENTITIES[name], {"query": {}, **parameters}))


def pages(copy: LocalSearch, name: str, **parameters: Any) -> Iterator[SearchPage]:
    page = search(copy, name, **parameters)
    yield page
    while page.meta.has_more:
        page = search(copy, name, **parameters, cursor=page.meta.cursor)
        yield page


def at(record: Record, path: str) -> Any:
    found: Any = record
    for name in path.split("."):
        found = None if found is None else getattr(found, name)
    return found


def in_order(records: Sequence[Record], path: str, *, reverse: bool) -> list[int]:
    """The ids of the records sorted by a path, those without a value last, ties by id."""
    by_id = sorted(records, key=lambda record: record.id)
    there = [record for record in by_id if at(record, path) is not None]
    absent = [record for record in by_id if at(record, path) is None]
    there.sort(key=lambda record: at(record, path), reverse=reverse)  # equal ones stay in order
    return [record.id for record in (*there, *absent)]


@pytest.mark.parametrize("name", ENTITIES)
def test_a_search_for_everything_finds_what_the_connector_lists_field_by_field(
    agency: Agency, name: str
) -> None:
    entity = ENTITIES[name]
    names = [field.name for field in snapshot_fields(entity)]

    page = search(agency.copy, name, limit=10_000)

    def by_key(records: Sequence[Record]) -> dict[Any, list[Any]]:
        return {
            tuple(getattr(record, key) for key in entity.primary_key): [
                msgspec.to_builtins(getattr(record, name), builtin_types=(datetime, date, Decimal))
                for name in names
            ]
            for record in records
        }

    assert by_key(page.data) == by_key(agency.listed[name])
    assert len(page.data) == len(agency.listed[name])
    assert not page.meta.has_more
    assert page.meta.cursor is None
    assert page.meta.took_ms is not None


@pytest.mark.parametrize("name", ["time_entries", "expenses", "users"])
def test_where_nothing_is_secret_the_records_are_the_connectors_own(
    agency: Agency, name: str
) -> None:
    found = search(agency.copy, name, limit=10_000).data

    assert found == sorted(agency.listed[name], key=lambda record: record.id)


def test_what_opens_a_link_is_in_no_record_and_in_no_column(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)

    secret = [
        (entity.name, field.name)
        for entity in ENTITIES.values()
        for field in entity.fields
        if field.secret
    ]
    columns = snapshots.open_current().rows(
        "SELECT table_name, column_name FROM information_schema.columns"
    )

    assert secret
    assert not set(secret) & set(columns)
    for name, field in secret:
        assert not hasattr(search(SnapshotCopy(snapshots), name).data[0], field)


def test_numbers_have_no_zeros_of_the_store_and_instants_their_zone(agency: Agency) -> None:
    entry = search(agency.copy, "time_entries", limit=1).data[0]

    assert str(entry.user_assignment.hourly_rate) == "125"
    assert entry.created_at.tzinfo is UTC
    assert entry.user_assignment.created_at.tzinfo is UTC


SORTS = [
    ("time_entries", "invoice.id"),
    ("time_entries", "user_assignment.hourly_rate"),
    ("time_entries", "notes"),
    ("time_entries", "is_billed"),
    ("projects", "ends_on"),
    ("invoices", "paid_at"),
    ("estimates", "discount_amount"),
]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(("name", "path"), SORTS)
def test_records_without_a_value_come_last_either_way(
    agency: Agency, name: str, path: str, order: str
) -> None:
    found = search(agency.copy, name, query={"sort": [{path: order}]}, limit=10_000).data

    expected = in_order(agency.listed[name], path, reverse=order == "desc")
    assert [record.id for record in found] == expected


@pytest.mark.parametrize("limit", [1, 2, 7])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    ("name", "path"),
    [("contacts", "title"), ("estimates", "declined_at"), ("expenses", "invoice.id")],
)
def test_pages_hold_each_record_once_and_in_order(
    agency: Agency, name: str, path: str, order: str, limit: int
) -> None:
    query = {"filter": {"lt": {"id": sorted(r.id for r in agency.listed[name])[:60][-1]}}}
    sort = [{path: order}, {"client.name": "desc"}]

    whole = search(agency.copy, name, query=query | {"sort": sort}).data
    parts = list(pages(agency.copy, name, query=query | {"sort": sort}, limit=limit))

    assert [record for page in parts for record in page.data] == whole
    assert all(len(page.data) == limit for page in parts[:-1])
    assert [page.meta.has_more for page in parts] == [True] * (len(parts) - 1) + [False]


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_reports_are_paged_by_subject_and_currency(agency: Agency, limit: int) -> None:
    sort = [{"total_hours": "desc"}]

    parts = pages(agency.copy, "time_tasks", query={"sort": sort}, limit=limit)

    found = [(row.task_id, row.currency) for page in parts for row in page.data]
    listed = sorted(
        agency.listed["time_tasks"],
        key=lambda row: (-row.total_hours, row.task_id, row.currency),
    )
    assert found == [(row.task_id, row.currency) for row in listed]


FILTERS = [
    ("time_entries", {"eq": {"user_assignment.is_project_manager": True}}),
    ("time_entries", {"and": [{"fuzzy": {"notes": "work"}}, {"neq": {"invoice": None}}]}),
    ("time_entries", {"gte": {"updated_at": "2026-06-01T00:00:00Z"}}),
    ("time_entries", {"not": {"eq": {"external_reference.service": "tracker.example.com"}}}),
    ("expenses", {"lt": {"user_assignment.hourly_rate": 100}}),
    ("invoices", {"any": {"line_items": {"gt": {"amount": 5000}}}}),
    ("users", {"array_contains": {"roles": "Design"}}),
    ("time_projects", {"startswith": {"project_name": "["}}),
]


@pytest.mark.parametrize(("name", "filter"), FILTERS)
def test_a_filter_finds_what_it_selects_of_the_listed_records(
    agency: Agency, name: str, filter: dict[str, Any]
) -> None:
    key = ENTITIES[name].primary_key

    found = search(agency.copy, name, query={"filter": filter}, limit=10_000).data

    asked = parse(filter, ENTITIES[name])
    listed = [record for record in agency.listed[name] if matches(asked, record)]
    assert 0 < len(listed) < len(agency.listed[name])
    assert {tuple(getattr(r, k) for k in key) for r in found} == {
        tuple(getattr(r, k) for k in key) for r in listed
    }


def test_only_the_fields_asked_for_are_there_and_objects_are_whole_or_in_part(
    agency: Agency,
) -> None:
    asked = ["notes", "user.name", "task", "task_assignment.hourly_rate"]

    entry = search(agency.copy, "time_entries", fields=asked, limit=1).data[0]

    listed = min(agency.listed["time_entries"], key=lambda record: record.id)
    assert msgspec.structs.asdict(entry).keys() == {"notes", "user", "task", "task_assignment"}
    assert msgspec.structs.asdict(entry.user) == {"name": listed.user.name}
    assert entry.task == listed.task
    assert entry.task_assignment.hourly_rate == listed.task_assignment.hourly_rate
    assert not hasattr(entry.task_assignment, "id")


def test_keys_inside_a_list_of_objects_can_be_asked_for_alone(agency: Agency) -> None:
    invoice = search(agency.copy, "invoices", fields=["line_items.amount"], limit=1).data[0]

    listed = min(agency.listed["invoices"], key=lambda record: record.id)
    assert [msgspec.structs.asdict(line) for line in invoice.line_items] == [
        {"amount": line.amount} for line in listed.line_items
    ]


def test_a_page_that_holds_all_has_no_next_one(agency: Agency) -> None:
    count = len(agency.listed["clients"])

    exactly = search(agency.copy, "clients", limit=count)
    one_less = search(agency.copy, "clients", limit=count - 1)

    assert (len(exactly.data), exactly.meta.has_more, exactly.meta.cursor) == (count, False, None)
    assert (len(one_less.data), one_less.meta.has_more) == (count - 1, True)


def test_the_cursor_of_another_search_is_refused(agency: Agency) -> None:
    cursor = search(agency.copy, "clients", limit=1).meta.cursor

    with pytest.raises(SearchError, match="belongs to another search"):
        search(agency.copy, "clients", query={"filter": {"eq": {"is_active": True}}}, cursor=cursor)
    with pytest.raises(SearchError, match="belongs to another search"):
        search(agency.copy, "users", cursor=cursor)
    with pytest.raises(SearchError, match="damaged"):
        search(agency.copy, "clients", cursor="bm9uZQ")


def client(number: int, name: str) -> Record:
    return msgspec.structs.replace(sample("clients")[0], id=number, name=name)


def publish(directory: Path, identity: str, clients: Sequence[Record]) -> None:
    """What `clients` are is all there is: another identity forgets what was stored before."""
    account = Account(ACCOUNT.id, "direct", identity)
    with RecordStore.open(
        directory / "store.duckdb", account, snapshots=Snapshots(directory, account.id)
    ) as records:
        records.upsert(CLIENTS, [clients])
        records.publish(synced_at=SYNCED, today=TODAY)


def test_pages_stay_right_when_another_version_is_published_between_them(tmp_path: Path) -> None:
    copy = local_copy(tmp_path, ACCOUNT.id)
    query = {"sort": [{"name": "asc"}]}
    publish(tmp_path, "before", [client(number, name) for number, name in enumerate("BDFHJ")])
    first = search(copy, "clients", query=query, limit=2)

    # B and D, the last one shown, are gone; A and C come too late; E and G are new.
    publish(tmp_path, "after", [client(number, name) for number, name in enumerate("ACEFGHJ")])
    second = search(copy, "clients", query=query, limit=3, cursor=first.meta.cursor)
    third = search(copy, "clients", query=query, limit=3, cursor=second.meta.cursor)

    assert [record.name for record in first.data] == ["B", "D"]
    assert [record.name for record in second.data] == ["E", "F", "G"]
    assert [record.name for record in third.data] == ["H", "J"]
    assert not third.meta.has_more


def test_searches_go_on_in_other_threads_while_versions_are_published(tmp_path: Path) -> None:
    copy = local_copy(tmp_path, ACCOUNT.id)
    publish(tmp_path, "0", [client(1, "0")])

    def found() -> int:
        (record,) = search(copy, "clients").data
        return int(record.name)

    with ThreadPoolExecutor(4) as pool:
        results = []
        for version in range(1, 6):
            results += [pool.submit(found) for _ in range(20)]
            publish(tmp_path, str(version), [client(1, str(version))])
    names = [result.result() for result in results]

    assert set(names) <= set(range(6))
    assert found() == 5


def test_copies_of_an_assignment_that_differ_stay_different(
    records: RecordStore, snapshots: Snapshots
) -> None:
    first, second, third = sample("time_entries")
    raised = msgspec.structs.replace(first.user_assignment, hourly_rate=Decimal("999.5"))
    entries = [
        first,
        msgspec.structs.replace(second, user_assignment=raised),
        msgspec.structs.replace(third, user_assignment=None),
    ]
    records.upsert(ENTRIES, [entries])
    records.publish(synced_at=SYNCED, today=TODAY)

    found = search(SnapshotCopy(snapshots), "time_entries").data

    assert {entry.id: entry.user_assignment for entry in found} == {
        first.id: first.user_assignment,
        second.id: raised,
        third.id: None,
    }


def test_days_before_history_is_complete_are_not_found(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    arriving = Completeness({"time_entries": Gap(date(2025, 3, 13), Cause.ARRIVING)})
    filled.publish(synced_at=SYNCED, today=TODAY, completeness=arriving)

    found = search(SnapshotCopy(snapshots), "time_entries").data
    tasks = search(SnapshotCopy(snapshots), "time_tasks").data

    assert [entry.spent_date for entry in found] == [date(2025, 3, 14)]
    assert [row.total_hours for row in tasks] == [Decimal(1)]
    assert len(search(SnapshotCopy(snapshots), "clients").data) == len(sample("clients"))


def test_without_the_right_to_see_rates_an_amount_is_unknown_not_zero(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    hidden = [msgspec.structs.replace(e, billable_rate=None) for e in sample("time_entries")]
    filled.upsert(ENTRIES, [hidden])
    filled.publish(synced_at=SYNCED, today=TODAY)

    found = search(SnapshotCopy(snapshots), "time_projects").data

    # Brightwater's time is billable; that of the fixed-fee and the internal project counts as zero.
    assert {row.project_id: row.billable_amount for row in found} == {
        5560201: Decimal(0),
        5560202: None,
        5560203: Decimal(0),
    }


class RecordedSnapshot(Snapshot):
    """A snapshot that remembers what it was asked."""

    def __init__(self, snapshot: Snapshot, snapshots: Snapshots) -> None:
        pointer = snapshots.get_current()
        assert pointer
        super().__init__(snapshot.path, pointer)
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        if hasattr(self, "asked"):
            self.asked.append((sql, tuple(parameters)))
        return super().rows(sql, parameters)


class RecordedSnapshots(Snapshots):
    """Opens snapshots that remember, and remembers them."""

    def open_current(self) -> Snapshot:
        self.opened = RecordedSnapshot(super().open_current(), self)
        return self.opened


@pytest.fixture
def recorded(filled: RecordStore, tmp_path: Path) -> RecordedSnapshots:
    filled.publish(synced_at=SYNCED, today=TODAY)
    return RecordedSnapshots(tmp_path / "snapshots", ACCOUNT.id)


def test_a_page_is_one_statement_in_which_no_value_is_spelled_out(
    recorded: RecordedSnapshots,
) -> None:
    hostile = "x'; DROP TABLE records.clients; --"
    copy = SnapshotCopy(recorded)
    filters = [{"neq": {"name": hostile}}, {"not": {"fuzzy": {"name": hostile}}}]
    query = {"filter": {"and": filters}, "sort": [{"name": "desc"}]}

    first = search(copy, "clients", query=query, limit=1)
    search(copy, "clients", query=query, limit=1, cursor=first.meta.cursor)

    (one, bound), (two, bound_again) = recorded.opened.asked
    assert one.startswith("SELECT ")
    assert two.startswith("SELECT ")
    assert (one.count("?"), two.count("?")) == (len(bound), len(bound_again))
    for sql in (one, two):
        assert not set(sql) & set("';")
        assert "drop" not in sql.lower()
    assert hostile in bound
    assert first.data[0].name in bound_again
    assert len(search(copy, "clients").data) == len(sample("clients"))


def test_a_snapshot_is_opened_once_for_all_searches_of_its_version(
    recorded: RecordedSnapshots,
) -> None:
    copy = SnapshotCopy(recorded)
    search(copy, "clients")
    opened = recorded.opened

    search(copy, "users")

    assert recorded.opened is opened


def test_the_connection_that_searches_can_change_nothing_and_reach_nothing(
    recorded: RecordedSnapshots, tmp_path: Path
) -> None:
    search(SnapshotCopy(recorded), "clients")
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", "utf-8")

    for sql in (
        "DELETE FROM records.clients",
        "UPDATE records.clients SET name = 'x'",
        "INSERT INTO records.clients SELECT * FROM records.clients",
        "DROP TABLE records.clients",
        "CREATE TABLE records.more (a INTEGER)",
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM '{secret}'",
        f"COPY records.clients TO '{tmp_path / 'out.csv'}'",
        f"ATTACH '{tmp_path / 'other.duckdb'}' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '8GB'",
        "SET lock_configuration = false",
    ):
        with pytest.raises(duckdb.Error):
            recorded.opened.rows(sql)


def test_before_the_first_sync_there_is_nothing_to_search(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshot, match="Nothing has been synced yet"):
        search(local_copy(tmp_path, ACCOUNT.id), "clients")


def test_a_version_from_before_searches_says_so_and_the_next_sync_publishes_anew(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    meta = filled.publish(synced_at=SYNCED, today=TODAY)
    with duckdb.connect(str(snapshots.directory / "v00000001.duckdb")) as connection:
        connection.execute("DROP SCHEMA records CASCADE")

    with pytest.raises(NoSnapshot, match="holds no records"):
        search(SnapshotCopy(snapshots), "clients")
    again = filled.publish(synced_at=SYNCED, today=TODAY)

    assert (meta.version, again.version) == (1, 2)
    assert search(SnapshotCopy(snapshots), "clients").data
