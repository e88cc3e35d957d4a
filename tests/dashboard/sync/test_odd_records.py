"""One odd record does not end a sync: it is left out and named, and the rest arrives."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.store.schema import KEPT, STORED
from dashboard.sync.paging import iterate_list
from harvest_client import InvalidResponse
from tests.dashboard.sync.agency import Copy
from tests.dashboard.sync.odd_agency import OddAgency
from tests.soak import every

pytestmark = pytest.mark.longer("odd records")

ENTRIES = 1_500
LIVE = "SELECT count(*) FROM time_entries WHERE account_id = ? AND deleted_at IS NULL"

# Fields of a time entry, the JSON text in their place, and words of what is said of it.
FAULTS = {
    "unknown type": ("hours", '{"decimal": 2}', "expected a number, got an object"),
    "lone surrogate": ("notes", '"half a letter \\ud83d"', "the text is not valid Unicode"),
    "impossible day": ("spent_date", '"2025-02-30"', "there is no such day"),
    "number beyond its column": ("hours", "1e15", "the number is out of range"),
    "number beyond all columns": ("user.id", str(10**40), "the number is out of range"),
    "NaN": ("rounded_hours", "NaN", "the number is not finite"),
    "NaN as text": ("hours", '"NaN"', "the number is not finite"),
    "list for an object": ("client", "[]", "expected an object, got a list"),
    "instant before all": (
        "updated_at", '"0001-01-01T00:00:00+05:00"', "there is no such instant"
    ),
}  # fmt: skip


@pytest.fixture
def agency() -> OddAgency:
    agency = OddAgency(entries=ENTRIES)
    agency.account.tables["invoices"].clear()  # each costs a request for its payments
    return agency


@pytest.fixture
def copy(agency: OddAgency, tmp_path: Path) -> Copy:
    return Copy(agency, tmp_path, "direct")


def entry(agency: OddAgency, place: int) -> Any:
    return agency.account.entries.ordered[place]


def listed(copy: Copy) -> list[tuple[Any, ...]]:
    return copy.ask("SELECT entity, id, field, is_stored FROM odd_records ORDER BY ALL")


def later(copy: Copy, hours: float = 1) -> None:
    copy.agency.now += timedelta(hours=hours)
    copy.sync()


@pytest.mark.parametrize(
    ("field", "text", "problem"), every(4, FAULTS.values()), ids=every(4, FAULTS)
)
def test_odd_entry_is_named_and_the_rest_arrives(
    agency: OddAgency, copy: Copy, field: str, text: str, problem: str
) -> None:
    bad = entry(agency, 700)
    agency.odd["time_entries", bad.id] = {field: text}

    copy.sync()

    assert copy.ask("SELECT count(*) FROM time_facts") == [(ENTRIES - 1,)]
    assert copy.ask("SELECT entity, id, field, problem, is_stored FROM odd_records") == [
        ("time_entries", bad.id, field, problem, False)
    ]


def test_odd_record_of_each_entity_is_named_and_the_rest_arrives(tmp_path: Path) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    newest = {}
    for name in STORED.keys() - {"company"}:
        ((newest[name],),) = copy.stored(f"SELECT max(id) FROM {name} WHERE account_id = ?")
        assert newest[name] is not None
        agency.odd[name, newest[name]] = {"created_at": '"yesterday"'}

    copy.sync(full=True)

    assert listed(copy) == sorted((name, id, "created_at", True) for name, id in newest.items())
    for name, id in newest.items():
        rows = copy.stored(
            f"SELECT max(id), count(*) FILTER (deleted_at IS NOT NULL) FROM {name}"
            " WHERE account_id = ?"
        )
        assert rows == [(id, 0)], name


def test_odd_company_is_named_and_the_rest_arrives(agency: OddAgency, copy: Copy) -> None:
    agency.odd["company", None] = {"weekly_capacity": '"full time"'}

    copy.sync()

    assert listed(copy) == [("company", None, "weekly_capacity", False)]
    assert copy.ask("SELECT count(*) FROM time_facts") == [(ENTRIES,)]

    agency.odd.clear()
    later(copy)

    assert listed(copy) == []
    assert copy.ask("SELECT count(*) FROM records.company") == [(1,)]


def test_odd_owner_of_the_token_ends_nothing(agency: OddAgency, copy: Copy) -> None:
    copy.first_sync()
    with copy.client() as harvest:
        owner = harvest.me().id
    agency.odd["users", owner] = {"weekly_capacity": '"full time"'}

    later(copy)

    assert listed(copy) == [("users", owner, "weekly_capacity", True)]


def test_odd_time_zone_of_the_owner_ends_nothing_and_the_known_one_stays(
    agency: OddAgency, copy: Copy
) -> None:
    copy.first_sync()
    with copy.client() as harvest:
        owner = harvest.me()
    agency.odd["users", owner.id] = {"timezone": "{}"}

    later(copy)

    assert listed(copy) == [("users", owner.id, "timezone", True)]
    assert copy.ask("SELECT timezone FROM meta") == [(owner.timezone,)]


def test_earlier_version_stays_and_is_named_as_such(agency: OddAgency, copy: Copy) -> None:
    copy.first_sync()
    changed = entry(agency, 700)
    hours = changed.hours
    agency.edit("PATCH", f"/time_entries/{changed.id}", hours=float(hours + 1))
    agency.odd["time_entries", changed.id] = {"hours": "[]"}

    done = copy.sync()

    assert listed(copy) == [("time_entries", changed.id, "hours", True)]
    assert copy.ask(f"SELECT raw_hours FROM time_facts WHERE id = {changed.id}") == [(hours,)]
    assert done.changes["time_entries"].deleted == 0
    assert copy.ask("SELECT count(*) FROM tombstones") == [(0,)]


def test_record_that_is_right_again_arrives_though_it_did_not_change(
    agency: OddAgency, copy: Copy
) -> None:
    bad = entry(agency, 700)
    agency.odd["time_entries", bad.id] = {"hours": "[]"}
    copy.sync()
    agency.odd.clear()

    later(copy)

    assert listed(copy) == []
    assert copy.ask(f"SELECT raw_hours FROM time_facts WHERE id = {bad.id}") == [(bad.hours,)]


def test_odd_record_that_is_deleted_leaves_the_list(agency: OddAgency, copy: Copy) -> None:
    copy.first_sync()
    kept, bad = entry(agency, 600), entry(agency, 700)
    agency.odd["time_entries", bad.id] = {"hours": "[]"}
    agency.odd["time_entries", kept.id] = {"hours": "[]"}
    copy.sync(full=True)
    agency.account.entries.remove(bad)
    agency.account.version += 1

    later(copy)

    assert listed(copy) == [("time_entries", kept.id, "hours", True)]
    assert copy.ask("SELECT id FROM tombstones") == [(bad.id,)]
    assert copy.stored(LIVE) == [(ENTRIES - 1,)]


@pytest.mark.parametrize("dated", [True, False])
def test_odd_record_counts_as_present_and_costs_one_request_a_sync(
    agency: OddAgency, copy: Copy, dated: bool
) -> None:
    field, text = ("hours", "[]") if dated else ("spent_date", '"2025-02-30"')
    copy.sync()
    quiet = len(agency.paths)
    later(copy)
    quiet = len(agency.paths) - quiet
    other = Copy(agency, copy.directory / "other", "direct")
    agency.odd["time_entries", entry(agency, 700).id] = {field: text}
    other.sync()
    agency.paths.clear()

    later(other)

    assert len(agency.paths) == quiet + 1
    assert other.ask("SELECT count(*) FROM tombstones") == [(0,)]


@pytest.mark.parametrize("hours", [21, 24 * 8])
@pytest.mark.parametrize("stored", [True, False])
def test_comparisons_of_a_night_and_a_week_take_an_odd_record_for_present(
    agency: OddAgency, copy: Copy, hours: int, stored: bool
) -> None:
    if stored:
        copy.first_sync()
    bad = entry(agency, 700)
    agency.odd["time_entries", bad.id] = {"spent_date": '"2025-02-30"'}
    copy.sync(full=True)

    later(copy, hours)

    assert listed(copy) == [("time_entries", bad.id, "spent_date", stored)]
    assert copy.stored(LIVE) == [(ENTRIES - (not stored),)]
    assert copy.ask("SELECT count(*) FROM tombstones") == [(0,)]


def test_odd_record_before_the_first_day_that_is_kept_is_not_asked_for_twice(
    agency: OddAgency, tmp_path: Path
) -> None:
    copy = Copy(agency, tmp_path / "since", "direct", start=entry(agency, 500).spent_date)
    agency.odd["time_entries", entry(agency, 700).id] = {"spent_date": "[]"}
    copy.sync()
    agency.paths.clear()

    later(copy)

    # Changes, the counts of days that are kept and of uninvoiced older work, and the odd record
    # itself: no window of days is looked through.
    assert len(agency.about("time_entries")) == 4


@pytest.mark.parametrize("source", ["direct", "hosted"])
def test_odd_record_of_a_day_that_is_not_kept_is_not_named(
    agency: OddAgency, tmp_path: Path, source: str
) -> None:
    copy = Copy(agency, tmp_path / source, source, start=entry(agency, 500).spent_date)
    copy.sync()
    old = entry(agency, 100)
    agency.edit("PATCH", f"/time_entries/{old.id}", notes="changed")
    agency.odd["time_entries", old.id] = {"hours": "[]"}

    copy.sync()

    assert listed(copy) == []


def test_full_sync_forgets_odd_records_that_it_did_not_meet(agency: OddAgency, copy: Copy) -> None:
    """Of one without a key nothing arrives that could take it off the list."""
    first, second = entry(agency, 600), entry(agency, 700)
    agency.odd["time_entries", first.id] = {"id": "0", "spent_date": "0"}
    copy.sync()
    agency.odd = {("time_entries", second.id): {"id": "0"}}

    copy.sync(full=True)

    assert copy.ask("SELECT entity, id, day FROM odd_records") == [
        ("time_entries", None, second.spent_date)
    ]


def test_more_than_one_in_a_hundred_stop_the_sync(agency: OddAgency, copy: Copy) -> None:
    copy.first_sync()
    version = copy.snapshot().meta.version
    for place in range(16):
        agency.odd["time_entries", entry(agency, place).id] = {"hours": "[]"}

    with pytest.raises(
        InvalidResponse, match="16 of 1,500 records are not as documented, such as"
    ) as e:
        copy.sync(full=True)

    assert "hours: expected a number, got a list" in str(e.value)
    assert copy.snapshot().meta.version == version


def test_one_in_a_hundred_does_not_stop_the_sync(agency: OddAgency, copy: Copy) -> None:
    for place in range(15):
        agency.odd["time_entries", entry(agency, place).id] = {"hours": "[]"}

    copy.sync()

    assert len(listed(copy)) == 15
    assert copy.ask("SELECT count(*) FROM time_facts") == [(ENTRIES - 15,)]


def test_two_of_few_stop_the_sync_and_one_does_not(agency: OddAgency, copy: Copy) -> None:
    roles = sorted(agency.account.tables["roles"])
    agency.odd["roles", roles[0]] = {"name": "7.5"}
    copy.sync()
    agency.odd["roles", roles[1]] = {"name": "7.5"}

    with pytest.raises(InvalidResponse, match="Roles: 2 of "):
        later(copy)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("clients", "null"), ("clients", '"one"'), ("clients", "0"), ("clients", str(2**63)),
        ("clients", "9" * 4_300), ("time_entries", "-1"), ("user_assignments", "{}"),
    ],
)  # fmt: skip
def test_record_without_a_key_is_named_and_right_again_with_one(
    agency: OddAgency, copy: Copy, name: str, key: str
) -> None:
    copy.first_sync()
    count = f"SELECT count(*) FROM {name} WHERE account_id = ? AND deleted_at IS NULL"
    ((id,),) = copy.stored(f"SELECT min(id) FROM {name} WHERE account_id = ?")
    before = copy.stored(count)
    agency.odd[name, id] = {"id": key}

    copy.sync(full=True)

    assert listed(copy) == [(name, None, "id", False)]
    assert copy.ask("SELECT count(*) FROM tombstones") == [(0,)]
    assert copy.stored(count) == before

    later(copy)

    assert listed(copy) == [(name, None, "id", False)]
    assert copy.ask("SELECT count(*) FROM tombstones") == [(0,)]

    agency.odd.clear()
    later(copy)

    assert listed(copy) == []
    assert copy.stored(count) == before


@pytest.mark.parametrize("name", ["clients", "time_entries", "user_assignments"])
def test_record_that_never_had_a_key_arrives_with_one(
    agency: OddAgency, tmp_path: Path, name: str
) -> None:
    clean = Copy(agency, tmp_path / "clean", "direct")
    clean.first_sync()
    ((id, count),) = clean.stored(f"SELECT min(id), count(*) FROM {name} WHERE account_id = ?")
    copy = Copy(agency, tmp_path / "odd", "direct")
    agency.odd[name, id] = {"id": "0"}

    copy.sync()

    stored = f"SELECT count(*) FROM {name} WHERE account_id = ? AND deleted_at IS NULL"
    assert listed(copy) == [(name, None, "id", False)]
    assert copy.stored(stored) == [(count - 1,)]

    agency.odd.clear()
    later(copy)

    assert listed(copy) == []
    assert copy.stored(stored) == [(count,)]


def test_day_of_odd_records_alone_is_read_through(agency: OddAgency, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path, "direct")
    some = [entry(agency, place) for place in range(-1, -6, -1)]
    for each in some:
        agency.odd["time_entries", each.id] = {"hours": "[]", "spent_date": '"never"'}

    with copy.client() as harvest:
        pages = list(iterate_list(harvest.time_entries.collect_odd(), per_page=5))

    read = {record.id for page in pages for record in page.data}
    odd = {record.id for page in pages for record in page.odd}
    assert odd == {each.id for each in some}
    assert len(read) == ENTRIES - len(some)


def test_odd_payment_is_named_and_arrives_when_it_is_right(tmp_path: Path) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    ((id, invoice_id),) = copy.stored(
        "SELECT max(id), arg_max(invoice_id, id) FROM invoice_payments WHERE account_id = ?"
    )
    agency.odd["invoice_payments", id] = {"amount": '"a lot"'}
    other = Copy(agency, tmp_path / "other", "direct")
    other.sync()
    while other.sync().more:
        pass
    missing = other.stored(f"SELECT count(*) FROM invoice_payments WHERE $1 <> '' AND id = {id}")
    named = other.ask("SELECT entity, id, owner, field, is_stored FROM odd_records")

    agency.odd.clear()
    later(other)

    assert missing == [(0,)]
    assert named == [("invoice_payments", id, invoice_id, "amount", False)]
    assert listed(other) == []
    assert other.stored(
        f"SELECT deleted_at FROM invoice_payments WHERE account_id = ? AND id = {id}"
    ) == [(None,)]


def test_odd_payment_that_was_stored_is_not_deleted(tmp_path: Path) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    ((id,),) = copy.stored("SELECT max(id) FROM invoice_payments WHERE account_id = ?")
    agency.odd["invoice_payments", id] = {"amount": '"a lot"'}

    agency.now += timedelta(days=40)  # so that all are asked for again
    while copy.sync().more:
        pass

    assert listed(copy) == [("invoice_payments", id, "amount", True)]
    assert copy.stored(
        f"SELECT deleted_at FROM invoice_payments WHERE account_id = ? AND id = {id}"
    ) == [(None,)]


def test_odd_teammate_is_named_and_who_was_one_stays_one(agency: OddAgency, copy: Copy) -> None:
    copy.sync()
    ((manager, person),) = copy.ask("SELECT manager_id, user_id FROM teammates LIMIT 1")
    agency.odd["user_teammates", person] = {"email": "7.5"}

    later(copy)

    owners = copy.ask("SELECT owner FROM odd_records WHERE entity = 'user_teammates' AND is_stored")
    assert (manager,) in owners
    assert (manager, person) in copy.ask("SELECT manager_id, user_id FROM teammates")

    agency.odd.clear()
    later(copy)

    assert listed(copy) == []


def test_odd_payment_leaves_the_list_with_its_invoice(tmp_path: Path) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    ((id, invoice_id),) = copy.stored(
        "SELECT max(id), arg_max(invoice_id, id) FROM invoice_payments WHERE account_id = ?"
    )
    agency.odd["invoice_payments", id] = {"amount": '"a lot"'}
    agency.now += timedelta(days=40)  # so that all are asked for again
    while copy.sync().more:
        pass
    named = listed(copy)
    del agency.account.tables["invoices"][invoice_id]

    copy.sync()

    assert named == [("invoice_payments", id, "amount", True)]
    assert listed(copy) == []


def test_odd_teammate_leaves_the_list_with_its_manager(agency: OddAgency, copy: Copy) -> None:
    copy.sync()
    ((manager, person),) = copy.ask("SELECT manager_id, user_id FROM teammates LIMIT 1")
    agency.odd["user_teammates", person] = {"email": "7.5"}
    later(copy)
    named = copy.ask("SELECT owner FROM odd_records")
    agency.account.tables["users"][manager] |= {"access_roles": ["member"]}
    agency.account.tables["users"][manager]["updated_at"] = agency.now + timedelta(minutes=30)

    later(copy)

    assert (manager,) in named
    assert (manager,) not in copy.ask("SELECT owner FROM odd_records")


def test_odd_record_of_a_short_list_leaves_it_with_its_deletion(
    agency: OddAgency, copy: Copy
) -> None:
    copy.sync()
    role = max(agency.account.tables["roles"])
    agency.odd["roles", role] = {"name": "7.5"}
    later(copy)
    named = listed(copy)
    del agency.account.tables["roles"][role]

    later(copy)

    assert named == [("roles", role, "name", True)]
    assert listed(copy) == []
    assert copy.ask("SELECT id FROM tombstones WHERE entity = 'roles'") == [(role,)]


def test_project_that_is_odd_keeps_its_time(agency: OddAgency, copy: Copy) -> None:
    copy.sync()
    project = entry(agency, 700).project["id"]
    agency.odd["projects", project] = {"fee": '"some"'}

    later(copy)

    assert listed(copy) == [("projects", project, "fee", True)]
    assert copy.stored(LIVE) == [(ENTRIES,)]


def test_result_counts_odd_records_of_each_entity(agency: OddAgency, copy: Copy) -> None:
    agency.odd["time_entries", entry(agency, 700).id] = {"hours": "[]"}
    copy.sync()

    with copy.records() as records:
        counts = {name: records.odd.count_odd(entity) for name, entity in KEPT.items()}

    assert counts == dict.fromkeys(KEPT, 0) | {"time_entries": 1}


_MOST = "999999999999.999999"  # of a column

# Values that are no odd ones by themselves, at the ends of what there is room for.
EXTREMES: dict[str, tuple[str, dict[str, str]]] = {
    "hours and rates": (
        "time_entries",
        dict.fromkeys(("hours", "rounded_hours", "billable_rate", "cost_rate"), _MOST),
    ),
    "negative hours": (
        "time_entries",
        {"hours": f"-{_MOST}", "rounded_hours": f"-{_MOST}", "billable_rate": _MOST},
    ),
    "the last day": ("time_entries", {"spent_date": '"9999-12-31"'}),
    "the first day": ("expenses", {"total_cost": _MOST, "spent_date": '"0001-01-01"'}),
    "an invoice of all years": (
        "invoices",
        {"amount": _MOST, "due_amount": f"-{_MOST}", "issue_date": '"0001-01-01"',
         "due_date": '"9999-12-31"', "paid_date": '"9999-12-31"'},
    ),
    "an estimate": ("estimates", {"amount": _MOST, "updated_at": '"9999-12-31T23:59:59Z"'}),
    "a project": (
        "projects",
        {"fee": _MOST, "budget": _MOST, "cost_budget": _MOST, "starts_on": '"0001-01-01"',
         "ends_on": '"9999-12-31"'},
    ),
    "capacity": ("users", {"weekly_capacity": str(2**63 - 1), "cost_rate": _MOST}),
    "negative capacity": ("users", {"weekly_capacity": str(1 - 2**63)}),
    "a budget": ("task_assignments", {"budget": _MOST, "hourly_rate": _MOST}),
    "a payment": ("invoice_payments", {"amount": _MOST, "paid_date": '"0001-01-01"'}),
    "capacity of all": ("company", {"weekly_capacity": str(2**63 - 1)}),
}  # fmt: skip


@pytest.mark.parametrize(("name", "fields"), every(4, EXTREMES.values()), ids=every(4, EXTREMES))
def test_value_at_the_end_of_its_column_does_not_stop_publishing(
    tmp_path: Path, name: str, fields: dict[str, str]
) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    version = copy.snapshot().meta.version
    id = None
    if name != "company":
        ((id,),) = copy.stored(f"SELECT max(id) FROM {name} WHERE account_id = ?")
    agency.odd[name, id] = fields
    agency.now += timedelta(days=40)  # so that payments are asked for again

    copy.sync(full=True)

    assert copy.snapshot().meta.version > version
