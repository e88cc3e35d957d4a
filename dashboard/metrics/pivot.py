"""Groups within groups, with subtotals that are sums of their own."""

from collections.abc import Sequence

from dashboard.errors import MetricError
from dashboard.metrics.answer import Answer, answered
from dashboard.metrics.dimensions import CURRENCY, Dimension
from dashboard.metrics.metric import Metric, has_balance
from dashboard.metrics.question import Question
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot


def two_levels(
    snapshot: Snapshot,
    metrics: Sequence[Metric],
    outer: Dimension,
    inner: Dimension,
    scope: Scope,
) -> Answer:
    """The metrics by `outer`, each group followed by its parts by `inner`.

    The frame begins with `level`: 0 on the row of a whole group, where `inner` is null, and 1 on
    its parts. Rows are ordered by group, currency, level, part. A group's ratio divides its own
    sums. Raises `MetricError` as `answer` does.
    """
    question = Question(
        metrics=tuple(metrics),
        by=(outer, inner),
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
    return answered(snapshot, question)
