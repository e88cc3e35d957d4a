"""The list of odd records: who is on it, what it says of them, and when they leave it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from dashboard.store.record_store import Account
from dashboard.store.records import RecordStore
from dashboard.store.schema import KEPT, STORED
from dashboard.store.snapshots import Snapshots
from harvest_client import OddRecord
from harvest_client.models.records import Record, record_type
from tests.dashboard.store.conftest import ACCOUNT, SYNCED, TODAY, sample

ENTRIES, COMPANY = STORED["time_entries"], STORED["company"]
PAYMENTS, TEAMMATES = KEPT["invoice_payments"], KEPT["user_teammates"]
DAY = date(2025, 3, 31)


def odd(
    entity: str = "time_entries", id: int | None = 7, owner: int | None = None,
    day: date | None = DAY, problem: str = "expected a number, got text",
) -> OddRecord:  # fmt: skip
    return OddRecord(entity, id, "hours", problem, "", day, owner)


def ids(records: RecordStore) -> list[int | None]:
    return [one.id for one in records.odd.list_odd(ENTRIES)]


def entries(*numbers: int) -> list[Record]:
    return [msgspec.structs.replace(sample("time_entries")[0], id=number) for number in numbers]


def published(records: RecordStore, columns: str = "*") -> list[tuple[object, ...]]:
    records.publish(synced_at=SYNCED, today=TODAY)
    snapshot = Snapshots(records._snapshots.directory.parent, ACCOUNT.id).open_current()
    try:
        return snapshot.rows(f"SELECT {columns} FROM odd_records")
    finally:
        snapshot.close()


def test_odd_record_is_listed_once_with_what_was_found_last(records: RecordStore) -> None:
    records.odd.note_odd([odd(), odd(problem="expected a number, got a list")])
    first = records.odd.list_odd(ENTRIES)
    records.odd.note_odd([odd(problem="the number is not finite", day=None)])

    (second,) = records.odd.list_odd(ENTRIES)

    assert [one.problem for one in first] == ["expected a number, got a list"]
    assert (second.problem, second.day) == ("the number is not finite", None)
    assert second.noticed == first[0].noticed


def test_record_that_arrives_leaves_the_list_though_nothing_of_it_changed(
    records: RecordStore,
) -> None:
    records.upsert(ENTRIES, [entries(6, 7)])
    records.odd.note_odd([odd(id=6), odd(id=7), odd(id=8)])

    records.upsert(ENTRIES, [entries(7)])

    assert ids(records) == [6, 8]


def test_earlier_version_of_an_odd_record_is_stored_until_it_is_deleted(
    records: RecordStore,
) -> None:
    records.upsert(ENTRIES, [entries(6, 7)])
    records.odd.note_odd([odd(id=6), odd(id=7), odd(id=8)])

    assert [one.is_stored for one in records.odd.list_odd(ENTRIES)] == [True, True, False]
    assert records.odd.count_unstored(ENTRIES) == 1

    records.mark_deleted(ENTRIES, [7], SYNCED)

    assert ids(records) == [6, 8]


def test_company_has_no_key_and_is_listed_all_the_same(records: RecordStore) -> None:
    records.odd.note_odd([odd("company", None), odd("company", None)])
    listed = records.odd.list_odd(COMPANY)
    records.upsert(COMPANY, [sample("company")])

    assert [(one.id, one.is_stored) for one in listed] == [(None, False)]
    assert records.odd.list_odd(COMPANY) == []


def test_records_below_another_are_told_apart_by_it(records: RecordStore) -> None:
    teammate = record_type(TEAMMATES)
    records.odd.note_odd([odd("user_teammates", 5, owner) for owner in (1, 2)])

    records.upsert(TEAMMATES, [[teammate(id=5, user_id=1)]])

    assert [(one.id, one.owner) for one in records.odd.list_odd(TEAMMATES)] == [(5, 2)]
    assert records.odd.list_owners(TEAMMATES) == {2}

    records.odd.remove_of(TEAMMATES, [2])

    assert records.odd.list_odd(TEAMMATES) == []


def test_list_read_to_its_end_keeps_what_it_has(records: RecordStore) -> None:
    records.odd.note_odd([odd(id=6), odd(id=7)])

    records.odd.keep_only(ENTRIES, {7, 100})

    assert ids(records) == [7]


def test_reading_of_all_records_keeps_what_was_found_in_it(records: RecordStore) -> None:
    records.odd.note_odd([odd(id=6)])
    began = datetime.now(UTC)
    records.odd.note_odd([odd(id=7)])

    records.odd.keep_read_since(ENTRIES, began)

    assert ids(records) == [7]


def test_records_to_read_again_are_those_of_earlier_syncs(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    path = tmp_path / "store.duckdb"
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as earlier:
        earlier.odd.note_odd([odd(id=9)])
        earlier.odd.note_odd([odd(id=7)])
        earlier.odd.note_odd([odd(id=8)])
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records:
        records.odd.note_odd([odd(id=8), odd(id=10)])

        assert records.odd.list_due(ENTRIES, 10) == [9, 7]
        assert records.odd.list_due(ENTRIES, 1) == [9]


def test_odd_record_counts_as_present_on_its_day(records: RecordStore) -> None:
    (entry,) = entries(6)
    records.upsert(ENTRIES, [[entry]])
    records.odd.note_odd([odd(id=6), odd(id=7, day=DAY), odd(id=8, day=None)])
    first, last = date(1, 1, 1), date(9999, 12, 31)

    days = records.comparing.count_by_day
    assert days(ENTRIES, first, last) == {entry.spent_date: 1, DAY: 1, first: 1}
    assert days(ENTRIES, DAY, last) == {DAY: 2} | (
        {entry.spent_date: 1} if entry.spent_date > DAY else {}
    )
    assert days(ENTRIES, first, last, [7, 8]) == {entry.spent_date: 1}
    # Whether an odd one was invoiced is not known; one without a day is counted once.
    invoiced = {} if entry.is_billed else {entry.spent_date: 1}
    assert days(ENTRIES, first, last, uninvoiced=True) == {DAY: 1} | invoiced
    assert records.comparing.days_of_records(ENTRIES, DAY, DAY) == {7: DAY}
    standing = records.comparing.unchanged_records(
        ENTRIES, [6, 7, 8], datetime.max.replace(tzinfo=UTC)
    )
    assert {id: one.day for id, one in standing.items()} == {
        6: entry.spent_date, 7: DAY, 8: first,
    }  # fmt: skip


def test_version_has_the_list_without_a_value_of_any_record(records: RecordStore) -> None:
    records.upsert(ENTRIES, [entries(6)])
    records.odd.note_odd([odd(id=6), odd(id=7), odd("company", None)])

    rows = published(records, "entity, id, day, field, problem, is_stored")

    problem = "expected a number, got text"
    assert sorted(rows, key=str) == [
        ("company", None, DAY, "hours", problem, False),
        ("time_entries", 6, DAY, "hours", problem, True),
        ("time_entries", 7, DAY, "hours", problem, False),
    ]


def test_change_of_the_list_is_published_and_a_repetition_is_not(records: RecordStore) -> None:
    def version() -> int:
        return records.publish(synced_at=SYNCED, today=TODAY).version

    before = version()
    records.odd.note_odd([odd()])
    noted = version()
    records.odd.note_odd([odd()])
    again = version()
    records.odd.remove_ids(ENTRIES, [7])

    assert (noted, again, version()) == (before + 1, before + 1, before + 2)


def test_another_account_behind_the_same_id_has_a_list_of_its_own(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    path = tmp_path / "other.duckdb"
    found: list[Iterable[object]] = []
    for identity in ("monday", "tuesday"):
        account = Account("1", "demo", identity)
        with RecordStore.open(path, account, snapshots=snapshots) as records:
            found.append(records.odd.list_odd(ENTRIES))
            records.odd.note_odd([odd()])

    assert found == [[], []]


def test_store_from_before_there_was_a_list_gets_one(tmp_path: Path, snapshots: Snapshots) -> None:
    path = tmp_path / "store.duckdb"
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records, records.transaction():
        records._run("DROP TABLE odd_records")
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records:
        records.odd.note_odd([odd()])

        assert records.odd.count_odd(ENTRIES) == 1


@pytest.mark.parametrize("number", ["1e999999", "-1e999999", "1E+13", "-1000000000000"])
def test_number_beyond_its_column_is_odd_whatever_its_exponent(
    records: RecordStore, number: str
) -> None:
    good, bad = entries(6, 7)
    bad = msgspec.structs.replace(bad, hours=Decimal(number))

    records.upsert(ENTRIES, [[good, bad]])

    (one,) = records.odd.list_odd(ENTRIES)
    assert (one.id, one.field, one.problem) == (7, "hours", "the number is out of range")
    assert records.rows(ENTRIES) == 1


def test_records_without_a_key_are_told_apart_and_leave_when_not_found_again(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    path = tmp_path / "store.duckdb"
    nobody = [replace(odd(id=None), digest=digest) for digest in ("a", "b", "b")]
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as earlier:
        earlier.odd.note_odd([*nobody, odd(id=7)])
        assert len(earlier.odd.list_odd(ENTRIES)) == 3
        assert earlier.odd.due_days(ENTRIES, 10) == []
        assert earlier.comparing.count_by_day(ENTRIES, DAY, DAY) == {DAY: 3}
        assert earlier.comparing.days_of_records(ENTRIES, DAY, DAY) == {7: DAY}
    with RecordStore.open(path, ACCOUNT, snapshots=snapshots) as records:
        assert records.odd.due_days(ENTRIES, 10) == [DAY]
        assert not records.odd.has_met_unknown(ENTRIES)
        records.odd.note_odd(nobody[:1])
        records.odd.keep_read_on(ENTRIES, DAY)

        assert len(records.odd.list_odd(ENTRIES)) == 2
        assert records.odd.has_met_unknown(ENTRIES)

        records.odd.keep_only(ENTRIES, {7})

        assert len(records.odd.list_odd(ENTRIES)) == 2
