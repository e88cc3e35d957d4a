"""Records are stored whole, changes are counted exactly, and one sync at a time may write."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from dashboard.config.errors import DamagedRecords, SyncBusy
from dashboard.store.database import mend_file
from dashboard.store.record_store import Account, Changes
from dashboard.store.records import RecordStore
from dashboard.store.schema import SEARCHED, STORED
from dashboard.store.snapshots import Snapshots
from harvest_client import InvalidResponse
from harvest_client.models.records import select_fields
from tests.dashboard.store.conftest import ACCOUNT, SYNCED, TODAY, sample

ENTRIES = STORED["time_entries"]


@pytest.mark.parametrize("name", STORED)
def test_a_second_identical_answer_changes_nothing(records: RecordStore, name: str) -> None:
    rows = sample(name)

    first = records.upsert(STORED[name], [rows])
    second = records.upsert(STORED[name], [rows])

    assert first == Changes(fetched=len(rows), inserted=len(rows))
    assert second == Changes(fetched=len(rows))
    assert records.rows(STORED[name]) == len(rows)


def test_exactly_the_rows_that_differ_are_counted_as_updated(records: RecordStore) -> None:
    rows = sample("time_entries")
    records.upsert(ENTRIES, [rows])
    edited = msgspec.structs.replace(rows[1], hours=Decimal("4.25"))
    renamed = msgspec.structs.replace(
        rows[2], user=msgspec.structs.replace(rows[2].user, name="Somebody else")
    )

    changed = records.upsert(ENTRIES, [[rows[0], edited, renamed]])

    assert changed == Changes(fetched=3, updated=2)


def test_rows_that_a_first_pull_meets_twice_are_stored_once(records: RecordStore) -> None:
    rows = sample("time_entries")

    first = records.upsert(ENTRIES, [rows[:2]], exact=False)
    second = records.upsert(ENTRIES, [rows], exact=False)

    assert first == Changes(fetched=2, inserted=2)
    assert second == Changes(fetched=3, inserted=1)
    assert records.rows(ENTRIES) == 3


def test_more_decimal_places_than_are_kept_are_rounded_not_refused(records: RecordStore) -> None:
    third = msgspec.structs.replace(sample("time_entries")[0], hours=Decimal("0.333333333"))

    records.upsert(ENTRIES, [[third]])

    stored = msgspec.structs.replace(third, hours=Decimal("0.333333"))
    assert records.upsert(ENTRIES, [[stored]]) == Changes(fetched=1)


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ("NaN", "the number is not finite"),
        ("Infinity", "the number is not finite"),
        ("1e400", "the number is out of range"),
        ("1e15", "the number is out of range"),
        ("1e12", "the number is out of range"),
    ],
)
def test_number_that_cannot_be_kept_is_listed_and_the_rest_of_its_page_stored(
    records: RecordStore, hours: str, problem: str
) -> None:
    good, bad, _ = sample("time_entries")
    page = [good, msgspec.structs.replace(bad, hours=Decimal(hours))]

    records.upsert(ENTRIES, [page])

    assert records.rows(ENTRIES) == 1
    (odd,) = records.odd.list_odd(ENTRIES)
    assert (odd.id, odd.field, odd.problem) == (bad.id, "hours", problem)
    assert (odd.day, odd.is_stored) == (bad.spent_date, False)


def test_largest_number_of_a_column_is_kept(records: RecordStore) -> None:
    (first, *_), most = sample("time_entries"), Decimal("999999999999.999999")
    entry = msgspec.structs.replace(first, hours=most, billable_rate=None, cost_rate=None)

    records.upsert(ENTRIES, [[entry]])

    assert records.rows(ENTRIES) == 1


def test_page_of_odd_records_alone_stores_nothing(records: RecordStore) -> None:
    bad = [msgspec.structs.replace(row, hours=Decimal("NaN")) for row in sample("time_entries")]

    assert records.upsert(ENTRIES, [bad]) == Changes()
    assert records.odd.count_odd(ENTRIES) == 3


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_instant_outside_of_all_years_is_listed(records: RecordStore, instant: str) -> None:
    good, bad, _ = sample("time_entries")
    page = [good, msgspec.structs.replace(bad, updated_at=datetime.fromisoformat(instant))]

    records.upsert(ENTRIES, [page])

    (odd,) = records.odd.list_odd(ENTRIES)
    assert (records.rows(ENTRIES), odd.id, odd.field) == (1, bad.id, "updated_at")


def test_number_inside_of_a_list_is_named_by_its_place(records: RecordStore) -> None:
    invoice = sample("invoices")[0]
    line = msgspec.structs.replace(invoice.line_items[0], amount=Decimal("1e13"))
    odd_one = msgspec.structs.replace(invoice, line_items=[line])

    records.upsert(STORED["invoices"], [[odd_one]])

    assert [odd.field for odd in records.odd.list_odd(STORED["invoices"])] == [
        "line_items[0].amount"
    ]


def test_number_of_a_record_known_in_part_is_named_too(records: RecordStore) -> None:
    part = select_fields(
        msgspec.structs.replace(sample("time_entries")[0], hours=Decimal("NaN")),
        ENTRIES, [field.name for field in ENTRIES.searchable],
    )  # fmt: skip

    records.upsert(ENTRIES, [[part]], basis=SEARCHED)

    assert [odd.field for odd in records.odd.list_odd(ENTRIES)] == ["hours"]


def test_partial_record_of_the_same_change_does_not_replace_a_whole_one(
    records: RecordStore,
) -> None:
    entry = sample("time_entries")[0]
    records.upsert(ENTRIES, [[entry]])
    part = select_fields(
        msgspec.structs.replace(entry, notes="of a copy that is late"),
        ENTRIES,
        ("id", "notes", "hours", "spent_date", "updated_at"),
    )

    changed = records.upsert(ENTRIES, [[part]], basis=SEARCHED)

    assert changed == Changes(fetched=1)


def test_an_id_beyond_64_bits_is_refused(records: RecordStore) -> None:
    entry = msgspec.structs.replace(sample("time_entries")[0], id=2**63)

    with pytest.raises(InvalidResponse, match="time_entries: id"):
        records.upsert(ENTRIES, [[entry]])


def test_another_account_behind_the_same_id_starts_from_nothing(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    path = tmp_path / "other.duckdb"
    with RecordStore.open(path, Account("1", "demo", "monday"), snapshots=snapshots) as records:
        records.upsert(ENTRIES, [sample("time_entries")])
        records.finish_pull(ENTRIES, SYNCED)

    with RecordStore.open(path, Account("1", "demo", "tuesday"), snapshots=snapshots) as records:
        assert records.rows(ENTRIES) == 0
        assert records.get_state(ENTRIES).watermark is None


def test_accounts_share_a_file_without_seeing_each_other(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    path = tmp_path / "two.duckdb"
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records:
        records.upsert(ENTRIES, [sample("time_entries")])

    other = Account("2", "direct", "another")
    with RecordStore.open(path, other, snapshots=snapshots) as records:
        assert records.rows(ENTRIES) == 0
        assert records.upsert(ENTRIES, [sample("time_entries")[:1]]).inserted == 1


def test_an_interrupted_pull_remembers_its_windows_and_when_it_began(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    path = tmp_path / "pull.duckdb"
    done = (date(2025, 3, 1), date(2025, 3, 31))
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records:
        records.begin_pull(ENTRIES, SYNCED)
        records.window_done(ENTRIES, done)

    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records:
        assert records.list_windows(ENTRIES) == [done]
        assert records.get_state(ENTRIES).pull_started == SYNCED

        records.finish_pull(ENTRIES, SYNCED)
        assert records.get_state(ENTRIES).pull_started is None
        assert records.get_state(ENTRIES).watermark == SYNCED


def test_a_second_sync_is_refused_while_one_runs(records: RecordStore, tmp_path: Path) -> None:
    other = Snapshots(tmp_path / "snapshots", ACCOUNT.id)

    with (
        pytest.raises(SyncBusy, match="Another sync"),
        RecordStore.open(tmp_path / "store.duckdb", ACCOUNT, snapshots=other),
    ):
        pass

    assert records.rows(ENTRIES) == 0


def test_a_damaged_file_is_named_and_mended(tmp_path: Path, snapshots: Snapshots) -> None:
    path = tmp_path / "damaged.duckdb"
    path.write_bytes(b"this was a database once" * 1000)

    with pytest.raises(DamagedRecords, match=r"damaged\.duckdb") as caught:
        RecordStore.open(path, ACCOUNT, snapshots=snapshots).__enter__()
    mended = mend_file(path, patience=0.0)

    assert "dashboard sync" in caught.value.remedy
    assert mended
    assert mended.aside.read_bytes().startswith(b"this was a database once")
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records:
        assert records.rows(ENTRIES) == 0


def test_nobody_else_may_read_the_files(filled: RecordStore, tmp_path: Path) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)

    open_to_others = [
        path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077
    ]
    assert not open_to_others


def test_publishing_without_a_change_only_renews_the_age(filled: RecordStore) -> None:
    later = datetime(2025, 4, 1, 9, tzinfo=UTC)
    first = filled.publish(synced_at=SYNCED, today=TODAY)

    second = filled.publish(synced_at=later, today=TODAY)
    filled.upsert(ENTRIES, [[msgspec.structs.replace(sample("time_entries")[0], notes="new")]])
    third = filled.publish(synced_at=later, today=TODAY)

    assert (first.version, second.version, third.version) == (1, 1, 2)
    assert (first.synced_at, second.synced_at) == (SYNCED, later)
