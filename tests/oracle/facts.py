"""Fact rows of time, expenses, estimates, fixed fees and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.oracle.periods import iterate_days, parse_date
from tests.oracle.readings import Readings, Record, parse_number, round_money

Value = str | int | bool | date | None


@dataclass(frozen=True)
class Row:
    """One row of a fact.

    dims: value of each dimension that the fact knows, without the time dimensions.
    numbers: numbers that a metric can add. flags: conditions that a metric can require.
    record: the record behind the row, as the account holds it.
    """

    fact: str
    day: date
    dims: Mapping[str, Value]
    numbers: Mapping[str, Fraction]
    flags: frozenset[str] = frozenset()
    record: Record = field(default_factory=dict)


def select_flags(**flags: object) -> frozenset[str]:
    """Return the names of the flags that are true."""
    return frozenset(name for name, value in flags.items() if value)


def age_bucket(since: date | None, as_of: date) -> str:
    """Return the age bucket of a day at `as_of`."""
    if since is None:
        return "no due date"
    days = (as_of - since).days
    if days <= 0:
        return "current"
    for limit, label in ((30, "1-30"), (60, "31-60"), (90, "61-90")):
        if days <= limit:
            return label
    return "90+"


class Directory:
    """Master records of an account by id, and the settings that all facts share."""

    def __init__(
        self, account: Record, readings: Readings, today: date, company_currency: str
    ) -> None:
        self.account = account
        self.readings = readings
        self.today = today
        self.company_currency = company_currency
        self.users = {user["id"]: user for user in account["users"]}
        self.clients = {client["id"]: client for client in account["clients"]}
        self.projects = {project["id"]: project for project in account["projects"]}
        self.tasks = {task["id"]: task for task in account["tasks"]}

    def client_currency(self, client_id: int) -> str:
        """Return the currency of a client, or of the company if the client has none."""
        currency = self.clients.get(client_id, {}).get("currency")
        return str(currency or self.company_currency)

    def person_role(self, user_id: int) -> str | None:
        """Return the first role of a person by name, or None without a role."""
        names = [r["name"] for r in self.account["roles"] if user_id in (r["user_ids"] or ())]
        names = names or list(self.users.get(user_id, {}).get("roles") or ())
        return min(names) if names else None

    def person_dims(self, user_id: int) -> dict[str, Value]:
        """Return the dimensions of a person."""
        contractor = bool(self.users.get(user_id, {}).get("is_contractor"))
        return {"user": user_id, "role": self.person_role(user_id), "contractor": contractor}

    def project_dims(self, project_id: int, client_id: int | None = None) -> dict[str, Value]:
        """Return the dimensions of a project. Its client decides the currency."""
        client_id = (self.projects.get(project_id, {}).get("client") or {"id": client_id})["id"]
        assert client_id is not None
        currency = self.client_currency(client_id)
        return {"project": project_id, "client": client_id, "currency": currency}

    def project_begin(self, project: Record) -> date:
        """Return the first day of a project, or the day of its creation without one."""
        return parse_date(project["starts_on"]) or parse_date(project["created_at"]) or date.min

    def fixed_fee_projects(self) -> list[Record]:
        """Return the projects with a fixed fee."""
        return [p for p in self.projects.values() if p["is_fixed_fee"]]


def list_time_rows(directory: Directory, basis: str, leave_tasks: frozenset[str]) -> list[Row]:
    """Return one row for each time entry, with hours of one basis.

    The amount is hours x billable rate of a billable entry, also on fixed-fee projects.
    """
    rows = []
    for entry in directory.account["time_entries"]:
        if entry["is_running"] and directory.readings.running == "out":
            continue
        day = date.fromisoformat(entry["spent_date"])
        dims = directory.project_dims(entry["project"]["id"], entry["client"]["id"])
        dims |= directory.person_dims(entry["user"]["id"])
        dims |= {
            "task": entry["task"]["id"],
            "billable": bool(entry["billable"]),
            "age_bucket": age_bucket(day, directory.today),
        }
        hours = parse_number(entry["hours" if basis == "raw" else "rounded_hours"])
        rate = parse_number(entry["billable_rate"])
        cost_rate = parse_number(entry["cost_rate"])
        amount = hours * rate if entry["billable"] else Fraction(0)
        if directory.readings.amounts == "entry":
            amount = round_money(amount, str(dims["currency"]))
        task = directory.tasks.get(entry["task"]["id"], entry["task"])
        flags = select_flags(
            billable=entry["billable"],
            invoiced=entry["is_billed"],
            rate=rate > 0,
            cost_rate=cost_rate > 0,
            leave=task["name"] in leave_tasks,
            budgeted=entry["budgeted"],
            fixed_fee=directory.projects.get(entry["project"]["id"], {}).get("is_fixed_fee"),
        )
        numbers = {
            "hours": hours,
            "raw_hours": parse_number(entry["hours"]),
            "amount": amount,
            "cost": hours * cost_rate,
        }
        rows.append(Row("time", day, dims, numbers, flags, entry))
    return rows


def list_expense_rows(directory: Directory) -> list[Row]:
    """Return one row for each expense, in the currency of the client."""
    rows = []
    for expense in directory.account["expenses"]:
        day = date.fromisoformat(expense["spent_date"])
        dims = directory.project_dims(expense["project"]["id"], expense["client"]["id"])
        dims |= directory.person_dims(expense["user"]["id"])
        dims |= {
            "billable": bool(expense["billable"]),
            "age_bucket": age_bucket(day, directory.today),
            "expense_category": expense["expense_category"]["id"],
        }
        flags = select_flags(billable=expense["billable"], invoiced=expense["is_billed"])
        numbers = {"amount": parse_number(expense["total_cost"])}
        rows.append(Row("expense", day, dims, numbers, flags, expense))
    return rows


def list_estimate_rows(directory: Directory, by_decision: bool) -> list[Row]:
    """Return one row for each estimate, on its issue day or on the day of its decision."""
    rows = []
    for estimate in directory.account["estimates"]:
        state = estimate["state"]
        instant = estimate.get(f"{state}_at") if state in ("accepted", "declined") else None
        day = parse_date(instant if by_decision else estimate["issue_date"])
        if day is None:
            continue
        dims: dict[str, Value] = {
            "client": estimate["client"]["id"],
            "currency": estimate["currency"],
            "estimate_state": state,
        }
        numbers = {"count": Fraction(1), "amount": parse_number(estimate["amount"])}
        rows.append(Row("estimate", day, dims, numbers, frozenset({state}), estimate))
    return rows


class Fees:
    """Fixed fees of projects, and the invoice lines for them before tax.

    lines: per project the (issue date, amount) of each invoice line in the project's currency.
    """

    def __init__(self, directory: Directory, lines: Mapping[int, list[tuple[date, Fraction]]]):
        self.directory = directory
        self.lines = lines

    def _sum_lines(self, project_id: int, as_of: date = date.max) -> Fraction:
        amounts = [amount for day, amount in self.lines.get(project_id, []) if day <= as_of]
        return sum(amounts, Fraction(0))

    def list_balance_rows(self, as_of: date) -> list[Row]:
        """Return the uninvoiced fee of each project that has begun by `as_of`, at least 0."""
        rows = []
        for project in self.directory.fixed_fee_projects():
            if self.directory.project_begin(project) > as_of:
                continue
            fee = parse_number(project["fee"])
            amount = max(fee - self._sum_lines(project["id"], as_of), Fraction(0))
            if self.directory.readings.fixed_fee_uninvoiced == "zero":
                amount = Fraction(0)
            dims = self.directory.project_dims(project["id"])
            rows.append(Row("fee_balance", as_of, dims, {"amount": amount}, record=project))
        return rows

    def list_revenue_rows(self) -> list[Row]:
        """Return the fee of each project for each of its days, or its lines by issue date.

        The fee is the agreed fee, or what was invoiced for it if that is more. A project
        without start or end has its invoice lines as revenue.
        """
        rows = []
        for project in self.directory.fixed_fee_projects():
            start, end = parse_date(project["starts_on"]), parse_date(project["ends_on"])
            shares = list(self.lines.get(project["id"], []))
            if start is not None and end is not None and start <= end:
                days = list(iterate_days(start, end))
                fee = max(parse_number(project["fee"]), self._sum_lines(project["id"]))
                shares = [(day, fee / len(days)) for day in days]
            dims = self.directory.project_dims(project["id"])
            rows += [Row("fee", d, dims, {"amount": a}, record=project) for d, a in shares]
        return rows


def _budget_number(directory: Directory, project: Record) -> Fraction | None:
    """Return the budget of a project, or None if no number is set."""
    budget_by, account = project["budget_by"], directory.account
    assignments = {
        "task": account["task_assignments"],
        "task_fees": account["task_assignments"],
        "person": account["user_assignments"],
    }
    if budget_by in assignments:
        own = [a for a in assignments[budget_by] if a["project"]["id"] == project["id"]]
        values = [a["budget"] for a in own]
    else:
        column = {"project": "budget", "project_cost": "cost_budget"}.get(budget_by)
        values = [project[column]] if column else []
    numbers = [parse_number(value) for value in values if value is not None]
    return sum(numbers, Fraction(0)) if numbers else None


def list_budget_rows(
    directory: Directory, as_of: date, time_rows: list[Row], expense_rows: list[Row]
) -> list[Row]:
    """Return budget and use of each project whose budget has begun by `as_of`.

    A budget begins on the earliest of the project's first day, its creation and its first time
    or expense. A budget in hours has "hours" in the place of a currency. `time_rows` has rounded
    hours.
    """
    rows = []
    for project in directory.projects.values():
        budget = _budget_number(directory, project)
        if budget is None:
            continue
        work = [row for row in time_rows if row.dims["project"] == project["id"]]
        costs = [row for row in expense_rows if row.dims["project"] == project["id"]]
        project_begin = directory.project_begin(project)
        creation_day = parse_date(project["created_at"]) or project_begin
        begin = min([project_begin, creation_day, *(row.day for row in work + costs)])
        if begin > as_of:
            continue
        if project["budget_is_monthly"]:
            begin = as_of.replace(day=1)
        in_hours = project["budget_by"] in ("project", "task", "person")
        billable_only = directory.readings.budget_hours == "billable"
        use = Fraction(0)
        for row in work:
            counts = "budgeted" in row.flags and ("billable" in row.flags or not billable_only)
            if counts and begin <= row.day <= as_of:
                use += row.numbers["hours" if in_hours else "amount"]
        if project["budget_by"] == "project_cost" and project["cost_budget_include_expenses"]:
            use += sum(row.numbers["amount"] for row in costs if begin <= row.day <= as_of)
        dims = directory.project_dims(project["id"])
        if in_hours:
            dims["currency"] = "hours"
        numbers = {"budget": budget, "use": use}
        rows.append(Row("budget", as_of, dims, numbers, record=project))
    return rows
