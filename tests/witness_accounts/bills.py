"""Invoices with payments, and estimates of a generated account."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.witness_accounts.builder import Builder, Record, pick

DIGITS = {"JPY": 0, "KWD": 3}
EMPTY = "period_start period_end paid_at paid_date closed_at recurring_invoice_id estimate retainer"
Line = tuple[Record | None, str, Any, Any, bool]  # project, kind, quantity, price, taxed


def add_bill(
    b: Builder,
    entity: str,
    client: Record,
    issue: str,
    lines: list[Line],
    state: str,
    rates: tuple[Any, Any, Any] = (None, None, None),
    **extra: Any,
) -> Record:
    """Add an invoice or estimate with lines. `rates` are tax, second tax and discount."""
    unit = Decimal(1).scaleb(-DIGITS.get(str(extra.get("currency", client["currency"])), 2))
    tax, tax2, discount = (Decimal(str(rate or 0)) / 100 for rate in rates)

    def trim(value: Any) -> Decimal:
        return Decimal(value).quantize(unit, ROUND_HALF_UP)

    items, net = [], [Decimal(0), Decimal(0)]
    for project, kind, quantity, price, taxed in lines:
        b.last_id += 1
        amount = trim(Decimal(str(quantity)) * Decimal(str(price)))
        net = [net[0] + amount, net[1] + (amount if taxed else 0)]
        items.append(
            {
                "id": b.last_id,
                "kind": kind,
                "description": f"{kind} 2.0",
                "quantity": float(quantity),
                "unit_price": float(price),
                "amount": float(amount),
                "taxed": taxed,
                "taxed2": taxed,
            }
        )
        if entity == "invoices":
            items[-1]["project"] = pick(project, "id name code") if project else None
    off, taxes = trim(net[0] * discount), [trim(net[1] * (1 - discount) * t) for t in (tax, tax2)]
    instant = b.stamp(min(issue, b.shift(0)), "07:10:09")
    number = f"{issue[:4]}-{len(b.rows.get(entity, [])) + 1:03}"
    fields = {
        "client_key": f"{b.random.getrandbits(160):040x}",
        "number": number,
        "purchase_order": b.random.choice(["", None, "PO-1"]),
        "amount": float(net[0] - off + sum(taxes)),
        "tax": rates[0],
        "tax_amount": float(taxes[0]),
        "tax2": rates[1],
        "tax2_amount": float(taxes[1]),
        "discount": rates[2],
        "discount_amount": float(off),
        "subject": f"Work {number}",
        "notes": "",
        "currency": client["currency"],
        "state": state,
        "issue_date": issue,
        "sent_at": None if state == "draft" else instant,
        "client": pick(client, "id name"),
        "creator": pick(b.rows["users"][0], "id name"),
        "line_items": items,
    }
    return b.add(entity, instant, **fields | extra)


def add_invoice(
    b: Builder,
    client: Record,
    days: int,
    lines: list[Line],
    state: str = "open",
    due: int | None = 30,
    payments: tuple[tuple[Any, int], ...] = (),
    rates: tuple[Any, Any, Any] = (None, None, None),
    **extra: Any,
) -> Record:
    """Add an invoice issued some days after today, with payments: amount or None, days later."""
    fields: Record = dict.fromkeys(EMPTY.split()) | {"payment_term": "custom"} | extra
    fields |= {"due_date": None if due is None else b.shift(days + due), "payment_options": []}
    invoice = add_bill(b, "invoices", client, b.shift(days), lines, state, rates, **fields)
    due_amount = Decimal(str(invoice["amount"]))
    for amount, later in payments:
        day = min(b.shift(days + later), b.shift(0))
        part = due_amount if amount is None else Decimal(str(amount))
        due_amount -= part
        invoice["updated_at"] = max(invoice["updated_at"], b.stamp(day, "14:20:45"))
        payment = b.add(
            "invoice_payments",
            b.stamp(day, "14:20:45"),
            invoice_id=invoice["id"],
            amount=float(part),
            paid_at=f"{day}T00:00:00Z",
            paid_date=day,
            recorded_by="Ada Berg",
            recorded_by_email="person0@example.com",
            notes="",
            transaction_id=None,
            payment_gateway={"id": None, "name": None},
        )
        payment |= {"_draw": True} if invoice.get("_retainer") == "draw" else {}
        if state == "paid":
            invoice |= {"paid_date": day, "paid_at": f"{day}T00:00:00Z"}
    if state == "closed":
        day = b.shift(min(0, days + 90))
        closed = max(invoice["updated_at"], b.stamp(day, "16:45:00"))
        invoice |= {"closed_at": closed, "updated_at": closed, "_written_off_on": day}
    invoice["due_amount"] = float(max(due_amount, Decimal(0)) if state == "paid" else due_amount)
    return invoice


def add_special_invoices(b: Builder) -> None:
    """Add invoices in every state, with every oddity."""
    client, other, far = b.rows["clients"][:3]
    web, shop, portal, over, old = (b.rows["projects"][k] for k in (0, 1, 7, 9, 10))

    def price(price: Any, project: Record | None = None, taxed: bool = False) -> list[Line]:
        return [(project, "Service", 1, price, taxed)]

    for days in (-5, -30, -40, -75, -105, -230, -60):
        add_invoice(b, client, days, price(100 - days), due=None if days == -60 else 30)
    for days, state in ((0, "draft"), (40, "draft"), (33, "open"), (-3, "draft")):
        add_invoice(b, other, days, price(70.5), state)
    add_invoice(b, client, -50, price(900), payments=((300, 10), (200.5, 20)))
    add_invoice(b, client, -150, price(1000, web), "paid", payments=((400, 9), (None, 31)))
    add_invoice(b, client, -120, price(300), "paid", payments=((200, 5), (140, 12)))
    add_invoice(b, client, -200, price(800), "closed", payments=((250, 15),))
    add_invoice(b, far, -300, price(640), "closed")
    add_invoice(b, far, -20, price(-250))
    add_invoice(b, far, -21, price(0), "paid", payments=((0, 1),))
    add_invoice(
        b,
        other,
        -25,
        [*price(525, shop, True), (None, "Product", 2, 49.95, False)],
        rates=(8.5, 1.5, 10.0),
    )
    add_invoice(
        b,
        other,
        -400,
        price(5000),
        "paid",
        payments=((None, 3),),
        retainer={"id": 33012},
        _retainer="deposit",
    )
    draw = add_invoice(
        b,
        other,
        -90,
        price(2000, shop),
        "paid",
        payments=((2000, 0),),
        retainer={"id": 33012},
        _retainer="draw",
    )
    line = {"id": draw["id"] * 10, "kind": "Retainer", "project": None, "unit_price": -2000.0}
    items = [*draw["line_items"], draw["line_items"][0] | line | {"amount": -2000.0}]
    draw["_line_form"] = {"amount": 0.0, "retainer": None, "line_items": items}
    add_invoice(b, other, -80, price(500), payments=((500, 4), (-200, 30)))
    add_invoice(b, other, -70, price(99), recurring_invoice_id=120045)
    add_invoice(b, client, -66, [*price(300, web), *price(450, portal), *price(12)])
    add_invoice(b, client, -2700, price(75), "paid", payments=((None, 14),))
    add_invoice(b, far, -33, price(5000), currency="EUR")
    add_invoice(
        b,
        client,
        -180,
        price(8000, portal, True),
        "paid",
        payments=((None, 20),),
        rates=(19.0, None, 5.0),
        estimate={"id": b.rows["estimates"][0]["id"]},
    )
    add_invoice(b, client, -2, [*price(4000, portal), (portal, "Expense", 1, 120, False)], "draft")
    add_invoice(b, other, -220, price(8000, over), payments=((1000, 40),))
    add_invoice(b, b.rows["clients"][3], -500, price(9000, old), "paid", payments=((None, 30),))


def add_work_invoices(b: Builder) -> None:
    """Add invoices of months of time and expenses, and mark what they contain."""
    projects = {row["id"]: row for row in b.rows["projects"]}
    months: dict[tuple[int, str], list[Record]] = {}
    for row in b.rows["time_entries"] + b.rows["expenses"]:
        project = projects[row["project"]["id"]]
        priced = row.get("total_cost", row.get("billable_rate")) is not None and row["billable"]
        old = b.start.isoformat() <= row["spent_date"] < b.shift(-30)
        if priced and old and not row["is_billed"] and not project["is_fixed_fee"]:
            months.setdefault((row["client"]["id"], row["spent_date"][:7]), []).append(row)
    clients = {row["id"]: row for row in b.rows["clients"]}
    for number, ((client_id, month), rows) in enumerate(sorted(months.items())):
        lines: list[Line] = [
            (
                projects[row["project"]["id"]],
                "Expense" if "total_cost" in row else "Service",
                row.get("rounded_hours", 1),
                row.get("total_cost", row.get("billable_rate")),
                True,
            )
            for row in rows
        ]
        if number % 3:
            days = (date.fromisoformat(f"{month}-28") - b.today).days + 5
            state = "draft" if number % 19 == 1 else ["open", "paid"][number % 2]
            parts: tuple[tuple[Any, int], ...] = ((None, 25),) if state == "paid" else ()
            invoice = add_invoice(
                b,
                clients[client_id],
                min(days, 0),
                lines,
                state,
                30,
                parts,
                (20.0, None, None),
                period_start=f"{month}-01",
            )
            mark = {"is_billed": True, "is_locked": True, "locked_reason": "Item Invoiced"}
            for row in rows:
                row |= mark | {
                    "invoice": pick(invoice, "id number"),
                    "updated_at": max(row["updated_at"], invoice["created_at"]),
                }


def add_bills(b: Builder) -> None:
    """Add estimates, to which an invoice points, and all invoices."""
    states = ("accepted", "declined", "sent", "draft", "accepted", "sent")
    for number, state in enumerate(states):
        client, issue = b.rows["clients"][number % 3], b.shift(-400 + 70 * number)
        decisions = {
            f"{name}_at": b.stamp(b.shift(-390 + 70 * number)) if name == state else None
            for name in ("accepted", "declined")
        }
        lines: list[Line] = [(None, "Service", 10 + number, 150.0, True)]
        bill = add_bill(b, "estimates", client, issue, lines, state, (8.5, 1.5, 10.0), **decisions)
        bill["updated_at"] = max(bill["updated_at"], *(day or "" for day in decisions.values()))
    add_special_invoices(b)
    add_work_invoices(b)
