"""An account that is read from a day on: what balances need of earlier days is stored, and kept."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard.store.completeness import COMPLETE, Cause, Completeness, Gap
from tests.dashboard.sync.agency import Agency, Copy

START = date(2026, 5, 1)
OLDER = "SELECT id FROM older_time_facts"
OLDER_EXPENSES = "SELECT id FROM older_expense_facts"


@pytest.fixture
def agency() -> Agency:
    return Agency(entries=1_000)


@pytest.fixture
def copy(agency: Agency, tmp_path: Path) -> Copy:
    copy = Copy(agency, tmp_path, "direct", start=START)
    copy.first_sync()
    return copy


def older(agency: Agency) -> list[Any]:
    """Uninvoiced billable entries from before the start."""
    return [
        entry
        for entry in agency.account.entries
        if entry.spent_date < START and entry.billable and not entry.is_billed
    ]


def ids(copy: Copy, sql: str = OLDER) -> set[int]:
    return {id for (id,) in copy.ask(sql)}


def deleted(copy: Copy) -> int:
    ((count,),) = copy.stored(
        "SELECT count(*) FROM time_entries WHERE account_id = ? AND deleted_at IS NOT NULL"
    )
    return int(count)


def bill(agency: Agency, entries: list[Any], *, is_billed: bool = True) -> None:
    """Mark entries in Harvest without a new `updated_at`."""
    for entry in entries:
        entry.is_billed = is_billed
    agency.account.version += 1


def test_start_limits_time_and_expenses_and_nothing_else(agency: Agency, copy: Copy) -> None:
    assert copy.ask("SELECT count(*) FROM time_facts WHERE day < DATE '2026-05-01'") == [(0,)]
    assert copy.ask("SELECT count(*) FROM expense_facts WHERE day < DATE '2026-05-01'") == [(0,)]
    for entity in ("invoices", "estimates"):
        ((rows,),) = copy.ask(f"SELECT count(*) FROM {entity.removesuffix('s')}_facts")
        assert rows == len(list(agency.account.rows(entity)))


def test_first_sync_stores_uninvoiced_records_of_earlier_days(agency: Agency, copy: Copy) -> None:
    assert ids(copy) == {entry.id for entry in older(agency)} != set()
    assert ids(copy, OLDER_EXPENSES) == {
        row["id"]
        for row in agency.account.rows("expenses")
        if row["spent_date"] < START and row["billable"] and not row["is_billed"]
    }


def test_version_says_which_records_are_stored_since_when(copy: Copy) -> None:
    gap = Gap(START, Cause.START)

    assert copy.snapshot().completeness == Completeness({"time_entries": gap, "expenses": gap})
    assert copy.ask("SELECT records, since, cause FROM completeness ORDER BY records") == [
        ("expenses", START, "start"), ("time_entries", START, "start"),
    ]  # fmt: skip


def test_version_of_all_history_has_no_gap(agency: Agency, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path / "whole", "direct")
    copy.first_sync()

    assert copy.snapshot().completeness == COMPLETE
    assert copy.ask("SELECT * FROM completeness") == []


def test_second_sync_changes_nothing(copy: Copy) -> None:
    changes = copy.sync().changes

    del changes["invoice_payments"]  # read a few at a time
    assert not any(one.inserted or one.updated or one.deleted for one in changes.values())


def test_older_entry_leaves_once_it_is_invoiced(agency: Agency, copy: Copy) -> None:
    entry = older(agency)[0]

    agency.now += timedelta(hours=1)
    entry.updated_at = agency.now
    bill(agency, [entry])
    copy.sync()

    assert ids(copy) == {entry.id for entry in older(agency)}
    assert entry.id not in ids(copy)


@pytest.mark.parametrize("count", [5, 60])
def test_older_entries_invoiced_in_silence_leave_and_are_not_deleted(
    agency: Agency, copy: Copy, count: int
) -> None:
    bill(agency, older(agency)[:count])

    copy.sync()

    assert ids(copy) == {entry.id for entry in older(agency)}
    assert deleted(copy) == 0


def test_older_entry_is_counted_again_once_its_invoice_is_gone(agency: Agency, copy: Copy) -> None:
    invoiced = [
        entry
        for entry in agency.account.entries
        if entry.spent_date < START and entry.billable and entry.is_billed
    ][:3]

    bill(agency, invoiced, is_billed=False)
    copy.sync()

    assert ids(copy) >= {entry.id for entry in invoiced}
    assert ids(copy) == {entry.id for entry in older(agency)}


def test_older_entry_that_is_deleted_leaves(agency: Agency, copy: Copy) -> None:
    entry = older(agency)[0]

    agency.account.entries.remove(entry)
    agency.account.version += 1
    copy.sync()

    assert ids(copy) == {entry.id for entry in older(agency)}
    assert deleted(copy) == 1


def test_entry_created_on_an_earlier_day_is_counted(agency: Agency, copy: Copy) -> None:
    like = older(agency)[0]

    agency.edit(
        "POST", "/time_entries", project_id=like.project["id"], task_id=like.task["id"],
        user_id=like.user["id"], spent_date="2026-02-03", hours=1.25,
    )  # fmt: skip
    copy.sync()

    assert ids(copy) == {entry.id for entry in older(agency)}


def test_store_of_a_version_that_left_them_out_is_completed(agency: Agency, copy: Copy) -> None:
    with copy.records() as records:
        for entity, day in (
            ("time_entries", "spent_date"), ("expenses", "spent_date"), ("invoices", "issue_date"),
            ("estimates", "issue_date"),
        ):  # fmt: skip
            with records.transaction():
                records.write(
                    f"DELETE FROM {entity} WHERE account_id = ? AND {day} < DATE '2026-05-01'"
                )
                records.note_change()

    copy.sync()

    assert ids(copy) == {entry.id for entry in older(agency)}
    assert copy.ask("SELECT count(*) FROM invoice_facts") == [
        (len(list(agency.account.rows("invoices"))),)
    ]


def test_start_on_an_earlier_day_brings_the_days_between(agency: Agency, copy: Copy) -> None:
    copy.start = date(2026, 1, 1)

    copy.sync()

    assert copy.ask("SELECT min(day) >= DATE '2026-01-01', count(*) FROM time_facts") == [
        (True, sum(entry.spent_date >= copy.start for entry in agency.account.entries))
    ]


def test_no_start_brings_all_days(agency: Agency, copy: Copy) -> None:
    copy.start = None

    copy.sync()

    assert copy.snapshot().completeness == COMPLETE
    assert copy.ask("SELECT count(*) FROM time_facts") == [(len(list(agency.account.entries)),)]
    assert ids(copy) == set()


def test_older_uninvoiced_time_of_a_repriced_project_is_read_again(
    agency: Agency, copy: Copy
) -> None:
    copy.sync()
    project = next(entry.project["id"] for entry in older(agency) if entry.billable_rate)
    entries = [entry for entry in older(agency) if entry.project["id"] == project]
    for entry in entries:
        entry.billable_rate += Decimal(10)
    (row,) = [row for row in agency.account.rows("projects") if row["id"] == project]
    row.update(hourly_rate=Decimal(321), updated_at=agency.now)
    agency.account.version += 1

    copy.sync()

    rates = f"SELECT id, billable_rate FROM older_time_facts WHERE project_id = {project}"
    assert dict(copy.ask(rates)) == {entry.id: entry.billable_rate for entry in entries}
