"""Oracle of metrics: the value of each metric by any supported dimensions.

The tables follow the catalogue of metrics. A `Measure` is a sum over one fact, a `Metric` a sum
of measures or a ratio of two sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.capacity import Capacity
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
from tests.oracle.periods import TIME_DIMENSIONS, WEEKDAYS, Calendar, iterate_days
from tests.oracle.readings import Readings, Record, to_decimal
from tests.oracle.receivables import Receivables

Key = tuple[Value, ...]
Sums = dict[Key, Fraction | None]
Where = Callable[[Row], bool]

TIME = frozenset(TIME_DIMENSIONS)
INVOICE = TIME | {"client", "currency", "invoice_state"}
FEE = TIME | {"client", "project", "currency"}
PERSON = TIME | {"user", "role", "contractor"}
WORK = FEE | PERSON | {"billable", "age_bucket"}

#: Dimensions of each fact.
FACTS: Mapping[str, frozenset[str]] = {
    "time": WORK | {"task"},
    "expense": WORK | {"expense_category"},
    "capacity": PERSON,
    "fee": FEE,
    "fee_balance": FEE,
    "budget": FEE,
    "invoice": INVOICE,
    "payment": INVOICE,
    "write_off": INVOICE,
    "receivable": INVOICE | {"age_bucket"},
    "retainer": TIME | {"client", "currency"},
    "estimate": TIME | {"client", "currency", "estimate_state"},
    "decision": TIME | {"client", "currency", "estimate_state"},
}

#: Facts that are the state at the end of a period.
BALANCES = frozenset({"fee_balance", "budget", "receivable", "retainer"})


@dataclass(frozen=True)
class Measure:
    """Sum of one number over the rows of a fact with all flags of `needs` and none of `lacks`."""

    fact: str
    number: str
    needs: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()


def measure(fact: str, number: str, needs: str = "", lacks: str = "") -> Measure:
    """Return a measure whose flags are words of a text."""
    return Measure(fact, number, frozenset(needs.split()), frozenset(lacks.split()))


HOURS = measure("time", "hours")
BILLABLE_HOURS = measure("time", "hours", "billable")
WORKED_HOURS = measure("time", "hours", lacks="leave")
BILLABLE_AMOUNT = measure("time", "amount", "billable", "fixed_fee")
COST = measure("time", "cost", "cost_rate")
NET_CAPACITY, GROSS_CAPACITY = measure("capacity", "net"), measure("capacity", "gross")
EXPENSES = measure("expense", "amount")
BILLABLE_EXPENSES = measure("expense", "amount", "billable")
UNINVOICED_EXPENSES = measure("expense", "amount", "billable", "invoiced")
INVOICE_AMOUNT = measure("invoice", "amount", lacks="draft deposit")
PAYMENTS = measure("payment", "amount")
OUTSTANDING = measure("receivable", "debt")
ACCEPTED_COUNT = measure("decision", "count", "accepted")
ACCEPTED_AMOUNT = measure("decision", "amount", "accepted")
BUDGET, BUDGET_USE = measure("budget", "budget"), measure("budget", "use")
REVENUE = (BILLABLE_AMOUNT, BILLABLE_EXPENSES, measure("fee", "amount"))


@dataclass(frozen=True)
class Metric:
    """Sum of `plus` less `minus`, divided by `over` where that is set.

    by_currency: amounts are involved, and each currency has a key of its own.
    """

    plus: tuple[Measure, ...]
    minus: tuple[Measure, ...] = ()
    over: Measure | None = None
    by_currency: bool = False


def _hours(plus: Measure, over: Measure | None = None) -> Metric:
    return Metric((plus,), over=over)


def _money(*plus: Measure, over: Measure | None = None) -> Metric:
    return Metric(plus, over=over, by_currency=True)


METRICS: Mapping[str, Metric] = {
    "hours": _hours(HOURS),
    "raw_hours": _hours(measure("time", "raw_hours")),
    "billable_hours": _hours(BILLABLE_HOURS),
    "nonbillable_hours": _hours(measure("time", "hours", lacks="billable")),
    "billable_share": _hours(BILLABLE_HOURS, HOURS),
    "billable_amount": _money(BILLABLE_AMOUNT),
    "unpriced_hours": _hours(measure("time", "hours", "billable", "fixed_fee rate")),
    "average_rate": _money(
        BILLABLE_AMOUNT, over=measure("time", "hours", "billable rate", "fixed_fee")
    ),
    "effective_rate": _money(BILLABLE_AMOUNT, over=measure("time", "hours", lacks="fixed_fee")),
    "cost_amount": _money(COST),
    "uninvoiced_hours": _hours(measure("time", "hours", "billable", "invoiced")),
    "uninvoiced_amount": _money(
        measure("time", "amount", "billable", "invoiced fixed_fee"), UNINVOICED_EXPENSES
    ),
    "uninvoiced_fees_amount": _money(measure("fee_balance", "amount")),
    "capacity_hours": _hours(NET_CAPACITY),
    "gross_capacity_hours": _hours(GROSS_CAPACITY),
    "utilization": _hours(BILLABLE_HOURS, NET_CAPACITY),
    "total_utilization": _hours(WORKED_HOURS, NET_CAPACITY),
    "harvest_utilization": _hours(HOURS, GROSS_CAPACITY),
    "worked_hours": _hours(WORKED_HOURS),
    "budget": _money(BUDGET),
    "budget_spent": _money(BUDGET_USE),
    "budget_remaining": Metric((BUDGET,), (BUDGET_USE,), by_currency=True),
    "budget_used_share": _money(BUDGET_USE, over=BUDGET),
    "invoice_count": _hours(measure("invoice", "count", lacks="draft")),
    "invoiced_amount": _money(INVOICE_AMOUNT),
    "draft_amount": _money(measure("invoice", "amount", "draft")),
    "paid_amount": _money(PAYMENTS),
    "outstanding_amount": _money(OUTSTANDING),
    "overdue_amount": _money(measure("receivable", "debt", "overdue")),
    "client_credit_amount": _money(measure("receivable", "credit")),
    "retainer_balance_amount": _money(measure("retainer", "amount")),
    "dso": _money(OUTSTANDING, over=INVOICE_AMOUNT),
    "days_to_pay": _money(measure("payment", "amount_days"), over=PAYMENTS),
    "collection_share": _money(
        measure("invoice", "collection", lacks="draft deposit"), over=INVOICE_AMOUNT
    ),
    "write_off_amount": _money(measure("write_off", "amount")),
    "expense_amount": _money(EXPENSES),
    "billable_expense_amount": _money(BILLABLE_EXPENSES),
    "uninvoiced_expense_amount": _money(UNINVOICED_EXPENSES),
    "estimate_count": _hours(measure("estimate", "count", lacks="draft")),
    "estimate_amount": _money(measure("estimate", "amount", lacks="draft")),
    "draft_estimate_amount": _money(measure("estimate", "amount", "draft")),
    "win_rate": _hours(ACCEPTED_COUNT, measure("decision", "count")),
    "win_rate_amount": _money(ACCEPTED_AMOUNT, over=measure("decision", "amount")),
    "revenue_amount": _money(*REVENUE),
    "gross_margin_amount": Metric(REVENUE, (COST, EXPENSES), by_currency=True),
    "margin_share": Metric(REVENUE, (COST, EXPENSES), by_currency=True),
    "cost_coverage": _hours(measure("time", "hours", "cost_rate"), HOURS),
}

UTILIZATIONS = frozenset({"utilization", "total_utilization", "harvest_utilization"})
MARGINS = frozenset({"gross_margin_amount", "margin_share"})


def supported_dimensions(metric_id: str) -> frozenset[str]:
    """Return the dimensions that every fact of a metric knows."""
    metric = METRICS[metric_id]
    facts = [m.fact for m in (*metric.plus, *metric.minus, *([metric.over] if metric.over else []))]
    return frozenset.intersection(*(FACTS[fact] for fact in facts))


def _divide(numerator: Sums, denominator: Sums) -> Sums:
    """Divide two sums key by key. A ratio over nothing is None."""
    result: Sums = {}
    for key in numerator.keys() | denominator.keys():
        top, bottom = numerator.get(key, Fraction(0)), denominator.get(key)
        result[key] = top / bottom if bottom and top is not None else None
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
        if metric.over is not None:
            result = _divide(result, self._add((metric.over,), (), scope, metric.by_currency))
        if metric_id == "dso":
            return self._multiply_by_days(result, scope)
        return result

    def _list_time_rows(self, basis: str) -> list[Row]:
        if basis not in self._time_rows:
            self._time_rows[basis] = list_time_rows(self.directory, basis, self.leave_tasks)
        return self._time_rows[basis]

    def _list_rows(self, fact: str, scope: Scope) -> list[Row]:
        """Return the rows of a fact in a scope. A balance is one state for each period's end."""
        rows: list[Row] = []
        if fact in BALANCES:
            for last_day in self.calendar.last_days(scope.by, scope.start, scope.end):
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

        It is None in other currencies than the account's, and where no cost is known.
        """
        by = scope.by if "currency" in scope.by else (*scope.by, "currency")
        place = by.index("currency")
        cost = self._sum(COST, self._list_rows("time", scope), by)
        margin = self._add(metric.plus, metric.minus, scope, by_currency=True)
        return {
            key: amount if key in cost and key[place] == self.company_currency else None
            for key, amount in margin.items()
        }

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
        """Multiply by the days of each key's period in the scope, up to today."""
        days: dict[Key, int] = {}
        for day in iterate_days(scope.start, min(scope.end, self.today)):
            period = self.calendar.period_key(scope.by, day)
            days[period] = days.get(period, 0) + 1
        places = [place for place, dimension in enumerate(scope.by) if dimension in TIME]
        result: Sums = {}
        for key, amount in sums.items():
            count = days.get(tuple(key[place] for place in places), 0)
            result[key] = None if amount is None else amount * count
        return result
