"""Metrics: a sum over one fact, a total of such sums, or a ratio of two.

There are no other kinds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dashboard.metrics.scope import RoundingBasis


class Unit(StrEnum):
    """Unit of a metric."""

    HOURS = "hours"
    MONEY = "money"
    RATE = "rate"  # money per hour
    SHARE = "share"  # 1 is 100 %
    COUNT = "count"
    DAYS = "days"

    @property
    def is_amount(self) -> bool:
        """Return whether it is an amount in a currency."""
        return self in (Unit.MONEY, Unit.RATE)


class Fact(StrEnum):
    """A table of a snapshot that can be summed; the value is its name."""

    TIME = "time_facts"
    UNINVOICED_TIME = "uninvoiced_time_facts"
    CAPACITY = "capacity_facts"
    EXPENSES = "expense_facts"
    UNINVOICED_EXPENSES = "uninvoiced_expense_facts"
    INVOICES = "invoice_facts"
    PAYMENTS = "payment_facts"
    RECEIVABLES = "receivable_facts"
    RETAINERS = "retainer_facts"
    ESTIMATES = "estimate_facts"
    FEES = "fee_facts"
    FEE_BALANCES = "fee_balance_facts"
    BUDGETS = "budget_facts"


class Money(StrEnum):
    """Owner of the currency of an amount: the client or the account."""

    CLIENT = "client"
    ACCOUNT = "account"


class TimeWindow(StrEnum):
    """Rows of a sum: those of the days in scope, or all up to the last of them.

    The second makes a balance of movements. It ends today at the latest: what is dated ahead has
    not happened. By periods, each has the balance at its own end.
    """

    PERIOD = "period"
    AS_OF = "as_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Rows of a fact whose value is not known.

    A sum over such rows alone is unknown, not 0; beside rows that are known, an answer says how
    much is. `unknown` is the condition of such a row, and `among` of all rows that could have a
    value: that of the measure, if empty. How much is known is measured by `weight`, which is `of`
    something; `why` says why the rest is not.
    """

    unknown: str
    of: str
    why: str
    weight: str = "1"
    among: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A sum over one fact.

    `column` is summed over the rows of which `condition` is true and whose `day` is in the window;
    `f` is a row of the fact. What the measure is `among` makes groups: drafts are no group of what
    was issued, but non-billable hours are one with 0 billable hours. A sum of nothing is 0, or
    unknown where `may_be_unknown`; of a `gap` alone it is unknown. `good` is 1 when more is better,
    -1 when less is, 0 when neither.

    `column` and `condition` may name `{basis}`, rounded or raw, and `condition` also `{as_of}`: the
    day of the balance.
    """

    id: str
    label: str
    unit: Unit
    doc: str
    formula: str
    source: str
    good: int = 0
    fact: Fact
    column: str
    condition: str = ""
    base_filter: str = ""
    money: Money | None = None
    nullable: bool = False
    gap: Gap | None = None
    window: TimeWindow = TimeWindow.PERIOD
    day: str = "f.day"

    @property
    def measures(self) -> tuple["Measure", ...]:
        return (self,)

    def value_sql(self, basis: RoundingBasis) -> str:
        """Return the SQL expression of what is summed."""
        return self.column.replace("{basis}", basis)

    def filter_sql(self, basis: RoundingBasis) -> str:
        """Return the SQL condition of the rows that are, but for `{as_of}`; may be empty."""
        return self.condition.replace("{basis}", basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class SumMetric:
    """Sums added and taken away, each made at the grain of its own fact.

    Where clients' money meets the account's, the total exists in the account's currency only.
    `coverage` says of how much of the work a part is known: where it is 0 the total is unknown,
    below 1 that is said beside it. What `is_profit` Harvest shows to administrators alone.
    """

    id: str
    label: str
    unit: Unit
    doc: str
    formula: str
    source: str
    good: int = 0
    plus: tuple[Measure, ...]
    minus: tuple[Measure, ...] = ()
    coverage: "Ratio | None" = None
    is_profit: bool = False

    @property
    def parts(self) -> tuple[Measure, ...]:
        return self.plus + self.minus

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.parts + (self.coverage.measures if self.coverage else ())

    @property
    def money(self) -> Money | None:
        return next((part.money for part in self.parts if part.money is not None), None)

    @property
    def is_mixed(self) -> bool:
        """Return whether it relates the account's own money to that of its clients."""
        return len({part.money for part in self.parts}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One sum divided by another, both of the same rows of the answer; never a mean of ratios.

    Without a denominator above 0 it is empty: a share of a negative amount would have the wrong
    sign, and of 0 none.
    With `times_days` the quotient is multiplied by the days of the period, up to today.
    `over_selection` is its label where the denominator cannot follow the question's filter.
    """

    id: str
    label: str
    unit: Unit
    doc: str
    formula: str
    source: str
    good: int = 0
    numerator: Measure | SumMetric
    denominator: Measure | SumMetric
    times_days: bool = False
    over_selection: str = ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.numerator.measures + self.denominator.measures

    @property
    def money(self) -> Money | None:
        return self.numerator.money


Metric = Measure | SumMetric | Ratio


def metric_facts(metric: Metric) -> frozenset[Fact]:
    """Return the facts that a metric is made of."""
    return frozenset(measure.fact for measure in metric.measures)


def facts_of(metrics: Iterable[Metric]) -> frozenset[Fact]:
    """Return the facts that any of these metrics is made of."""
    return frozenset().union(*map(metric_facts, metrics))


def totals_of(metric: Metric) -> tuple[SumMetric, ...]:
    """Return the totals that a metric is or is made of."""
    parts = (metric.numerator, metric.denominator) if isinstance(metric, Ratio) else (metric,)
    return tuple(part for part in parts if isinstance(part, SumMetric))


def has_balance(metric: Metric) -> bool:
    """Return whether a part of it is as of a day: then it cannot be added over periods."""
    return any(measure.window is TimeWindow.AS_OF for measure in metric.measures)
