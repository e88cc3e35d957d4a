"""Invoices, payments, balances, credits and retainers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.facts import Directory, Row, Value, age_bucket, select_flags
from tests.oracle.periods import parse_date
from tests.oracle.readings import Record, parse_number

ZERO = Fraction(0)


class Payment(NamedTuple):
    """One payment. A draw from a retainer is a payment without cash."""

    day: date
    amount: Fraction
    is_cash: bool
    record: Record


class Receivables:
    """Money facts of the invoices of an account.

    payments: payments in cash and draws from retainers, by id of the invoice.
    """

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.readings = directory.readings
        self.invoices = [self._apply_reading(i) for i in directory.account["invoices"]]
        entries = directory.account["time_entries"]
        self.ids_with_time = {e["invoice"]["id"] for e in entries if e.get("invoice")}
        self.payments = {invoice["id"]: self._list_payments(invoice) for invoice in self.invoices}

    def _has_line_form(self, invoice: Record) -> bool:
        return self.readings.retainer_draw == "line" and "_line_form" in invoice

    def _apply_reading(self, invoice: Record) -> Record:
        """Return an invoice in the form of the reading of draws."""
        form = invoice["_line_form"] if self._has_line_form(invoice) else {}
        return {**invoice, **form}

    def _list_payments(self, invoice: Record) -> list[Payment]:
        """Return payments and draws of an invoice. A draw line counts from the issue date."""
        payments = []
        for record in self.directory.account["invoice_payments"]:
            if record["invoice_id"] != invoice["id"]:
                continue
            day = parse_date(record.get("paid_date") or record.get("paid_at"))
            is_draw = bool(record.get("_draw"))
            if day is not None and not (is_draw and self._has_line_form(invoice)):
                payments.append(Payment(day, parse_number(record["amount"]), not is_draw, record))
        day = parse_date(invoice["issue_date"])
        if day is None or invoice["state"] == "draft":
            return payments
        lines = filter(self.is_draw_line, invoice["line_items"])
        return payments + [Payment(day, -parse_number(x["amount"]), False, x) for x in lines]

    def is_draw_line(self, line: Record) -> bool:
        """Return whether a line of an invoice draws from a retainer."""
        return line["kind"] in self.readings.retainer_kinds and line["amount"] < 0

    def is_deposit(self, invoice: Record) -> bool:
        """Return whether an invoice funds a retainer: one without work and without draws."""
        has_work = invoice["id"] in self.ids_with_time or any(
            line["project"] for line in invoice["line_items"]
        )
        has_draw = any(not payment.is_cash for payment in self.payments[invoice["id"]])
        return bool(invoice["retainer"]) and not has_work and not has_draw

    def sum_payments(self, invoice: Record, as_of: date) -> Fraction:
        """Return the payments and draws of an invoice up to a day."""
        return sum((p.amount for p in self.payments[invoice["id"]] if p.day <= as_of), ZERO)

    def closing_day(self, invoice: Record) -> date | None:
        """Return the day of the write-off, or None."""
        if invoice["state"] != "closed":
            return None
        instant = invoice["closed_at"] or invoice.get("_written_off_on") or invoice["updated_at"]
        return parse_date(instant)

    def invoice_amount(self, invoice: Record) -> Fraction:
        """Return the amount of an invoice before its draw lines."""
        lines = filter(self.is_draw_line, invoice["line_items"])
        return parse_number(invoice["amount"]) - sum(parse_number(x["amount"]) for x in lines)

    def balance(self, invoice: Record, as_of: date) -> Fraction:
        """Return what is open of an invoice at the end of a day, below 0 for a credit."""
        issue_date, closing_day = parse_date(invoice["issue_date"]), self.closing_day(invoice)
        if invoice["state"] == "draft" or issue_date is None or issue_date > as_of:
            return ZERO
        if closing_day is not None and closing_day <= as_of:
            return ZERO
        return self.invoice_amount(invoice) - self.sum_payments(invoice, as_of)

    def invoice_dims(self, invoice: Record) -> dict[str, Value]:
        """Return the dimensions of an invoice. Its state is the one of today."""
        return {
            "client": invoice["client"]["id"],
            "currency": invoice["currency"],
            "invoice_state": invoice["state"],
        }

    def list_invoice_rows(self) -> list[Row]:
        """Return one row for each invoice on its issue date.

        Its collection is cash and draws up to today.
        """
        rows = []
        for invoice in self.invoices:
            day = date.fromisoformat(invoice["issue_date"])
            flags = select_flags(
                draft=invoice["state"] == "draft", deposit=self.is_deposit(invoice)
            )
            numbers = {
                "count": Fraction(1),
                "amount": self.invoice_amount(invoice),
                "collection": self.sum_payments(invoice, self.directory.today),
            }
            rows.append(Row("invoice", day, self.invoice_dims(invoice), numbers, flags, invoice))
        return rows

    def list_payment_rows(self) -> list[Row]:
        """Return one row for each payment in cash on its own day."""
        rows = []
        for invoice in self.invoices:
            issue_date = date.fromisoformat(invoice["issue_date"])
            for payment in self.payments[invoice["id"]]:
                if payment.is_cash:
                    days = (payment.day - issue_date).days
                    numbers = {"amount": payment.amount, "amount_days": payment.amount * days}
                    dims = self.invoice_dims(invoice)
                    rows.append(Row("payment", payment.day, dims, numbers, record=payment.record))
        return rows

    def list_write_off_rows(self) -> list[Row]:
        """Return amount - payments - draws of each written-off invoice on its closing day."""
        rows = []
        for invoice in self.invoices:
            day = self.closing_day(invoice)
            if day is not None:
                amount = self.invoice_amount(invoice) - self.sum_payments(invoice, day)
                dims = self.invoice_dims(invoice)
                rows.append(Row("write_off", day, dims, {"amount": amount}, record=invoice))
        return rows

    def list_balance_rows(self, as_of: date) -> list[Row]:
        """Return debt or credit of each invoice at the end of a day. A credit is never late."""
        rows = []
        for invoice in self.invoices:
            balance = self.balance(invoice, as_of)
            if balance:
                due_date = parse_date(invoice["due_date"])
                age = age_bucket(due_date, as_of) if balance > 0 else "current"
                dims = self.invoice_dims(invoice) | {"age_bucket": age}
                numbers = {"debt": max(balance, ZERO), "credit": max(-balance, ZERO)}
                flags = select_flags(
                    overdue=due_date is not None and due_date < as_of,
                    deposit=self.is_deposit(invoice),
                )
                rows.append(Row("receivable", as_of, dims, numbers, flags, invoice))
        return rows

    def list_retainer_rows(self, as_of: date) -> list[Row]:
        """Return payments of deposits less draws up to a day, one row for each movement."""
        rows = []
        for invoice in self.invoices:
            dims = {k: v for k, v in self.invoice_dims(invoice).items() if k != "invoice_state"}
            for payment in self.payments[invoice["id"]]:
                if payment.day > as_of or (payment.is_cash and not self.is_deposit(invoice)):
                    continue
                amount = payment.amount if payment.is_cash else -payment.amount
                rows.append(Row("retainer", as_of, dims, {"amount": amount}, record=invoice))
        return rows

    def list_project_lines(self) -> dict[int, list[tuple[date, Fraction]]]:
        """Return issue date and amount after discount of the invoice lines of each project.

        Drafts, draw lines and lines in another currency than the project's are left out. A
        deposit has no line on a project.
        """
        lines: dict[int, list[tuple[date, Fraction]]] = {}
        for invoice in self.invoices:
            if invoice["state"] == "draft":
                continue
            issue_date = date.fromisoformat(invoice["issue_date"])
            factor = 1 - parse_number(invoice["discount"]) / 100
            for line in invoice["line_items"]:
                project = self.directory.projects.get((line["project"] or {}).get("id"))
                if project is None or self.is_draw_line(line):
                    continue
                project_id = project["id"]
                if self.directory.project_dims(project_id)["currency"] == invoice["currency"]:
                    amount = parse_number(line["amount"]) * factor
                    lines.setdefault(project_id, []).append((issue_date, amount))
        return lines
