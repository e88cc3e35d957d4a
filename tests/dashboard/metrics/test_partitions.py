"""Whatever the records are: parts are the whole, currencies stay apart, balances have a day."""

import math
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.metrics.catalog import METRICS, Fact, Metric, Ratio, SumMetric
from dashboard.metrics.compiler import MetricQuery, compile_query
from dashboard.metrics.dimensions import (
    AGE_BUCKET,
    CLIENT,
    CURRENCY,
    DAY,
    DIMENSIONS,
    MONTH,
    QUARTER,
    WEEK,
    YEAR,
    Dimension,
)
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.metric import has_balance, metric_facts
from dashboard.metrics.scope import FIELDS, RoundingBasis, Scope
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.publishing import published
from tests.dashboard.metrics.worlds import FIRST, TODAY, world

PERIODS = [DAY, WEEK, MONTH, QUARTER, YEAR]
SUMS = [metric for metric in METRICS.values() if not isinstance(metric, Ratio)]
# What is unknown in a part is not unknown in the whole.
KNOWN = [m for m in SUMS if not (isinstance(m, SumMetric) and m.coverage) and m.id != "cost_amount"]
PAIRS = [
    (metric, dimension)
    for metric in KNOWN
    for dimension in DIMENSIONS.values()
    if metric_facts(metric) <= dimension.facts and not (dimension.is_period and has_balance(metric))
]

days = st.dates(FIRST - timedelta(days=9), TODAY + timedelta(days=40))


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    start, end = sorted((draw(days), draw(days)))
    return Scope(start, end, basis=draw(st.sampled_from(RoundingBasis)), today=TODAY)


@pytest.fixture(scope="module", params=[1, 2])
def records(request: pytest.FixtureRequest) -> dict[str, Any]:
    return world(request.param)


@pytest.fixture(scope="module")
def account(
    tmp_path_factory: pytest.TempPathFactory, records: dict[str, Any]
) -> Iterator[Snapshot]:
    read = {payment["invoice_id"] for payment in records["invoice_payments"]}
    directory = tmp_path_factory.mktemp("world")
    with closing(published(directory, records, TODAY, paid=sorted(read))) as snapshot:
        yield snapshot


def by_currency(
    snapshot: Snapshot, metric: Metric, scope: Scope, by: Dimension | None = None
) -> dict[str, float]:
    """The metric by currency, the parts of `by` added; nothing is 0."""
    frame = query_metrics(snapshot, [metric], by=[by] if by else [], scope=scope).frame
    sums: dict[str, float] = defaultdict(float)
    for row in frame.to_dict("records"):
        sums[row.get("currency", "")] += row[metric.id]
    return {currency: value for currency, value in sums.items() if abs(value) > 1e-6}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PAIRS), scopes())
def test_the_parts_of_every_sum_are_its_whole(
    account: Snapshot, pair: tuple[Metric, Dimension], scope: Scope
) -> None:
    metric, dimension = pair
    whole = by_currency(account, metric, scope)

    parts = by_currency(account, metric, scope, dimension)

    if dimension is CURRENCY and not metric.money:
        assert sum(parts.values()) == pytest.approx(sum(whole.values()))
    else:
        assert parts == pytest.approx(whole)


@settings(max_examples=60, deadline=None)
@given(scopes())
def test_buckets_and_what_is_current_and_undated_are_all_that_is_outstanding(
    account: Snapshot, scope: Scope
) -> None:
    outstanding, overdue = METRICS["outstanding_amount"], METRICS["overdue_amount"]
    frame = query_metrics(account, [outstanding, overdue], by=[AGE_BUCKET], scope=scope).frame

    late = frame[~frame["age_bucket"].isin(["current", "no due date"])]

    for metric, rows in ((outstanding, frame), (overdue, late)):
        sums = rows.groupby("currency")[metric.id].sum()
        parts = {c: value for c, value in sums.items() if abs(value) > 1e-6}
        assert parts == pytest.approx(by_currency(account, metric, scope))
    assert late["outstanding_amount"].tolist() == pytest.approx(late["overdue_amount"].tolist())


@settings(max_examples=60, deadline=None)
@given(scopes())
def test_balance_of_each_invoice_is_owed_above_zero_and_credit_below(
    account: Snapshot, records: dict[str, Any], scope: Scope
) -> None:
    on = str(min(scope.end, TODAY))
    owed: dict[str, float] = defaultdict(float)
    credit: dict[str, float] = defaultdict(float)
    for invoice in records["invoices"]:
        if invoice["state"] != "draft" and invoice["issue_date"] <= on:
            balance = _balance(invoice, records["invoice_payments"], on)
            owed[invoice["currency"]] += max(balance, 0)
            credit[invoice["currency"]] += max(-balance, 0)

    for metric, sums in (("outstanding_amount", owed), ("client_credit_amount", credit)):
        found = by_currency(account, METRICS[metric], scope)
        assert found == pytest.approx({c: v for c, v in sums.items() if abs(v) > 1e-6})


def _balance(invoice: dict[str, Any], payments: list[dict[str, Any]], on: str) -> float:
    """What is owed on a day; a closed invoice is neither owed nor a credit, an overpayment is."""
    amount, due, state = (invoice[name] for name in ("amount", "due_amount", "state"))
    paid = [(p["paid_date"], p["amount"]) for p in payments if p["invoice_id"] == invoice["id"]]
    if not paid and state == "paid":
        paid = [(invoice["paid_date"], amount)]
    elif not paid and 0 < due < amount:
        paid = [(invoice["updated_at"][:10], amount - due)]
    if state == "closed" and invoice["closed_at"][:10] <= on:
        rest = float(amount - sum(part for _, part in paid))
        return min(rest, 0.0) if amount >= 0 else max(rest, 0.0)
    return float(amount - sum(part for day, part in paid if day <= on))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([m for m in METRICS.values() if m.money]), scopes())
def test_no_currency_is_ever_added_to_another(
    account: Snapshot, metric: Metric, scope: Scope
) -> None:
    by = [] if metric.id == "cost_amount" else [CURRENCY]
    together = query_metrics(account, [metric], by=by, scope=scope).frame

    for row in together.to_dict("records"):
        if metric.id == "cost_amount":
            assert row["currency"] == "EUR"  # the account's own, whoever it was spent on
            continue
        only = parse({"eq": {"client.currency": row["currency"]}}, FIELDS)
        alone = query_metrics(account, [metric], scope=replace(scope, where=only)).frame
        found = alone[alone["currency"] == row["currency"]][metric.id].tolist()
        value = row[metric.id]
        if not found:  # there is no row of nothing
            assert value == 0 or math.isnan(value)
        else:
            assert found == pytest.approx([value], nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [m for m in KNOWN if not has_balance(m) and Fact.CAPACITY not in metric_facts(m)]
    ),
    st.sampled_from(PERIODS),
    st.integers(0, 6),
    scopes(),
)
def test_periods_take_every_day_once_whatever_the_first_weekday(
    account: Snapshot, metric: Metric, period: Dimension, week_start: int, scope: Scope
) -> None:
    frame = account.query_frame(
        *compile_query(MetricQuery((metric,), (period,), scope, week_start, "EUR"))
    )

    starts = {first.date() for first in frame[period.id]}
    parts: dict[str, float] = defaultdict(float)
    for row in frame.to_dict("records"):
        parts[row.get("currency", "")] += row[metric.id]

    found = {currency: value for currency, value in parts.items() if abs(value) > 1e-6}
    assert found == pytest.approx(by_currency(account, metric, scope))
    assert all(first <= scope.end for first in starts)
    if period is WEEK:
        assert {first.weekday() for first in starts} <= {week_start}
    elif period is not DAY:
        assert {first.day for first in starts} <= {1}


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([m for m in SUMS if has_balance(m)]),
    st.sampled_from([WEEK, MONTH, QUARTER, YEAR]),
    scopes(),
)
def test_the_balance_of_a_period_is_the_one_at_its_end(
    account: Snapshot, metric: Metric, period: Dimension, scope: Scope
) -> None:
    frame = query_metrics(account, [metric], by=[period], scope=scope).frame
    firsts = sorted({first.date() for first in frame[period.id]})

    for first in firsts:
        end = min(_end(period, first), scope.end)
        alone = by_currency(account, metric, replace(scope, start=min(first, end), end=end))
        rows = frame[frame[period.id].dt.date == first]
        values = zip(rows["currency"], rows[metric.id], strict=True)
        assert {c: v for c, v in values if abs(v) > 1e-6} == pytest.approx(alone)


def _end(period: Dimension, first: date) -> date:
    if period is WEEK:
        return first + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[period.id]
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1) - timedelta(days=1)


@settings(max_examples=40, deadline=None)
@given(scopes())
def test_days_sales_outstanding_is_what_is_owed_in_days_of_invoicing(
    account: Snapshot, records: dict[str, Any], scope: Scope
) -> None:
    deposits = [
        row["id"] for row in records["invoices"]
        if row["retainer"] and not any(line["project"] for line in row["line_items"])
    ]  # fmt: skip
    work = replace(scope, where=parse({"not": {"in": {"invoice.id": deposits}}}, FIELDS))
    asked = [METRICS["dso"], METRICS["outstanding_amount"], METRICS["invoiced_amount"]]
    frame = query_metrics(account, asked, by=[CLIENT], scope=work).frame
    days = (min(scope.end, TODAY) - scope.start).days + 1 if scope.start <= TODAY else 1
    whole = by_client_and_currency(query_metrics(account, asked, by=[CLIENT], scope=scope).frame)

    for row in frame.to_dict("records"):
        if row["invoiced_amount"] > 0:
            expected = row["outstanding_amount"] / row["invoiced_amount"] * days
            assert row["dso"] == pytest.approx(expected)
        else:
            assert math.isnan(row["dso"])
    assert by_client_and_currency(frame).items() <= whole.items()


def by_client_and_currency(frame: Any) -> dict[tuple[int, str], float]:
    """The days sales outstanding that are known."""
    known = frame.dropna(subset=["dso"])
    return dict(zip(zip(known["client_id"], known["currency"], strict=True), known["dso"],
                    strict=True))  # fmt: skip
