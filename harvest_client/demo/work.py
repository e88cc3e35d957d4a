"""Clients, contacts, tasks and projects of the demo agency."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from harvest_client.demo import names, portfolio
from harvest_client.demo.account import Account
from harvest_client.demo.copies import CLIENT, CLIENT_WITH_CURRENCY, Row
from harvest_client.demo.moments import instant, soon_after

FIRST_TASK_ID = 9930301
_KEY = "0123456789abcdef"

# Name, billable by default, default rate, in every new project, active.
TASKS = (
    ("Développement", True, 115, True, True), ("Design & UX", True, 105, True, True),
    ("Project management", True, 110, True, True), ("Text & content", True, 85, False, True),
    ("Consulting", True, 150, False, True), ("QA", True, 0, False, True),
    ("Internal meetings", False, None, True, True), ("Business development", False, None, False,
     True), ("Print layout", True, 95, False, False),
)  # fmt: skip
MEETINGS, BUSINESS = 6, 7


@dataclass(frozen=True, slots=True)
class Work:
    """A project with its plan and the days on which it is worked on."""

    plan: portfolio.Project
    row: Row
    first: date
    last: date


def win_clients(account: Account, rng: random.Random, *, entries: int, start: date) -> None:
    """Fills clients and their contacts."""
    for number, plan in enumerate(portfolio.clients(entries)):
        created = instant(start, 8, number % 60, number // 60)
        client = {
            "id": 7720101 + number,
            "name": plan.name,
            "is_active": plan.is_active,
            "address": names.ADDRESSES[number % len(names.ADDRESSES)],
            "statement_key": "".join(rng.choices(_KEY, k=32)),
            "currency": plan.currency,
            "created_at": created,
            "updated_at": created if number % 3 else soon_after(rng, created, account.today,
                                                                days=400),
        }  # fmt: skip
        account.put("clients", [client])
        if plan.name != portfolio.INTERNAL:
            account.put("contacts", _contacts(account, rng, client, number))


def _contacts(account: Account, rng: random.Random, client: Row, number: int) -> Iterator[Row]:
    for place in range(1 + number % 3):
        created = client["created_at"] + timedelta(minutes=3 + place)
        complete = place != 1
        yield {
            "id": 8830111 + number * 3 + place,
            "title": "Accounts Payable" if place == 0 else None,
            "first_name": rng.choice(names.FIRST_NAMES),
            "last_name": rng.choice(names.LAST_NAMES) if complete else None,
            "email": f"contact{number}.{place}@client.example" if complete else None,
            "phone_office": f"+49 40 5551 {number:02}{place}" if complete else "",
            "phone_mobile": "",
            "fax": "",
            "created_at": created,
            "updated_at": soon_after(rng, created, account.today, days=300),
            "client": account.copy("clients", client["id"], CLIENT),
        }


def define_tasks(account: Account, start: date) -> None:
    for number, (name, billable, rate, is_default, is_active) in enumerate(TASKS):
        created = instant(start, 8, 19, number)
        account.put("tasks", [{
            "id": FIRST_TASK_ID + number,
            "name": name,
            "billable_by_default": billable,
            "default_hourly_rate": None if rate is None else Decimal(rate),
            "is_default": is_default,
            "is_active": is_active,
            "created_at": created,
            "updated_at": created,
        }])  # fmt: skip


def start_projects(
    account: Account, rng: random.Random, plans: Sequence[portfolio.Project], *, start: date
) -> list[Work]:
    """Fills the projects, still without the size of their budgets."""
    ids = {row["name"]: row["id"] for row in account.rows("clients")}
    days = (account.today - start).days
    started = []
    for number, plan in enumerate(plans):
        first = start + timedelta(days=int(plan.first * days))
        last = start + timedelta(days=int(plan.last * days))
        row = _project(account, rng, plan, ids[plan.client], first, last)
        row["id"] = 5560201 + number
        started.append(Work(plan, row, first, last))
    account.put("projects", (work.row for work in started))
    return started


def _project(
    account: Account, rng: random.Random, plan: portfolio.Project, client: int, first: date,
    last: date,
) -> Row:  # fmt: skip
    created = instant(first, 9, rng.randrange(60), rng.randrange(60))
    over = plan.budget_by != "none"
    return {
        "id": 0,
        "name": plan.name,
        "code": plan.code,
        "is_active": plan.is_active,
        "is_billable": plan.is_billable,
        "is_fixed_fee": plan.is_fixed_fee,
        "bill_by": plan.bill_by,
        "hourly_rate": Decimal(rng.randrange(19, 29) * 5) if plan.bill_by == "Project" else None,
        "budget_by": plan.budget_by,
        "budget_is_monthly": plan.monthly,
        "budget": None,
        "cost_budget": None,
        "cost_budget_include_expenses": plan.with_expenses,
        "notify_when_over_budget": over,
        "over_budget_notification_percentage": Decimal("80.0") if over else None,
        "over_budget_notification_date": None,
        "show_budget_to_all": plan.shown_to_all,
        "fee": None,
        "notes": "Festpreis laut Angebot" if plan.is_fixed_fee else "",
        "starts_on": first if plan.first else None,
        "ends_on": last if plan.last != 1.3 else None,
        "created_at": created,
        "updated_at": (
            soon_after(rng, created, account.today, days=200)
            if plan.is_active
            else instant(min(last, account.today), 17)
        ),
        "client": account.copy("clients", client, CLIENT_WITH_CURRENCY),
    }


def by_client(started: Sequence[Work]) -> dict[str, list[Work]]:
    """The projects of each client, by the client's name."""
    found: dict[str, list[Work]] = defaultdict(list)
    for work in started:
        found[work.plan.client].append(work)
    return found
