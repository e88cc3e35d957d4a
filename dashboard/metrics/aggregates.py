"""The sums that a metric is made of, and what is made of them once they are added up."""

from dataclasses import dataclass, replace
from enum import StrEnum

from dashboard.metrics.metric import (
    Fact,
    Measure,
    Metric,
    Money,
    Ratio,
    SumMetric,
    TimeWindow,
    metric_facts,
)
from dashboard.metrics.query import MetricQuery
from dashboard.store.sql import Sql, sql_format, sql_join, sql_wrap


@dataclass(frozen=True, slots=True)
class AggregationPass:
    """Sums that can be made in one pass: of one fact, its money in one meaning, over one window."""

    fact: Fact
    money: Money
    window: TimeWindow
    day: str
    among: str


class Aspect(StrEnum):
    """Aggregated part of a measure: its values, or the size of its known and unknown part."""

    VALUES = ""
    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Aggregate:
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
        is_kept = self.measure.nullable and not self.aspect
        return f"CAST({name if is_kept else f'coalesce({name}, 0)'} AS DOUBLE)"

    @property
    def is_amount_of_group(self) -> bool:
        """Return whether it makes a group of a balance exist; the known part does not."""
        return self.aspect is not Aspect.KNOWN

    def pass_of(self, question: MetricQuery) -> AggregationPass:
        # Hours go with the amounts they stand beside.
        other = Money.CLIENT if question.client_money else Money.ACCOUNT
        money = Money.CLIENT if self.with_clients else self.measure.money or other
        measure = self.measure
        return AggregationPass(
            measure.fact, money, measure.window, measure.day, measure.base_filter
        )

    def with_coverage(self, question: MetricQuery) -> "tuple[Aggregate, ...]":
        """Return the sum itself, and how much of it is known and is not, where there is a gap."""
        if self.measure.gap not in question.gaps:
            return (self,)
        return tuple(replace(self, aspect=aspect) for aspect in Aspect)

    def known_condition(self, question: MetricQuery) -> str:
        """Return the condition that it is known, empty where it always is."""
        if self.measure.gap not in question.gaps:
            return ""
        _, known, unknown = self.with_coverage(question)
        return f"({known.value} <> 0 OR {unknown.value} = 0)"

    def to_sql(self, question: MetricQuery, as_of: Sql) -> Sql:
        scope = question.scope
        conditions = [sql_format(self._filter_condition(), {"as_of": as_of})]
        if self.to_date:
            conditions.append(Sql(f"{self.measure.day} <= ?", (scope.today,)))
        if others := question.unstaffed.get(self.capacity):
            conditions.append(Sql("NOT list_contains(?, f.user_id)", (list(others),)))
        only = sql_join(" AND ", conditions)
        column = (
            self.measure.gap.weight if self.measure.gap and self.aspect else self.measure.column
        )
        total = Sql(f"sum({column})")
        result = sql_join(" ", [total, sql_wrap("FILTER (WHERE ", only, ")")] if only else [total])
        return Sql(result.text.replace("{basis}", scope.basis), result.parameters)

    def _filter_condition(self) -> str:
        measure, gap = self.measure, self.measure.gap
        if not self.aspect or gap is None:
            return measure.condition
        is_not = "" if self.aspect is Aspect.UNKNOWN else "NOT "
        among = gap.among or measure.condition
        return " AND ".join(filter(None, [among, f"{is_not}({gap.unknown})"]))


def capacity_of(metric: Metric) -> str:
    """Return the column of capacity that `metric` is a share of, empty where it is none."""
    below = metric.denominator if isinstance(metric, Ratio) else None
    return below.column if isinstance(below, Measure) and below.fact is Fact.CAPACITY else ""


def aggregates_of(metric: Metric, question: MetricQuery) -> tuple[Aggregate, ...]:
    """Return the sums that `metric` needs, in the order of its measures."""
    match metric:
        case Measure():
            return Aggregate(metric).with_coverage(question)
        case SumMetric():
            parts = tuple(
                aspect
                for part in _total_aggregates(metric)
                for aspect in part.with_coverage(question)
            )
            return parts + (aggregates_of(metric.coverage, question) if metric.coverage else ())
        case Ratio():
            result = aggregates_of(metric.numerator, question) + aggregates_of(
                metric.denominator, question
            )
            return tuple(_to_date(item, metric, question) for item in result)


def value_expression(metric: Metric, question: MetricQuery) -> Sql:
    """Return the last step's expression over the aggregates, which are columns of `a`."""
    match metric:
        case Measure():
            return _known_sql(Aggregate(metric), question)
        case SumMetric():
            return _total_sql(metric, question)
        case Ratio():
            above, below = (
                _side_sql(side, metric, question) for side in (metric.numerator, metric.denominator)
            )
            days = _days_sql(question) if metric.times_days else Sql("")
            # Over nothing there is no share, and over less than nothing it would have no meaning.
            return sql_join("", [above, sql_wrap(" / nullif(greatest(", below, ", 0), 0)"), days])


def _days_sql(question: MetricQuery) -> Sql:
    if not question.totals:
        return Sql(" * s.days")
    scope = question.scope
    return Sql(" * coalesce(s.days, ?)", ((scope.last - scope.start).days + 1,))


def _side_sql(side: Measure | SumMetric, ratio: Ratio, question: MetricQuery) -> Sql:
    if isinstance(side, Measure):
        return _known_sql(_to_date(Aggregate(side), ratio, question), question)
    return value_expression(side, question)


def _to_date(item: Aggregate, ratio: Ratio, question: MetricQuery) -> Aggregate:
    stops = Fact.CAPACITY in metric_facts(ratio) or ratio.times_days
    ahead = question.scope.end > question.scope.today
    # Capacity and balances end today by themselves.
    ends = item.measure.fact is Fact.CAPACITY or item.measure.window is TimeWindow.AS_OF
    capacity = capacity_of(ratio) if item.measure.fact is Fact.TIME else ""
    return replace(item, to_date=stops and ahead and not ends, capacity=capacity)


def _known_sql(item: Aggregate, question: MetricQuery) -> Sql:
    condition = item.known_condition(question)
    return Sql(f"CASE WHEN {condition} THEN {item.value} END" if condition else item.value)


def _total_aggregates(total: SumMetric) -> tuple[Aggregate, ...]:
    return tuple(
        Aggregate(part, with_clients=total.is_mixed and part.money is Money.ACCOUNT)
        for part in total.parts
    )


def _total_sql(total: SumMetric, question: MetricQuery) -> Sql:
    parts = _total_aggregates(total)
    signs = "+" * len(total.plus) + "-" * len(total.minus)
    terms = " ".join(
        f"{sign} coalesce(a.{item.name}, 0)" for sign, item in zip(signs, parts, strict=True)
    )
    conditions = [Sql(item.known_condition(question)) for item in parts]
    if total.is_mixed:
        # Not known to be the same where either is not known.
        conditions.append(Sql("a.currency = ?", (question.currency,)))
    if total.coverage:
        known, whole = (item.value for item in aggregates_of(total.coverage, question))
        conditions.append(Sql(f"({known} <> 0 OR {whole} = 0)"))
    added = Sql(f"CAST({terms.removeprefix('+ ')} AS DOUBLE)")
    only = sql_join(" AND ", conditions)
    return (
        sql_join("", [sql_wrap("CASE WHEN ", only, " THEN "), added, Sql(" END")])
        if only
        else added
    )
