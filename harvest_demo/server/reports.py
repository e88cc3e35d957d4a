"""Report endpoints: time, expenses, uninvoiced, and project budgets."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_demo.account.account import (
    Account,
    Row,
    TimeEntry,
    cents,
    display_name,
    first_of_month,
    next_month,
)
from harvest_demo.server import paging
from harvest_demo.server.paging import Query, cut
from harvest_demo.server.permissions import Viewer, rows_seen
from harvest_demo.server.refusals import answer, forbidden

Endpoint = Callable[[Request], Awaitable[Response]]


class Reports:
    """Everything under `/v2/reports`."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.routes = [
            *(
                Route(f"/v2/reports/time/{subject}", self._time(subject))
                for subject in ("clients", "projects", "tasks", "team")
            ),
            *(
                Route(f"/v2/reports/expenses/{subject}", self._spent(subject))
                for subject in ("clients", "projects", "categories", "team")
            ),
            Route("/v2/reports/uninvoiced", self._uninvoiced),
            Route("/v2/reports/project_budget", self._budget),
        ]

    def _time(self, subject: str) -> Endpoint:
        async def report(request: Request) -> Response:
            viewer, query = request["viewer"], request.query_params
            rows = time_report(
                viewer,
                subject,
                self._entries(viewer, query),
                include_fixed_fee=_fixed_fee(query, default="false"),
            )
            return _page(request, rows)

        return report

    def _spent(self, subject: str) -> Endpoint:
        async def report(request: Request) -> Response:
            viewer = request["viewer"]
            expenses = self._expenses(viewer, request.query_params)
            return _page(request, expense_report(viewer, subject, expenses))

        return report

    async def _uninvoiced(self, request: Request) -> Response:
        viewer, query = request["viewer"], request.query_params
        if not viewer.may_invoice:
            raise forbidden()
        managed = viewer.projects

        def manages(project: Row) -> bool:
            return viewer.is_administrator or project["id"] in managed

        rows = uninvoiced(
            self._account,
            [entry for entry in self._entries(viewer, query) if manages(entry.project)],
            [row for row in self._expenses(viewer, query) if manages(row["project"])],
            include_fixed_fee=_fixed_fee(query, default="true"),
        )
        return _page(request, rows)

    async def _budget(self, request: Request) -> Response:
        viewer, query = request["viewer"], request.query_params
        rows = list(self._account.rows("projects"))
        if "is_active" in query:
            wanted = paging.flag(query["is_active"], "is_active")
            rows = [row for row in rows if row["is_active"] == wanted]
        if not viewer.is_administrator:
            assigned, managed = self._account.assigned_to(viewer.user_id), viewer.projects
            rows = [
                row
                for row in rows
                if row["id"] in managed or (row["id"] in assigned and row["show_budget_to_all"])
            ]
        return _page(request, list(project_budget(viewer, rows)))

    def _entries(self, viewer: Viewer, query: Query) -> Sequence[TimeEntry]:
        places = self._account.entries.between(*paging.window(query))
        entries = self._account.entries.ordered[places.start : places.stop]
        sees = rows_seen(viewer, "time_entries")
        return [entry for entry in entries if sees(entry)] if sees else entries

    def _expenses(self, viewer: Viewer, query: Query) -> list[Row]:
        first, last = paging.window(query)
        sees = rows_seen(viewer, "expenses")
        return [
            row
            for row in self._account.rows("expenses")
            if first <= row["spent_date"] <= last and (sees is None or sees(row))
        ]


def _fixed_fee(query: Query, *, default: str) -> bool:
    return paging.flag(query.get("include_fixed_fee", default), "include_fixed_fee")


def _page(request: Request, rows: Sequence[Row]) -> Response:
    url = str(request.url.replace(query=""))
    page = cut(rows, url, request.query_params, by_cursor=False)
    return answer({"results": page.rows, **page.about})


@dataclass(slots=True)
class _Sums:
    total: Decimal = Decimal(0)
    billable: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Subject:
    """Subject of a report row: its place in an entry, and the first and last fields of the row."""

    of: Callable[[TimeEntry], int]
    first: Callable[[Account, int], Row]
    last: Callable[[Account, int], Row] = lambda account, subject: {}


def client(account: Account, client_id: int) -> Row:
    return {"client_id": client_id, "client_name": account.tables["clients"][client_id]["name"]}


def project(account: Account, project_id: int) -> Row:
    row = account.tables["projects"][project_id]
    return {"project_id": project_id, "project_name": row["name"]}


def coded_project(account: Account, project_id: int) -> Row:
    """Return the project as the time and expense reports print it, and no others: with its code."""
    row = account.tables["projects"][project_id]
    name = f"[{row['code']}] {row['name']}" if row["code"] else row["name"]
    return {"project_id": project_id, "project_name": name}


def client_of(account: Account, project_id: int) -> Row:
    return client(account, account.tables["projects"][project_id]["client"]["id"])


def person(account: Account, user_id: int) -> Row:
    row = account.tables["users"][user_id]
    return {
        "user_id": user_id,
        "user_name": display_name(row),
        "is_contractor": row["is_contractor"],
    }


def _task(account: Account, task_id: int) -> Row:
    return {"task_id": task_id, "task_name": account.tables["tasks"][task_id]["name"]}


def _capacity(account: Account, user_id: int) -> Row:
    row = account.tables["users"][user_id]
    return {"weekly_capacity": row["weekly_capacity"], "avatar_url": row["avatar_url"]}


_SUBJECTS = {
    "clients": _Subject(lambda entry: entry.client["id"], client),
    "projects": _Subject(
        lambda entry: entry.project["id"],
        lambda account, subject: coded_project(account, subject) | client_of(account, subject),
    ),
    "tasks": _Subject(lambda entry: entry.task["id"], _task),
    "team": _Subject(lambda entry: entry.user["id"], person, _capacity),
}


def time_report(
    viewer: Viewer, subject_name: str, entries: Iterable[TimeEntry], *, include_fixed_fee: bool
) -> list[Row]:
    """Return one row per subject and currency. Running timers count with the hours they have."""
    account, subject = viewer.account, _SUBJECTS[subject_name]
    sums: dict[tuple[int, str], _Sums] = {}
    for entry in entries:
        project_row = account.tables["projects"][entry.project["id"]]
        row = sums.setdefault((subject.of(entry), project_row["client"]["currency"]), _Sums())
        row.total += entry.rounded_hours
        if entry.billable:
            row.billable += entry.rounded_hours
            if include_fixed_fee or not project_row["is_fixed_fee"]:
                row.amount += entry.fees
    return list(_rows(viewer, subject, sums))


def _rows(viewer: Viewer, subject: _Subject, sums: dict[tuple[int, str], _Sums]) -> Iterator[Row]:
    for (subject_id, currency), row in sorted(sums.items()):
        yield {
            **subject.first(viewer.account, subject_id),
            "total_hours": short(row.total),
            "billable_hours": short(row.billable),
            "currency": currency if viewer.sees_billable_rates else None,
            "billable_amount": short(cents(row.amount)) if viewer.sees_billable_rates else None,
            **subject.last(viewer.account, subject_id),
        }


def short(number: Decimal) -> Decimal | int:
    """Return the number as reports print it: without a fraction when it has none."""
    whole = int(number)
    return whole if whole == number else number


@dataclass(frozen=True, slots=True)
class _ExpenseSubject:
    """Subject of a report row: its place in an expense, and the first fields of the row."""

    of: Callable[[Row], int]
    row: Callable[[Account, int], Row]


def _category(account: Account, category_id: int) -> Row:
    name = account.tables["expense_categories"][category_id]["name"]
    return {"expense_category_id": category_id, "expense_category_name": name}


_EXPENSE_SUBJECTS = {
    "clients": _ExpenseSubject(lambda row: row["client"]["id"], client),
    "projects": _ExpenseSubject(
        lambda row: row["project"]["id"],
        lambda account, subject: client_of(account, subject) | coded_project(account, subject),
    ),
    "categories": _ExpenseSubject(lambda row: row["expense_category"]["id"], _category),
    "team": _ExpenseSubject(lambda row: row["user"]["id"], person),
}


def expense_report(viewer: Viewer, subject_name: str, expenses: Iterable[Row]) -> list[Row]:
    """Return one row per subject and currency."""
    subject = _EXPENSE_SUBJECTS[subject_name]
    total: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    billable: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for row in expenses:
        key = (subject.of(row), row["client"]["currency"])
        total[key] += row["total_cost"]
        billable[key] += row["total_cost"] if row["billable"] else 0
    shows = viewer.sees_billable_rates
    return [
        {
            **subject.row(viewer.account, subject_id),
            "total_amount": short(total[subject_id, currency]),
            "billable_amount": short(billable[subject_id, currency]) if shows else None,
            "currency": currency if shows else None,
        }
        for subject_id, currency in sorted(total)
    ]


_IN_MONEY = {"project_cost", "task_fees"}


@dataclass(slots=True)
class _Open:
    """Work on one project, and the part that is on no invoice."""

    hours: Decimal = Decimal(0)
    open_hours: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    expenses: Decimal = Decimal(0)


def uninvoiced(
    account: Account, entries: Iterable[TimeEntry], expenses: Iterable[Row], *,
    include_fixed_fee: bool,
) -> list[Row]:  # fmt: skip
    """Return one row per billable project with time or expenses, also when nothing of it is open.

    Fixed-fee work is worth its hours at their rates; without `include_fixed_fee` it is worth
    nothing, its hours and expenses stay.
    """
    result: dict[int, _Open] = defaultdict(_Open)
    projects = account.tables["projects"]
    for entry in entries:
        done = result[entry.project["id"]]
        done.hours += entry.rounded_hours
        if entry.billable and not entry.is_billed:
            done.open_hours += entry.rounded_hours
            if include_fixed_fee or not projects[entry.project["id"]]["is_fixed_fee"]:
                done.fees += entry.fees
    for row in expenses:
        done = result[row["project"]["id"]]
        if row["billable"] and not row["is_billed"]:
            done.expenses += row["total_cost"]
    return [
        {
            **client_of(account, project_id),
            **project(account, project_id),
            "currency": projects[project_id]["client"]["currency"],
            "total_hours": short(done.hours),
            "uninvoiced_hours": short(done.open_hours),
            "uninvoiced_expenses": short(done.expenses),
            "uninvoiced_amount": short(cents(done.fees + done.expenses)),
        }
        for project_id, done in sorted(result.items())
        if projects[project_id]["is_billable"]
    ]


def project_budget(viewer: Viewer, projects: Iterable[Row]) -> Iterator[Row]:
    """One row per project with a budget, as of now; money is null for who may not see rates."""
    account = viewer.account
    spent = _spent(account)
    for row in projects:
        if row["budget_by"] == "none":
            continue
        size, used = _size(account, row), spent.get(row["id"], Decimal(0))
        hidden = row["budget_by"] in _IN_MONEY and not viewer.sees_billable_rates
        yield {
            **project(account, row["id"]),
            **client_of(account, row["id"]),
            "budget_is_monthly": row["budget_is_monthly"],
            "budget_by": row["budget_by"],
            "is_active": row["is_active"],
            "budget": None if hidden else short(size),
            "budget_spent": None if hidden else short(used),
            "budget_remaining": None if hidden else short(size - used),
        }


def _size(account: Account, row: Row) -> Decimal:
    match row["budget_by"]:
        case "project":
            return row["budget"] or Decimal(0)
        case "project_cost":
            return row["cost_budget"] or Decimal(0)
        case "person":
            assignments = account.rows("user_assignments")
        case _:
            assignments = account.rows("task_assignments")
    mine = (other for other in assignments if other["project"]["id"] == row["id"])
    return sum((other["budget"] or Decimal(0) for other in mine), Decimal(0))


def _spent(account: Account) -> dict[int, Decimal]:
    """Return the used part of each project's budget, in the budget's unit."""
    projects = account.tables["projects"]
    month = first_of_month(account.today)
    used: dict[int, Decimal] = defaultdict(Decimal)
    for entry in account.entries:
        row = projects[entry.project["id"]]
        this_month = month <= entry.spent_date < next_month(month)
        if entry.budgeted and (this_month or not row["budget_is_monthly"]):
            money = row["budget_by"] in _IN_MONEY
            used[row["id"]] += entry.fees if money else entry.rounded_hours
    for expense in account.rows("expenses"):
        row = projects[expense["project"]["id"]]
        this_month = month <= expense["spent_date"] < next_month(month)
        counts = row["budget_by"] == "project_cost" and row["cost_budget_include_expenses"]
        if counts and (this_month or not row["budget_is_monthly"]):
            used[row["id"]] += expense["total_cost"]
    return {
        project_id: cents(amount) if projects[project_id]["budget_by"] in _IN_MONEY else amount
        for project_id, amount in used.items()
    }
