"""The demo account has every case that a dashboard of Harvest has to survive."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from harvest_demo import Account
from harvest_demo.account.account import Row, cents, display_name
from tests.harvest_demo.asking import Asking

TODAY = date(2026, 11, 20)


def _repeated(values: Iterable[Any]) -> bool:
    return any(count > 1 for count in Counter(values).values())


def _latin(text: str) -> bool:
    return all(ord(letter) < 0x250 for letter in text)


def _worked(account: Account, user: Row) -> bool:
    return any(entry.user["id"] == user["id"] for entry in account.entries)


# What must be so for at least one record of an entity.
RECORDS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "administrator": ("users", lambda r: r["access_roles"] == ["administrator"]),
    "manager": ("users", lambda r: "manager" in r["access_roles"]),
    "member": ("users", lambda r: r["access_roles"] == ["member"]),
    "contractor": ("users", lambda r: r["is_contractor"]),
    "part-timer in half hours": ("users", lambda r: r["weekly_capacity"] % 3600 == 1800),
    "person of two roles": ("users", lambda r: len(r["roles"]) == 2),
    "person without role": ("users", lambda r: r["roles"] == []),
    "person without rates": ("users", lambda r: r["default_hourly_rate"] is r["cost_rate"] is None),
    "person with zero rates": ("users", lambda r: r["default_hourly_rate"] == r["cost_rate"] == 0),
    "empty phone": ("users", lambda r: r["telephone"] == ""),
    "non-Latin name": ("users", lambda r: not _latin(r["first_name"])),
    "no avatar": ("users", lambda r: r["avatar_url"] is None),
    "recent joiner": ("users", lambda r: r["created_at"].date() > TODAY - timedelta(days=30)),
    "role nobody holds": ("roles", lambda r: r["user_ids"] == []),
    "archived client": ("clients", lambda r: not r["is_active"]),
    "client without address": ("clients", lambda r: r["address"] is None),
    "address with CR LF": ("clients", lambda r: "\r\n" in (r["address"] or "")),
    "name that a spreadsheet would run": ("clients", lambda r: r["name"][0] in "=+-@"),
    "contact without last name": ("contacts", lambda r: r["last_name"] is None),
    "archived project": ("projects", lambda r: not r["is_active"]),
    "fixed fee": ("projects", lambda r: r["is_fixed_fee"] and r["fee"]),
    "not billable": ("projects", lambda r: not r["is_billable"]),
    "monthly budget": ("projects", lambda r: r["budget_is_monthly"]),
    "budget with expenses": ("projects", lambda r: r["cost_budget_include_expenses"]),
    "budget shown to all": ("projects", lambda r: r["show_budget_to_all"]),
    "code in brackets that is none": (
        "projects", lambda r: r["name"] == "[Beta] Shop" and not r["code"],
    ),
    "custom rate": ("user_assignments", lambda r: not r["use_default_rates"]),
    "archived assignment": ("user_assignments", lambda r: not r["is_active"]),
    "personal budget": ("user_assignments", lambda r: r["budget"]),
    "project manager": ("user_assignments", lambda r: r["is_project_manager"]),
    "task budget": ("task_assignments", lambda r: r["budget"]),
    "billable task without rate": (
        "task_assignments", lambda r: r["billable"] and r["hourly_rate"] is None,
    ),
    "billable task at zero": (
        "task_assignments", lambda r: r["billable"] and r["hourly_rate"] == 0,
    ),
    "archived task": ("tasks", lambda r: not r["is_active"]),
    "unit price": ("expense_categories", lambda r: r["unit_price"]),
    "archived category": ("expense_categories", lambda r: not r["is_active"]),
    "expense by units": ("expenses", lambda r: r["units"] > 1),
    "receipt": ("expenses", lambda r: r["receipt"]),
    "no receipt": ("expenses", lambda r: r["receipt"] is None),
    "expense not billable": ("expenses", lambda r: not r["billable"]),
    "expense billed": ("expenses", lambda r: r["is_billed"] and r["invoice"]),
    "draft": ("invoices", lambda r: r["state"] == "draft"),
    "paid": ("invoices", lambda r: r["state"] == "paid" and r["due_amount"] == 0),
    "partly paid": (
        "invoices", lambda r: r["state"] == "open" and 0 < r["due_amount"] < r["amount"],
    ),
    "late": (
        "invoices", lambda r: r["state"] == "open" and r["due_date"] and r["due_date"] < TODAY,
    ),
    "not due yet": (
        "invoices", lambda r: r["state"] == "open" and r["due_date"] and r["due_date"] >= TODAY,
    ),
    "undated": ("invoices", lambda r: r["state"] == "open" and r["due_date"] is None),
    "written off": ("invoices", lambda r: r["state"] == "closed" and r["closed_at"]),
    "retainer": ("invoices", lambda r: r["retainer"]),
    "recurring": ("invoices", lambda r: r["recurring_invoice_id"]),
    "from an estimate": ("invoices", lambda r: r["estimate"]),
    "discount": ("invoices", lambda r: r["discount_amount"] > 0),
    "one tax": ("invoices", lambda r: r["tax"] and not r["tax2"]),
    "two taxes": ("invoices", lambda r: r["tax2_amount"] > 0),
    "no tax": ("invoices", lambda r: r["tax"] is None),
    "free-form line": ("invoices", lambda r: any(not x["project"] for x in r["line_items"])),
    "untaxed line": (
        "invoices", lambda r: r["tax"] and any(not x["taxed"] for x in r["line_items"]),
    ),
}  # fmt: skip

# What must be so for at least one time entry.
ENTRIES: dict[str, Callable[[Any], Any]] = {
    "rounded up": lambda e: e.rounded_hours > e.hours,
    "whole quarter": lambda e: e.rounded_hours == e.hours,
    "billable": lambda e: e.billable and e.billable_rate,
    "not billable": lambda e: not e.billable and e.billable_rate is None,
    "unpriced": lambda e: e.billable and e.billable_rate is None,
    "priced at zero": lambda e: e.billable and e.billable_rate == 0,
    "cost unknown": lambda e: e.cost_rate is None,
    "cost zero": lambda e: e.cost_rate == 0,
    "budgeted": lambda e: e.budgeted,
    "not budgeted": lambda e: not e.budgeted,
    "on an invoice": lambda e: e.is_billed and e.invoice,
    "billed elsewhere": lambda e: e.is_billed and e.invoice is None,
    "long unbilled": lambda e: (
        e.billable_rate and not e.is_billed and e.spent_date < TODAY - timedelta(days=90)
    ),
    "unsubmitted": lambda e: e.approval_status == "unsubmitted",
    "submitted": lambda e: e.approval_status == "submitted",
    "approved": lambda e: e.approval_status == "approved" and e.is_closed,
    "locked by invoice": lambda e: e.locked_reason == "Item Invoiced",
    "locked by approval": lambda e: e.locked_reason == "Item Approved",
    "locked by archiving": lambda e: e.locked_reason == "Item Archived",
    "not locked": lambda e: not e.is_locked,
    "no notes": lambda e: e.notes is None,
    "empty notes": lambda e: e.notes == "",
    "emoji": lambda e: "🎯" in (e.notes or ""),
    "line break": lambda e: "\n" in (e.notes or ""),
    "quotes": lambda e: '"' in (e.notes or ""),
    "markup": lambda e: "<b>" in (e.notes or ""),
    "formula": lambda e: (e.notes or "").startswith("="),
    "external reference": lambda e: e.external_reference,
    "edited later": lambda e: e.updated_at > e.created_at,
    "written down later": lambda e: e.created_at.date() > e.spent_date,
}


@pytest.mark.parametrize("case", RECORDS)
def test_there_is_a_record_with(account: Account, case: str) -> None:
    entity, holds = RECORDS[case]

    assert any(holds(row) for row in account.rows(entity))


@pytest.mark.parametrize("case", ENTRIES)
def test_there_is_a_time_entry(account: Account, case: str) -> None:
    assert any(ENTRIES[case](entry) for entry in account.entries)


def test_every_way_to_bill_and_to_budget_occurs(account: Account) -> None:
    projects = list(account.rows("projects"))
    hourly = {row["bill_by"] for row in projects if row["is_billable"] and not row["is_fixed_fee"]}

    assert hourly == {"Project", "Tasks", "People", "none"}
    assert {row["budget_by"] for row in projects} == {
        "project", "project_cost", "task", "task_fees", "person", "none",
    }  # fmt: skip


def test_names_repeat_where_ids_do_not(account: Account) -> None:
    assert _repeated(display_name(row) for row in account.rows("users"))
    assert _repeated(row["name"] for row in account.rows("projects"))


def test_there_are_enough_people_and_clients_in_three_currencies(account: Account) -> None:
    assert 24 <= len(account.tables["users"]) <= 40
    assert len(account.tables["clients"]) >= 15
    assert {row["currency"] for row in account.rows("clients")} == {"EUR", "USD", "GBP"}


def test_leavers_have_worked(account: Account) -> None:
    leavers = [row for row in account.rows("users") if not row["is_active"]]

    assert len(leavers) >= 2
    assert all(_worked(account, row) for row in leavers)


def test_two_or_three_timers_run_today(account: Account) -> None:
    running = [entry for entry in account.entries if entry.is_running]

    assert len(running) in (2, 3)
    assert {entry.spent_date for entry in running} == {TODAY}
    assert all(entry.hours > entry.hours_without_timer for entry in running)


def test_all_states_of_estimates_occur(account: Account) -> None:
    states = {row["state"] for row in account.rows("estimates")}

    assert states == {"draft", "sent", "accepted", "declined"}


def test_invoices_add_up(account: Account) -> None:
    for row in account.rows("invoices"):
        lines = row["line_items"]
        gross = sum((line["amount"] for line in lines), Decimal(0))
        kept = 1 - (row["discount"] or 0) / Decimal(100)
        taxed = sum((line["amount"] for line in lines if line["taxed"]), Decimal(0)) * kept
        taxed2 = sum((line["amount"] for line in lines if line["taxed2"]), Decimal(0)) * kept

        assert all(x["amount"] == cents(x["quantity"] * x["unit_price"]) for x in lines)
        assert row["discount_amount"] == cents(gross * (1 - kept))
        assert row["tax_amount"] == cents(taxed * (row["tax"] or 0) / 100)
        assert row["tax2_amount"] == cents(taxed2 * (row["tax2"] or 0) / 100)
        assert row["amount"] == (
            gross - row["discount_amount"] + row["tax_amount"] + row["tax2_amount"]
        )


def test_payments_explain_what_is_due(asking: Asking) -> None:
    invoices = asking.all("/invoices")
    for invoice in invoices:
        paid = asking.all(f"/invoices/{invoice['id']}/payments")
        total = sum(payment["amount"] for payment in paid)

        assert invoice["due_amount"] == invoice["amount"] - total
        if invoice["state"] == "paid":
            assert max(payment["paid_date"] for payment in paid) == invoice["paid_date"]


def test_an_invoice_bills_the_hours_that_name_it(account: Account) -> None:
    hours: dict[int, Decimal] = defaultdict(Decimal)
    for entry in account.entries:
        if entry.invoice is not None:
            hours[entry.invoice["id"]] += entry.fees
    with_hours = [account.tables["invoices"][invoice_id] for invoice_id in hours]

    assert len(with_hours) > 100
    for row in with_hours:
        billed = sum(x["amount"] for x in row["line_items"] if x["kind"] == "Dienstleistung")
        assert abs(billed - hours[row["id"]]) < Decimal("0.01") * len(row["line_items"])


def test_expenses_cost_units_times_price(account: Account) -> None:
    priced = [r for r in account.rows("expenses") if r["expense_category"]["unit_price"]]

    assert priced
    assert all(
        row["total_cost"] == cents(row["units"] * row["expense_category"]["unit_price"])
        for row in priced
    )
