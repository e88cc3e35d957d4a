"""Oracle of metrics: the value of each metric by any supported dimensions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.capacity import Capacity
from tests.oracle.catalogue import (
    BALANCES,
    COST,
    FACTS,
    HOURS,
    HOURS_WITH_COST_RATE,
    MARGINS,
    METRICS,
    REVENUE,
    TIME,
    UTILIZATIONS,
    Measure,
    Metric,
    supported_dimensions,
)
from tests.oracle.facts import (
    Directory,
    Fees,
    Row,
    Value,
    list_budget_rows,
    list_estimate_rows,
    list_expense_rows,
    list_time_rows,
)
from tests.oracle.periods import WEEKDAYS, Calendar, iterate_days
from tests.oracle.readings import Readings, Record, to_decimal
from tests.oracle.receivables import Receivables

__all__ = [
    "BALANCES",
    "FACTS",
    "MARGINS",
    "METRICS",
    "Key",
    "Oracle",
    "supported_dimensions",
]

Key = tuple[Value, ...]
Sums = dict[Key, Fraction | None]
Where = Callable[[Row], bool]


def _divide(numerator: Sums, denominator: Sums) -> Sums:
    """Divide two sums key by key. A ratio over nothing or less than nothing is None."""
    result: Sums = {}
    for key in numerator.keys() | denominator.keys():
        top, bottom = numerator.get(key, Fraction(0)), denominator.get(key)
        result[key] = top / bottom if top is not None and bottom and bottom > 0 else None
    return result


@dataclass(frozen=True)
class Scope:
    """Dates, dimensions, hours basis and filter of one value."""

    start: date
    end: date
    by: tuple[str, ...]
    basis: str
    where: Where | None

    def has_row(self, row: Row) -> bool:
        """Return whether a row is inside the dates and passes the filter."""
        return self.start <= row.day <= self.end and (self.where is None or self.where(row))


class Oracle:
    """Values of metrics for one account, worked out from its records.

    account: records with all values visible, in the form of the tests' accounts.
    leave_tasks: names of the tasks of time off. holidays: days without capacity.
    """

    def __init__(
        self,
        account: Record,
        readings: Readings,
        today: date,
        leave_tasks: frozenset[str] = frozenset(),
        holidays: frozenset[date] = frozenset(),
        fiscal_year_start: int = 1,
        company_currency: str = "EUR",
    ) -> None:
        self.today = today
        self.leave_tasks = leave_tasks
        self.holidays = holidays
        self.company_currency = company_currency
        week_start = WEEKDAYS.index(account["company"].get("week_start_day") or "Monday")
        self.calendar = Calendar(week_start, fiscal_year_start)
        self.directory = Directory(account, readings, today, company_currency)
        self.receivables = Receivables(self.directory)
        self.fees = Fees(self.directory, self.receivables.list_project_lines())
        self._time_rows: dict[str, list[Row]] = {}

    def value(
        self,
        metric_id: str,
        start: date,
        end: date,
        by: Sequence[str] = (),
        basis: str = "rounded",
        where: Where | None = None,
    ) -> dict[Key, Decimal | None]:
        """Return the values of a metric by dimensions, both days inclusive.

        A key has one value for each dimension. It is an id for client, project, task, user and
        expense_category, a name for role, and the first day for a period. If amounts are
        involved, the currency is the last part of the key, unless `by` has it. A missing key
        stands for 0, or for None in ratios.

        Raises:
            ValueError: a fact of the metric does not know a dimension.
        """
        unknown = set(by) - supported_dimensions(metric_id)
        if unknown:
            raise ValueError(f"{metric_id} does not know {', '.join(sorted(unknown))}")
        scope = Scope(start, end, tuple(by), basis, where)
        sums = self._find_sums(metric_id, scope)
        return {k: None if v is None else to_decimal(v) for k, v in sums.items()}

    def _find_sums(self, metric_id: str, scope: Scope) -> Sums:
        metric = METRICS[metric_id]
        if metric_id == "cost_amount":
            return self._sum_cost(scope)
        if metric_id in MARGINS:
            margin = self._sum_margin(metric, scope)
            if metric_id == "gross_margin_amount":
                return margin
            return _divide(margin, self._add(REVENUE, (), scope, by_currency=True))
        if metric_id in UTILIZATIONS:
            return self._divide_by_capacity(metric, scope)
        result = self._add(metric.plus, metric.minus, scope, metric.by_currency)
        if metric.over is None:
            return result
        if metric_id == "dso":
            to_date = replace(scope, end=min(scope.end, self.today))
            invoiced = self._add((metric.over,), (), to_date, by_currency=True)
            return self._multiply_by_days(_divide(result, invoiced), to_date)
        return _divide(result, self._add((metric.over,), (), scope, metric.by_currency))

    def _list_time_rows(self, basis: str) -> list[Row]:
        if basis not in self._time_rows:
            self._time_rows[basis] = list_time_rows(self.directory, basis, self.leave_tasks)
        return self._time_rows[basis]

    def _list_rows(self, fact: str, scope: Scope) -> list[Row]:
        """Return the rows of a fact in a scope.

        A balance is one state for the end of each period that has begun by today.
        """
        rows: list[Row] = []
        if fact in BALANCES:
            for last_day in self.calendar.last_days(scope.by, scope.start, scope.end):
                if self._is_ahead(self.calendar.period_key(scope.by, last_day)):
                    continue
                balance = self._list_balance_rows(fact, min(last_day, self.today))
                rows += [replace(row, day=last_day) for row in balance]
        elif fact == "time":
            rows = self._list_time_rows(scope.basis)
        elif fact == "expense":
            rows = list_expense_rows(self.directory)
        elif fact == "capacity":
            time_rows = self._list_time_rows(scope.basis)
            capacity = Capacity(self.directory, self.calendar, self.holidays, time_rows)
            rows = capacity.list_rows(scope.start, scope.end)
        elif fact == "fee":
            rows = self.fees.list_revenue_rows()
        elif fact == "invoice":
            rows = self.receivables.list_invoice_rows()
        elif fact == "payment":
            rows = self.receivables.list_payment_rows()
        elif fact == "write_off":
            rows = self.receivables.list_write_off_rows()
        else:
            rows = list_estimate_rows(self.directory, by_decision=fact == "decision")
        return [row for row in rows if scope.has_row(row)]

    def _list_balance_rows(self, fact: str, as_of: date) -> list[Row]:
        if fact == "receivable":
            return self.receivables.list_balance_rows(as_of)
        if fact == "retainer":
            return self.receivables.list_retainer_rows(as_of)
        if fact == "fee_balance":
            return self.fees.list_balance_rows(as_of)
        time_rows = self._list_time_rows("rounded")
        return list_budget_rows(self.directory, as_of, time_rows, list_expense_rows(self.directory))

    def _is_ahead(self, period: tuple[date, ...]) -> bool:
        """Return whether a combination of periods has not begun. Without periods it has."""
        return any(first_day > self.today for first_day in period)

    def _key(self, row: Row, by: Sequence[str]) -> Key:
        calendar = self.calendar
        return tuple(calendar.first_day(d, row.day) if d in TIME else row.dims[d] for d in by)

    def _sum(self, item: Measure, rows: Iterable[Row], by: Sequence[str]) -> Sums:
        """Add the number of a measure over rows. Without dimensions, a key always exists."""
        sums: dict[Key, Fraction] = {} if by else {(): Fraction(0)}
        for row in rows:
            if item.needs <= row.flags and not item.lacks & row.flags:
                key = self._key(row, by)
                sums[key] = sums.get(key, Fraction(0)) + row.numbers[item.number]
        return dict(sums)

    def _add(
        self, plus: Sequence[Measure], minus: Sequence[Measure], scope: Scope, by_currency: bool
    ) -> Sums:
        """Return the sum of `plus` less `minus`, each at its own grain and then joined."""
        by = scope.by
        if by_currency and "currency" not in by:
            by = (*by, "currency")
        total: Sums = {}
        for sign, measures in ((1, plus), (-1, minus)):
            for item in measures:
                sums = self._sum(item, self._list_rows(item.fact, scope), by)
                for key, amount in sums.items():
                    total[key] = (total.get(key) or Fraction(0)) + sign * (amount or 0)
        return total

    def _sum_cost(self, scope: Scope) -> Sums:
        """Return the cost in the account's currency, None where no cost rate is above 0."""
        by = scope.by if "currency" in scope.by else (*scope.by, "currency")
        own = {"currency": self.company_currency}
        rows = [replace(r, dims={**r.dims, **own}) for r in self._list_rows("time", scope)]
        cost = self._sum(COST, rows, by)
        return {key: cost.get(key) for key in self._sum(HOURS, rows, by)}

    def _sum_margin(self, metric: Metric, scope: Scope) -> Sums:
        """Return the margin per currency of the clients.

        It is None in other currencies than the account's. It is also None where hours exist and
        none of them has a cost rate above 0. An entry of 0 hours covers no hour.
        """
        by = scope.by if "currency" in scope.by else (*scope.by, "currency")
        place = by.index("currency")
        time_rows = self._list_rows("time", scope)
        hours = self._sum(HOURS, time_rows, by)
        hours_with_cost_rate = self._sum(HOURS_WITH_COST_RATE, time_rows, by)
        margin = self._add(metric.plus, metric.minus, scope, by_currency=True)
        result: Sums = {}
        for key in margin.keys() | hours.keys():
            is_known = bool(hours_with_cost_rate.get(key)) or not hours.get(key)
            is_own = key[place] == self.company_currency
            result[key] = margin.get(key, Fraction(0)) if is_known and is_own else None
        return result

    def _divide_by_capacity(self, metric: Metric, scope: Scope) -> Sums:
        """Divide hours up to today by capacity, without people whose capacity is 0 in the scope."""
        assert metric.over is not None
        capacity = self._list_rows("capacity", scope)
        people = self._sum(metric.over, capacity, ("user",))
        hours = [
            row
            for row in self._list_rows("time", scope)
            if row.day <= self.today and people.get((row.dims["user"],))
        ]
        numerator = self._sum(metric.plus[0], hours, scope.by)
        return _divide(numerator, self._sum(metric.over, capacity, scope.by))

    def _multiply_by_days(self, sums: Sums, scope: Scope) -> Sums:
        """Multiply by the days of each key's period in the scope."""
        days: dict[Key, int] = {}
        for day in iterate_days(scope.start, scope.end):
            period = self.calendar.period_key(scope.by, day)
            days[period] = days.get(period, 0) + 1
        places = [place for place, dimension in enumerate(scope.by) if dimension in TIME]
        result: Sums = {}
        for key, amount in sums.items():
            period = tuple(part for place in places if isinstance(part := key[place], date))
            result[key] = None if amount is None else amount * days[period]
        return result
