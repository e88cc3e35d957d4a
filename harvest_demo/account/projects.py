"""Clients, contacts, tasks and projects of the demo agency."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from harvest_demo.account import company
from harvest_demo.account.account import (
    CLIENT,
    CLIENT_WITH_CURRENCY,
    Account,
    Row,
    instant,
    soon_after,
)

INTERNAL = "Nordlicht (intern) – 研究"
DOMINANT = "Hafen & Söhne KG"
OVERRUN = "Hafenportal Relaunch"
FORGOTTEN = "Kestrel & Finch LLP"  # nobody wrote its invoices for two months
BILLED_ELSEWHERE = "Café Zündstoff"  # its time is marked as invoiced, without a Harvest invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A customer. `weight` is its pull on people's time, `taxes` its tax rates in percent."""

    name: str
    currency: str = "EUR"
    weight: int = 4
    taxes: tuple[Decimal, ...] = (Decimal("19"),)
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A piece of work. `first` and `last` are shares of the account's history, 1 is today."""

    client: str
    name: str
    code: str | None = None
    bill_by: str = "Tasks"
    budget_by: str = "none"
    first: float = 0.0
    last: float = 1.3
    weight: int = 4
    is_active: bool = True
    is_billable: bool = True
    is_fixed_fee: bool = False
    monthly: bool = False
    with_expenses: bool = False
    shown_to_all: bool = False


_US = (Decimal("8.5"), Decimal("1.5"))
_GB = (Decimal("20"),)

CLIENTS = (
    Client(name=DOMINANT, weight=9),
    Client(name="Brightwater Outdoors Inc.", currency="USD", taxes=_US),
    Client(name=INTERNAL, taxes=()),
    Client(name="Albion Rail Ltd", currency="GBP", taxes=_GB, weight=6),
    Client(name="Museo de la Luz", taxes=(Decimal("21"),)),
    Client(name=FORGOTTEN, currency="GBP", taxes=_GB),
    Client(name="Pacific Loom Co.", currency="USD", taxes=()),
    Client(name="Stadtwerke Ilmenau"),
    Client(name="株式会社みなと", currency="USD", taxes=()),
    Client(name="Ørsund Ferries", taxes=(Decimal("25"),)),
    Client(name=BILLED_ELSEWHERE, weight=2),
    Client(name='Grain & Co, "The Millers"', currency="GBP", taxes=_GB, weight=3),
    Client(name="Lumière Cosmétique", taxes=(Decimal("20"),)),
    Client(name="Quarry Health Inc.", currency="USD", taxes=_US, weight=3),
    Client(name="Verlag am Markt", is_active=False),
    Client(name="+49 Racing GmbH", weight=2),
    Client(name="Тихая Гавань", taxes=(), weight=2),
)

_C = tuple(client.name for client in CLIENTS)
PROJECTS = (
    Project(client=_C[0], name=OVERRUN, code="HPR", budget_by="project", weight=12, first=0.55),
    Project(client=_C[0], name="Terminal App", code="TAP", bill_by="People",
            budget_by="project_cost", with_expenses=True, weight=9),
    Project(client=_C[0], name="Support", code="HSS", budget_by="project", monthly=True,
            weight=5, shown_to_all=True),
    Project(client=_C[0], name="Corporate Design", bill_by="Project", is_fixed_fee=True,
            budget_by="project_cost", last=0.5, is_active=False, weight=7),
    Project(client=_C[0], name="Hafentage 🎉", code="HT", is_fixed_fee=True, bill_by="Tasks",
            budget_by="project_cost", with_expenses=True, first=0.7, weight=7),
    Project(client=_C[1], name="Trail Finder App", bill_by="People", budget_by="project",
            monthly=True, shown_to_all=True, weight=6),
    Project(client=_C[1], name="Website", code="BWO", bill_by="Project", budget_by="task"),
    Project(client=_C[2], name="Interne Abläufe", code="INT", bill_by="none", is_billable=False),
    Project(client=_C[2], name="New business", code="NEW", bill_by="none", is_billable=False),
    Project(client=_C[2], name="Messebau", bill_by="none", is_billable=False, is_active=False,
            last=0.4, budget_by="project"),
    Project(client=_C[3], name="Timetable API", code="ARL-1", bill_by="People", budget_by="person",
            weight=6),
    Project(client=_C[3], name="Station Displays", code="ARL-2", budget_by="task_fees", first=0.35,
            weight=6),
    Project(client=_C[4], name="Website", code="MDL", budget_by="project_cost", last=0.8),
    Project(client=_C[4], name="Audioguía", is_fixed_fee=True, bill_by="People",
            budget_by="person", first=0.6),
    Project(client=_C[5], name="Brand Refresh", code="KF", bill_by="Project", budget_by="project"),
    Project(client=_C[5], name="Pro bono consulting", bill_by="none", budget_by="none", weight=2),
    Project(client=_C[6], name="[Beta] Shop", bill_by="Tasks", budget_by="task", first=0.5),
    Project(client=_C[6], name="Lookbook", code="LB", bill_by="Project", last=0.6,
            is_active=False),
    Project(client=_C[7], name="Kundenportal", code="SWI", bill_by="People",
            budget_by="project_cost"),
    Project(client=_C[7], name="Barrierefreiheit", bill_by="Tasks", first=0.75, weight=3),
    Project(client=_C[8], name="港ブランドサイト", code="MIN", bill_by="Project",
            budget_by="project", first=0.2),
    Project(client=_C[9], name="Booking Engine", code="OF-B", budget_by="project_cost",
            with_expenses=True, weight=6, first=0.1),
    Project(client=_C[9], name="Crew Intranet", code="OF-C", is_fixed_fee=True, bill_by="Tasks",
            budget_by="task_fees", last=0.65),
    Project(client=_C[10], name="Speisekarte & Shop", bill_by="Tasks", budget_by="none"),
    Project(client=_C[11], name='"Flour Power" Campaign', code="GC", bill_by="People",
            budget_by="project", first=0.3),
    Project(client=_C[12], name="Launch 2.0", code="LUM", bill_by="Tasks", budget_by="task",
            first=0.45),
    Project(client=_C[12], name="Content Hub", bill_by="Project", budget_by="project_cost",
            monthly=True),
    Project(client=_C[13], name="Patient Portal", code="QH", bill_by="People",
            budget_by="project_cost", first=0.25),
    Project(client=_C[14], name="E-Paper", code="VAM", bill_by="Tasks", last=0.45,
            is_active=False, budget_by="project"),
    Project(client=_C[15], name="@Trackday App", bill_by="Project", budget_by="none", first=0.5),
    Project(client=_C[16], name="Каталог", bill_by="Tasks", budget_by="project", first=0.4),
)  # fmt: skip


def clients(entries: int) -> list[Client]:
    """Return the clients of an account of that size: a large one has more of them."""
    return [*CLIENTS, *(_more_clients(entries // 30_000))]


def projects(entries: int) -> list[Project]:
    """Return the projects of those clients."""
    more = list(_more_clients(entries // 30_000))
    return [*PROJECTS, *(project for client in more for project in _projects_of(client.name))]


def _more_clients(count: int) -> Iterator[Client]:
    words, kinds = company.COMPANY_WORDS, company.COMPANY_KINDS
    for number in range(min(count, len(words) * len(kinds))):
        # Every pair once: plans are found by name.
        name = f"{words[number % len(words)]} {kinds[number // len(words)]}"
        yield replace(CLIENTS[number % len(CLIENTS)], name=name, is_active=True, weight=2)


def _projects_of(client: str) -> Iterator[Project]:
    for number, word in enumerate(company.PROJECT_WORDS[:4]):
        twin = PROJECTS[(number * 7 + len(client)) % len(PROJECTS)]
        kind = company.PROJECT_KINDS[(number + len(client)) % len(company.PROJECT_KINDS)]
        yield replace(twin, client=client, name=f"{word} {kind}", code=None, weight=4)


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

    plan: Project
    row: Row
    first: date
    last: date


def win_clients(account: Account, rng: random.Random, *, entries: int, start: date) -> None:
    """Fill clients and their contacts."""
    for number, plan in enumerate(clients(entries)):
        created = instant(start, 8, number % 60, number // 60)
        client = {
            "id": 7720101 + number,
            "name": plan.name,
            "is_active": plan.is_active,
            "address": company.ADDRESSES[number % len(company.ADDRESSES)],
            "statement_key": "".join(rng.choices(_KEY, k=32)),
            "currency": plan.currency,
            "created_at": created,
            "updated_at": created if number % 3 else soon_after(rng, created, account.today,
                                                                days=400),
        }  # fmt: skip
        account.put("clients", [client])
        if plan.name != INTERNAL:
            account.put("contacts", _contacts(account, rng, client, number))


def _contacts(account: Account, rng: random.Random, client: Row, number: int) -> Iterator[Row]:
    for place in range(1 + number % 3):
        created = client["created_at"] + timedelta(minutes=3 + place)
        complete = place != 1
        yield {
            "id": 8830111 + number * 3 + place,
            "title": "Accounts Payable" if place == 0 else None,
            "first_name": rng.choice(company.FIRST_NAMES),
            "last_name": rng.choice(company.LAST_NAMES) if complete else None,
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
    account: Account, rng: random.Random, plans: Sequence[Project], *, start: date
) -> list[Work]:
    """Fill the projects, still without the size of their budgets."""
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
    account: Account, rng: random.Random, plan: Project, client: int, first: date,
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
    """Return the projects of each client, by the client's name."""
    result: dict[str, list[Work]] = defaultdict(list)
    for work in started:
        result[work.plan.client].append(work)
    return result
