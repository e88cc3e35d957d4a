"""The sums that a metric is made of, and what is made of them once they are added up."""

from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Sum:
    """One measure to add up.

    `to_date` leaves out the days after today, as capacity and balances do. `of_people` leaves out
    the work of people whose capacity the viewer does not see. `with_clients` tells
    the account's own money apart by the currency of the client it was spent on, to be set against
    that.
    """

    measure: Measure
    to_date: bool = False
    with_clients: bool = False
    of_people: bool = False

    @property
    def name(self) -> str:
        ends = ("_to_date" if self.to_date else "") + ("_by_client" if self.with_clients else "")
        ends += "_of_people" if self.of_people else ""
        return f"{self.measure.id}{ends}"

    @property
    def value(self) -> str:
        """The sum as a float, in the statement's last step and not before."""
        name = f"a.{self.name}"
        return f"CAST({name if self.measure.may_be_unknown else f'coalesce({name}, 0)'} AS DOUBLE)"

    def part(self, question: Question) -> Part:
        # Hours go with the amounts they stand beside.
        other = Money.CLIENT if question.client_money else Money.ACCOUNT
        money = Money.CLIENT if self.with_clients else self.measure.money or other
        measure = self.measure
        return Part(measure.fact, money, measure.window, measure.day, measure.among)

    def sql(self, question: Question, as_of: Sql) -> Sql:
        scope = question.scope
        condition = self.measure.counted(scope.basis)
        conditions = [filled(condition, {"as_of": as_of})]
        if self.to_date:
            conditions.append(Sql(f"{self.measure.day} <= ?", (scope.today,)))
        if self.of_people:
            conditions.append(Sql("list_contains(?, f.user_id)", (list(question.people or ()),)))
        only = joined(" AND ", conditions)
        total = Sql(f"sum({self.measure.summed(scope.basis)})")
        return joined(" ", [total, around("FILTER (WHERE ", only, ")")] if only else [total])


def sums(metric: Metric, question: Question) -> tuple[Sum, ...]:
    """The sums that `metric` needs, in the order of its measures."""
    match metric:
        case Measure():
            return (Sum(metric),)
        case Total():
            parts = tuple(
                Sum(part, with_clients=metric.is_mixed and part.money is Money.ACCOUNT)
                for part in metric.parts
            )
            return parts + (sums(metric.coverage, question) if metric.coverage else ())
        case Ratio():
            found = sums(metric.numerator, question) + sums(metric.denominator, question)
            return tuple(_to_date(each, metric, question) for each in found)


def value(metric: Metric, question: Question) -> Sql:
    """What the last step makes of the sums, which are columns of `a`."""
    match metric:
        case Measure():
            return Sql(Sum(metric).value)
        case Total():
            return _total(metric, question)
        case Ratio():
            above, below = (
                _side(side, metric, question) for side in (metric.numerator, metric.denominator)
            )
            days = _days(question) if metric.times_days else Sql("")
            return joined("", [above, around(" / nullif(", below, ", 0)"), days])


def _days(question: Question) -> Sql:
    if not question.totals:
        return Sql(" * s.days")
    scope = question.scope
    return Sql(" * coalesce(s.days, ?)", ((scope.last - scope.start).days + 1,))


def _side(side: Measure | Total, ratio: Ratio, question: Question) -> Sql:
    if isinstance(side, Measure):
        return Sql(_to_date(Sum(side), ratio, question).value)
    return value(side, question)


def _to_date(each: Sum, ratio: Ratio, question: Question) -> Sum:
    stops = Fact.CAPACITY in facts(ratio) or ratio.times_days
    ahead = question.scope.end > question.scope.today
    # Capacity and balances end today by themselves.
    ends = each.measure.fact is Fact.CAPACITY or each.measure.window is Window.AS_OF
    others = question.people is not None and each.measure.fact is Fact.TIME
    return replace(
        each,
        to_date=stops and ahead and not ends,
        of_people=others and Fact.CAPACITY in facts(ratio),
    )


def _total(total: Total, question: Question) -> Sql:
    found = sums(total, question)[: len(total.parts)]
    signs = "+" * len(total.plus) + "-" * len(total.minus)
    terms = " ".join(
        f"{sign} coalesce(a.{each.name}, 0)" for sign, each in zip(signs, found, strict=True)
    )
    conditions = []
    if total.is_mixed:
        # Not known to be the same where either is not known.
        conditions.append(Sql("a.currency = ?", (question.currency,)))
    if total.coverage:
        known, whole = (each.value for each in sums(total.coverage, question))
        conditions.append(Sql(f"({known} <> 0 OR {whole} = 0)"))
    added = Sql(f"CAST({terms.removeprefix('+ ')} AS DOUBLE)")
    if not conditions:
        return added
    return joined(
        "", [around("CASE WHEN ", joined(" AND ", conditions), " THEN "), added, Sql(" END")]
    )
