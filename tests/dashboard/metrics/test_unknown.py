"""What the access token does not see is unknown, and not 0; what has no rate is unpriced.

Ada, 1, and Bo, 2, worked 3 and 5 billable hours on the website, Ada 2 on a fixed fee.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import USER
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.reports.table import Table
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.agency_rows import (
    CLIENTS,
    COMPANY,
    TASKS,
    Row,
    entries,
    expenses,
    invoice,
    person,
    project,
)
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 2, 28)
SCOPE = Scope(date(2026, 1, 1), TODAY, today=TODAY)
ADMINISTRATOR, MANAGER = "1 administrator", "1 manager"
WITH_RIGHT = "1 billable_rates_manager manager"

Seen = Callable[..., Snapshot]


def work(ada: float | None, bo: float | None, fixed: float | None = None) -> list[Row]:
    """The three entries with these rates; None is what Harvest leaves empty."""
    rows = entries(
        ("2026-01-12", 1, 100, 1, 3, 0), ("2026-01-13", 2, 100, 1, 5, 0),
        ("2026-01-14", 1, 200, 1, 2, 0),
    )  # fmt: skip
    return [
        {**row, "billable_rate": rate} for row, rate in zip(rows, (ada, bo, fixed), strict=True)
    ]


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Seen]:
    """The account with these rates, read with a token, with more or other records."""
    with ExitStack() as opened:

        def build(
            *rates: float | None, token: str | None = MANAGER, fee: float | None = 500, **more: Any
        ) -> Snapshot:
            records = {
                "company": COMPANY, "clients": CLIENTS, "tasks": TASKS,
                "users": [person(1, "Ada", 40), person(2, "Bo", 40)],
                "projects": [
                    project(100, "Website", "none"),
                    project(200, "Launch", "none", is_fixed_fee=True, fee=fee),
                ],
                "time_entries": work(*rates), **more,
            }  # fmt: skip
            return opened.enter_context(closing(published(tmp_path, records, TODAY, token=token)))

        yield build


def value(snapshot: Snapshot, metric: str) -> float | None:
    (found,) = query_metrics(snapshot, [METRICS[metric]], scope=SCOPE).frame[metric]
    return None if found != found else float(found)


def notes(snapshot: Snapshot, *metrics: str) -> tuple[str, ...]:
    return query_metrics(snapshot, [METRICS[metric] for metric in metrics], scope=SCOPE).notes


def listed(snapshot: Snapshot, name: str) -> Table:
    return LISTINGS[name].make(snapshot, SCOPE, {})


OF_RATES = (
    "billable_amount", "unpriced_hours", "uninvoiced_amount", "average_rate", "effective_rate",
    "revenue_amount", "gross_margin_amount", "margin_share",
)  # fmt: skip


@pytest.mark.parametrize("token", [MANAGER, None])
@pytest.mark.parametrize("metric", OF_RATES)
def test_amounts_are_unknown_where_the_token_sees_no_rates(
    seen: Seen, metric: str, token: str | None
) -> None:
    assert value(seen(None, None, token=token), metric) is None


@pytest.mark.parametrize("token", [ADMINISTRATOR, WITH_RIGHT])
def test_work_without_a_rate_is_unpriced_where_the_token_would_see_one(
    seen: Seen, token: str
) -> None:
    snapshot = seen(None, None, token=token)

    assert value(snapshot, "billable_amount") == 0
    assert value(snapshot, "unpriced_hours") == 8
    assert notes(snapshot, "billable_amount") == ()
    assert listed(snapshot, "leaks_unpriced").frame["hours"].sum() == 8


@pytest.mark.parametrize("token", [MANAGER, ADMINISTRATOR, None])
def test_one_rate_of_somebody_else_proves_that_rates_are_visible(
    seen: Seen, token: str | None
) -> None:
    snapshot = seen(None, 100, token=token)

    assert value(snapshot, "billable_amount") == 500
    assert value(snapshot, "unpriced_hours") == 3
    assert notes(snapshot, "billable_amount", "unpriced_hours") == ()


def test_a_rate_of_zero_is_visible_and_unpriced(seen: Seen) -> None:
    snapshot = seen(None, 0)

    assert value(snapshot, "billable_amount") == 0
    assert value(snapshot, "unpriced_hours") == 8


def test_rates_of_the_tokens_own_work_alone_leave_that_of_others_unknown(seen: Seen) -> None:
    snapshot = seen(100, None, 50)
    frame = query_metrics(snapshot, [METRICS["billable_amount"]], by=[USER], scope=SCOPE).frame

    assert value(snapshot, "billable_amount") == 300
    assert value(snapshot, "unpriced_hours") == 0
    assert frame["billable_amount"].tolist()[0] == 300
    assert frame["billable_amount"].isna().tolist() == [False, True]
    assert notes(snapshot, "billable_amount", "hours", "unpriced_hours") == (
        "Billable amount, Billable hours without rate: known for 37.5 % of the billable hours,"
        " as the access token may not see the other rates.",
    )


def test_an_unknown_amount_is_said_to_be(seen: Seen) -> None:
    (note,) = notes(seen(None, None), "billable_amount")

    assert note == (
        "Billable amount: known for 0 % of the billable hours, as the access token may not see the"
        " other rates."
    )


def test_no_leak_asks_for_a_rate_that_is_not_visible(seen: Seen) -> None:
    leak = listed(seen(None, None), "leaks_unpriced")

    assert leak.frame.empty
    assert leak.notes == ("The access token may not see the rates of 8 billable hours.",)


def test_work_of_nobody_billable_is_worth_nothing_and_that_is_known(seen: Seen) -> None:
    idle = [{**row, "billable": False} for row in work(None, None)]

    assert value(seen(None, None, time_entries=idle), "billable_amount") == 0


def test_uninvoiced_work_by_age_is_unknown_too(seen: Seen) -> None:
    frame = listed(seen(None, None), "wip").frame

    assert frame["uninvoiced_amount"].isna().all()
    assert frame["31–60 days"].isna().all()
    assert (frame["0–30 days"] == 0).all()


@pytest.mark.parametrize(
    ("metric", "hidden", "visible"),
    [("uninvoiced_fees_amount", None, 0), ("revenue_amount", None, 0)],
)
def test_fees_that_the_token_does_not_see_are_unknown(
    seen: Seen, metric: str, hidden: float | None, visible: float
) -> None:
    launch = project(200, "Launch", "none", is_fixed_fee=True, fee=None,
                     starts_on="2026-01-01", ends_on="2026-01-31")  # fmt: skip
    more = {"projects": [launch], "time_entries": []}

    assert value(seen(None, None, **more), metric) is hidden
    assert value(seen(None, None, token=ADMINISTRATOR, **more), metric) == visible


def test_costs_that_are_known_in_part_say_so(seen: Seen) -> None:
    rows = [{**row, "cost_rate": rate} for row, rate in
            zip(work(100, 100, 100), (40, None, 0), strict=True)]  # fmt: skip
    snapshot = seen(100, 100, time_entries=rows)

    assert value(snapshot, "cost_amount") == 120
    assert notes(snapshot, "cost_amount") == (
        "Cost: known for 50 % of the hours, as no other cost rate is set, or visible.",
    )


FEES = project(100, "Website", "project_cost", cost_budget=1000)


def test_what_is_used_of_a_budget_in_money_is_unknown_without_rates(seen: Seen) -> None:
    snapshot = seen(None, None, projects=[FEES])

    assert value(snapshot, "budget") == 1000
    assert value(snapshot, "budget_spent") is None
    assert value(snapshot, "budget_remaining") is None
    assert value(snapshot, "budget_used_share") is None
    (row,) = listed(snapshot, "projects").frame.to_dict("records")
    assert (row["status"], row["run_out_why"]) == ("Unknown", "rates not visible")
    assert row["used"] != row["used"]


def test_what_is_used_of_a_budget_in_hours_is_known_without_rates(seen: Seen) -> None:
    snapshot = seen(None, None, projects=[project(100, "Website", "project", budget=16)])

    assert value(snapshot, "budget_spent") == 8
    assert value(snapshot, "budget_used_share") == 0.5


def test_budgets_in_money_that_the_token_does_not_see_are_named(seen: Seen) -> None:
    hidden = [{**FEES, "cost_budget": None}]

    assert notes(seen(None, None, projects=hidden), "budget") == (
        "The access token may not see the budget in money of 1 project: they are left out.",
    )
    assert notes(seen(100, 100, projects=hidden), "budget") == ()


@pytest.mark.parametrize(
    ("metric", "records"),
    [
        ("expense_amount", {"expenses": expenses(("2026-01-12", 100, 0))}),
        ("estimate_amount", {"estimates": [{"id": 1, "state": "sent", "issue_date": "2026-01-12",
                                            "client": {"id": 10}, "currency": "EUR"}]}),
        ("invoiced_amount", {"invoices": [invoice(1, None)]}),
        ("outstanding_amount", {"invoices": [invoice(1, None)]}),
        ("overdue_amount", {"invoices": [invoice(1, None)]}),
    ],
)  # fmt: skip
def test_an_amount_that_harvest_does_not_tell_is_unknown(
    seen: Seen, metric: str, records: dict[str, list[Row]]
) -> None:
    for row in records.get("expenses", []):
        row["total_cost"] = None
    snapshot = seen(100, 100, **records)

    assert value(snapshot, metric) is None
    (note,) = (note for note in notes(snapshot, metric) if "known for" in note)
    assert note.startswith(f"{METRICS[metric].label}: known for 0 % of the ")


def test_amounts_beside_an_unknown_one_are_added_and_the_rest_is_said(seen: Seen) -> None:
    spent = expenses(("2026-01-12", 100, 40), ("2026-01-13", 100, 60), ("2026-01-14", 100, 0))
    spent[2]["total_cost"] = None
    snapshot = seen(100, 100, expenses=spent, invoices=[invoice(1, None), invoice(2, 300)])

    assert value(snapshot, "expense_amount") == 100
    assert value(snapshot, "invoiced_amount") == value(snapshot, "outstanding_amount") == 300
    assert notes(snapshot, "expense_amount") == (
        "Expenses: known for 66.7 % of the expenses, as Harvest tells no other cost.",
    )
