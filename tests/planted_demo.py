"""The demo account with something that can be told apart in every place that not everybody sees.

Texts are tokens, `zq`, what they stand for in two letters, and a number; rates of people are in
tens of thousands of millions, what clients pay in millions, bills in tens of thousands,
each of them another. `python -m tests.planted_demo PORT TODAY` serves it as Harvest would.
"""

import sys
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from harvest_demo import Account, app, build
from harvest_demo.account.account import TimeEntry
from harvest_demo.account.pricing import reprice
from harvest_demo.account.users import FIRST_USER_ID
from harvest_demo.server.app import listen, serve
from harvest_demo.server.permissions import BILLABLE_RATES

ENTRIES = 300
RATE, COST, BILL = Decimal(1_000_000), Decimal(70_000_000_000), Decimal(12_000)
"""The least of what a client pays for an hour, of what it costs, and of a bill."""
SECOND_PLAIN_MANAGER = 3
ONE, OTHER = 14, 15
"""Places of two members whose files have one name and one length."""
_PAD = 9_000  # characters of each of their notes
_TWINS = 130  # entries of each

TOKENS = {
    "clients": {"name": "cn", "address": "ca"},
    "contacts": {
        "first_name": "kf", "last_name": "kl", "title": "kt", "email": "ke", "phone_office": "kp",
    },
    "estimates": {"subject": "es", "notes": "en", "number": "eu", "purchase_order": "ep"},
    "expense_categories": {"name": "xc"},
    "expenses": {"notes": "xn"},
    "invoices": {"subject": "is", "notes": "in", "number": "iu", "purchase_order": "ip"},
    "projects": {"name": "pn", "code": "pc", "notes": "po"},
    "roles": {"name": "rn"},
    "tasks": {"name": "tn"},
    "users": {"first_name": "un", "email": "ue", "telephone": "ut"},
    "estimate_item_categories": {"name": "ec"},
    "invoice_item_categories": {"name": "ic"},
}  # fmt: skip
"""Which fields hold tokens, with their two letters."""
NOTES, REFERENCES, ESTIMATE_LINES, INVOICE_LINES, RECEIPTS = "tt", "tr", "el", "il", "xr"
OPENERS = "kk"
"""What opens a bill for whoever has it: read by nobody, not even kept."""


def token(kind: str, number: int) -> str:
    return f"zq{kind}{number:05}x"


def email(place: int) -> str:
    """The address of that person of the account."""
    return f"{token('ue', place)}@nordlicht.example"


def planted(today: date) -> Account:
    account = build(entries=ENTRIES, today=today)
    _texts(account)
    _rates(account)
    for number, row in enumerate([*account.rows("invoices"), *account.rows("estimates")]):
        row["amount"] = BILL + number * 11 + Decimal(number % 89 + 1) / 100
        if row.get("due_amount"):
            row["due_amount"] = row["amount"]
    _twins(account)
    for entry in account.entries:
        reprice(account, entry)
    return account


def _texts(account: Account) -> None:
    for person in account.rows("users"):
        person["last_name"] = ""
    for entity, fields in TOKENS.items():
        for number, row in enumerate(account.rows(entity)):
            for field, kind in fields.items():
                row[field] = token(kind, number) + ("@c.example" if kind == "ke" else "")
            if entity == "users":
                row["email"] = email(number)
            _inside(row, number, ESTIMATE_LINES if entity == "estimates" else INVOICE_LINES)
            account.copies.refresh(entity, row)
    names = {row["id"]: row["name"] for row in account.rows("roles")}
    for row in account.rows("users"):
        held = [role for role in account.rows("roles") if row["id"] in role["user_ids"]]
        row["roles"] = [names[role["id"]] for role in held]
    numbers = {row["id"]: row["number"] for row in account.rows("invoices")}
    for number, entry in enumerate(account.entries):
        entry.notes = token(NOTES, number)
        if entry.external_reference:
            entry.external_reference["permalink"] = f"https://t.example/{token(REFERENCES, number)}"
    for mention in [*(e.invoice for e in account.entries), *_mentions(account.rows("expenses"))]:
        if mention:
            mention["number"] = numbers[mention["id"]]


def _mentions(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any] | None]:
    return (row["invoice"] for row in rows)


def _inside(row: dict[str, Any], number: int, lines: str) -> None:
    for line in row.get("line_items", ()):
        line["description"] = token(lines, number)
    if "client_key" in row:
        row["client_key"] = token(OPENERS, number)
    if row.get("receipt"):
        row["receipt"]["file_name"] = f"{token(RECEIPTS, number)}.pdf"


def _rates(account: Account) -> None:
    rates = (RATE + n * 417 + Decimal(n % 97 + 1) / 100 for n in count())
    costs = (COST + n * 31_337_001 + Decimal(n % 97 + 1) / 100 for n in count())
    fields = BILLABLE_RATES - {"billable_rate"}
    for entity in ("projects", "tasks", "task_assignments", "user_assignments"):
        for row in account.rows(entity):
            for field in sorted(fields & row.keys()):
                row[field] = next(rates) if row[field] else row[field]
            if entity == "task_assignments" and row["budget"] and _is_in_money(account, row):
                row["budget"] = next(rates)
            account.copies.refresh(entity, row)
    for kind, field, amounts in (
        (account.billable_rates, "default_hourly_rate", rates),
        (account.cost_rates, "cost_rate", costs),
    ):
        for user_id, history in kind.items():
            for rate in history:
                rate["amount"] = next(amounts) if rate["amount"] else rate["amount"]
            if history:
                account.tables["users"][user_id][field] = history[-1]["amount"]


def _is_in_money(account: Account, assignment: dict[str, Any]) -> bool:
    project = account.tables["projects"][assignment["project"]["id"]]
    return bool(project["budget_by"] == "task_fees")


def _twins(account: Account) -> None:
    """The same long entries for two people, but for what is in them."""
    both = [FIRST_USER_ID + place for place in (ONE, OTHER)]
    account.entries.remove_all([entry for entry in account.entries if entry.user["id"] in both])
    for expense in [row for row in account.rows("expenses") if row["user"]["id"] in both]:
        del account.tables["expenses"][expense["id"]]
    model = next(iter(account.entries))
    for place in (ONE, OTHER):
        for number in range(_TWINS):
            account.entries.add(_entry(account, model, place, number))


def _entry(account: Account, model: TimeEntry, place: int, number: int) -> TimeEntry:
    user_id, made = FIRST_USER_ID + place, deepcopy(model)
    shared = min(account.assigned_to(FIRST_USER_ID + ONE) & account.assigned_to(
        FIRST_USER_ID + OTHER))  # fmt: skip
    made.id = 2_459_000_000 + place * 1000 + number
    assignment = next(
        row
        for row in account.rows("user_assignments")
        if row["user"]["id"] == user_id and row["project"]["id"] == shared
    )
    task = next(
        row
        for row in account.rows("task_assignments")
        if row["project"]["id"] == assignment["project"]["id"]
    )
    made.user, made.project = assignment["user"], assignment["project"]
    made.user_assignment, made.task_assignment, made.task = assignment, task, task["task"]
    client = account.tables["projects"][made.project["id"]]["client"]
    made.client, made.invoice, made.external_reference = client, None, None
    made.notes = f"{token('tw', place * 1000 + number)} " + "abcdefghi " * (_PAD // 10)
    return made


if __name__ == "__main__":
    port, day = sys.argv[1:]
    account = planted(date.fromisoformat(day))
    users = {row["id"]: row for row in account.rows("users")}
    account.tokens |= {f"person{id - FIRST_USER_ID}": id for id in users}
    serve(app(account, limits=False, hosted=False), listen(int(port)))
