"""Groups within groups, and a course beside its total: sums on two levels in one question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.errors import MetricError
from dashboard.metrics.answer import QueryResult, query_metrics, run_query, with_zero_row
from dashboard.metrics.completeness import without_unknown
from dashboard.metrics.dimensions import CURRENCY, Dimension
from dashboard.metrics.metric import Metric, has_balance
from dashboard.metrics.question import MetricQuery
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot


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
    """The metrics over `scope`, and by `step`, which is a period.

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
