"""Accounts that nobody thought of: every kind of record, every state, from a seed."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

FIRST, TODAY = date(2025, 6, 1), date(2026, 1, 15)
_STAMPS = {"created_at": "2025-05-01T09:00:00Z", "updated_at": "2026-01-14T09:00:00Z"}
_CURRENCIES = ("EUR", "EUR", "USD", "GBP")

Row = dict[str, Any]


def world(seed: int) -> dict[str, Any]:
    """All records of an account in euros, by entity."""
    rng = random.Random(seed)
    clients = [
        {"id": n, "name": f"Client {n % 5}", "is_active": n % 3 > 0, **_STAMPS}
        | {"currency": rng.choice(_CURRENCIES)}
        for n in range(1, 8)
    ]
    projects = [_project(rng, n, rng.choice(clients)) for n in range(100, 116)]
    invoices = [_invoice(rng, n, rng.choice(clients), projects) for n in range(5000, 5090)]
    return {
        "company": {"name": "World", "currency": "EUR", "week_start_day": "Monday"},
        "clients": clients,
        "users": [_user(n) for n in range(1, 7)],
        "roles": [{"id": 1, "name": "Designer", **_STAMPS}],
        "tasks": [{"id": n, "name": f"Task {n}", **_STAMPS} for n in (1000, 1001, 1002)],
        "projects": projects,
        "time_entries": [_entry(rng, n, projects) for n in range(300)],
        "expense_categories": [{"id": n, "name": f"Kind {n}", **_STAMPS} for n in (1, 2)],
        "expenses": [_expense(rng, n, projects) for n in range(80)],
        "invoices": invoices,
        "invoice_payments": [row for invoice in invoices for row in _payments(rng, invoice)],
        "estimates": [_estimate(rng, n, rng.choice(clients)) for n in range(40)],
    }


def _day(rng: random.Random, least: date = FIRST) -> date:
    return least + timedelta(days=rng.randrange(max((TODAY - least).days, 0) + 1))


def _user(number: int) -> Row:
    roles = ["Designer"] if number % 2 else []
    return {
        "id": number, "first_name": "Person", "last_name": str(number % 4), "roles": roles,
        "is_active": number < 5, "is_contractor": number == 3, "weekly_capacity": 144000, **_STAMPS,
    }  # fmt: skip


def _copy(row: Row, *names: str) -> Row:
    return {name: row[name] for name in ("id", "name", *names)}


def _project(rng: random.Random, number: int, client: Row) -> Row:
    start = _day(rng)
    dated = {"starts_on": str(start), "ends_on": str(start + timedelta(rng.randrange(-3, 120)))}
    return {
        "id": number, "name": f"Project {number % 6}", "is_active": True,
        "is_billable": number % 7 > 0, "is_fixed_fee": number % 3 == 0,
        "fee": rng.choice([None, 1000, 3333.33]) if number % 3 == 0 else None,
        "client": _copy(client, "currency"), **(dated if number % 2 else {}), **_STAMPS,
    }  # fmt: skip


def _worked(rng: random.Random, number: int, projects: list[Row]) -> Row:
    project = rng.choice(projects)
    billable = project["is_billable"] and rng.random() < 0.8
    user = rng.randrange(1, 7)
    return {
        "id": number + 1, "spent_date": str(_day(rng)), "updated_at": _STAMPS["updated_at"],
        "user": {"id": user, "name": f"Person {user % 4}"},
        "client": _copy(project["client"], "currency"), "project": _copy(project),
        "billable": billable, "is_billed": billable and rng.random() < 0.5,
    }  # fmt: skip


def _entry(rng: random.Random, number: int, projects: list[Row]) -> Row:
    row = _worked(rng, number, projects)
    row["client"] = _copy(row["client"])
    hours = rng.randrange(1, 800) / 100
    return row | {
        "task": {"id": 1000 + number % 3, "name": f"Task {1000 + number % 3}"},
        "hours": hours, "rounded_hours": -(-hours * 4 // 1) / 4, "is_running": False,
        "billable_rate": rng.choice([None, 0, 80, 95.5]) if row["billable"] else None,
        "cost_rate": rng.choice([None, 0, 30, 42.25]),
    }  # fmt: skip


def _expense(rng: random.Random, number: int, projects: list[Row]) -> Row:
    kind = {"id": 1 + number % 2, "name": f"Kind {1 + number % 2}"}
    cost = rng.randrange(100, 90_000) / 100
    return _worked(rng, number, projects) | {"expense_category": kind, "total_cost": cost}


def _invoice(rng: random.Random, number: int, client: Row, projects: list[Row]) -> Row:
    issued, state = _day(rng), rng.choice(["draft", "open", "open", "paid", "paid", "closed"])
    due = issued + timedelta(days=rng.randrange(-2, 100)) if rng.random() < 0.8 else None
    # One in ten is a credit note.
    amount = rng.randrange(1000, 900_000) / 100 * rng.choice([-1, *[1] * 9])
    left = round(amount * rng.choice([0.25, 1]), 2) if state in ("open", "closed") else amount
    done = _day(rng, issued)
    line: Row = {
        "id": number * 10, "kind": "Service", "amount": round(amount / 0.9, 2),
        "project": _copy(rng.choice(projects)) if rng.random() < 0.8 else None,
    }  # fmt: skip
    return {
        "id": number, "number": f"N-{number}", "state": state, "client": _copy(client),
        "currency": client["currency"] if rng.random() < 0.95 else "CHF",
        "issue_date": str(issued), "due_date": str(due) if due else None, "amount": amount,
        "due_amount": 0 if state == "paid" else left, "discount_amount": line["amount"] - amount,
        "paid_date": str(done) if state == "paid" else None,
        "closed_at": f"{done}T10:00:00Z" if state == "closed" else None,
        "retainer": {"id": client["id"]} if rng.random() < 0.3 else None, "line_items": [line],
        "updated_at": f"{done}T10:00:00Z",
    }  # fmt: skip


def _payments(rng: random.Random, invoice: Row) -> Iterator[Row]:
    """In up to two parts; of one invoice in five nothing is known but what it says itself.

    One in ten is paid too much.
    """
    paid = round(invoice["amount"] - invoice["due_amount"], 2)
    if invoice["state"] == "draft" or not paid or rng.random() < 0.2:
        return
    half = round(paid / 2, 2)
    parts = [paid] if rng.random() < 0.5 else [half, round(paid - half, 2)]
    parts += [round(invoice["amount"] / 4, 2)] if rng.random() < 0.1 else []
    for number, amount in enumerate(parts):
        day = _day(rng, date.fromisoformat(invoice["issue_date"]))
        yield {
            "id": invoice["id"] * 10 + number, "invoice_id": invoice["id"], "amount": amount,
            "paid_date": str(day), **_STAMPS,
        }  # fmt: skip


def _estimate(rng: random.Random, number: int, client: Row) -> Row:
    state, issued = rng.choice(["draft", "sent", "accepted", "declined"]), _day(rng)
    decided = f"{_day(rng, issued)}T10:00:00Z"
    return {
        "id": number + 1, "number": f"E-{number}", "state": state, "client": _copy(client),
        "currency": client["currency"], "issue_date": str(issued),
        "amount": rng.randrange(1000, 900_000) / 100,
        "accepted_at": decided if state == "accepted" else None,
        "declined_at": decided if state == "declined" else None,
        "updated_at": _STAMPS["updated_at"],
    }  # fmt: skip
