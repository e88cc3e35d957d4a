"""Each kind of leak on the studio of two weeks, by hand.

Of `studio.sql`: the weeks of 5 and 12 January 2026, today is the 15th. Changes to it are in each
test, so that what must be found stands beside what is.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.metrics.scope import Scope, time_filter
from dashboard.reports import LISTINGS
from dashboard.reports.leaks.summary import KINDS
from dashboard.reports.table import Table
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.conftest import TODAY, TWO_WEEKS, build

Changed = Callable[[str], Snapshot]

# What `studio.sql` leaves out: expenses, budgets, and what was refused.
REST = """
CREATE TABLE entity_state AS
SELECT 'projects' AS entity, CAST(NULL AS VARCHAR) AS refused;
CREATE TABLE budget_facts (
    account_id VARCHAR, project_id BIGINT, day DATE, client_id BIGINT, currency VARCHAR,
    is_hidden BOOLEAN, budget DECIMAL(18, 6), spent DECIMAL(18, 6), burned DECIMAL(18, 6),
    fee_hours DECIMAL(18, 6), known_from DATE
);
CREATE TABLE expense_categories (account_id VARCHAR, id BIGINT, name VARCHAR, is_active BOOLEAN);
INSERT INTO expense_categories VALUES ('1', 1, 'Travel', true);
CREATE TABLE expense_facts (
    account_id VARCHAR, id BIGINT, day DATE, user_id BIGINT, client_id BIGINT, project_id BIGINT,
    category_id BIGINT, role_id BIGINT, is_contractor BOOLEAN, currency VARCHAR, billable BOOLEAN,
    is_billed BOOLEAN, is_fixed_fee BOOLEAN, amount DECIMAL(18, 6), invoice_id BIGINT,
    approval_status VARCHAR
);
CREATE SCHEMA records;
CREATE TABLE records.expenses (id BIGINT, is_locked BOOLEAN, receipt STRUCT(file_name VARCHAR));
"""
ADDRESS = "UPDATE meta SET base_uri = 'https://studio.harvestapp.com';"


@pytest.fixture
def changed(tmp_path: Path) -> Iterator[Changed]:
    """The studio with nothing more to find, after some SQL."""
    with ExitStack() as opened:
        yield lambda sql: opened.enter_context(closing(build(tmp_path, REST + sql)))


def rows_of(kind: str, snapshot: Snapshot, scope: Scope = TWO_WEEKS) -> Table:
    return LISTINGS[f"leaks_{kind}"].make(snapshot, scope, {})


def values(listing: Table, *names: str) -> list[tuple[Any, ...]]:
    """The columns called `names`, None where nothing is known."""
    frame = listing.frame[list(names)].astype(object)
    frame = frame.where(frame.notna(), None)
    return [
        tuple(value.date() if isinstance(value, pd.Timestamp) else value for value in row)
        for row in frame.itertuples(index=False, name=None)
    ]


def filtered(document: dict[str, Any], scope: Scope = TWO_WEEKS) -> Scope:
    return scope.and_(time_filter(document))


# Capacity of the week of the 5th: 40, 20, 40 and 10 hours; that of the 12th is not over.
# Tracked: Ada 2 + 1 + 3 + 5 = 11, Ada Berg of 20 hours 4, Cleo 0, Dan 1.5.
#
# Worth of an hour in the 90 days up to the 15th, by whom:
# - 1: priced 7×100 + 2×100 = 900 EUR of 9 h and 3×120 = 360 USD of 3 h; of the fixed fee (5 h),
#   the rate of 0 (0.5 h) and what is not billable (1 h) only the hours: 9 + 3 + 5 + 0.5 + 1 = 18.5.
# - 2: 4×50 = 200 EUR; 4 + 2.5 without a rate = 6.5 h. What is entered ahead is not among them.
# - 4: 1×80 = 80 EUR of 1 + 1.5 = 2.5 h.
def test_missing_timesheets_are_worth_what_the_persons_hours_were(changed: Changed) -> None:
    listing = rows_of("missing_timesheets", changed(""))

    assert values(listing, "id", "tracked", "capacity") == [
        ("1-20260105-EUR", 11, 40), ("1-20260105-USD", 11, 40), ("2-20260105-EUR", 4, 20),
        ("4-20260105-EUR", 1.5, 10), ("3-20260105", 0, 40),
    ]  # fmt: skip
    assert listing.frame["hours"].tolist() == pytest.approx([29 * 9 / 12, 29 * 3 / 12, 16, 8.5, 40])
    assert listing.frame["at_stake"].tolist()[:4] == pytest.approx(
        [29 * 900 / 18.5, 29 * 360 / 18.5, 16 * 200 / 6.5, 8.5 * 80 / 2.5]
    )
    assert pd.isna(listing.frame["at_stake"][4])
    assert values(listing, "currency") == [("EUR",), ("USD",), ("EUR",), ("EUR",), (None,)]
    # Two people of one name.
    assert listing.frame["person"].tolist() == [
        "Ada Berg (ada@studio.example)", "Ada Berg (ada@studio.example)",
        "Ada Berg (berg@studio.example)", "Dan Moss", "Cleo Idle",
    ]  # fmt: skip


def test_half_of_the_capacity_is_enough(changed: Changed) -> None:
    snapshot = changed(
        "UPDATE time_facts SET rounded_hours = 5 WHERE id = 5;"  # Dan has 10
        "UPDATE time_facts SET rounded_hours = 9.99 WHERE id = 2;"  # of 20
    )

    people = rows_of("missing_timesheets", snapshot).frame["person_id"].tolist()

    assert sorted(people) == [1, 1, 2, 3]


def test_leave_is_no_timesheet_and_no_capacity(changed: Changed) -> None:
    snapshot = changed(
        # Dan is away all week, Cleo all but 8 hours.
        "UPDATE time_facts SET is_leave = true, rounded_hours = 10 WHERE id = 5;"
        "UPDATE capacity_facts SET capacity_hours = 0 WHERE user_id = 4 AND day <= '2026-01-09';"
        "UPDATE capacity_facts SET capacity_hours = 0 WHERE user_id = 3 AND day <= '2026-01-08';"
    )

    found = values(rows_of("missing_timesheets", snapshot), "person_id", "hours")

    assert [row for row in found if row[0] in (3, 4)] == [(3, 8)]


def test_only_weeks_that_end_in_the_period_and_are_over_count(changed: Changed) -> None:
    snapshot = changed("")

    def weeks(start: date, end: date, today: date = date(2026, 2, 1)) -> list[date]:
        listing = rows_of("missing_timesheets", snapshot, Scope(start, end, today=today))
        return sorted({day for (day,) in values(listing, "week")}) if len(listing.frame) else []

    # Whole weeks, each in one period: that of the 5th ends on the 11th.
    assert weeks(date(2026, 1, 11), date(2026, 1, 17)) == [date(2026, 1, 5)]
    assert weeks(date(2026, 1, 12), date(2026, 1, 18)) == [date(2026, 1, 12)]
    assert weeks(date(2026, 1, 12), date(2026, 1, 17)) == []
    # A Sunday is not over before it is.
    assert weeks(date(2026, 1, 5), date(2026, 1, 18), date(2026, 1, 11)) == []
    assert weeks(date(2026, 1, 5), date(2026, 1, 18), date(2026, 1, 12)) == [date(2026, 1, 5)]


def test_a_week_of_which_not_all_days_are_stored_is_not_missing(tmp_path: Path) -> None:
    with closing(build(tmp_path / "monday", REST, since=date(2026, 1, 5))) as snapshot:
        whole = rows_of("missing_timesheets", snapshot)
    with closing(build(tmp_path / "tuesday", REST, since=date(2026, 1, 6))) as snapshot:
        part = rows_of("missing_timesheets", snapshot)
        ranked = LISTINGS["leaks"].read(snapshot, TWO_WEEKS, {})

    assert len(whole.frame) == 5
    assert part.frame.empty
    assert part.notes == ("No week that ends in the period is over and stored yet.",)
    assert ranked.notes[0].startswith("Time entries before 6 Jan 2026 are not stored")


def test_weeks_begin_where_the_account_says(changed: Changed) -> None:
    snapshot = changed("UPDATE meta SET week_start = 6")
    scope = Scope(date(2026, 1, 5), date(2026, 1, 11), today=date(2026, 2, 1))

    listing = rows_of("missing_timesheets", snapshot, scope)

    # From Sunday to Saturday: Dan's 1.5 hours of Sunday 11th are in the next.
    assert {day for (day,) in values(listing, "week")} == {date(2026, 1, 4)}
    assert (4, 10) in values(listing, "person_id", "hours")


def test_missing_timesheets_follow_people_and_refuse_work(changed: Changed) -> None:
    snapshot = changed("")

    of_two = rows_of("missing_timesheets", snapshot, filtered({"eq": {"user.id": 2}}))
    of_acme = rows_of("missing_timesheets", snapshot, filtered({"eq": {"client.id": 10}}))

    assert values(of_two, "person_id", "hours") == [(2, 16)]
    assert of_acme.frame.empty
    (note,) = of_acme.notes
    assert "cannot be filtered by client.id" in note


# Without a rate: entry 6 (2.5 h, no rate) of Borealis and 7 (0.5 h, rate 0) of Acme. The priced
# hours of their projects up to today: Acme's 7×100 + 2×100 + 4×50 + 1×80 = 1180 EUR of 14 h;
# Borealis' 3×120 = 360 USD of 3 h, as that of the 16th is ahead.
def test_unpriced_entries_are_worth_the_projects_average(changed: Changed) -> None:
    listing = rows_of("unpriced", changed(ADDRESS))

    assert values(listing, "id", "day", "client", "hours", "currency", "link") == [
        ("6", date(2026, 1, 12), "Borealis", 2.5, "USD",
         "https://studio.harvestapp.com/time/day/2026/1/12/2"),
        ("7", date(2026, 1, 13), "Acme", 0.5, "EUR",
         "https://studio.harvestapp.com/time/day/2026/1/13/1"),
    ]  # fmt: skip
    assert listing.frame["at_stake"].tolist() == pytest.approx([2.5 * 120, 0.5 * 1180 / 14])


def test_raw_hours_are_asked_of_raw_hours(changed: Changed) -> None:
    scope = Scope(TWO_WEEKS.start, TWO_WEEKS.end, basis=TWO_WEEKS.basis.RAW, today=TODAY)

    listing = rows_of("unpriced", changed(""), scope)

    assert listing.frame["hours"].tolist() == [2.4, 0.4]
    assert listing.frame["at_stake"][0] == pytest.approx(2.4 * 120)


def test_an_unpriced_entry_of_a_project_without_any_rate_is_worth_nobody_knows_what(
    changed: Changed,
) -> None:
    snapshot = changed("UPDATE time_facts SET billable_rate = NULL, rounded_amount = NULL")

    listing = rows_of("unpriced", snapshot)

    assert set(values(listing, "at_stake")) == {(None,)}
    # All billable ones outside fixed fees.
    assert sorted(listing.frame["id"]) == ["1", "2", "3", "6", "7", "8", "9"]


# On 10 March 60 days ago was 9 January. Older are 2 (4×50) of Acme and 3 (3×120) of Borealis; 1 and
# 11 are billed, 4 is of a fixed fee and of the 9th, 10 not billable.
def test_stale_work_is_older_than_sixty_days_whatever_the_period(changed: Changed) -> None:
    today = date(2026, 3, 10)
    scope = Scope(date(2026, 3, 1), date(2026, 3, 31), today=today)

    listing = rows_of("stale_wip", changed(ADDRESS), scope)

    names = ("id", "client", "oldest", "entries", "hours", "at_stake", "currency")
    assert values(listing, *names) == [
        ("200-20", "Borealis", date(2026, 1, 7), 1, 3, 360, "USD"),
        ("100-10", "Acme", date(2026, 1, 6), 1, 4, 200, "EUR"),
    ]  # fmt: skip
    assert values(listing, "link") == [
        ("https://studio.harvestapp.com/projects/200",),
        ("https://studio.harvestapp.com/projects/100",),
    ]


@pytest.mark.parametrize(("today", "found"), [(date(2026, 3, 13), 0), (date(2026, 3, 14), 1)])
def test_the_sixtieth_day_is_not_stale(changed: Changed, today: date, found: int) -> None:
    snapshot = changed("DELETE FROM time_facts WHERE id <> 6")  # of 12 January: no rate
    listing = rows_of("stale_wip", snapshot, Scope(today, today, today=today))

    assert values(listing, "hours", "at_stake") == [(2.5, None)] * found


def test_marked_as_invoiced_on_no_invoice_is_written_off_in_silence(changed: Changed) -> None:
    snapshot = changed(
        # 2 and 8 of Acme: 4×50 + 1×80; the fixed fee and what is not billable do not count.
        "UPDATE time_facts SET is_billed = true WHERE id IN (2, 8, 4, 10)"
    )

    listing = rows_of("billed_without_invoice", snapshot)

    assert values(listing, "id", "entries", "hours", "at_stake", "currency") == [
        ("100-10", 2, 5, 280, "EUR")
    ]


def test_what_the_source_does_not_say_is_on_no_invoice_is_left_out(changed: Changed) -> None:
    snapshot = changed(
        "UPDATE time_facts SET is_billed = true WHERE id IN (2, 8);"
        "UPDATE meta SET derived_until = DATE '2026-01-08'"
    )

    listing = rows_of("billed_without_invoice", snapshot)
    before = rows_of(
        "billed_without_invoice", snapshot, Scope(date(2026, 1, 1), date(2026, 1, 8), today=TODAY)
    )

    assert values(listing, "hours", "at_stake") == [(1, 80)]
    assert listing.notes == ("Up to 8 Jan 2026 the source does not say what is on an invoice.",)
    assert before.frame.empty
    assert before.notes == listing.notes


def test_uninvoiced_work_on_what_is_archived_now(changed: Changed) -> None:
    snapshot = changed(
        "UPDATE clients SET is_active = false WHERE id = 20;"
        "UPDATE tasks SET is_active = false WHERE id = 1002;"
    )

    listing = rows_of("after_archive", snapshot)

    # All of Borealis: 3×120 + 6×60, and 2.5 h without a rate; of Acme the meeting of 1×80.
    assert values(listing, "id", "archived", "hours", "at_stake", "currency") == [
        ("200-20-client", "client", 11.5, 720, "USD"), ("100-10-task", "task", 1, 80, "EUR"),
    ]  # fmt: skip


def test_whether_it_is_archived_may_not_be_readable(changed: Changed) -> None:
    snapshot = changed(
        "UPDATE projects SET is_active = false; UPDATE clients SET is_active = false;"
        "UPDATE entity_state SET refused = 'Not for this token.';"
        "INSERT INTO entity_state VALUES ('clients', 'Not for this token.')"
    )

    listing = rows_of("after_archive", snapshot)

    assert listing.frame.empty
    assert listing.notes == (
        "Which clients are archived cannot be read.",
        "Which projects are archived cannot be read.",
    )


BUDGETS = """
INSERT INTO budget_facts VALUES
    ('1', 100, '2025-06-01', 10, 'EUR', false, 1000, 0, 0, 0, NULL),
    ('1', 100, '2026-01-05', 10, 'EUR', false, 0, 1200, 1200, 0, NULL),
    ('1', 100, '2026-01-16', 10, 'EUR', false, 0, 300, 300, 0, NULL),
    ('1', 200, '2025-06-01', 20, 'hours', false, 10, 0, 0, 0, NULL),
    ('1', 200, '2025-12-01', 20, 'hours', false, 0, 14, 14, 0, NULL),
    ('1', 101, '2025-06-01', 10, 'EUR', false, 50, 50, 50, 0, NULL);
"""


def test_over_budget_is_money_or_hours(changed: Changed) -> None:
    listing = rows_of("over_budget", changed(BUDGETS))

    # As of the 15th: what comes on the 16th is ahead. Used up to the cent is not over.
    assert values(listing, "project_id", "used_share", "hours", "at_stake", "currency") == [
        (100, 1.2, None, 200, "EUR"), (200, 1.4, 4, None, None),
    ]  # fmt: skip
    assert values(listing, "budget_hours", "budget_amount") == [(None, 1000), (10, None)]


def test_an_archived_project_is_over_budget_while_it_was_worked_on(changed: Changed) -> None:
    snapshot = changed(BUDGETS + "UPDATE projects SET is_active = false")

    assert values(rows_of("over_budget", snapshot), "project_id") == [(100,)]


EXPENSES = """
INSERT INTO expense_facts VALUES
    ('1', 1, '2026-01-06', 1, 10, 100, 1, 1, false, 'EUR', true, false, false, 40, NULL, NULL),
    ('1', 2, '2026-01-07', 1, 20, 200, 1, 1, false, 'USD', true, true, false, 90, 7, NULL),
    ('1', 3, '2026-01-08', 4, NULL, 300, 1, NULL, false, 'EUR', false, false, false, 15, NULL, ''),
    ('1', 4, '2026-01-09', 4, 10, 100, 1, NULL, false, 'EUR', true, false, false, 70, NULL, NULL),
    ('1', 5, '2025-12-09', 4, 10, 100, 1, NULL, false, 'EUR', true, false, false, 80, NULL, NULL);
INSERT INTO records.expenses VALUES
    (1, false, NULL), (2, true, NULL), (3, false, NULL), (4, false, {'file_name': 'train.pdf'}),
    (5, false, NULL);
"""


def test_expenses_without_a_receipt_stake_what_a_client_is_to_pay(changed: Changed) -> None:
    listing = rows_of("expenses_without_receipt", changed(EXPENSES + ADDRESS))

    assert values(listing, "id", "amount", "at_stake", "currency", "category") == [
        ("1", 40, 40, "EUR", "Travel"), ("2", 90, None, "USD", "Travel"),
        ("3", 15, None, "EUR", "Travel"),
    ]  # fmt: skip
    assert set(values(listing, "link")) == {("https://studio.harvestapp.com/expenses",)}
    assert listing.notes == ()


def test_an_expense_of_which_receipts_are_not_told_has_not_lost_one(changed: Changed) -> None:
    snapshot = changed(EXPENSES + "UPDATE records.expenses SET is_locked = NULL WHERE id = 1")

    listing = rows_of("expenses_without_receipt", snapshot)

    assert values(listing, "id") == [("2",), ("3",)]
    assert listing.notes == (
        "Of 1 older expenses the source does not say whether they have a receipt.",
    )


def test_days_of_more_than_sixteen_tracked_hours(changed: Changed) -> None:
    snapshot = changed(
        # Two entries of one day: 3.9 + 12.2 = 16.1; rounding does not count. 16 are possible.
        "UPDATE time_facts SET user_id = 2, raw_hours = 12.2 WHERE id = 10;"
        "UPDATE time_facts SET raw_hours = 16, rounded_hours = 17 WHERE id = 4;"
    )

    listing = rows_of("long_days", snapshot)

    assert values(listing, "id", "day", "entries", "hours", "at_stake", "currency") == [
        ("2-20260106", date(2026, 1, 6), 2, 16.1, None, None)
    ]


def test_leaks_are_ranked_by_what_is_at_stake(changed: Changed) -> None:
    snapshot = changed(EXPENSES + BUDGETS)

    listing = LISTINGS["leaks"].make(snapshot, TWO_WEEKS, {})

    found = values(listing, "kind", "currency", "count", "unknown")
    assert found == [
        ("missing_timesheets", "EUR", 3, 0), ("missing_timesheets", "USD", 1, 0),
        ("unpriced", "USD", 1, 0), ("over_budget", "EUR", 1, 0), ("unpriced", "EUR", 1, 0),
        ("expenses_without_receipt", "EUR", 2, 1), ("missing_timesheets", None, 1, 1),
        ("over_budget", None, 1, 1), ("expenses_without_receipt", "USD", 1, 1),
    ]  # fmt: skip
    assert listing.frame["at_stake"].tolist()[:6] == pytest.approx(
        [29 * 900 / 18.5 + 16 * 200 / 6.5 + 8.5 * 80 / 2.5, 29 * 360 / 18.5, 300, 200,
         0.5 * 1180 / 14, 40]
    )  # fmt: skip
    # Sums of unknowns are unknown, not 0.
    assert listing.frame["at_stake"][6:].isna().all()
    assert values(listing, "hours")[7:] == [(4,), (None,)]
    assert listing.notes[0] == (
        "One hour can appear in several leaks, so there is no total."
        " Those in different currencies are ranked by their numbers alone."
    )
    assert listing.notes[-1].startswith("Nothing found of: Time uninvoiced for more than 60 days")


def test_a_filter_that_a_kind_cannot_follow_costs_that_kind_alone(changed: Changed) -> None:
    snapshot = changed(EXPENSES + BUDGETS)

    listing = LISTINGS["leaks"].make(snapshot, filtered({"eq": {"task.id": 1000}}), {})

    # Of design only the half hour of the 13th, now by the average of design: 900 EUR of 9 h.
    assert values(listing, "kind", "at_stake") == [("unpriced", 50)]
    said = "\n".join(listing.notes)
    for subject in ("Missing timesheets", "A budget", "Expenses"):
        assert f"{subject} cannot be filtered by task.id" in said
    assert "Nothing found of: Missing timesheets" not in said


def test_every_kind_follows_a_filter_or_says_that_it_does_not(changed: Changed) -> None:
    snapshot = changed(EXPENSES + BUDGETS + "UPDATE time_facts SET raw_hours = 20")
    nobody = filtered({"eq": {"client.id": 999}})

    for leak in KINDS:
        listing = rows_of(leak.id, snapshot, nobody)
        assert listing.frame.empty, leak.id
        assert bool(listing.notes) == (leak.id == "missing_timesheets")


def test_rows_have_ids_of_their_own(changed: Changed) -> None:
    snapshot = changed(EXPENSES + BUDGETS + "UPDATE time_facts SET raw_hours = 20")

    for leak in KINDS:
        frame = rows_of(leak.id, snapshot).frame
        assert frame["id"].is_unique
        assert {"currency", "at_stake", "hours"} <= set(frame)


def test_without_the_accounts_address_there_are_no_links(changed: Changed) -> None:
    listing = rows_of("unpriced", changed(""))

    assert "link" not in {column.id for column in listing.columns}
    assert listing.frame["link"].isna().all()


def test_a_copy_of_before_budgets_says_so(studio: Snapshot) -> None:
    listing = rows_of("over_budget", studio)

    assert listing.frame.empty
    assert listing.notes == ("This figure needs a newer sync.",)
