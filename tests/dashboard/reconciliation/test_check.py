"""What differs from Harvest's reports is found, named record by record, and nothing else is."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard.config.errors import CannotCheck
from dashboard.reconciliation.check import Check, check_account
from dashboard.reconciliation.record_diff import Why
from dashboard.reconciliation.reports import REPORTS
from tests.dashboard.sync.agency import TODAY, Agency, Copy

YEAR = (date(2025, 11, 21), TODAY)


@pytest.fixture
def agency() -> Agency:
    return Agency(entries=1_000)


@pytest.fixture
def copy(agency: Agency, tmp_path: Path) -> Copy:
    synced = Copy(agency, tmp_path, "direct")
    synced.first_sync()
    return synced


@contextmanager
def checking(copy: Copy) -> Iterator[Any]:
    with closing(copy.snapshot()) as snapshot, copy.client() as harvest:
        yield lambda first, last: check_account(snapshot, harvest, first, last, today=TODAY)


def checked(copy: Copy, first: date = YEAR[0], last: date = YEAR[1]) -> Check:
    with checking(copy) as run:
        found: Check = run(first, last)
    return found


def entries(agency: Agency, *, billable: bool = True) -> list[Any]:
    """Settled entries of the year, in order; billable ones are priced and not of a fixed fee."""
    fixed = {row["id"] for row in agency.account.rows("projects") if row["is_fixed_fee"]}
    return [
        entry
        for entry in agency.account.entries
        if entry.spent_date >= date(2026, 1, 1)
        and not (entry.is_running or entry.is_locked or entry.is_billed)
        and entry.project["id"] not in fixed
        and entry.billable == billable
        and (entry.billable_rate or 0) > 0
    ]


@pytest.mark.parametrize(
    ("first", "last"),
    [YEAR, (date(2023, 11, 20), TODAY), (date(2026, 2, 10), date(2026, 2, 10))],
    ids=["a year", "all three years", "a day"],
)
def test_an_untouched_copy_is_equal(copy: Copy, first: date, last: date) -> None:
    found = checked(copy, first, last)

    assert found.equal
    assert list(dict.fromkeys(one.report for one in found.compared)) == list(REPORTS)
    assert found.rows == ()
    assert all(one.totals for one in found.compared if one.report == "time")


def test_one_deleted_one_edited_and_one_repriced_entry_are_named_and_no_other(
    agency: Agency, copy: Copy
) -> None:
    settled = entries(agency)
    deleted, edited, repriced = settled[0], settled[len(settled) // 2], settled[-1]
    gone, changed, rerated = deleted.id, edited.id, repriced.id
    hours = edited.rounded_hours
    agency.edit("DELETE", f"/time_entries/{gone}")
    agency.edit("PATCH", f"/time_entries/{changed}", hours=float(hours) + 2)
    # A new rate reaches old entries without touching when they were updated.
    repriced.billable_rate += Decimal("12.50")
    agency.account.version += 1

    found = checked(copy)

    assert not found.equal
    assert {(row.id, row.why) for row in found.rows} == {
        (gone, Why.DELETED),
        (changed, Why.EDITED),
        (rerated, Why.REPRICED),
    }
    by_id = {row.id: row for row in found.rows}
    assert by_id[gone].hours_in_harvest is None
    assert by_id[changed].hours_in_harvest == hours + 2
    assert by_id[rerated].amount != by_id[rerated].amount_in_harvest
    assert by_id[rerated].hours == by_id[rerated].hours_in_harvest
    touched = {deleted.project["id"], edited.project["id"], repriced.project["id"]}
    assert {difference.project_id for difference in found.differences} == touched


def test_the_cause_of_each_difference_is_told(agency: Agency, copy: Copy) -> None:
    entry = entries(agency)[10]
    agency.edit("DELETE", f"/time_entries/{entry.id}")

    found = checked(copy)

    causes = {found.explain(difference) for difference in found.differences}
    assert causes == {"1 deleted in Harvest"}


def test_a_running_timer_is_told_from_an_edit(agency: Agency, copy: Copy) -> None:
    (running,) = [entry for entry in agency.account.entries if entry.is_running][:1]
    running.hours += 2
    running.rounded_hours += 2
    agency.account.version += 1

    found = checked(copy)

    assert found.equal
    assert found.rows == ()
    assert "1 timers are running: their hours change by the minute." in found.notes


def test_an_entry_that_came_since_is_missing_here(agency: Agency, copy: Copy) -> None:
    like = entries(agency)[10]
    made = agency.edit(
        "POST", "/time_entries", project_id=like.project["id"], task_id=like.task["id"],
        user_id=like.user["id"], spent_date=str(like.spent_date), hours=1.5,
    )  # fmt: skip

    found = checked(copy)

    assert [(row.id, row.why, row.hours) for row in found.rows] == [(made["id"], Why.MISSING, None)]


def test_what_the_token_may_not_see_is_not_called_equal(agency: Agency, copy: Copy) -> None:
    agency.hide = "billable_amount"

    found = checked(copy)

    assert any("billable_amount" in note for note in found.notes)
    assert not any(one.whole for one in found.compared if one.report == "time")


def test_days_before_the_copy_is_complete_are_not_compared(agency: Agency, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path / "late", "direct", start=date(2026, 6, 1))
    copy.first_sync()

    found = checked(copy)

    assert found.first == date(2026, 6, 1)
    assert found.equal
    assert "not compared" in found.notes[0]
    (budgets,) = (one for one in found.compared if one.report == "budgets")
    assert budgets.unknown > 0
    assert "numbers that only Harvest knows" in found.notes[-1]
    assert all(total.ours == total.theirs for total in budgets.totals)
    with pytest.raises(CannotCheck, match="complete since 2026-06-01"):
        checked(copy, date(2025, 1, 1), date(2025, 12, 31))


def test_through_the_hosted_connector_time_is_compared(agency: Agency, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path / "hosted")
    copy.sync()

    found = checked(copy)

    assert [one.report for one in found.compared] == ["time"]
    assert {difference.metric for difference in found.differences} <= {"billable_amount"}
    assert "derived" in found.notes[-1]


def test_an_entry_that_was_marked_as_invoiced_elsewhere_is_told(agency: Agency, copy: Copy) -> None:
    marked = entries(agency)[0]
    marked.is_billed = True
    agency.account.version += 1

    found = checked(copy)

    assert [(row.id, row.why) for row in found.rows] == [(marked.id, Why.BILLED)]
    assert {difference.metric for difference in found.differences} == {
        "uninvoiced_hours",
        "uninvoiced_amount",
    }


def test_an_expense_that_changed_is_named(agency: Agency, copy: Copy) -> None:
    (expense,) = [
        row
        for row in agency.account.rows("expenses")
        if row["spent_date"] >= date(2026, 1, 1) and row["billable"] and not row["is_billed"]
    ][:1]
    agency.edit("PATCH", f"/expenses/{expense['id']}", total_cost=float(expense["total_cost"]) + 10)

    found = checked(copy)

    assert [(row.entity, row.id) for row in found.rows] == [("expenses", expense["id"])]
    assert {difference.theirs - difference.ours for difference in found.differences} == {
        Decimal(10)
    }
