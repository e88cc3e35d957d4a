"""Invoices of the demo agency, and their lifecycle: sent, paid, late, written off."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from harvest_demo.account import company
from harvest_demo.account import projects as portfolio
from harvest_demo.account.account import (
    CLIENT,
    PROJECT_WITH_CODE,
    USER,
    Account,
    Row,
    TimeEntry,
    cents,
    end_of,
    first_of_month,
    instant,
    next_month,
    some_time,
    soon_after,
)
from harvest_demo.account.pricing import EXPENSE, LICENCE, SERVICE, line, totals
from harvest_demo.account.projects import Work
from harvest_demo.account.users import FIRST_USER_ID

_TERMS = (("net 30", 30), ("net 15", 15), ("net 30", 30), ("upon receipt", 0), ("net 45", 45))
_GATEWAYS = ({"id": None, "name": None}, {"id": 1234, "name": "Linked gateway"})

# The newest invoices, newest first: every state there is, whatever the seed. "" is left to chance.
_NEWEST = (
    "draft", "draft", "undated", "open", "partly", "open", "paid", "", "late", "undated",
    "partly", "paid", "late", "", "", "written off", "paid", "late",
)  # fmt: skip
_WRITTEN_OFF_LATER = 31  # every so many, further back


def settle(account: Account, rng: random.Random, invoice: Row, *, newer: int) -> None:
    """Give the invoice its state, dates and payments; `newer` counts those issued after it."""
    fate = _fate(rng, invoice, account.today, newer)
    if fate == "draft":
        invoice["due_date"], invoice["payment_term"] = invoice["issue_date"], "upon receipt"
        return
    today = account.today
    invoice["state"] = "open"
    invoice["sent_at"] = soon_after(rng, invoice["created_at"], today, days=1)
    invoice["updated_at"] = invoice["sent_at"]
    if fate != "undated":
        term, days = _TERMS[0 if fate == "open" else rng.randrange(len(_TERMS))]
        invoice["payment_term"] = term
        invoice["due_date"] = invoice["issue_date"] + timedelta(days=days)
    if fate in ("paid", "partly"):
        _pay(account, rng, invoice, in_full=fate == "paid")
    elif fate == "written off":
        invoice["state"] = "closed"
        closed = soon_after(rng, invoice["sent_at"] + timedelta(days=30), today, days=60)
        invoice["closed_at"] = invoice["updated_at"] = closed


def _fate(rng: random.Random, invoice: Row, today: date, newer: int) -> str:
    luck = rng.random()
    if newer < len(_NEWEST) and _NEWEST[newer]:
        return _NEWEST[newer]
    if newer % _WRITTEN_OFF_LATER == 0:
        return "written off"
    age = (today - invoice["issue_date"]).days
    if age > 120:
        return "paid" if luck < 0.97 else "late"
    if age > 60:
        return "paid" if luck < 0.8 else "late" if luck < 0.92 else "partly"
    return "paid" if luck < 0.3 else "open"


def _pay(account: Account, rng: random.Random, invoice: Row, *, in_full: bool) -> None:
    parts = [Decimal("0.4")] if not in_full else [Decimal(1)]
    if in_full and rng.random() < 0.2:
        parts = [Decimal("0.5"), Decimal("0.5")]
    due: Decimal = invoice["amount"]
    day = invoice["issue_date"]
    rows = account.payments.setdefault(invoice["id"], [])
    for number, part in enumerate(parts):
        last = in_full and number == len(parts) - 1
        amount = due if last else cents(invoice["amount"] * part)
        day = min(day + timedelta(days=rng.randrange(6, 48)), account.today)
        due -= amount
        rows.append(_payment(account, rng, invoice, amount, day, number))
    invoice["due_amount"] = due
    invoice["updated_at"] = max(invoice["updated_at"], rows[-1]["created_at"])
    if in_full:
        invoice["state"], invoice["paid_date"] = "paid", day
        invoice["paid_at"] = instant(day, 0)


def _payment(
    account: Account, rng: random.Random, invoice: Row, amount: Decimal, day: date, number: int
) -> Row:
    recorded = min(instant(day, 14, rng.randrange(60), rng.randrange(60)), end_of(account.today))
    creator = account.tables["users"][invoice["creator"]["id"]]
    return {
        "id": invoice["id"] * 10 + number,
        "amount": amount,
        "paid_at": instant(day, 0),
        "paid_date": day,
        "recorded_by": invoice["creator"]["name"],
        "recorded_by_email": creator["email"],
        "notes": (None, "Überweisung", "")[invoice["id"] % 3],
        "transaction_id": None,
        "payment_gateway": _GATEWAYS[invoice["id"] % 2],
        "created_at": recorded,
        "updated_at": recorded,
    }


_FIRST_ID = 16650701
_SETTLING = timedelta(days=42)  # what is younger has not been invoiced yet
_FORGOTTEN_MONTHS = range(4, 6)  # counted back from the month that `today` is in
_MILESTONES = (0.2, 0.6, 1.0)


@dataclass(slots=True)
class _Draft:
    """An invoice to be: what it bills, before it has a number."""

    client_id: int
    issued: date
    subject: str
    lines: list[Row]
    month: date | None = None
    entries: Sequence[TimeEntry] = ()
    expenses: Sequence[Row] = ()
    more: Row = field(default_factory=dict)


def invoice(
    account: Account, rng: random.Random, started: Sequence[Work], estimates: Mapping[int, int],
    *, entries: int,
) -> None:  # fmt: skip
    """Fill invoices and payments; marks what they bill, and what was billed elsewhere."""
    taxes = {plan.name: plan.taxes for plan in portfolio.clients(entries)}
    by_id = {row["id"]: taxes[row["name"]] for row in account.rows("clients")}
    drafts = [
        *_monthly(account, rng, by_id),
        *_milestones(account, started, by_id, estimates),
        *_loose_ends(account, by_id),
    ]
    drafts.sort(key=lambda draft: (draft.issued, draft.client_id, draft.subject))
    for number, draft in enumerate(drafts):
        row = _invoice(account, rng, draft, by_id[draft.client_id], number)
        settle(account, rng, row, newer=len(drafts) - 1 - number)
        mentioned = {"id": row["id"], "number": row["number"]}
        for entry in draft.entries:
            entry.is_billed, entry.invoice = True, mentioned
            entry.updated_at = max(entry.updated_at, row["created_at"])
        for expense in draft.expenses:
            expense["is_billed"], expense["invoice"] = True, mentioned
            expense["updated_at"] = max(expense["updated_at"], row["created_at"])


def _monthly(
    account: Account, rng: random.Random, taxes: Mapping[int, Sequence[Decimal]]
) -> Iterator[_Draft]:
    """An invoice per client and finished month for hours with a rate and billable expenses."""
    hours, spent = _unbilled(account)
    this_month = first_of_month(account.today)
    for client_id, month in sorted(hours.keys() | spent.keys()):
        if next_month(month) > account.today - _SETTLING:
            continue
        name = account.tables["clients"][client_id]["name"]
        ago = (this_month.year - month.year) * 12 + this_month.month - month.month
        entries, expenses = hours[client_id, month], spent[client_id, month]
        if name == portfolio.BILLED_ELSEWHERE:
            for entry in entries:
                entry.is_billed = True
            continue
        if (name == portfolio.FORGOTTEN and ago in _FORGOTTEN_MONTHS) or rng.random() < 0.03:
            continue
        issued = next_month(month) + timedelta(days=rng.randrange(6))
        lines = _lines(account, entries, expenses, len(taxes[client_id]))
        subject = f"{month:%m/%Y}"
        yield _Draft(client_id, issued, subject, lines, month, entries, expenses)


def _unbilled(account: Account) -> tuple[dict[Any, list[TimeEntry]], dict[Any, list[Row]]]:
    """Hours with a rate and billable expenses, outside fixed fees, by client and month."""
    projects = account.tables["projects"]
    hours: dict[Any, list[TimeEntry]] = defaultdict(list)
    spent: dict[Any, list[Row]] = defaultdict(list)
    for entry in account.entries:
        if entry.billable_rate and not projects[entry.project["id"]]["is_fixed_fee"]:
            hours[entry.client["id"], first_of_month(entry.spent_date)].append(entry)
    for row in account.rows("expenses"):
        if row["billable"] and not projects[row["project"]["id"]]["is_fixed_fee"]:
            spent[row["client"]["id"], first_of_month(row["spent_date"])].append(row)
    return hours, spent


def _lines(
    account: Account, entries: Sequence[TimeEntry], expenses: Sequence[Row], taxes: int
) -> list[Row]:
    quantities: dict[tuple[int, int, Decimal], Decimal] = defaultdict(Decimal)
    for entry in entries:
        assert entry.billable_rate is not None
        key = (entry.project["id"], entry.task["id"], entry.billable_rate)
        quantities[key] += entry.rounded_hours
    lines = []
    for (project_id, task_id, rate), quantity in sorted(quantities.items()):
        project = account.copy("projects", project_id, PROJECT_WITH_CODE)
        text = f"{project['name']}: {account.tables['tasks'][task_id]['name']}"
        lines.append(line(SERVICE, text, quantity, rate, taxes=taxes) | {"project": project})
    for row in expenses:
        category = row["expense_category"]
        price = category["unit_price"] or row["total_cost"]
        billed = line(EXPENSE, category["name"], row["units"], price, taxes=0)
        lines.append(billed | {"project": row["project"]})
    return lines


def _milestones(
    account: Account, started: Sequence[Work], taxes: Mapping[int, Sequence[Decimal]],
    estimates: Mapping[int, int],
) -> Iterator[_Draft]:  # fmt: skip
    """Fixed fees in thirds. Hours of a finished project are marked as invoiced, not billed."""
    for work in started:
        if not work.plan.is_fixed_fee:
            continue
        client_id, days = work.row["client"]["id"], (work.last - work.first).days
        for number, share in enumerate(_MILESTONES):
            issued = work.first + timedelta(days=int(days * share))
            if issued > account.today:
                continue
            text = f"Meilenstein {number + 1} von {len(_MILESTONES)}, Festpreis"
            third = (work.row["fee"] / len(_MILESTONES)).quantize(Decimal(1))
            project = account.copy("projects", work.row["id"], PROJECT_WITH_CODE)
            item = line(SERVICE, text, Decimal(1), third, taxes=len(taxes[client_id]))
            linked = {"estimate": {"id": estimates[work.row["id"]]}}
            yield _Draft(client_id, issued, work.plan.name, [item | {"project": project}],
                         more=linked)  # fmt: skip
        if work.last < account.today:
            for entry in account.entries:
                if entry.project["id"] == work.row["id"] and entry.billable:
                    entry.is_billed = True


def _loose_ends(account: Account, taxes: Mapping[int, Sequence[Decimal]]) -> Iterator[_Draft]:
    """Free-form invoices: two retainers, a recurring licence every quarter, two drafts."""
    clients = [row["id"] for row in account.rows("clients")]

    def free(client_id: int, ago: int, subject: str, price: int, **more: object) -> _Draft:
        priced = line(LICENCE, subject, Decimal(1), Decimal(price), taxes=len(taxes[client_id]))
        issued = account.today - timedelta(days=ago)
        return _Draft(client_id, issued, subject, [priced | {"project": None}], more=dict(more))

    yield free(clients[4], 400, "Anzahlung", 5000, retainer={"id": 33012})
    yield free(clients[4], 30, "Anzahlung", 6000, retainer={"id": 33012})
    for quarter in range(8):
        yield free(clients[7], 20 + 91 * quarter, "Hosting & Wartung", 890,
                   recurring_invoice_id=120045)  # fmt: skip
    yield free(clients[1], 1, "Icon licence", 240)
    yield free(clients[0], 0, "Schriftlizenz, 1 Jahr", 480)


def _invoice(
    account: Account, rng: random.Random, draft: _Draft, taxes: Sequence[Decimal], number: int
) -> Row:
    for place, row in enumerate(draft.lines):
        row["id"] = 70110001 + number * 1000 + place
    created = some_time(rng, draft.issued)
    month = draft.month
    amounts = totals(draft.lines, taxes, Decimal(5) if number % 11 == 3 else None)
    row = {
        "id": _FIRST_ID + number,
        "client_key": "".join(rng.choices("0123456789abcdef", k=40)),
        "number": f"{draft.issued.year}-{number + 1:04}",
        "purchase_order": f"PO-{number}/118" if number % 6 == 1 else "",
        **amounts,
        "due_amount": amounts["amount"],
        "subject": draft.subject,
        "notes": company.TEXTS_OF_INVOICES[number % len(company.TEXTS_OF_INVOICES)],
        "currency": account.tables["clients"][draft.client_id]["currency"],
        "state": "draft",
        "period_start": month,
        "period_end": next_month(month) - timedelta(days=1) if month else None,
        "issue_date": draft.issued,
        "due_date": None,
        "payment_term": "custom",
        "payment_options": (["ach"], [], ["ach", "credit_card"])[number % 3],
        "sent_at": None,
        "paid_at": None,
        "paid_date": None,
        "closed_at": None,
        "recurring_invoice_id": None,
        "created_at": created,
        "updated_at": created,
        "client": account.copy("clients", draft.client_id, CLIENT),
        "estimate": None,
        "retainer": None,
        "creator": account.copy("users", FIRST_USER_ID + number % 3, USER),
        "line_items": draft.lines,
    }
    row |= draft.more
    account.put("invoices", [row])
    return row
