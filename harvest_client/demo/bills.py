"""The arithmetic that invoices and estimates share: lines, discount, taxes."""

from collections.abc import Sequence
from decimal import Decimal

from harvest_client.demo.account import Account
from harvest_client.demo.copies import Row
from harvest_client.demo.entry import cents
from harvest_client.demo.moments import instant

SERVICE, EXPENSE, LICENCE = "Dienstleistung", "Auslage", "Lizenz"


def define_item_categories(account: Account) -> None:
    """Fills the kinds of lines, one list for invoices and one for estimates."""
    first = min(row["created_at"] for row in account.rows("users")).date()
    for number, name in enumerate((SERVICE, EXPENSE, LICENCE)):
        created = instant(first, 8, 0, number)
        stamps = {"created_at": created, "updated_at": created}
        uses = {"use_as_service": name == SERVICE, "use_as_expense": name == EXPENSE}
        account.put(
            "invoice_item_categories", [{"id": 1550901 + number, "name": name, **uses, **stamps}]
        )
        if name != EXPENSE:
            account.put(
                "estimate_item_categories", [{"id": 1440911 + number, "name": name, **stamps}]
            )


def line(kind: str, description: str, quantity: Decimal, unit_price: Decimal, *, taxes: int) -> Row:
    """One line, without its id; `taxes` says how many of the bill's taxes apply."""
    return {
        "kind": kind,
        "description": description,
        "quantity": quantity,
        "unit_price": unit_price,
        "amount": cents(quantity * unit_price),
        "taxed": taxes > 0,
        "taxed2": taxes > 1,
    }


def totals(lines: Sequence[Row], taxes: Sequence[Decimal], discount: Decimal | None) -> Row:
    """The money fields of a bill: the discount comes off first, then taxes on what is left.

    Rates are percent. A rate that is not there is null, its money zero.
    """
    gross = sum((row["amount"] for row in lines), Decimal(0))
    kept = 1 - (discount or Decimal(0)) / 100
    off = cents(gross * (1 - kept))
    rates = [*taxes, None, None][:2]
    money = [
        cents(sum((row["amount"] for row in lines if row[key]), Decimal(0)) * kept * rate / 100)
        if rate
        else Decimal(0)
        for key, rate in zip(("taxed", "taxed2"), rates, strict=True)
    ]
    return {
        "amount": gross - off + sum(money),
        "tax": rates[0],
        "tax_amount": money[0],
        "tax2": rates[1],
        "tax2_amount": money[1],
        "discount": discount,
        "discount_amount": off,
    }
