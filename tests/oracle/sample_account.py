"""Tiny account written by hand, chosen so that the usual mistakes give other numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

TODAY = date(2026, 3, 18)
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
HOLIDAYS = frozenset({date(2026, 3, 9)})
ADA, BEN, CYD, DEE = 1, 2, 3, 4
ACME, BIRCH, KOBE = 1, 2, 3
DEVELOPMENT, VACATION, DESIGN = 100, 101, 102
SITE, FIXED, UNDATED, INTERNAL, APP, SHOP = 10, 11, 12, 13, 20, 30
CLIENT_OF = {SITE: ACME, FIXED: ACME, UNDATED: ACME, INTERNAL: ACME, APP: BIRCH, SHOP: KOBE}
CURRENCY = {ACME: "EUR", BIRCH: "USD", KOBE: "JPY"}


def make_user(user_id: int, capacity: int | None, **fields: Any) -> dict[str, Any]:
    """Return a person with defaults."""
    base = {"is_active": True, "is_contractor": False, "roles": [], "created_at": "2025-01-01"}
    return base | {"id": user_id, "weekly_capacity": capacity} | fields


def make_project(project_id: int, budget_by: str = "none", **fields: Any) -> dict[str, Any]:
    """Return a project with defaults, created on 20 February."""
    base: dict[str, Any] = dict.fromkeys(("budget", "cost_budget", "fee", "starts_on", "ends_on"))
    base["created_at"] = "2026-02-20T09:00:00Z"
    flags = dict.fromkeys(("is_fixed_fee", "budget_is_monthly", "cost_budget_include_expenses"))
    ids = {"id": project_id, "client": {"id": CLIENT_OF[project_id]}, "budget_by": budget_by}
    return base | flags | ids | fields


def make_entry(
    day: str,
    user: int,
    project: int,
    task: int,
    hours: str,
    rate: object,
    cost: object,
    **fields: Any,
) -> dict[str, Any]:
    """Return a time entry that is billable if it has a rate, with "tracked>rounded" hours."""
    tracked, _, after_rounding = hours.partition(">")
    return {
        "spent_date": day,
        "hours": Fraction(tracked),
        "rounded_hours": Fraction(after_rounding or tracked),
        "billable": rate is not None,
        "billable_rate": rate,
        "cost_rate": cost,
        "is_billed": False,
        "is_running": False,
        "budgeted": True,
        "user": {"id": user},
        "client": {"id": CLIENT_OF[project]},
        "project": {"id": project},
        "task": {"id": task},
    } | fields


def make_expense(
    day: str, user: int, project: int, cost: int, billable: bool, invoiced: bool
) -> dict[str, Any]:
    """Return an expense of category 7."""
    return {
        "spent_date": day,
        "total_cost": cost,
        "billable": billable,
        "is_billed": invoiced,
        "user": {"id": user},
        "project": {"id": project},
        "client": {"id": CLIENT_OF[project]},
        "expense_category": {"id": 7},
    }


def make_line(project: int | None, kind: str, amount: int) -> dict[str, Any]:
    """Return a line of an invoice, without a project if it is free-form."""
    return {"project": project and {"id": project}, "kind": kind, "amount": amount}


def make_invoice(
    invoice_id: int,
    client: int,
    amount: object,
    state: str,
    issue_date: str,
    due: object,
    **fields: Any,
) -> dict[str, Any]:
    """Return an invoice with defaults. `due` is the due date, `lines` the values of lines."""
    base = dict.fromkeys(("paid_date", "closed_at", "updated_at", "retainer", "discount"))
    return (
        base
        | {
            "id": invoice_id,
            "client": {"id": client},
            "currency": CURRENCY[client],
            "amount": amount,
            "state": state,
            "issue_date": issue_date,
            "due_date": due,
            "line_items": [make_line(*line) for line in fields.pop("lines", ())],
        }
        | fields
    )


def make_payment(invoice_id: int, day: str, amount: int, **fields: Any) -> dict[str, Any]:
    """Return a payment. A draw from a retainer has the field `_draw`."""
    return {"invoice_id": invoice_id, "paid_date": day, "amount": amount} | fields


def make_line_form(lines: Sequence[tuple[int | None, str, int]], draw: int) -> dict[str, Any]:
    """Return the fields of an invoice whose draw is a negative line, untaxed."""
    all_lines = [*lines, (None, "Retainer", -draw)]
    amount = sum(line[2] for line in all_lines)
    items = [make_line(*line) for line in all_lines]
    return {"amount": amount, "retainer": None, "line_items": items}


def make_estimate(
    client: int, amount: int, state: str, issue_date: str, decision: str | None = None
) -> dict[str, Any]:
    """Return an estimate, with the instant of its decision."""
    base = {"client": {"id": client}, "currency": CURRENCY[client], "amount": amount}
    return base | {"state": state, "issue_date": issue_date, f"{state}_at": decision}


def make_account() -> dict[str, Any]:
    """Return the account of all tests."""
    leave = {"budgeted": False}
    drawn: dict[str, Any] = {
        "retainer": {"id": 1},
        "lines": [(SITE, "Service", 2000)],
        "_line_form": make_line_form([(SITE, "Service", 2000)], 2000),
    }
    deposit: dict[str, Any] = {"retainer": {"id": 1}, "lines": [(None, "Service", 5000)]}
    draft_lines = [(FIXED, "Service", 999)]
    fee_lines = [(FIXED, "Service", 1000), (UNDATED, "Service", 600)]
    return {
        "company": {"week_start_day": "Monday"},
        "roles": [
            {"name": "Designer", "user_ids": [ADA, CYD]},
            {"name": "Analyst", "user_ids": [ADA]},
        ],
        "users": [
            make_user(ADA, 144000),  # 40 h; joins with the first entry, 27 February
            make_user(BEN, 86400, is_contractor=True, _joined_on="2026-03-02"),  # 24 h
            make_user(CYD, None),
            make_user(DEE, 72000, is_active=False),  # 20 h; first and last entry on 5 March
        ],
        "clients": [{"id": client, "currency": code} for client, code in CURRENCY.items()],
        "tasks": [
            {"id": DEVELOPMENT, "name": "Development"},
            {"id": VACATION, "name": "Vacation"},
            {"id": DESIGN, "name": "Design"},
        ],
        "projects": [
            make_project(SITE, "project", budget=20, budget_is_monthly=True),
            make_project(
                FIXED,
                "project_cost",
                cost_budget=1000,
                cost_budget_include_expenses=True,
                is_fixed_fee=True,
                fee=3000,
                starts_on="2026-03-01",
                ends_on="2026-03-30",
            ),
            make_project(UNDATED, is_fixed_fee=True, fee=500),
            make_project(INTERNAL),
            make_project(APP, "task"),
            make_project(SHOP, "person"),
        ],
        "task_assignments": [
            {"project": {"id": APP}, "task": {"id": DEVELOPMENT}, "budget": 10},
            {"project": {"id": APP}, "task": {"id": DESIGN}, "budget": None},
        ],
        "user_assignments": [{"project": {"id": SHOP}, "user": {"id": ADA}, "budget": None}],
        "time_entries": [
            make_entry("2026-02-27", ADA, SITE, DEVELOPMENT, "2", 100, 50, is_billed=True),
            make_entry("2026-03-02", ADA, SITE, DEVELOPMENT, "1.1>1.25", 100, 50),
            make_entry("2026-03-02", ADA, SITE, DEVELOPMENT, "1.1>1.25", 100, 50, is_billed=True),
            make_entry("2026-03-03", BEN, APP, DEVELOPMENT, "3", 80, None),
            make_entry("2026-03-04", ADA, FIXED, DESIGN, "2", 110, 50),
            make_entry("2026-03-05", DEE, APP, DESIGN, "4", 0, 0, budgeted=False),
            make_entry("2026-03-06", ADA, INTERNAL, DEVELOPMENT, "1.5", None, 50),
            make_entry("2026-03-04", BEN, INTERNAL, VACATION, "8", None, None, **leave),
            make_entry("2026-03-05", BEN, INTERNAL, VACATION, "8", None, None, **leave),
            make_entry("2026-03-06", BEN, INTERNAL, VACATION, "8", None, None, **leave),
            make_entry("2026-03-03", CYD, SITE, DESIGN, "5", 60, 20),
            make_entry("2026-03-17", ADA, SITE, DEVELOPMENT, "0.5", 100, 50, is_running=True),
            make_entry("2026-03-16", ADA, SHOP, DEVELOPMENT, "1.5", 1000.5, 50),
            make_entry("2026-03-20", ADA, INTERNAL, VACATION, "16", None, None, **leave),
        ],
        "expenses": [
            make_expense("2026-03-05", ADA, FIXED, 40, True, False),
            make_expense("2026-03-06", BEN, APP, 30, True, True),
            make_expense("2026-03-07", ADA, SITE, 25, False, False),
        ],
        "invoices": [
            make_invoice(1, ACME, 300, "paid", "2026-03-01", "2026-03-10", paid_date="2026-03-12"),
            make_invoice(
                2, ACME, 100, "closed", "2026-02-02", "2026-02-16", closed_at="2026-03-06"
            ),
            make_invoice(3, BIRCH, 500, "open", "2026-03-02", "2026-03-17"),
            make_invoice(4, BIRCH, 50, "open", "2026-03-04", "2026-03-18"),
            make_invoice(5, ACME, 999, "draft", "2026-03-15", None, lines=draft_lines),
            make_invoice(6, ACME, 5000, "paid", "2026-03-01", "2026-03-01", **deposit),
            make_invoice(7, ACME, 2000, "paid", "2026-03-16", "2026-03-16", **drawn),
            make_invoice(8, BIRCH, -60, "open", "2026-03-09", "2026-03-09"),
            make_invoice(  # (1000 + 600) x 0.9 = 1440, + 19 % tax = 1713.60
                9, ACME, 1713.6, "open", "2026-03-08", None, discount=10, lines=fee_lines
            ),
        ],
        "invoice_payments": [
            make_payment(1, "2026-03-05", 200),
            make_payment(1, "2026-03-12", 140),
            make_payment(2, "2026-02-20", 30),
            make_payment(3, "2026-03-10", 120),
            make_payment(3, "2026-03-11", -20),
            make_payment(6, "2026-03-03", 5000),
            make_payment(7, "2026-03-16", 2000, _draw=True),
        ],
        "estimates": [
            make_estimate(ACME, 1000, "accepted", "2026-02-10", "2026-03-02T08:00:00Z"),
            make_estimate(ACME, 3000, "declined", "2026-03-01", "2026-03-05T08:00:00Z"),
            make_estimate(ACME, 500, "sent", "2026-03-03"),
            make_estimate(ACME, 70, "draft", "2026-03-04"),
            make_estimate(BIRCH, 200, "accepted", "2026-03-06", "2026-03-07T08:00:00Z"),
        ],
    }
