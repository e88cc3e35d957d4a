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
    """One payment. A payment out of a retainer is no cash."""

    day: date
    amount: Fraction
    is_cash: bool
    record: Record


class Draw(NamedTuple):
    """One draw from the retainers of a client."""

    day: date
    amount: Fraction
    invoice: Record


class Receivables:
    """Money facts of the invoices of an account."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.readings = directory.readings
        self.invoices: list[Record] = list(directory.account["invoices"])
        self.payments: dict[int, list[Payment]] = {i["id"]: [] for i in self.invoices}
        for record in directory.account["invoice_payments"]:
            day = parse_date(record.get("paid_date") or record.get("paid_at"))
            if day is not None and record["invoice_id"] in self.payments:
                is_cash = not record.get("_retainer")
                payment = Payment(day, parse_number(record["amount"]), is_cash, record)
                self.payments[record["invoice_id"]].append(payment)

    def sum_payments(self, invoice: Record, as_of: date, cash_only: bool = False) -> Fraction:
        """Return the payments of an invoice up to a day."""
        payments = self.payments[invoice["id"]]
        return sum(
            (p.amount for p in payments if p.day <= as_of and (p.is_cash or not cash_only)), ZERO
        )

    def closing_day(self, invoice: Record) -> date | None:
        """Return the day of the write-off, or None."""
        if invoice["state"] != "closed":
            return None
        instant = invoice["closed_at"] or invoice.get("_written_off_on") or invoice["updated_at"]
        return parse_date(instant)

    def draw_lines(self, invoice: Record) -> list[Record]:
        """Return the lines that draw from a retainer, by the reading "line_kind"."""
        if self.readings.retainer_draw != "line_kind" or invoice["retainer"]:
            return []
        kinds = self.readings.retainer_kinds
        return [x for x in invoice["line_items"] if x["kind"] in kinds and x["amount"] < 0]

    def settlement_without_payment(self, invoice: Record) -> Fraction:
        """Return amount - payments - amount due, where that has the sign of the amount.

        Harvest marks an invoice as paid that a retainer covers, and records no cash for it.
        """
        if invoice["state"] not in ("open", "paid"):
            return ZERO
        amount = parse_number(invoice["amount"])
        due = parse_number(invoice["due_amount"]) if invoice["state"] == "open" else ZERO
        rest = amount - self.sum_payments(invoice, date.max) - due
        return rest if rest * amount > 0 else ZERO

    def settlement_day(self, invoice: Record) -> date:
        """Return the day of a settlement without payment.

        That is the day of full payment if no payment exists, else the issue date.
        """
        day = None if self.payments[invoice["id"]] else parse_date(invoice["paid_date"])
        return day or date.fromisoformat(invoice["issue_date"])

    def is_deposit(self, invoice: Record) -> bool:
        """Return whether an invoice funds a retainer. It is not income."""
        if not invoice["retainer"]:
            return False
        is_draw = self.readings.retainer_draw == "own_invoice"
        return not (is_draw and self.settlement_without_payment(invoice) > 0)

    def invoice_amount(self, invoice: Record) -> Fraction:
        """Return the amount of an invoice before its draw lines."""
        draws = sum((parse_number(x["amount"]) for x in self.draw_lines(invoice)), ZERO)
        return parse_number(invoice["amount"]) - draws

    def balance(self, invoice: Record, as_of: date) -> Fraction:
        """Return what is open of an invoice at the end of a day, below 0 for a credit."""
        issue_date, closing_day = parse_date(invoice["issue_date"]), self.closing_day(invoice)
        if invoice["state"] == "draft" or issue_date is None or issue_date > as_of:
            return ZERO
        if closing_day is not None and closing_day <= as_of:
            return ZERO
        rest = parse_number(invoice["amount"]) - self.sum_payments(invoice, as_of)
        if self.settlement_day(invoice) <= as_of:
            rest -= self.settlement_without_payment(invoice)
        return rest

    def invoice_dims(self, invoice: Record) -> dict[str, Value]:
        """Return the dimensions of an invoice. Its state is the one of today."""
        return {
            "client": invoice["client"]["id"],
            "currency": invoice["currency"],
            "invoice_state": invoice["state"],
        }

    def list_invoice_rows(self) -> list[Row]:
        """Return one row for each invoice on its issue date, with its cash up to today."""
        rows = []
        for invoice in self.invoices:
            day = date.fromisoformat(invoice["issue_date"])
            flags = select_flags(
                draft=invoice["state"] == "draft", deposit=self.is_deposit(invoice)
            )
            numbers = {
                "count": Fraction(1),
                "amount": self.invoice_amount(invoice),
                "collection": self.sum_payments(invoice, self.directory.today, cash_only=True),
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
        """Return amount - payments of each written-off invoice on its closing day."""
        rows = []
        for invoice in self.invoices:
            day = self.closing_day(invoice)
            if day is not None:
                amount = parse_number(invoice["amount"]) - self.sum_payments(invoice, day)
                dims = self.invoice_dims(invoice)
                rows.append(Row("write_off", day, dims, {"amount": amount}, record=invoice))
        return rows

    def list_balance_rows(self, as_of: date) -> list[Row]:
        """Return debt or credit of each invoice at the end of a day."""
        rows = []
        for invoice in self.invoices:
            balance = self.balance(invoice, as_of)
            if balance:
                due_date = parse_date(invoice["due_date"])
                dims = self.invoice_dims(invoice) | {"age_bucket": age_bucket(due_date, as_of)}
                numbers = {"debt": max(balance, ZERO), "credit": max(-balance, ZERO)}
                flags = select_flags(overdue=due_date is not None and due_date < as_of)
                rows.append(Row("receivable", as_of, dims, numbers, flags, invoice))
        return rows

    def list_draws(self) -> list[Draw]:
        """Return the draws from retainers, by the chosen reading."""
        draws = []
        funds = {(i["client"]["id"], i["currency"]) for i in self.invoices if self.is_deposit(i)}
        for invoice in self.invoices:
            if invoice["state"] == "draft":
                continue
            payments = [p for p in self.payments[invoice["id"]] if not p.is_cash]
            draws += [Draw(p.day, p.amount, invoice) for p in payments]
            issue_date = date.fromisoformat(invoice["issue_date"])
            amounts = [-parse_number(line["amount"]) for line in self.draw_lines(invoice)]
            draws += [Draw(issue_date, amount, invoice) for amount in amounts]
            rest = self.settlement_without_payment(invoice)
            has_fund = (invoice["client"]["id"], invoice["currency"]) in funds
            if self.readings.retainer_draw == "own_invoice" and has_fund and rest > 0:
                draws.append(Draw(self.settlement_day(invoice), rest, invoice))
        return draws

    def list_retainer_rows(self, as_of: date) -> list[Row]:
        """Return payments of deposits less draws up to a day, one row for each movement."""
        rows = []
        moves = [Draw(d.day, -d.amount, d.invoice) for d in self.list_draws()]
        for invoice in filter(self.is_deposit, self.invoices):
            payments = self.payments[invoice["id"]]
            moves += [Draw(p.day, p.amount, invoice) for p in payments if p.is_cash]
        for day, amount, invoice in moves:
            if day <= as_of:
                dims = {k: v for k, v in self.invoice_dims(invoice).items() if k != "invoice_state"}
                rows.append(Row("retainer", as_of, dims, {"amount": amount}, record=invoice))
        return rows

    def list_project_lines(self) -> dict[int, list[tuple[date, Fraction]]]:
        """Return issue date and amount after discount of the invoice lines of each project.

        Drafts, deposits, draw lines and lines in another currency than the project's are left
        out.
        """
        lines: dict[int, list[tuple[date, Fraction]]] = {}
        for invoice in self.invoices:
            if invoice["state"] == "draft" or self.is_deposit(invoice):
                continue
            issue_date = date.fromisoformat(invoice["issue_date"])
            factor = 1 - parse_number(invoice["discount"]) / 100
            draws = self.draw_lines(invoice)
            for line in invoice["line_items"]:
                project = self.directory.projects.get((line["project"] or {}).get("id"))
                if project is None or line in draws:
                    continue
                project_id = project["id"]
                if self.directory.project_dims(project_id)["currency"] == invoice["currency"]:
                    amount = parse_number(line["amount"]) * factor
                    lines.setdefault(project_id, []).append((issue_date, amount))
        return lines
