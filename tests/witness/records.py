"""Account of the witness: records, rights, answers, reports and changes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from tests.witness.switches import Switches
from tests.witness_accounts.rounding import round_hours

Record = dict[str, Any]
WORK = ("time_entries", "expenses")
TABLES = {"creator": "users", "expense_category": "expense_categories"}
KEYS = {
    "time/clients": "client",
    "time/projects": "project",
    "time/tasks": "task",
    "time/team": "user",
    "expenses/clients": "client",
    "expenses/projects": "project",
    "expenses/categories": "expense_category",
    "expenses/team": "user",
    "uninvoiced": "project",
    "project_budget": "project",
}
UNIT = {"JPY": Decimal(1), "KRW": Decimal(1), "BHD": Decimal("0.001"), "KWD": Decimal("0.001")}
RIGHTS = {  # lists and reports by the role that can read them, apart from administrators
    "client_and_task_manager": "clients contacts tasks",
    "estimates_manager": "estimates",
    "billable_rates_manager": "billable_rates",
    "manager": f"{' '.join(WORK)} time project_budget",
    "managed_projects_invoice_drafter": "invoices payments uninvoiced",
    "managed_projects_invoice_manager": "invoices payments uninvoiced",
    "leader": "projects user_assignments task_assignments invoice_item_categories",
    "colleague": "users user_assignments project_assignments",
}


def convert(value: Any) -> Any:
    """Return a copy of JSON data with decimals in place of floats."""
    return json.loads(json.dumps(value, default=float), parse_float=Decimal)


def read_name(row: Record) -> Any:
    return row["name"] if "name" in row else f"{row['first_name']} {row['last_name'] or ''}".strip()


def add_hours(rows: Iterable[Record]) -> Decimal:
    return sum((Decimal(row["rounded_hours"]) for row in rows), Decimal(0))


class Records:
    """Account as one person sees it under one set of switches."""

    def __init__(self, account: Record, switches: Switches) -> None:
        data = convert(account)
        self.switches, self.settings, self.company = switches, data["settings"], data["company"]
        self.teammates: list[Record] = data.get("teammates", [])
        self.tables: dict[str, dict[int, Record]] = {"invoice_payments": {}}
        for entity in data.keys() - {"settings", "company", "teammates"}:
            self.tables[entity] = {row["id"]: row for row in data[entity]}

    def enter(self) -> None:
        """Set person, roles, projects and colleagues. Source: harvest-api.md, section 9."""
        rights, table = self.switches.rights, self.tables["user_assignments"].values()
        rows = [row for row in table if row["is_active"] and row["is_project_manager"]]
        leads = {row["user"]["id"] for row in rows} & {t["manager_id"] for t in self.teammates}
        self.person = self.settings["token_user"] if rights == "administrator" else min(leads)
        self.projects = {row["project"]["id"] for row in rows if row["user"]["id"] == self.person}
        self.team = {t["user_id"] for t in self.teammates if t["manager_id"] == self.person}
        own = {*self.tables["users"][self.person]["access_roles"]} - {"billable_rates_manager"}
        self.roles = own | ({"billable_rates_manager"} if rights == "manager_with_rates" else set())

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint({"administrator", *roles})

    def permits(self, entity: str) -> bool:
        roles = [role for role in RIGHTS if entity in RIGHTS[role].split()]
        facts = ("leader" in roles and self.projects) or ("colleague" in roles and self.team)
        return bool(facts) or self.has(*roles)

    def shows(self, entity: str, row: Record) -> bool:
        if entity == "invoices" and not self.has():
            return any(line["project"] and self.shows("lines", line) for line in row["line_items"])
        project = row["id"] if entity == "projects" else row.get("project", {}).get("id")
        person = row["id"] if entity == "users" else row.get("user", {}).get("id")
        near = project in self.projects or person in {self.person, *self.team}
        return near or project is person or self.has()

    def fetch(self, key: str, part: Record) -> Record:
        return self.tables.get(TABLES.get(key, f"{key}s"), {}).get(part.get("id", 0), part)

    def is_billed(self, row: Record) -> bool:
        draft = self.fetch("invoice", row["invoice"] or {}).get("state") == "draft"
        return row["is_billed"] and (self.switches.draft_marks or not draft)

    def answer_record(self, entity: str, record: Record) -> Record:
        s, row = self.switches, {k: v for k, v in record.items() if k[0] != "_"}
        if entity in WORK:
            wide = s.entry_copies == "wide" if entity == "time_entries" else s.expense_currency
            client = {"id": row["client"]["id"], "name": ""}
            row["client"] = client | ({"currency": ""} if wide else {})
            row["project"] = row["project"] | ({"code": None} if wide else {})
            row["is_billed"] = self.is_billed(row)
            row |= {"hours_without_timer": row["hours"]} if row.get("is_running") is False else {}
        elif entity == "invoices":
            row |= self.settle(record)
        elif entity == "users" and row["id"] == self.person:
            row["access_roles"] = sorted(self.roles)
        elif entity == "company" and s.company_currency == "long":
            row["currency"] = record.get("_long_currency", f"Currency - {row['currency']}")
        return {key: self.refresh(key, value) for key, value in row.items()}

    def refresh(self, key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self.refresh("", item) for item in value]
        if not isinstance(value, dict):
            return value
        master = self.fetch(key, value)
        row = {k: self.refresh(k, master.get(k, v)) for k, v in value.items()}
        return row | ({"name": read_name(master)} if "name" in row else {})

    def settle(self, row: Record) -> Record:
        new = row.get("_line_form", {}) if self.switches.retainer_draw == "line" else {}
        due = (row | new)["amount"] - sum(p["amount"] for p in self.list_payments(row["id"]))
        is_over = due < 0 <= row["amount"] and self.switches.due_overpaid == "zero"
        is_closed = row["state"] == "closed" and self.switches.due_closed == "zero"
        return new | {"due_amount": Decimal(0) if is_over or is_closed else due}

    def list_payments(self, invoice: int) -> list[Record]:
        rows = [p for p in self.tables["invoice_payments"].values() if p["invoice_id"] == invoice]
        return [p for p in rows if "_draw" not in p or self.switches.retainer_draw == "payment"]

    def add_budgets(self, project: Record) -> tuple[set[int], Any]:
        """Return the ids of tasks or people with a budget, and the budget of the project."""
        by, own = project["budget_by"], {"project": "budget", "project_cost": "cost_budget"}
        if by in ("project", "project_cost", "none"):
            return set(), project.get(own.get(by, ""))
        key = "user" if by == "person" else "task"
        rows = self.find_all("project", project["id"], f"{key}_assignments")
        budgets = {row[key]["id"]: row["budget"] for row in rows if row["budget"] is not None}
        return set(budgets), sum(budgets.values()) if budgets else None

    def find_all(self, key: str, record_id: int, *entities: str) -> list[Record]:
        rows = [row for entity in entities or WORK for row in self.tables[entity].values()]
        return [row for row in rows if (row.get(key) or {}).get("id") == record_id]

    def run_report(self, path: str, query: Record, seed: int) -> list[Record]:
        key, order = KEYS[path], self.switches.row_order
        runs = {"uninvoiced": self.report_uninvoiced, "project_budget": self.report_budgets}
        rows = runs[path](query) if path in runs else self.report_work(path, query)
        names = [*([f"{key}_name"] if order == "name" else []), f"{key}_id", "currency"]
        result = sorted(rows, key=lambda row: [row.get(name, "") for name in names])
        shuffled = Random(f"{seed} {path} {query.get('from')}").sample(result, len(result))
        return shuffled if order == "shuffled" else result

    def add_money(self, currency: str, *parts: Iterable[Record]) -> Decimal:
        """Return the sum of amounts, with each part or each amount rounded to the minor unit."""
        unit = UNIT.get(currency if self.switches.minor_unit == "currency" else "", Decimal("0.01"))
        mode = ROUND_HALF_UP if self.switches.rounding_mode == "half_up" else ROUND_HALF_EVEN
        sums = [[Decimal(row["amount"] or 0) for row in part] for part in parts]
        amounts = sum(sums, []) if self.switches.amount_rounding == "entry" else [*map(sum, sums)]
        return sum((Decimal(a).quantize(unit, mode) for a in amounts), Decimal(0))

    def select(self, entity: str, query: Record, archived: bool = True) -> list[Record]:
        """Return time entries or expenses with amounts and with whole records inside."""
        first, last = query.get("from", ""), query.get("to", "9999")
        rows = [row for row in self.tables[entity].values() if first <= row["spent_date"] <= last]
        rows = [
            {k: self.fetch(k, v) if isinstance(v, dict) else v for k, v in row.items()}
            for row in rows
            if self.switches.running_in_reports or not row.get("is_running")
        ]
        for row in rows:
            rate = row.get("billable_rate") if row["billable"] else None
            amount = None if rate is None else Decimal(row["rounded_hours"]) * rate
            row |= {"is_billed": self.is_billed(row), "amount": row.get("total_cost", amount)}
        return [row for row in rows if archived or row["project"]["is_active"]]

    def describe(self, key: str, row: Record, coded: bool = True) -> Record:
        columns, prefix = {f"{key}_id": row["id"]}, self.switches.code_prefix
        columns[f"{key}_name"] = read_name(row)
        if key == "project":
            if row["code"] and (prefix == "everywhere" or (coded and prefix == "documented")):
                columns["project_name"] = f"[{row['code']}] {row['name']}"
            columns |= self.describe("client", self.fetch("client", row["client"]))
        return columns

    def report_work(self, path: str, query: Record) -> Iterator[Record]:
        s, key, groups, time = self.switches, KEYS[path], defaultdict(list), path[:4] == "time"
        archived = s.archived_in_time if time else s.archived_in_expenses
        for row in self.select(WORK[not time], query, archived):
            if self.shows("time_entries", row):
                groups[row[key]["id"], row["client"]["currency"]].append(row)
        for (_, currency), rows in groups.items():
            work = [row for row in rows if row["billable"]]
            columns = self.describe(key, rows[0][key]) | {"currency": currency}
            names = ("is_contractor", "weekly_capacity", "avatar_url")[: 3 if time else 1]
            columns |= {name: rows[0]["user"][name] for name in names if key == "user"}
            if time:
                columns |= {"total_hours": add_hours(rows), "billable_hours": add_hours(work)}
                fixed = query.get("include_fixed_fee") == "true"
                work = [row for row in work if fixed or not row["project"]["is_fixed_fee"]]
            else:
                columns["total_amount"] = self.add_money(currency, rows)
            null = time and s.empty_amount == "null" and all(r["amount"] is None for r in work)
            columns["billable_amount"] = None if null else self.add_money(currency, work)
            if columns.get("total_hours", 1) or s.zero_hour_rows:
                yield columns

    def report_uninvoiced(self, query: Record) -> Iterator[Record]:
        s, fixed = self.switches, query.get("include_fixed_fee") != "false"
        work = [self.select(entity, query, s.archived_in_uninvoiced) for entity in WORK]
        for project in [row for row in self.tables["projects"].values() if row["is_billable"]]:
            currency = self.fetch("client", project["client"])["currency"]
            fee, rest = project["is_fixed_fee"], fixed and s.fixed_fee_open == "fee_less_invoiced"
            time, expenses = ([r for r in rows if r["project"] is project] for rows in work)
            costs = [e for e in expenses if e["billable"] and not e["is_billed"]]
            entries = [e for e in time if not e["is_billed"]]
            entries = [e for e in entries if e["billable"] or s.uninvoiced_hours == "all"]
            hours = Decimal(0) if fee and s.fixed_fee_hours == "zero" else add_hours(entries)
            if fee and (s.fixed_fee_open != "hours" or not fixed):
                entries = [{"amount": self.open_fee(project, query["to"])}] if rest else []
            parts = [entries, costs] if s.uninvoiced_rounding == "apart" else [entries + costs]
            amount, total = self.add_money(currency, *parts), time or expenses
            rules = {"work": total, "open": hours or amount or costs, "all": True}
            visible = rules.get(s.uninvoiced_rows, total or (fee and amount))
            visible = visible and (fixed or not fee or s.fixed_fee_false != "rows")
            active = project["is_active"] or s.archived_in_uninvoiced
            if visible and active and self.shows("projects", project):
                yield self.describe("project", project, coded=False) | {
                    "currency": currency,
                    "total_hours": add_hours(time),
                    "uninvoiced_hours": hours,
                    "uninvoiced_expenses": self.add_money(currency, costs),
                    "uninvoiced_amount": amount,
                }

    def open_fee(self, project: Record, last: str) -> Decimal:
        """Return the fee of a project less its invoice lines before tax."""
        s, rest = self.switches, Decimal(project["fee"] or 0)
        for invoice in self.tables["invoices"].values():
            late = s.fee_until == "window_end" and invoice["issue_date"] > last
            draft = invoice["state"] == "draft" and not s.draft_marks
            lines = [] if late or draft else [i for i in invoice["line_items"] if i["project"]]
            lines = [line["amount"] for line in lines if line["project"]["id"] == project["id"]]
            rest -= sum(lines) * (100 - Decimal(invoice["discount"] or 0)) / 100
        is_due = last >= (project["starts_on"] or "")
        return rest if is_due and (rest > 0 or s.fee_overrun == "negative") else Decimal(0)

    def report_budgets(self, query: Record) -> Iterator[Record]:
        s, today = self.switches, self.settings["today"]
        work = [self.select(entity, {} if s.budget_future else {"to": today}) for entity in WORK]
        mine = {r["project"]["id"] for r in self.find_all("user", self.person, "user_assignments")}
        for project in self.tables["projects"].values():
            by, state = project["budget_by"], str(project["is_active"]).lower()
            (ids, budget), money = self.add_budgets(project), by in ("project_cost", "task_fees")
            right = by != "project_cost" and project["show_budget_to_all"] and project["id"] in mine
            right = right or self.shows("projects", project)
            matches = query.get("is_active", state if s.archived_in_budget else "true") == state
            if not matches or not right or (budget is None and not s.unbudgeted_rows):
                continue
            month = today[:7] if project["budget_is_monthly"] else ""
            time, costs = (
                [r for r in rows if r["project"] is project and r["spent_date"].startswith(month)]
                for rows in work
            )
            time = [e for e in time if e["budgeted"] and (e["billable"] or s.budget_hours == "all")]
            if ids and s.blank_budgets == "skip":
                time = [e for e in time if e["user" if by == "person" else "task"]["id"] in ids]
            extra = by == "project_cost" and project["cost_budget_include_expenses"]
            costs = [e for e in costs if extra and (e["billable"] or s.budget_expenses == "all")]
            parts = [time, costs] if s.budget_rounding == "apart" else [time + costs]
            currency = self.fetch("client", project["client"])["currency"]
            total = self.add_money(currency, *parts) if money else add_hours(time)
            rest = None if budget is None else budget - total
            row = {"budget": budget, "budget_spent": total, "budget_remaining": rest}
            row = dict.fromkeys(row) if money and not self.has("billable_rates_manager") else row
            row |= {name: project[name] for name in ("budget_is_monthly", "budget_by", "is_active")}
            yield self.describe("project", project, coded=False) | row

    def change(self, rows: Iterable[Record], touched: bool, **fields: Any) -> None:
        """Change rows, and touch them if asked. New hours get new rounded hours."""
        new = convert(fields) | ({"updated_at": self.settings["now"]} if touched else {})
        if "hours" in new:
            new = {"rounded_hours": round_hours(new["hours"], self.settings["rounding"])} | new
        for row in rows:
            row |= new

    def edit_silently(self, entity: str, record_id: int, **fields: Any) -> None:
        """Change a record without a new updated_at."""
        self.change([self.tables[entity][record_id]], False, **fields)

    def edit_entry(self, entry_id: int, **fields: Any) -> None:
        """Change and touch a time entry."""
        self.edit("time_entries", entry_id, **fields)

    def edit(self, entity: str, record_id: int, **fields: Any) -> None:
        """Change and touch a record. The switches decide on the work that embeds it."""
        self.change([self.tables[entity][record_id]], True, **fields)
        s, key = self.switches, entity.replace("ies", "ys").removesuffix("s")
        rename = s.touch_on_rename and any(name.endswith("name") for name in fields)
        touched = getattr(s, f"touch_on_{key}") if "assignment" in key else rename
        self.change(self.find_all(key, record_id), touched)

    def add(self, entity: str, record: Record) -> None:
        """Add a record as it is. The due amount of an invoice follows its payments."""
        self.tables[entity] = self.tables[entity] | {record["id"]: convert(record)}

    def delete(self, entity: str, record_id: int) -> None:
        """Delete a record. A project takes its work along, an invoice its marks on work."""
        self.tables[entity] = {k: v for k, v in self.tables[entity].items() if k != record_id}
        for name in (*WORK, "task_assignments", "user_assignments") if entity == "projects" else ():
            rows = self.tables[name].items()
            self.tables[name] = {k: v for k, v in rows if v["project"]["id"] != record_id}
        marks = self.find_all("invoice", record_id) if entity == "invoices" else ()
        self.change(marks, True, invoice=None, is_billed=False)

    def reprice(self, project_id: int, new_rate: Any) -> None:
        """Set the rate of a project and of its billable time entries."""
        project = self.tables["projects"][project_id]
        entity = {"Tasks": "task_assignments", "People": "user_assignments"}.get(project["bill_by"])
        rows = self.find_all("project", project_id, entity) if entity else [project]
        custom = {"use_default_rates": False} if entity == "user_assignments" else {}
        self.change(rows, True, hourly_rate=new_rate, **custom)
        entries = [e for e in self.find_all("project", project_id, "time_entries") if e["billable"]]
        self.change(entries, self.switches.touch_on_rate, billable_rate=new_rate)

    def change_rounding(self, rule: Record) -> None:
        """Set the rounding rule of the account and all rounded hours."""
        self.settings["rounding"] = rule
        for row in self.tables["time_entries"].values():
            self.change([row], self.switches.touch_on_rounding, hours=row["hours"])

    def move_client(self, project_id: int, client_id: int) -> None:
        """Give a project with its time entries and expenses to another client."""
        client, work = {"id": client_id, "name": "", "currency": ""}, ("project", project_id)
        self.change([self.tables["projects"][project_id]], True, client=client)
        self.change(self.find_all(*work), self.switches.touch_on_client, client=client)

    def change_budget(self, project_id: int, budget_by: str, budget: Any) -> None:
        """Set kind and number of a budget: of each assignment if tasks or people have it."""
        key = {"project": "budget", "project_cost": "cost_budget"}.get(budget_by, "budget_by")
        fields = {"budget": None, "cost_budget": None, key: budget, "budget_by": budget_by}
        self.change([self.tables["projects"][project_id]], True, **fields)
        if budget_by in ("task", "task_fees", "person"):
            entity = "user_assignments" if budget_by == "person" else "task_assignments"
            self.change(self.find_all("project", project_id, entity), True, budget=budget)
        entries = self.find_all("project", project_id, "time_entries")
        self.change(entries, self.switches.touch_on_budget, budgeted=budget_by != "none")

    def advance(self, minutes: int) -> None:
        """Move the clock of the account. Running timers gain the minutes."""
        now = datetime.fromisoformat(self.settings["now"]) + timedelta(minutes=minutes)
        self.settings |= {"now": f"{now:%Y-%m-%dT%H:%M:%SZ}", "today": f"{now:%Y-%m-%d}"}
        for row in [row for row in self.tables["time_entries"].values() if row["is_running"]]:
            run = (now - datetime.fromisoformat(row["timer_started_at"])).total_seconds()
            hours = row["hours_without_timer"] + Decimal(round(run / 36)) / 100
            self.change([row], self.switches.touch_on_timer, hours=hours)
