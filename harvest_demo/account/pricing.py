"""Rates of time entries, and the totals of invoices and estimates."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from harvest_demo.account.account import Account, Row, TimeEntry, cents, instant, rate_on

SERVICE, EXPENSE, LICENCE = "Dienstleistung", "Auslage", "Lizenz"


def define_item_categories(account: Account) -> None:
    """Fill the kinds of lines, one list for invoices and one for estimates."""
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
    """Return one line, without its id; `taxes` says how many of the bill's taxes apply."""
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
    """Return the money fields of a bill: the discount comes off first, then taxes on what is left.

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


def is_billable(project: Row, task_assignment: Row) -> bool:
    """Billability comes from the task's assignment, unless the whole project is not billable."""
    return bool(project["is_billable"] and task_assignment["billable"])


def is_budgeted(project: Row, task_assignment: Row, user_assignment: Row) -> bool:
    """Return whether time uses up a budget; one per task or person covers only those."""
    match project["budget_by"]:
        case "none":
            return False
        case "task" | "task_fees":
            return task_assignment["budget"] is not None
        case "person":
            return user_assignment["budget"] is not None
    return True


def billable_rate(
    account: Account, project: Row, task_assignment: Row, user_assignment: Row, day: date
) -> Decimal | None:
    """The rate per hour on `day`; None for what is not billable, or was never given a rate."""
    if not is_billable(project, task_assignment):
        return None
    rate: Decimal | None = None
    match project["bill_by"]:
        case "Project":
            rate = project["hourly_rate"]
        case "Tasks":
            rate = task_assignment["hourly_rate"]
        case "People" if not user_assignment["use_default_rates"]:
            rate = user_assignment["hourly_rate"]
        case "People":
            rate = rate_on(account.billable_rates[user_assignment["user"]["id"]], day)
    return rate


def reprice(account: Account, entry: TimeEntry) -> None:
    """Resolve the entry's rates anew. Harvest leaves `updated_at` alone when it does this."""
    project = account.tables["projects"][entry.project["id"]]
    task_assignment = account.tables["task_assignments"][entry.task_assignment["id"]]
    user_assignment = account.tables["user_assignments"][entry.user_assignment["id"]]
    entry.billable = is_billable(project, task_assignment)
    entry.billable_rate = billable_rate(
        account, project, task_assignment, user_assignment, entry.spent_date
    )
    entry.cost_rate = rate_on(account.cost_rates[entry.user["id"]], entry.spent_date)
