"""Every chart is one that Plotly knows how to draw: nobody asks it again while a page is drawn."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard import charts
from dashboard.charts import bars, budgets, capacity, heatmap, invoices, receivables, spending
from dashboard.charts.formatting import Formats
from dashboard.charts.theme import DARK, INVOICE_STATES, LIGHT, Theme
from dashboard.metrics.catalog import EXPENSE_AMOUNT
from dashboard.metrics.dimensions import BILLABLE, EXPENSE_CATEGORY, WEEK
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Table
from tests.dashboard.charts.test_bills import ISSUED, OWED
from tests.dashboard.charts.test_figures import CLIENTS, WEEKS
from tests.dashboard.charts.test_heat import TEAM, listed

SCOPE = Scope(date(2026, 1, 5), date(2026, 1, 25), today=date(2026, 1, 25))
FORMATS = Formats()
NAN = float("nan")
AGES = ("0–30 days", "31–60 days", "61–90 days", "90+ days")
OLD = pd.DataFrame(
    [("<b>A", 1, 10.0, 2.5, 0.0, 1.0, 13.5), ("No client", None, 1.0, 0.0, 0.0, 0.0, 1.0)],
    columns=["client", "client_id", *AGES, "total"],
).astype({"client_id": "Int64"})
BUDGETS = Table(
    pd.DataFrame(
        [
            ("Site", 1, "Over", 2.75, 0.5, NAN, -12.0, "EUR"),
            ("Shop", 2, "On track", 0.25, NAN, 30.0, NAN, None),
        ],
        columns=[
            "project", "project_id", "status", "used", "time_passed", "remaining_hours",
            "remaining_amount", "currency",
        ],
    ),
    (),
)  # fmt: skip
MARGINS = pd.DataFrame(
    [("A", 1, 50.0, 0.5, 1.0), ("B", None, -7.0, NAN, 0.4)],
    columns=["client", "client_id", "gross_margin_amount", "margin_share", "cost_coverage"],
).astype({"client_id": "Int64"})
STATES = Table(
    pd.DataFrame(
        [("draft_amount", "EUR", 5.0), ("paid_amount", "EUR", 8.0), ("paid_amount", "USD", 3.0)],
        columns=["metric", "currency", "value"],
    ),
    (),
)
SPENT = pd.DataFrame(
    [("2026-01-05", "Travel", 1, "Billable", 9.0), ("2026-01-12", "Meals", 2, "Non-billable", 4.0)],
    columns=["week", "expense_category", "expense_category_id", "billable", EXPENSE_AMOUNT.id],
).assign(currency="EUR", week=lambda frame: pd.to_datetime(frame["week"]))
BY_WEEK, BY_CATEGORY = (
    QueryResult(SPENT.astype({"expense_category_id": "Int64"}), (EXPENSE_AMOUNT,), by, SCOPE)
    for by in ((WEEK, BILLABLE), (EXPENSE_CATEGORY, BILLABLE))
)

MONTHS = Table(
    pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-01-01", "2026-02-01"]),
            "currency": ["EUR", "EUR"],
            "invoiced_amount": [1410.0, 0.0],
            "paid_amount": [0.0, 900.5],
        }
    ),
    (),
)
DRAWN: dict[Callable[..., go.Figure], Callable[[Theme], go.Figure]] = {
    receivables.ageing_chart: lambda look: receivables.ageing_chart(
        OLD, AGES, "total", look, FORMATS, currency="EUR"
    ),
    invoices.ageing_bars: lambda look: invoices.ageing_bars(OWED, "EUR", look, FORMATS),
    invoices.status_bars: lambda look: invoices.status_bars(
        ISSUED, "EUR", INVOICE_STATES, look, FORMATS
    ),
    invoices.months_chart: lambda look: invoices.months_chart(MONTHS, "EUR", look, FORMATS),
    budgets.budgets_chart: lambda look: budgets.budgets_chart(BUDGETS, look, FORMATS),
    heatmap.heatmap: lambda look: heatmap.heatmap(TEAM, look, FORMATS),
    bars.margins_chart: lambda look: bars.margins_chart(
        MARGINS, "client", look, FORMATS, currency="EUR"
    ),
    bars.ranking_chart: lambda look: bars.ranking_chart(CLIENTS, look, FORMATS),
    receivables.receivables_chart: lambda look: receivables.receivables_chart(
        STATES, look, FORMATS
    ),
    capacity.capacity_chart: lambda look: capacity.capacity_chart(
        listed([12.5, 4.0, -3.0]), look, FORMATS
    ),
    spending.spending_over_time: lambda look: spending.spending_over_time(
        BY_WEEK, look, FORMATS, currency="EUR"
    ),
    spending.spending_by_category: lambda look: spending.spending_by_category(
        BY_CATEGORY, look, FORMATS, currency="EUR"
    ),
    bars.stacked_chart: lambda look: bars.stacked_chart(WEEKS, look, FORMATS),
}
SHARED = {"make_figure", "horizontal_bars"}  # the frames that charts are drawn in


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    "draw", list(DRAWN), ids=lambda draw: f"{draw.__module__.rpartition('.')[2]}-{draw.__name__}"
)
def test_plotly_knows_all_of_it(draw: Callable[..., go.Figure], look: Theme) -> None:
    drawn = DRAWN[draw](look)

    assert drawn.data
    go.Figure(drawn.to_dict())  # raises for what Plotly does not know


def test_no_chart_is_left_out() -> None:
    modules = [
        importlib.import_module(f"{charts.__name__}.{module.name}")
        for module in pkgutil.iter_modules(charts.__path__)
    ]
    there = {
        found
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__
        and not name.startswith("_")
        and inspect.signature(found).return_annotation is go.Figure
    }

    assert {chart for chart in there if chart.__name__ not in SHARED} == set(DRAWN)
