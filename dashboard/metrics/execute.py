"""Queries of metrics by dimensions over a scope, and their results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import pandas as pd

from dashboard.config.errors import MetricError
from dashboard.metrics.aggregates import capacity_of
from dashboard.metrics.compiler import compile_query
from dashboard.metrics.completeness import (
    Shortfall,
    complete_rows,
    find_shortfalls,
    without_unknown,
)
from dashboard.metrics.coverage import find_gaps
from dashboard.metrics.dimensions import CURRENCY, Dimension
from dashboard.metrics.fact_filters import WORDS, rows, split_filter, unsupported_filter_error
from dashboard.metrics.labels import disambiguate_labels
from dashboard.metrics.metric import Fact, Measure, Metric, Money, Ratio, has_balance, metric_facts
from dashboard.metrics.notes import notes_for
from dashboard.metrics.permissions import require_visible
from dashboard.metrics.query import MetricQuery
from dashboard.metrics.scope import Scope
from dashboard.metrics.staffing import find_unstaffed
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join


@dataclass(frozen=True, slots=True, eq=False)
class QueryResult:
    """A frame that still knows what its columns mean.

    `frame` has one row per combination of `by` that occurs, ordered by its labels: for each
    dimension its label (a date for periods: the first day), and `<id>_id` where it is an entity;
    `currency` whenever money is asked for; then a float64 column per metric. Without `by` there
    is always a row. A ratio over nothing is NaN, not zero, and so is a cost when no rate is known.

    `notes` are sentences that must be shown with the numbers; `over_selection` says that capacity
    could not follow the scope's filter. `lacking` has what is missing from metrics of which not all
    records are stored: they have no value where all days of a row are from before those.
    """

    frame: pd.DataFrame
    metrics: tuple[Metric, ...]
    by: tuple[Dimension, ...]
    scope: Scope
    notes: tuple[str, ...] = ()
    over_selection: bool = False
    lacking: Mapping[Metric, tuple[Shortfall, ...]] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why numbers are not complete; none where they are."""
        matches = (item.sentence for lacking in self.lacking.values() for item in lacking)
        return tuple(dict.fromkeys(matches))

    @property
    def complete(self) -> list[bool]:
        """For each row, whether all records that its numbers are made of are stored."""
        matches = (item for metric in self.metrics for item in self.lacking.get(metric, ()))
        return complete_rows(self.frame, self.by, self.scope, dict.fromkeys(matches))

    def label_of(self, metric: Metric) -> str:
        """Return the label of `metric`; a share of all capacity is no selection's utilization."""
        if self.over_selection and isinstance(metric, Ratio) and metric.over_selection:
            return metric.over_selection
        return metric.label


def query_metrics(
    snapshot: Snapshot,
    metrics: Sequence[Metric],
    *,
    by: Sequence[Dimension] = (),
    scope: Scope,
    with_notes: bool = True,
) -> QueryResult:
    """Return the metrics by the dimensions over `scope`.

    `with_notes` is False for whoever shows the numbers only beside others that have them. Raises
    `MetricError` for a question that has no answer, `NotVisible` for one that has none for whoever
    sees the snapshot.
    """
    question = MetricQuery(
        metrics=tuple(metrics),
        by=tuple(by),
        scope=scope,
        week_start=snapshot.meta.week_start,
        currency=snapshot.meta.currency,
    )
    return run_query(snapshot, question, with_notes=with_notes)


def run_query(snapshot: Snapshot, question: MetricQuery, *, with_notes: bool = True) -> QueryResult:
    """Return the answer to a question that was put together already."""
    _check_query(question)
    viewer = snapshot.viewer
    require_visible(viewer, question.scope, question.metrics, question.by)
    capacity = Fact.CAPACITY in question.facts
    if capacity and question.has_money:
        question = replace(question, capacity_currency=_only_currency(snapshot, question))
    try:
        question = replace(
            question,
            gaps=find_gaps(snapshot, question),
            unstaffed={
                column: tuple(
                    item.user_id for item in find_unstaffed(snapshot, column, question.scope)
                )
                for column in filter(None, map(capacity_of, question.metrics))
            },
        )
        frame = snapshot.query_frame(*compile_query(question))
    except (duckdb.CatalogException, duckdb.BinderException):
        if snapshot.is_complete:
            raise
        raise MetricError("This figure needs a newer sync.", remedy="Sync once more.") from None
    for dimension in question.by:
        if dimension.naming:
            # One type, whether an id is missing in this answer or not.
            frame[f"{dimension.id}_id"] = frame[f"{dimension.id}_id"].astype("Int64")
    frame = disambiguate_labels(snapshot, frame, question.by)
    if not question.by:
        frame = with_zero_row(frame, question)
    lacking = find_shortfalls(snapshot, question)
    frame = without_unknown(frame, question.by, question.scope, lacking)
    rest = split_filter(Fact.CAPACITY, question.scope.where).rest if capacity else frozenset()
    # The whole of the scope has no periods.
    about = replace(question, by=()) if question.totals else question
    text = notes_for(snapshot, about) if with_notes else ()
    return QueryResult(
        frame, question.metrics, question.by, question.scope, text, bool(rest), lacking
    )


def _check_query(question: MetricQuery) -> None:
    if not question.metrics:
        raise MetricError("No metric is asked for.", remedy="Name at least one.")
    for request in (question.metrics, question.by):
        if len(set(request)) < len(request):
            raise MetricError("The same thing is asked for twice.", remedy="Name it once.")
    for metric in question.metrics:
        for fact in sorted(metric_facts(metric)):
            _check_fact(metric, fact, question)


def _check_fact(metric: Metric, fact: Fact, question: MetricQuery) -> None:
    for dimension in question.by:
        if fact not in dimension.facts:
            raise MetricError(
                f"{metric.label} by {dimension.label.lower()} has no meaning: "
                f"{WORDS[fact]} not recorded per {dimension.label.lower()}.",
                remedy="Leave out one of the two.",
            )
    rest = split_filter(fact, question.scope.where).rest
    if rest and fact is not Fact.CAPACITY:
        raise unsupported_filter_error(metric.label, fact, rest)


def _only_currency(snapshot: Snapshot, question: MetricQuery) -> str | None:
    """Return the one currency beside which capacity, which has none, may stand.

    Raises `MetricError` when the amounts asked for are in several.
    """
    result: set[str | None] = set()
    if question.client_money:
        item = (
            sql_join(
                "\n", [Sql(f"SELECT {CURRENCY.column} AS currency"), rows(fact, question.scope)]
            )
            for fact in sorted(question.facts & CURRENCY.facts)
        )
        union = sql_join("\nUNION\n", item)
        result = {currency for (currency,) in snapshot.rows(*union)}
    if not result or any(metric.money is Money.ACCOUNT for metric in question.metrics):
        result.add(question.currency)
    if len(result) > 1:
        names = ", ".join(sorted(currency or "none" for currency in result))
        raise MetricError(
            f"Capacity has no currency, so it cannot stand beside amounts in several ({names}).",
            remedy="Ask for amounts and capacity apart, or filter on one currency.",
        )
    return result.pop()


def with_zero_row(frame: pd.DataFrame, question: MetricQuery) -> pd.DataFrame:
    """`frame`, but one row where it has none: without dimensions, nothing is an answer."""
    if not frame.empty:
        return frame
    row: dict[str, object] = {"currency": question.currency} if question.has_money else {}
    for metric in question.metrics:
        known = not isinstance(metric, Ratio) and not _may_be_unknown(metric)
        row[metric.id] = 0.0 if known else float("nan")
    return pd.DataFrame([row])


def _may_be_unknown(metric: Metric) -> bool:
    return isinstance(metric, Measure) and metric.nullable


def rollup(
    snapshot: Snapshot,
    metrics: Sequence[Metric],
    outer: Dimension | tuple[Dimension, ...],
    inner: Dimension,
    scope: Scope,
) -> QueryResult:
    """The metrics by `outer`, which may be several, each group followed by its parts by `inner`.

    The frame begins with `level`: 0 on the row of a whole group, where `inner` is null, and 1 on
    its parts. Rows are ordered by group, currency, level, part. A group's ratio divides its own
    sums. Raises `MetricError` as `answer` does.
    """
    question = MetricQuery(
        metrics=tuple(metrics),
        by=(*(outer if isinstance(outer, tuple) else (outer,)), inner),
        scope=scope,
        week_start=snapshot.meta.week_start,
        currency=snapshot.meta.currency,
        subtotals=True,
    )
    if inner is CURRENCY and question.has_money:
        raise MetricError(
            "A subtotal over currencies has no meaning.", remedy="Group by currency first."
        )
    if inner.is_period and any(map(has_balance, metrics)):
        raise MetricError(
            "A balance has no sum over periods: each has its own.", remedy="Group by period first."
        )
    return run_query(snapshot, question)


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """The answer over a whole scope and the same by steps of time.

    Their frames have `level` as well. What is said beside the total counts for its steps.
    """

    total: QueryResult
    steps: QueryResult


def query_trend(
    snapshot: Snapshot, metrics: Sequence[Metric], step: Dimension, scope: Scope
) -> Trend:
    """Return the metrics over `scope`, and by `step`, which is a period.

    Raises `MetricError` as `answer` does.
    """
    question = MetricQuery(
        metrics=tuple(metrics),
        by=(step,),
        scope=scope,
        week_start=snapshot.meta.week_start,
        currency=snapshot.meta.currency,
        totals=True,
    )
    if question.has_spans and scope.start > scope.today:
        # No step has begun, but a balance is known today.
        return Trend(
            query_metrics(snapshot, metrics, scope=scope),
            query_metrics(snapshot, metrics, by=[step], scope=scope),
        )
    both = run_query(snapshot, question)
    totals = both.frame["level"].tolist().count(0)
    whole = with_zero_row(both.frame.iloc[:totals], question)
    whole = without_unknown(whole, (), scope, both.lacking)
    return Trend(
        replace(both, frame=whole, by=()),
        replace(both, frame=both.frame.iloc[totals:].reset_index(drop=True)),
    )
