"""A question put together: what is asked, by what, over which scope, of which account."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.metrics.dimensions import CURRENCY, Dimension
from dashboard.metrics.metric import Fact, Gap, Metric, Money, Ratio, has_balance, metric_facts
from dashboard.metrics.scope import Scope


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """Metrics by dimensions over a scope.

    `week_start` and `currency` are the account's; `capacity_currency` is the one currency beside
    which capacity may stand. With `subtotals`, groups of all dimensions but the last come as well.
    With `totals`, asked by one period, the whole of the scope comes as well. `gaps` are those that
    there are in the account: most have none, which takes no work then. `unstaffed` are by a column
    of capacity the people who worked in scope and have none of it: of most there are none either.
    """

    metrics: tuple[Metric, ...]
    by: tuple[Dimension, ...]
    scope: Scope
    week_start: int
    currency: str | None
    capacity_currency: str | None = None
    subtotals: bool = False
    totals: bool = False
    gaps: frozenset[Gap] = frozenset()
    unstaffed: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def has_levels(self) -> bool:
        """Return whether rows have two levels: 0 for sums, 1 for their parts."""
        return self.subtotals or self.totals

    @property
    def facts(self) -> frozenset[Fact]:
        return frozenset().union(*map(metric_facts, self.metrics))

    @property
    def has_money(self) -> bool:
        return any(metric.money for metric in self.metrics)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        keys = tuple(map(key_of, self.by))
        return (*keys, "currency") if self.has_money and CURRENCY not in self.by else keys

    @property
    def client_money(self) -> bool:
        """Return whether rows differ by the clients' currencies, or by the account's alone."""
        return CURRENCY in self.by or any(m.money is Money.CLIENT for m in self.metrics)

    @property
    def periods(self) -> tuple[Dimension, ...]:
        """The dimensions that are periods."""
        return tuple(dimension for dimension in self.by if dimension.is_period)

    @property
    def has_balance(self) -> bool:
        return any(map(has_balance, self.metrics))

    @property
    def has_spans(self) -> bool:
        """Return whether the end or the length of each period is needed."""
        return self.has_balance or any(
            isinstance(metric, Ratio) and metric.times_days for metric in self.metrics
        )


def key_of(dimension: Dimension) -> str:
    """Return the column of a dimension's value, until it gets its label."""
    return "currency" if dimension is CURRENCY else f"{dimension.id}_key"
