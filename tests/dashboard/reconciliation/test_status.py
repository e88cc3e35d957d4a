"""What is said of a period is never more than what was compared."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from dashboard.reconciliation.compare import Difference, ReportTotal, WindowResult
from dashboard.reconciliation.status import Reconciliation, ReconciliationStatus, period_status

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OFF = Difference("hours", 7, "Website", "EUR", Decimal(8), Decimal(6))


def month(number: int, *, off: bool = False, hours_ago: int = 0) -> WindowResult:
    first = date(2026, number, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return compared(first, last, off=off, hours_ago=hours_ago)


def compared(first: date, last: date, *, off: bool = False, hours_ago: int = 0) -> WindowResult:
    at = NOON - timedelta(hours=hours_ago)
    return WindowResult("time", first, last, at, 1, (), (OFF,) if off else ())


YEAR = (date(2026, 1, 1), date(2026, 12, 31))
QUARTER = (date(2026, 4, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("made", "days", "standing"),
    [
        ([], QUARTER, ReconciliationStatus.UNKNOWN),
        ([month(4), month(5), month(6)], QUARTER, ReconciliationStatus.EQUAL),
        ([month(4), month(6)], QUARTER, ReconciliationStatus.PARTLY),
        ([month(5), month(6)], QUARTER, ReconciliationStatus.UNKNOWN),
        (
            [compared(*YEAR)],
            QUARTER,
            ReconciliationStatus.UNKNOWN,
        ),  # errors of two months may cancel
        ([compared(*YEAR)], YEAR, ReconciliationStatus.EQUAL),
        ([month(4), month(5, off=True), month(6)], QUARTER, ReconciliationStatus.DIFFERENT),
        ([month(4), month(5), month(6), month(7, off=True)], QUARTER, ReconciliationStatus.EQUAL),
        ([compared(*YEAR, off=True)], QUARTER, ReconciliationStatus.DIFFERENT),
        # The months say it better than their year, in which the difference lies elsewhere.
        (
            [compared(*YEAR, off=True), month(4), month(5), month(6)],
            QUARTER,
            ReconciliationStatus.EQUAL,
        ),
        ([month(4)], (date(2026, 4, 10), date(2026, 4, 20)), ReconciliationStatus.UNKNOWN),
    ],
)
def test_a_period_stands_as_its_parts_were_found(
    made: list[WindowResult], days: tuple[date, date], standing: ReconciliationStatus
) -> None:
    assert period_status(Reconciliation(tuple(made)), "time", *days).standing is standing


def test_days_within_equal_months_are_said_to_be_just_that() -> None:
    made = Reconciliation((month(4), month(5)))

    found = period_status(made, "time", date(2026, 4, 20), date(2026, 5, 10))

    assert (found.standing, found.covered_by_longer_window) == (ReconciliationStatus.UNKNOWN, True)
    assert not period_status(
        made, "time", date(2026, 5, 20), date(2026, 6, 10)
    ).covered_by_longer_window


def test_an_agreement_is_as_old_as_its_oldest_part() -> None:
    made = Reconciliation((month(4, hours_ago=9), month(5, hours_ago=1), month(6, hours_ago=3)))

    assert period_status(made, "time", *QUARTER).at == NOON - timedelta(hours=9)


def test_what_differs_is_summed_per_currency() -> None:
    made = Reconciliation((month(4, off=True), month(5, off=True)))

    assert period_status(made, "time", *QUARTER).difference("hours") == {"EUR": Decimal(-4)}


def test_what_the_token_may_not_see_is_named() -> None:
    blind = WindowResult(
        "time", *QUARTER, NOON, 1, (ReportTotal("billable_amount", "EUR", Decimal(5), None),), ()
    )

    assert period_status(Reconciliation((blind,)), "time", *QUARTER).not_visible_to_token == {
        "billable_amount"
    }


def test_reports_are_told_apart() -> None:
    assert (
        period_status(Reconciliation((month(4),)), "expenses", *QUARTER).standing
        is ReconciliationStatus.UNKNOWN
    )
