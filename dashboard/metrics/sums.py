"""The sums that a metric is made of, and what is made of them once they are added up."""

from dataclasses import dataclass, replace
from enum import StrEnum

from dashboard.metrics.metric import Fact, Measure, Metric, Money, Ratio, Total, Window, facts
from dashboard.metrics.question import Question
from dashboard.store.sql import Sql, around, filled, joined


@dataclass(frozen=True, slots=True)
class Part:
    """Sums that can be made in one pass: of one fact, its money in one meaning, over one window."""

    fact: Fact
    money: Money
    window: Window
    day: str
    among: str


class Aspect(StrEnum):
    """What of a measure is added up: its values, or how much of them is known and is not."""

    VALUES = ""
    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sum:
    """One measure to add up.

    `to_date` leaves out the days after today, as capacity and balances do. `capacity` is a column
    of capacity, without which a person's work is left out. `with_clients` tells the account's own
    money apart by the currency of the client it was spent on, to be set against that.
    """

    measure: Measure
    to_date: bool = False
    with_clients: bool = False
    capacity: str = ""
    aspect: Aspect = Aspect.VALUES

    @property
    def name(self) -> str:
        ends = ("_to_date" if self.to_date else "") + ("_by_client" if self.with_clients else "")
        ends += f"_with_{self.capacity.removeprefix('f.')}" if self.capacity else ""
        ends += f"_{self.aspect}" if self.aspect else ""
        return f"{self.measure.id}{ends}"

    @property
    def value(self) -> str:
        """The sum as a float, in the statement's last step and not before."""
        name = f"a.{self.name}"
        is_kept = self.measure.may_be_unknown and not self.aspect
        return f"CAST({name if is_kept else f'coalesce({name}, 0)'} AS DOUBLE)"

    @property
    def is_amount_of_group(self) -> bool:
        """Whether a group of a balance is there for it: not for what of it is known."""
        return self.aspect is not Aspect.KNOWN

    def part(self, question: Question) -> Part:
        # Hours go with the amounts they stand beside.
        other = Money.CLIENT if question.client_money else Money.ACCOUNT
        money = Money.CLIENT if self.with_clients else self.measure.money or other
        measure = self.measure
        return Part(measure.fact, money, measure.window, measure.day, measure.among)

    def aspects(self, question: Question) -> "tuple[Sum, ...]":
        """The sum itself, and how much of it is known and is not, where there is a gap."""
        if self.measure.gap not in question.gaps:
            return (self,)
        return tuple(replace(self, aspect=aspect) for aspect in Aspect)

    def known(self, question: Question) -> str:
        """The condition that it is known, empty where it always is."""
        if self.measure.gap not in question.gaps:
            return ""
        _, known, unknown = self.aspects(question)
        return f"({known.value} <> 0 OR {unknown.value} = 0)"

    def sql(self, question: Question, as_of: Sql) -> Sql:
        scope = question.scope
        conditions = [filled(self._condition(), {"as_of": as_of})]
        if self.to_date:
            conditions.append(Sql(f"{self.measure.day} <= ?", (scope.today,)))
        if others := question.unstaffed.get(self.capacity):
            conditions.append(Sql("NOT list_contains(?, f.user_id)", (list(others),)))
        only = joined(" AND ", conditions)
        column = (
            self.measure.gap.weight if self.measure.gap and self.aspect else self.measure.column
        )
        total = Sql(f"sum({column})")
        found = joined(" ", [total, around("FILTER (WHERE ", only, ")")] if only else [total])
        return Sql(found.text.replace("{basis}", scope.basis), found.parameters)

    def _condition(self) -> str:
        measure, gap = self.measure, self.measure.gap
        if not self.aspect or gap is None:
            return measure.condition
        is_not = "" if self.aspect is Aspect.UNKNOWN else "NOT "
        among = gap.among or measure.condition
        return " AND ".join(filter(None, [among, f"{is_not}({gap.unknown})"]))


def capacity_of(metric: Metric) -> str:
    """The column of capacity that `metric` is a share of, empty where it is none."""
    below = metric.denominator if isinstance(metric, Ratio) else None
    return below.column if isinstance(below, Measure) and below.fact is Fact.CAPACITY else ""


def sums(metric: Metric, question: Question) -> tuple[Sum, ...]:
    """The sums that `metric` needs, in the order of its measures."""
    match metric:
        case Measure():
            return Sum(metric).aspects(question)
        case Total():
            parts = tuple(aspect for part in _parts(metric) for aspect in part.aspects(question))
            return parts + (sums(metric.coverage, question) if metric.coverage else ())
        case Ratio():
            found = sums(metric.numerator, question) + sums(metric.denominator, question)
            return tuple(_to_date(each, metric, question) for each in found)


def value(metric: Metric, question: Question) -> Sql:
    """What the last step makes of the sums, which are columns of `a`."""
    match metric:
        case Measure():
            return _known(Sum(metric), question)
        case Total():
            return _total(metric, question)
        case Ratio():
            above, below = (
                _side(side, metric, question) for side in (metric.numerator, metric.denominator)
            )
            days = _days(question) if metric.times_days else Sql("")
            # Over nothing there is no share, and over less than nothing it would have no meaning.
            return joined("", [above, around(" / nullif(greatest(", below, ", 0), 0)"), days])


def _days(question: Question) -> Sql:
    if not question.totals:
        return Sql(" * s.days")
    scope = question.scope
    return Sql(" * coalesce(s.days, ?)", ((scope.last - scope.start).days + 1,))


def _side(side: Measure | Total, ratio: Ratio, question: Question) -> Sql:
    if isinstance(side, Measure):
        return _known(_to_date(Sum(side), ratio, question), question)
    return value(side, question)


def _to_date(each: Sum, ratio: Ratio, question: Question) -> Sum:
    stops = Fact.CAPACITY in facts(ratio) or ratio.times_days
    ahead = question.scope.end > question.scope.today
    # Capacity and balances end today by themselves.
    ends = each.measure.fact is Fact.CAPACITY or each.measure.window is Window.AS_OF
    capacity = capacity_of(ratio) if each.measure.fact is Fact.TIME else ""
    return replace(each, to_date=stops and ahead and not ends, capacity=capacity)


def _known(each: Sum, question: Question) -> Sql:
    condition = each.known(question)
    return Sql(f"CASE WHEN {condition} THEN {each.value} END" if condition else each.value)


def _parts(total: Total) -> tuple[Sum, ...]:
    return tuple(
        Sum(part, with_clients=total.is_mixed and part.money is Money.ACCOUNT)
        for part in total.parts
    )


def _total(total: Total, question: Question) -> Sql:
    parts = _parts(total)
    signs = "+" * len(total.plus) + "-" * len(total.minus)
    terms = " ".join(
        f"{sign} coalesce(a.{each.name}, 0)" for sign, each in zip(signs, parts, strict=True)
    )
    conditions = [Sql(each.known(question)) for each in parts]
    if total.is_mixed:
        # Not known to be the same where either is not known.
        conditions.append(Sql("a.currency = ?", (question.currency,)))
    if total.coverage:
        known, whole = (each.value for each in sums(total.coverage, question))
        conditions.append(Sql(f"({known} <> 0 OR {whole} = 0)"))
    added = Sql(f"CAST({terms.removeprefix('+ ')} AS DOUBLE)")
    only = joined(" AND ", conditions)
    return joined("", [around("CASE WHEN ", only, " THEN "), added, Sql(" END")]) if only else added
