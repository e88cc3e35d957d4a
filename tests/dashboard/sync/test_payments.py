"""Payments are asked for where an invoice changed, and only there."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard.store.payments import PAYMENTS
from dashboard.store.record_store import Changes
from dashboard.sync.payments import MOST
from harvest_client import Budget
from tests.dashboard.sync.agency import TODAY, Agency, Copy


class Counted(Agency):
    """An agency that remembers the invoices whose payments were asked for."""

    def __init__(self) -> None:
        super().__init__(entries=300)
        self.asked: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/payments"):
            self.asked.append(int(request.url.path.split("/")[-2]))
        return super().handle_request(request)

    def invoices(self, state: str) -> list[dict[str, Any]]:
        return [row for row in self.account.rows("invoices") if row["state"] == state]

    def pay(self, invoice: dict[str, Any], amount: str) -> None:
        """Somebody records a payment, a day after what was done before."""
        self.now += timedelta(days=1)
        rows = self.account.payments.setdefault(invoice["id"], [])
        rows.append(
            {
                "id": invoice["id"] * 10 + len(rows),
                "amount": Decimal(amount),
                "paid_at": self.now,
                "paid_date": TODAY,
                "recorded_by": "Somebody",
                "recorded_by_email": "somebody@example.com",
                "notes": None,
                "transaction_id": None,
                "payment_gateway": {"id": None, "name": None},
                "created_at": self.now,
                "updated_at": self.now,
            }
        )
        self._owes(invoice, -Decimal(amount))

    def take_back(self, invoice: dict[str, Any]) -> None:
        """Somebody deletes the last payment."""
        self.now += timedelta(days=1)
        self._owes(invoice, self.account.payments[invoice["id"]].pop()["amount"])

    def _owes(self, invoice: dict[str, Any], more: Decimal) -> None:
        invoice["due_amount"] += more
        invoice["state"] = "open" if invoice["due_amount"] else "paid"
        invoice["updated_at"] = self.now


@pytest.fixture
def agency() -> Counted:
    return Counted()


@pytest.fixture
def copy(agency: Counted, tmp_path: Path) -> Copy:
    copy = Copy(agency, tmp_path, "direct")
    changed(copy)
    agency.now += timedelta(hours=1)  # beyond the minutes that are read twice
    return copy


def kept(copy: Copy) -> list[tuple[int, Decimal]]:
    return copy.stored(
        "SELECT id, amount FROM invoice_payments"
        " WHERE account_id = ? AND deleted_at IS NULL ORDER BY id"
    )


def true(agency: Counted) -> list[tuple[int, Decimal]]:
    rows = [row for rows in agency.account.payments.values() for row in rows]
    return sorted((row["id"], row["amount"]) for row in rows)


def changed(copy: Copy) -> Changes:
    """What the syncs that it takes changed of the payments."""
    done = copy.sync()
    changes = done.changes[PAYMENTS.name]
    while done.more:
        done = copy.sync()
        changes += done.changes[PAYMENTS.name]
    return changes


def test_every_payment_is_stored_and_each_invoice_that_can_have_any_asked_once(
    agency: Counted, copy: Copy
) -> None:
    partly = [row for row in agency.invoices("open") if row["due_amount"] != row["amount"]]

    assert kept(copy) == true(agency)
    assert sorted(agency.asked) == sorted(
        row["id"] for row in [*agency.invoices("paid"), *agency.invoices("closed"), *partly]
    )
    assert partly
    assert len(kept(copy)) > len(agency.invoices("paid"))  # some were paid in two parts


def test_without_a_change_nothing_is_asked(agency: Counted, copy: Copy) -> None:
    agency.asked.clear()

    assert changed(copy) == Changes()
    assert agency.asked == []


def test_only_the_invoice_that_was_paid_in_part_is_asked(agency: Counted, copy: Copy) -> None:
    invoice = next(row for row in agency.invoices("open") if row["due_amount"] == row["amount"])
    agency.asked.clear()
    agency.pay(invoice, "100.00")

    first = changed(copy)
    agency.pay(invoice, str(invoice["due_amount"]))
    second = changed(copy)

    assert (first.inserted, second.inserted) == (1, 1)
    assert agency.asked == [invoice["id"], invoice["id"]]
    assert kept(copy) == true(agency)


def test_a_payment_that_was_taken_back_is_kept_as_deleted(agency: Counted, copy: Copy) -> None:
    invoice = agency.invoices("paid")[0]
    agency.asked.clear()
    agency.take_back(invoice)

    assert changed(copy) == Changes(fetched=len(agency.account.payments[invoice["id"]]), deleted=1)
    assert agency.asked == [invoice["id"]]
    assert kept(copy) == true(agency)
    ((deleted,),) = copy.stored(
        "SELECT count(*) FROM invoice_payments WHERE account_id = ? AND deleted_at IS NOT NULL"
    )
    assert deleted == 1


def test_after_a_month_each_is_asked_again_whatever_its_invoice_says(
    agency: Counted, copy: Copy
) -> None:
    invoice = agency.invoices("paid")[0]
    agency.account.payments[invoice["id"]].pop()  # without a trace
    before = len(agency.asked)

    agency.now += timedelta(days=29)
    assert changed(copy) == Changes()
    agency.now += timedelta(days=2)

    assert changed(copy).deleted == 1
    assert len(agency.asked) == 2 * before


def test_payments_go_with_their_invoice_and_come_back_with_it(agency: Counted, copy: Copy) -> None:
    invoice = agency.invoices("paid")[0]
    del agency.account.tables["invoices"][invoice["id"]]
    gone = changed(copy)
    agency.account.put("invoices", [invoice])
    invoice["updated_at"] = agency.now = agency.now + timedelta(days=1)
    agency.asked.clear()

    back = changed(copy)

    paid = len(agency.account.payments[invoice["id"]])
    assert (gone.deleted, back.updated) == (paid, paid)
    assert agency.asked == [invoice["id"]]
    assert kept(copy) == true(agency)


def test_what_is_more_than_one_sync_may_ask_is_left_to_the_next_the_newest_first(
    agency: Counted, copy: Copy
) -> None:
    with copy.records() as records:
        for row in agency.account.rows("invoices"):
            records.payments.note_read({row["id"]: "otherwise"}, agency.now)

        few = records.payments.list_due(agency.now, 3)
        all_of_them = records.payments.list_due(agency.now, 10_000)

    assert list(few) == list(all_of_them)[:3]
    issued = [agency.account.tables["invoices"][id]["issue_date"] for id in all_of_them]
    assert issued == sorted(issued, reverse=True)


def test_a_sync_asks_for_no_more_payments_than_it_may_at_once(
    agency: Counted, tmp_path: Path
) -> None:
    """Whoever opens the dashboard for the first time does not wait for a window of Harvest's."""
    copy = Copy(agency, tmp_path, "direct", budget=Budget(40, 3600.0))

    done = copy.sync()

    assert 0 < len(agency.asked) < MOST
    assert done.more


def test_a_hosted_copy_has_no_payments_and_asks_for_none(agency: Counted, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path, "hosted")

    done = copy.sync()

    assert PAYMENTS.name not in done.changes
    assert agency.asked == []
    assert kept(copy) == []


def test_the_snapshot_has_the_payments_that_are_not_deleted(agency: Counted, copy: Copy) -> None:
    agency.take_back(agency.invoices("paid")[0])
    copy.sync()

    published = copy.ask("SELECT id, amount FROM records.invoice_payments ORDER BY id")

    assert published == true(agency)


def test_a_sync_asks_for_the_payments_of_sixty_invoices_at_most(
    agency: Counted, tmp_path: Path
) -> None:
    copy = Copy(agency, tmp_path, "direct")

    first = copy.sync()

    assert len(agency.asked) == MOST == 60
    assert first.more
    while copy.sync().more:
        assert len(agency.asked) <= 300
    assert kept(copy) == true(agency)
