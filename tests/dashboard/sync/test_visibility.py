"""Amounts of an account whose token may not see billable rates, through a real sync."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

import harvest_demo
from dashboard.metrics.catalog import BILLABLE_AMOUNT, HOURS, UNPRICED_HOURS
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from tests.dashboard.sync.agency import TODAY, Agency, Copy

YEAR = Scope(date(2026, 1, 1), TODAY, today=TODAY)
RIGHT = "billable_rates_manager"


@pytest.fixture
def managers(tmp_path: Path) -> tuple[Agency, Copy]:
    """A copy that is synced with the token of a manager without the right to billable rates."""
    agency = Agency(entries=600)
    manager = next(
        row for row in agency.account.rows("users")
        if "manager" in row["access_roles"] and row["is_active"]
    )  # fmt: skip
    manager["access_roles"] = ["manager"]
    agency.account.tokens[harvest_demo.TOKEN] = manager["id"]
    return agency, Copy(agency, tmp_path, source="direct")


def amounts(copy: Copy) -> list[float | None]:
    with closing(copy.snapshot()) as snapshot:
        frame = query_metrics(snapshot, [HOURS, BILLABLE_AMOUNT, UNPRICED_HOURS], scope=YEAR).frame
    found = [float(frame[name].sum(min_count=1)) for name in
             ("hours", "billable_amount", "unpriced_hours")]  # fmt: skip
    return [None if value != value else value for value in found]


def test_amounts_are_unknown_until_the_token_gets_the_right_to_rates(
    managers: tuple[Agency, Copy],
) -> None:
    agency, copy = managers

    copy.sync()
    hours, *hidden = amounts(copy)
    agency.account.tables["users"][agency.account.tokens[harvest_demo.TOKEN]]["access_roles"] += [
        RIGHT
    ]
    copy.sync(accept=True)
    again, *visible = amounts(copy)

    assert hours == again
    assert hours
    assert hidden == [None, None]
    assert None not in visible
