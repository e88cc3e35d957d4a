"""Smallest differences that a comparison reports, by field and currency."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dashboard.reconciliation.compare import Cell, Row, WindowResult
from dashboard.reconciliation.sums import Project, Sums

PROJECT = Project(1, "Website", 2, "Studio", False, True, True)


def cell(field: str, currency: str, ours: str | None, theirs: str | None) -> Cell:
    numbers = (None if text is None else Decimal(text) for text in (ours, theirs))
    return Cell(Row(Sums(PROJECT, currency), {}), field, *numbers)


@pytest.mark.parametrize(
    ("field", "currency", "ours", "theirs", "differs"),
    [
        ("billable_amount", "EUR", "10.00", "10.01", True),
        ("billable_amount", "EUR", "10.004", "10.00", False),
        ("billable_amount", "EUR", "10.005", "10.00", True),
        ("billable_amount", "JPY", "1000.4", "1000", False),
        ("billable_amount", "JPY", "1000.5", "1000", True),
        ("billable_amount", "KWD", "10.01", "10.00", True),  # reports have two decimals
        ("total_hours", "JPY", "1.01", "1.00", True),
        ("total_hours", "EUR", "1.004", "1.00", False),
        ("billable_amount", "EUR", None, "1.00", False),
        ("billable_amount", "EUR", "1.00", None, False),
    ],
)
def test_cell_differs_from_half_of_the_last_decimal(
    field: str, currency: str, ours: str | None, theirs: str | None, differs: bool
) -> None:
    assert cell(field, currency, ours, theirs).differs is differs


def test_window_that_the_token_may_not_read_is_not_equal() -> None:
    day, now = date(2026, 1, 5), datetime(2026, 1, 6, tzinfo=UTC)

    read = WindowResult("time", day, day, now, 1)
    refused = WindowResult("time", day, day, now, 1, refused="Forbidden.")

    assert read.equal
    assert not refused.equal
    assert not refused.whole
