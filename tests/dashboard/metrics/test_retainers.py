"""Deposits into retainers and draws from them, under each reading of Harvest's documents.

Acme pays 5,000 ahead in January, and 2,000 of work are invoiced in February.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import MONTH
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.agency_rows import (
    CLIENTS,
    COMPANY,
    TASKS,
    Row,
    entries,
    invoice,
    line,
    payments,
    project,
)
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 3, 31)
QUARTER = Scope(date(2026, 1, 1), TODAY, today=TODAY)
RETAINER = {"id": 7}

DEPOSIT = invoice(
    1, 5000, state="paid", due_amount=0, retainer=RETAINER, line_items=[line(5000, project=None)]
)
DEPOSITED = (1, "2026-01-25", 5000)
FEBRUARY = {"issue_date": "2026-02-10", "due_date": "2026-03-10"}
WORK = invoice(2, 2000, state="paid", due_amount=0, line_items=[line(2000)], **FEBRUARY)


def drawn_by_line(amount: float = 2000, **more: Any) -> Row:
    """The invoice of work with a line that takes `amount` from the retainer."""
    lines = [line(2000), line(-amount, kind="Retainer", project=None)]
    left = 2000 - amount
    state = "open" if left else "paid"
    return {**WORK, "amount": left, "due_amount": left, "state": state, "line_items": lines, **more}


def drawn_by_payment(**more: Any) -> Row:
    return {**WORK, "retainer": RETAINER, **more}


READINGS: Mapping[str, tuple[list[Row], list[Row]]] = {
    "a line": ([DEPOSIT, drawn_by_line()], payments(DEPOSITED)),
    "a line and the id": ([DEPOSIT, drawn_by_line(retainer=RETAINER)], payments(DEPOSITED)),
    "a payment": ([DEPOSIT, drawn_by_payment()], payments(DEPOSITED, (2, "2026-02-20", 2000))),
    "nothing but the state": ([DEPOSIT, drawn_by_payment()], payments(DEPOSITED)),
}
every_reading = pytest.mark.parametrize("reading", READINGS.values(), ids=READINGS)


class Books(ExitStack):
    """Accounts of these invoices and payments, all of which were read but for those `unread`."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self._directory = directory

    def build(
        self, invoices: list[Row], paid: list[Row], unread: tuple[int, ...] = (), **more: Any
    ) -> Snapshot:
        records: dict[str, Any] = {
            "company": COMPANY, "clients": CLIENTS, "tasks": TASKS,
            "projects": [project(100, "Website", "none")], "invoices": invoices,
            "invoice_payments": paid, **more,
        }  # fmt: skip
        read = [row["id"] for row in invoices if row["id"] not in unread]
        return self.enter_context(closing(published(self._directory, records, TODAY, paid=read)))


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with Books(tmp_path) as opened:
        yield opened


def figures(snapshot: Snapshot, *names: str) -> list[float]:
    frame = query_metrics(snapshot, [METRICS[name] for name in names], scope=QUARTER).frame
    return [float(frame[name].sum()) for name in names]


def by_month(snapshot: Snapshot, name: str) -> dict[int, float]:
    frame = query_metrics(snapshot, [METRICS[name]], by=[MONTH], scope=QUARTER).frame
    return {month.month: float(value) for month, value in zip(frame["month"], frame[name],
            strict=True) if value}  # fmt: skip


def rows(snapshot: Snapshot, name: str) -> dict[str, dict[Any, Any]]:
    frame = LISTINGS[name].make(snapshot, QUARTER, {}).frame
    return {str(row["number"]): dict(row) for row in frame.to_dict("records")}


SUMS = ("invoiced_amount", "paid_amount", "retainer_balance_amount", "outstanding_amount")


@every_reading
def test_retainer_is_a_liability_until_work_is_drawn_from_it(
    books: Books, reading: tuple[list[Row], list[Row]]
) -> None:
    snapshot = books.build(*reading)

    assert figures(snapshot, *SUMS) == [2000, 5000, 3000, 0]
    assert by_month(snapshot, "invoiced_amount") == {2: 2000}
    assert by_month(snapshot, "paid_amount") == {1: 5000}
    assert by_month(snapshot, "retainer_balance_amount") == {1: 5000, 2: 3000, 3: 3000}
    assert figures(snapshot, "invoice_count", "client_credit_amount") == [1, 0]
    assert figures(snapshot, "dso", "collection_share") == [0, 1]


@every_reading
def test_days_to_pay_are_of_cash_deposits_among_it(
    books: Books, reading: tuple[list[Row], list[Row]]
) -> None:
    assert figures(books.build(*reading), "days_to_pay") == [20]


@every_reading
def test_draw_is_no_cash_where_payments_were_never_read(
    books: Books, reading: tuple[list[Row], list[Row]]
) -> None:
    invoices, _ = reading
    snapshot = books.build([{**row, "paid_date": "2026-02-20"} for row in invoices], [], (1, 2))

    assert figures(snapshot, *SUMS) == [2000, 5000, 3000, 0]


@pytest.mark.parametrize(
    ("drawn", "paid"),
    [
        (drawn_by_line(1500, state="paid", due_amount=0), [(2, "2026-02-20", 500)]),
        (drawn_by_payment(), [(2, "2026-02-20", 1500), (2, "2026-02-25", 500)]),
    ],
    ids=["a line", "a payment"],
)
def test_what_a_retainer_does_not_cover_is_paid_in_cash(
    books: Books, drawn: Row, paid: list[tuple[int, str, float]]
) -> None:
    deposit = {**DEPOSIT, "amount": 1500}
    snapshot = books.build([deposit, drawn], payments((1, "2026-01-25", 1500), *paid))

    assert figures(snapshot, *SUMS) == [2000, 2000, 0, 0]
    assert by_month(snapshot, "paid_amount") == {1: 1500, 2: 500}


def test_payment_through_a_gateway_is_cash_beside_a_retainer(books: Books) -> None:
    (first, second) = payments(DEPOSITED, (2, "2026-02-20", 2000))
    gateway = {"payment_gateway": {"id": 1234, "name": "Linked gateway"}}
    snapshot = books.build([DEPOSIT, drawn_by_payment()], [first, {**second, **gateway}])

    assert figures(snapshot, *SUMS) == [2000, 7000, 5000, 0]


def test_unpaid_deposit_is_outstanding_and_in_no_balance(books: Books) -> None:
    snapshot = books.build([{**DEPOSIT, "state": "open", "due_amount": 5000}], [])

    assert figures(snapshot, *SUMS) == [0, 0, 0, 5000]
    assert figures(snapshot, "overdue_amount", "invoice_count") == [5000, 0]


def test_refunded_deposit_is_no_liability_any_more(books: Books) -> None:
    snapshot = books.build(
        [{**DEPOSIT, "state": "open"}], payments(DEPOSITED, (1, "2026-02-20", -2000))
    )

    assert by_month(snapshot, "retainer_balance_amount") == {1: 5000, 2: 3000, 3: 3000}
    assert figures(snapshot, "paid_amount", "outstanding_amount") == [3000, 2000]


def test_taxes_and_discounts_of_a_draw_are_those_of_its_line(books: Books) -> None:
    draw = line(-1000, kind=" retainer", project=None, taxed=True)
    drawn = drawn_by_line(
        1000, tax=19, tax_amount=171, discount=10, line_items=[line(2000, taxed=True), draw]
    )
    drawn |= {"amount": 1071, "due_amount": 1071}
    snapshot = books.build([DEPOSIT, drawn], payments(DEPOSITED))

    assert figures(snapshot, *SUMS) == [2142, 5000, 3929, 1071]


def test_line_called_retainer_is_a_line_where_there_is_no_deposit(books: Books) -> None:
    credit = invoice(2, -300, line_items=[line(-300, kind="Retainer")])

    assert figures(books.build([credit], []), *SUMS) == [-300, 0, 0, 0]


def test_invoice_with_time_on_it_is_no_deposit(books: Books) -> None:
    time = [{**row, "invoice": {"id": 1, "number": "N-1"}} for row in
            entries(("2026-01-04", 1, 100, 1, 50, 100))]  # fmt: skip
    snapshot = books.build([DEPOSIT], payments(DEPOSITED), time_entries=time)

    assert figures(snapshot, *SUMS) == [5000, 5000, 0, 0]


@every_reading
def test_revenue_and_fees_do_not_know_retainers(
    books: Books, reading: tuple[list[Row], list[Row]]
) -> None:
    launch = project(100, "Website", "none", is_fixed_fee=True, fee=9000)
    snapshot = books.build(*reading, projects=[launch])

    # Without start and end, a fee is earned as it is invoiced.
    assert figures(snapshot, "revenue_amount", "uninvoiced_fees_amount") == [2000, 7000]


@every_reading
def test_invoices_say_which_of_them_are_deposits(
    books: Books, reading: tuple[list[Row], list[Row]]
) -> None:
    found = rows(books.build(*reading), "invoices")

    assert {number: row["kind"] for number, row in found.items()} == {
        "N-1": "deposit", "N-2": "invoice",
    }  # fmt: skip
    assert [found["N-2"][name] for name in ("amount", "paid", "drawn", "outstanding", "state")] == [
        2000, 0, 2000, 0, "paid",
    ]  # fmt: skip
    assert [row["invoiced_amount"] for row in found.values()] == [2000, 0]
