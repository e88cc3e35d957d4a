"""The demo agency's clients and projects, each there for a reason that the row shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from harvest_client.demo import names

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
    """The clients of an account of that size: a large one has more of them."""
    return [*CLIENTS, *(_more_clients(entries // 30_000))]


def projects(entries: int) -> list[Project]:
    """The projects of those clients."""
    more = list(_more_clients(entries // 30_000))
    return [*PROJECTS, *(project for client in more for project in _projects_of(client.name))]


def _more_clients(count: int) -> Iterator[Client]:
    words, kinds = names.COMPANY_WORDS, names.COMPANY_KINDS
    for number in range(min(count, len(words) * len(kinds))):
        # Every pair once: plans are found by name.
        name = f"{words[number % len(words)]} {kinds[number // len(words)]}"
        yield replace(CLIENTS[number % len(CLIENTS)], name=name, is_active=True, weight=2)


def _projects_of(client: str) -> Iterator[Project]:
    for number, word in enumerate(names.PROJECT_WORDS[:4]):
        twin = PROJECTS[(number * 7 + len(client)) % len(PROJECTS)]
        kind = names.PROJECT_KINDS[(number + len(client)) % len(names.PROJECT_KINDS)]
        yield replace(twin, client=client, name=f"{word} {kind}", code=None, weight=4)
