"""The demo agency's estimates."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from harvest_demo.account import projects
from harvest_demo.account.account import CLIENT, USER, Account, Row, end_of, some_time, soon_after
from harvest_demo.account.pricing import LICENCE, SERVICE, line, totals
from harvest_demo.account.projects import Work
from harvest_demo.account.users import FIRST_USER_ID

_FIRST_ID = 1770921
_DECIDED = ("accepted", "declined", "accepted", "accepted", "declined")
_OPEN = ("draft", "sent", "draft", "sent", "sent")


def estimate(
    account: Account, rng: random.Random, started: Sequence[Work], *, entries: int
) -> dict[int, int]:
    """Fill estimates; the accepted one of each fixed-fee project, by project id."""
    taxes = {client.name: client.taxes for client in projects.clients(entries)}
    accepted = {}
    sold = [work for work in started if work.plan.is_billable]
    for number, work in enumerate(sold):
        state = "accepted" if work.plan.is_fixed_fee else _DECIDED[number % len(_DECIDED)]
        row = _estimate(account, rng, work, taxes[work.plan.client], state, number)
        if work.plan.is_fixed_fee:
            accepted[work.row["id"]] = row["id"]
    for number, state in enumerate(_OPEN):
        work = sold[number * 5 % len(sold)]
        _estimate(account, rng, work, taxes[work.plan.client], state, len(sold) + number)
    return accepted


def _estimate(
    account: Account, rng: random.Random, work: Work, taxes: Sequence[Decimal], state: str,
    number: int,
) -> Row:  # fmt: skip
    today = account.today
    if state in _OPEN:
        issued = today - timedelta(days=rng.randrange(2, 60))
    else:
        issued = work.first - timedelta(days=rng.randrange(12, 40))
    created = some_time(rng, issued)
    sent = None if state == "draft" else soon_after(rng, created, today, days=1)
    decided = soon_after(rng, sent, today, days=11) if sent and state != "sent" else None
    value = work.row["fee"] or Decimal(rng.randrange(8, 120) * 500)
    lines = [line(SERVICE, f"{work.plan.name}, Angebot", Decimal(1), value, taxes=len(taxes))]
    if number % 4 == 1:
        licence = line(LICENCE, "Schriftlizenz, 1 Jahr", Decimal(2), Decimal(120), taxes=0)
        lines.append(licence)
    for place, row in enumerate(lines):
        row["id"] = 80220001 + number * 10 + place
    discount = Decimal(10) if number % 6 == 4 else None
    row = {
        "id": _FIRST_ID + number,
        "client_key": "".join(rng.choices("0123456789abcdef", k=40)),
        "number": f"A-{issued.year}-{number + 1:02}",
        "purchase_order": "HS-4711" if number % 5 == 0 else "",
        **totals(lines, taxes, discount),
        "subject": work.plan.name,
        "notes": (None, "", "Valid for 30 days")[number % 3],
        "currency": work.row["client"]["currency"],
        "state": state,
        "issue_date": issued,
        "sent_at": sent,
        "accepted_at": decided if state == "accepted" else None,
        "declined_at": decided if state == "declined" else None,
        "created_at": created,
        "updated_at": min(decided or sent or created, end_of(today)),
        "client": account.copy("clients", work.row["client"]["id"], CLIENT),
        "creator": account.copy("users", FIRST_USER_ID + number % 2, USER),
        "line_items": lines,
    }
    account.put("estimates", [row])
    return row
