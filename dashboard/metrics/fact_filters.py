"""Columns of each fact that filters refer to, and the part of a filter that a fact supports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.config.errors import MetricError
from dashboard.metrics.metric import Fact, TimeWindow
from dashboard.metrics.scope import Scope
from dashboard.store.filters import filter_sql
from dashboard.store.sql import Sql, sql_join, sql_wrap
from harvest_client.search import Compare, Operator
from harvest_client.search.filter_ast import Filter, all_of, field_paths, iterate_conjuncts

WORDS: Mapping[Fact, str] = {
    Fact.TIME: "time is",
    Fact.UNINVOICED_TIME: "time is",
    Fact.CAPACITY: "capacity is",
    Fact.EXPENSES: "expenses are",
    Fact.UNINVOICED_EXPENSES: "expenses are",
    Fact.INVOICES: "invoices are",
    Fact.PAYMENTS: "payments are",
    Fact.RECEIVABLES: "what clients owe is",
    Fact.RETAINERS: "a retainer is",
    Fact.ESTIMATES: "estimates are",
    Fact.FEES: "a fixed fee is",
    Fact.FEE_BALANCES: "a fixed fee is",
    Fact.BUDGETS: "a budget is",
}
"""A fact in a sentence that goes on."""

AGES: Mapping[Fact, str] = {
    **dict.fromkeys((Fact.TIME, Fact.UNINVOICED_TIME), "{today} - f.day"),
    **dict.fromkeys((Fact.EXPENSES, Fact.UNINVOICED_EXPENSES), "{today} - f.day"),
    Fact.RECEIVABLES: "CASE WHEN f.is_credit THEN 0 ELSE {as_of} - f.due_date END",
}
"""How many days old a row is: work since it was done, an invoice since it was due.

Nobody is late with a credit, so it has no age.
"""

_DAY = {"spent_date": "f.day"}
_PERSON = {
    **_DAY,
    "user.id": "f.user_id",
    "user.name": "u.name",
    "user.roles": "u.roles",
    "user.is_contractor": "f.is_contractor",
}
_CLIENT = {"client.id": "f.client_id", "client.name": "c.name", "client.currency": "f.currency"}
_PROJECT = {
    "project.id": "f.project_id",
    "project.name": "p.name",
    "project.code": "p.code",
    "project.is_fixed_fee": "p.is_fixed_fee",
}
_WORK = {
    **_PERSON,
    **_CLIENT,
    **_PROJECT,
    "project.is_fixed_fee": "f.is_fixed_fee",
    "billable": "f.billable",
    "is_billed": "f.is_billed",
    "approval_status": "f.approval_status",
    "invoice.id": "f.invoice_id",
}
_TIME = {
    **_WORK,
    "id": "f.id",
    "hours": "f.raw_hours",
    "rounded_hours": "f.rounded_hours",
    "notes": "f.notes",
    "is_running": "f.is_running",
    "billable_rate": "f.billable_rate",
    "cost_rate": "f.cost_rate",
    "task.id": "f.task_id",
    "task.name": "t.name",
}
_EXPENSES = {
    **_WORK,
    "expense_category.id": "f.category_id",
    "expense_category.name": "k.name",
}
_BILL = {**_CLIENT, "invoice.number": "f.number", "invoice.state": "f.state"}
_COLUMNS: Mapping[Fact, Mapping[str, str]] = {
    Fact.CAPACITY: _PERSON,
    Fact.TIME: _TIME,
    Fact.UNINVOICED_TIME: _TIME,
    Fact.EXPENSES: _EXPENSES,
    Fact.UNINVOICED_EXPENSES: _EXPENSES,
    Fact.INVOICES: {**_BILL, "invoice.id": "f.id"},
    Fact.PAYMENTS: {**_BILL, "invoice.id": "f.invoice_id"},
    Fact.RECEIVABLES: {**_BILL, "invoice.id": "f.invoice_id"},
    Fact.RETAINERS: {**_BILL, "invoice.id": "f.invoice_id"},
    Fact.ESTIMATES: {**_CLIENT, "estimate.state": "f.state"},
    Fact.FEES: {**_CLIENT, **_PROJECT},
    Fact.FEE_BALANCES: {**_CLIENT, **_PROJECT},
    Fact.BUDGETS: {**_CLIENT, **_PROJECT},
}
_JOINS = {
    "u": "LEFT JOIN users AS u ON u.id = f.user_id",
    "c": "LEFT JOIN clients AS c ON c.id = f.client_id",
    "p": "LEFT JOIN projects AS p ON p.id = f.project_id",
    "t": "LEFT JOIN tasks AS t ON t.id = f.task_id",
    "k": "LEFT JOIN expense_categories AS k ON k.id = f.category_id",
}
_UNINVOICED: Mapping[Fact, Fact] = {
    Fact.TIME: Fact.UNINVOICED_TIME,
    Fact.EXPENSES: Fact.UNINVOICED_EXPENSES,
}
_ONLY_UNINVOICED: frozenset[Filter] = frozenset(
    {Compare(Operator.EQ, "billable", True), Compare(Operator.EQ, "is_billed", False)}
)
SPANS = "spans"
"""The table of a statement with the end of each period, as `s` where a fact is joined to it."""


@dataclass(frozen=True, slots=True)
class FilterSplit:
    """The part of a filter that a fact can follow; `rest` names the fields it does not know."""

    where: Filter | None
    rest: frozenset[str]


def supported_paths(fact: Fact) -> frozenset[str]:
    """Return the paths of the fields that a filter on `fact` may name."""
    return frozenset(_COLUMNS[fact])


def split_filter(fact: Fact, where: Filter | None) -> FilterSplit:
    """Return the conditions that `fact` supports, of those that must all be true.

    Raises `MetricError` when one condition asks about what the fact knows and what it does not:
    neither following nor leaving it would be right.
    """
    known: list[Filter] = []
    rest: set[str] = set()
    for part in iterate_conjuncts(where) if where else ():
        request = field_paths(part)
        unknown = request - _COLUMNS[fact].keys()
        if not unknown:
            known.append(part)
        elif unknown == request:
            rest |= unknown
        else:
            subject = WORDS[fact].rpartition(" ")[0].capitalize()
            raise MetricError(
                f"{subject} cannot be filtered by {' and '.join(sorted(request))}"
                " in one condition: "
                f"{WORDS[fact]} not recorded per {' or '.join(sorted(unknown))}.",
                remedy="Join conditions on people and on their work with `and`, not with `or`.",
            )
    return FilterSplit(all_of(*known) if known else None, frozenset(rest))


def rows(
    fact: Fact,
    scope: Scope,
    joins: str = "",
    *,
    window: TimeWindow = TimeWindow.PERIOD,
    day: str = "f.day",
    among: str = "",
) -> Sql:
    """FROM and WHERE: the rows of `fact`, called `f`, in scope and `among`, with more `joins`.

    A balance counts a row in each of `SPANS` that ends after its `day`. Raises `MetricError` for a
    filter that the fact does not know; only capacity goes without, and says so.
    """
    result = split_filter(fact, scope.where)
    if result.rest and fact is not Fact.CAPACITY:
        raise unsupported_filter_error(
            WORDS[fact].rpartition(" ")[0].capitalize(), fact, result.rest
        )
    where, columns = result.where, _COLUMNS[fact]
    aliases = {columns[path].partition(".")[0] for path in field_paths(where)} if where else set()
    tables = [f"{fact_under(fact, where)} AS f"]
    tables += (join for alias, join in _JOINS.items() if alias in aliases)
    if joins:
        tables.append(joins)
    conditions = [Sql(among)] if among else []
    if window is TimeWindow.AS_OF:
        tables.append(f"JOIN {SPANS} AS s ON {day} <= s.as_of")
    else:
        conditions.append(Sql(f"{day} BETWEEN ? AND ?", (scope.start, _last_day(fact, scope))))
    if where:
        conditions.append(sql_wrap("(", filter_sql(where, columns), ")"))
    only = sql_wrap(" WHERE ", sql_join(" AND ", conditions), "") if conditions else Sql("")
    return sql_join("", [Sql(f"FROM {' '.join(tables)}"), only])


def fact_under(fact: Fact, where: Filter | None) -> Fact:
    """Return the fact that a question about `fact` under the filter `where` reads.

    Uninvoiced work is stored whatever its day, so a question about it alone has all of it.
    """
    if fact in _UNINVOICED and where and _ONLY_UNINVOICED.issubset(iterate_conjuncts(where)):
        return _UNINVOICED[fact]
    return fact


def unsupported_filter_error(subject: str, fact: Fact, rest: frozenset[str]) -> MetricError:
    """That `subject` has no answer under a filter on `rest`, which `fact` does not know."""
    names = " or ".join(sorted(rest))
    return MetricError(
        f"{subject} cannot be filtered by {names}: {WORDS[fact]} not recorded per {names}.",
        remedy="Leave out that condition, or ask for this apart.",
    )


def _last_day(fact: Fact, scope: Scope) -> date:
    # Capacity is known for the days ahead too, but nobody can have worked them yet.
    return scope.last if fact is Fact.CAPACITY else scope.end
