"""Lifecycle of an invoice: sent, paid in one or more parts, late, or written off."""

import random
from datetime import date, timedelta
from decimal import Decimal

from harvest_client.demo.account import Account
from harvest_client.demo.copies import Row
from harvest_client.demo.entry import cents
from harvest_client.demo.moments import end_of, instant, soon_after

_TERMS = (("net 30", 30), ("net 15", 15), ("net 30", 30), ("upon receipt", 0), ("net 45", 45))
_GATEWAYS = ({"id": None, "name": None}, {"id": 1234, "name": "Linked gateway"})

# The newest invoices, newest first: every state there is, whatever the seed. "" is left to chance.
_NEWEST = (
    "draft", "draft", "undated", "open", "partly", "open", "paid", "", "late", "undated",
    "partly", "paid", "late", "", "", "written off", "paid", "late",
)  # fmt: skip
_WRITTEN_OFF_LATER = 31  # every so many, further back


def settle(account: Account, rng: random.Random, invoice: Row, *, newer: int) -> None:
    """Gives the invoice its state, dates and payments; `newer` counts those issued after it."""
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
