"""What a metric is: a sum over one fact, or one such sum divided by another."""

from dataclasses import dataclass
from enum import StrEnum

from dashboard.metrics.scope import Basis


class Unit(StrEnum):
    """What a metric's number is."""

    HOURS = "hours"
    MONEY = "money"
    RATE = "rate"  # money per hour
    SHARE = "share"  # 1 is 100 %


class Fact(StrEnum):
    """A table of a snapshot that can be summed; the value is its name."""

    TIME = "time_facts"
    CAPACITY = "capacity_facts"


class Money(StrEnum):
    """Whose currency an amount is in."""

    CLIENT = "client"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A sum over one fact.

    `column` is summed, with `{basis}` for rounded or raw, over the rows of which `condition` is
    true; `f` is a row of the fact. A sum of nothing is 0, or unknown where `may_be_unknown`.
    `good` is 1 when more is better, -1 when less is, 0 when neither.
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
    money: Money | None = None
    may_be_unknown: bool = False

    @property
    def measures(self) -> tuple["Measure", ...]:
        return (self,)

    def summed(self, basis: Basis) -> str:
        """The SQL expression of what is summed."""
        return self.column.format(basis=basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """One sum divided by another, both of the same rows of the answer; never a mean of ratios.

    `over_selection` is its label where the denominator cannot follow the question's filter.
    """

    id: str
    label: str
    unit: Unit
    doc: str
    formula: str
    source: str
    good: int = 0
    numerator: Measure
    denominator: Measure
    over_selection: str = ""

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.numerator, self.denominator)

    @property
    def money(self) -> Money | None:
        return self.numerator.money


Metric = Measure | Ratio


def facts(metric: Metric) -> frozenset[Fact]:
    """The facts that a metric is made of."""
    return frozenset(measure.fact for measure in metric.measures)
