"""Records in Harvest's own shape, written as short as a test can be read."""

from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]

LONG_AGO = "2025-01-01T09:00:00Z"
COMPANY: Row = {"name": "Agency", "currency": "EUR", "weekly_capacity": 144000}
CLIENTS: list[Row] = [
    {"id": 10, "name": "Acme", "is_active": True, "currency": "EUR"},
    {"id": 20, "name": "Borealis", "is_active": True, "currency": "USD"},
]
TASKS: list[Row] = [
    {"id": 1, "name": "Design", "is_active": True},
    {"id": 2, "name": "Development", "is_active": True},
    {"id": 3, "name": " Vacation", "is_active": True},
]
ROLES: list[Row] = [{"id": 1, "name": "Designer"}, {"id": 2, "name": "Lead"}]


def person(id: int, name: str, weekly_hours: int, **more: Any) -> Row:
    plain = {
        "id": id,
        "first_name": name,
        "last_name": "",
        "is_active": True,
        "is_contractor": False,
        "weekly_capacity": weekly_hours * 3600,
        "roles": [],
        "created_at": LONG_AGO,
    }
    return plain | more


def project(id: int, name: str, budget_by: str, *, client: int = 10, **more: Any) -> Row:
    plain = {
        "id": id,
        "name": name,
        "is_active": True,
        "is_billable": True,
        "budget_by": budget_by,
        "budget_is_monthly": False,
        "cost_budget_include_expenses": False,
        "created_at": LONG_AGO,
        "client": {"id": client, "name": "", "currency": "EUR" if client == 10 else "USD"},
    }
    return plain | more


def entries(*given: tuple[str, int, int, int, float, float | None] | tuple[Any, ...]) -> list[Row]:
    """Each: day, person, project, task, hours, billable rate; then False where not budgeted."""
    return [_entry(number, *row) for number, row in enumerate(given, start=1)]


def _entry(
    id: int, day: str, user: int, project: int, task: int, hours: float, rate: float | None,
    budgeted: bool = True,
) -> Row:  # fmt: skip
    return {
        "id": id,
        "spent_date": day,
        "user": {"id": user, "name": ""},
        "client": {"id": 20 if project % 2 else 10, "name": ""},
        "project": {"id": project, "name": ""},
        "task": {"id": task, "name": ""},
        "hours": hours,
        "rounded_hours": hours,
        "billable": rate is not None,
        "budgeted": budgeted,
        "billable_rate": rate,
        "is_billed": False,
        "is_running": False,
    }


def expenses(*given: tuple[str, int, float]) -> list[Row]:
    """Each: day, project, amount."""
    return [
        {
            "id": number,
            "spent_date": day,
            "project": {"id": project, "name": ""},
            "total_cost": amount,
            "billable": False,
        }
        for number, (day, project, amount) in enumerate(given, start=1)
    ]


def invoice(id: int, amount: float | None, **more: Any) -> Row:
    """An open invoice of 5 January 2026, due on the 20th."""
    plain = {
        "id": id,
        "number": f"N-{id}",
        "state": "open",
        "currency": "EUR",
        "client": {"id": 10, "name": "Acme"},
        "issue_date": "2026-01-05",
        "due_date": "2026-01-20",
        "amount": amount,
        "due_amount": amount,
        "updated_at": "2026-02-01T10:00:00Z",
        "line_items": [],
    }
    return plain | more


def payments(*given: tuple[int, str, float]) -> list[Row]:
    """Each: invoice, day, amount."""
    return [
        {"id": number, "invoice_id": invoice_id, "amount": amount, "paid_date": day}
        for number, (invoice_id, day, amount) in enumerate(given, start=1)
    ]


def line(amount: float, *, kind: str = "Service", project: int | None = 100, **more: Any) -> Row:
    """A line of an invoice; `project` is None of a free one."""
    of = {"id": project, "name": ""} if project else None
    return {"id": 1, "kind": kind, "amount": amount, "project": of, **more}


def assignments(kind: str, *given: tuple[int, int, float | None]) -> Iterable[Row]:
    """Each: project, person or task, budget."""
    return [
        {
            "id": project * 1000 + other,
            "is_active": True,
            "project": {"id": project, "name": ""},
            kind: {"id": other, "name": ""},
            "budget": budget,
        }
        for project, other, budget in given
    ]
