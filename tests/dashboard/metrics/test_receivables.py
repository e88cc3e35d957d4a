"""What was paid, what is owed and what is credit, invoice by invoice, on 31 March 2026.

Acme's invoices are of 5 January and due on the 20th, if a test does not say otherwise.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import AGE_BUCKET, MONTH, Dimension
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.agency_rows import CLIENTS, COMPANY, Row, invoice, payments
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 3, 31)
QUARTER = Scope(date(2026, 1, 1), TODAY, today=TODAY)

Books = Callable[..., Snapshot]


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """The account with these invoices and payments, all of them read but for those `unread`."""
    with ExitStack() as opened:

        def build(
            invoices: list[Row], paid: list[Row] | None = None, unread: tuple[int, ...] = ()
        ) -> Snapshot:
            records: dict[str, Any] = {
                "company": COMPANY, "clients": CLIENTS, "invoices": invoices,
                "invoice_payments": paid or [],
            }  # fmt: skip
            read = [row["id"] for row in invoices if row["id"] not in unread]
            return opened.enter_context(closing(published(tmp_path, records, TODAY, paid=read)))

        yield build


def figures(snapshot: Snapshot, *names: str, scope: Scope = QUARTER) -> list[float]:
    frame = query_metrics(snapshot, [METRICS[name] for name in names], scope=scope).frame
    return [float(frame[name].sum()) for name in names]


def by(snapshot: Snapshot, name: str, dimension: Dimension) -> dict[str, float]:
    frame = query_metrics(snapshot, [METRICS[name]], by=[dimension], scope=QUARTER).frame
    return {f"{key:%Y-%m}" if dimension is MONTH else key: float(value) for key, value in
            zip(frame[dimension.id], frame[name], strict=True) if value}  # fmt: skip


BALANCES = ("paid_amount", "outstanding_amount", "client_credit_amount")
whatever_is_due = pytest.mark.parametrize("due", [0, -40, 40, 300, None])


@whatever_is_due
@pytest.mark.parametrize("state", ["paid", "open"])
def test_overpaid_invoice_owes_nothing_and_leaves_a_credit(
    books: Books, due: float | None, state: str
) -> None:
    snapshot = books(
        [invoice(1, 300, state=state, due_amount=due, paid_date="2026-02-10")],
        payments((1, "2026-01-25", 200), (1, "2026-02-10", 140)),
    )

    assert figures(snapshot, *BALANCES) == [340, 0, 40]
    assert by(snapshot, "paid_amount", MONTH) == {"2026-01": 200, "2026-02": 140}
    assert query_metrics(snapshot, [METRICS["paid_amount"]], scope=QUARTER).notes == ()


def test_credit_of_one_invoice_does_not_hide_debt_of_another(books: Books) -> None:
    snapshot = books(
        [invoice(1, 300, state="paid", due_amount=0), invoice(2, 100)],
        payments((1, "2026-01-25", 340)),
    )

    assert figures(snapshot, *BALANCES, "overdue_amount") == [340, 100, 40, 100]


def test_credit_begins_on_the_day_of_the_overpayment(books: Books) -> None:
    snapshot = books(
        [invoice(1, 300, state="paid", due_amount=0)],
        payments((1, "2026-01-25", 200), (1, "2026-02-10", 140)),
    )

    assert by(snapshot, "client_credit_amount", MONTH) == {"2026-02": 40, "2026-03": 40}
    assert by(snapshot, "outstanding_amount", MONTH) == {"2026-01": 100}


@pytest.mark.parametrize("due", [0, -200, 300, 500, None])
def test_write_off_is_what_was_not_paid_on_the_day_of_closing(
    books: Books, due: float | None
) -> None:
    closed = {"state": "closed", "due_amount": due, "closed_at": "2026-02-20T10:00:00Z"}
    snapshot = books([invoice(1, 500, **closed)], payments((1, "2026-01-25", 200)))

    assert figures(snapshot, *BALANCES, "write_off_amount") == [200, 0, 0, 300]
    assert by(snapshot, "write_off_amount", MONTH) == {"2026-02": 300}
    assert by(snapshot, "outstanding_amount", MONTH) == {"2026-01": 300}


def test_closed_invoice_is_owed_by_nobody_until_a_later_payment(books: Books) -> None:
    closed = {"state": "closed", "due_amount": 300, "closed_at": "2026-02-20T10:00:00Z"}
    snapshot = books([invoice(1, 500, **closed)], payments((1, "2026-03-10", 200)))

    assert by(snapshot, "outstanding_amount", MONTH) == {"2026-01": 500}
    assert by(snapshot, "paid_amount", MONTH) == {"2026-03": 200}
    assert figures(snapshot, *BALANCES, "write_off_amount") == [200, 0, 0, 300]


def test_refund_is_a_negative_payment_on_its_own_day(books: Books) -> None:
    snapshot = books(
        [invoice(1, 300, due_amount=60)],
        payments((1, "2026-01-25", 340), (1, "2026-02-10", -100)),
    )

    assert by(snapshot, "paid_amount", MONTH) == {"2026-01": 340, "2026-02": -100}
    assert by(snapshot, "client_credit_amount", MONTH) == {"2026-01": 40}
    assert by(snapshot, "outstanding_amount", MONTH) == {"2026-02": 60, "2026-03": 60}


@pytest.mark.parametrize("unread", [(), (1,)])
@pytest.mark.parametrize("due", [-300, 0, 300, None])
def test_open_credit_note_is_credit_and_never_late(
    books: Books, due: float | None, unread: tuple[int, ...]
) -> None:
    snapshot = books([invoice(1, -300, due_amount=due), invoice(2, 100)], unread=unread)

    assert figures(snapshot, *BALANCES, "overdue_amount") == [0, 100, 300, 100]
    assert figures(snapshot, "invoiced_amount") == [-200]
    assert by(snapshot, "client_credit_amount", AGE_BUCKET) == {"current": 300}
    assert by(snapshot, "outstanding_amount", AGE_BUCKET) == {"61-90": 100}


def test_closed_credit_note_is_no_credit_any_more(books: Books) -> None:
    closed = {"state": "closed", "closed_at": "2026-02-20T10:00:00Z"}
    snapshot = books([invoice(1, -300, **closed)])

    assert by(snapshot, "client_credit_amount", MONTH) == {"2026-01": 300}
    assert figures(snapshot, *BALANCES, "write_off_amount") == [0, 0, 0, -300]


def test_payment_before_issue_is_cash_then_and_no_credit(books: Books) -> None:
    snapshot = books(
        [invoice(1, 300, state="paid", due_amount=0, issue_date="2026-02-05")],
        payments((1, "2026-01-25", 300)),
    )

    assert by(snapshot, "paid_amount", MONTH) == {"2026-01": 300}
    assert by(snapshot, "client_credit_amount", MONTH) == {}
    assert by(snapshot, "outstanding_amount", MONTH) == {}


def test_paid_invoice_whose_payments_fall_short_owes_nothing(books: Books) -> None:
    snapshot = books(
        [invoice(1, 300, state="paid", due_amount=0, paid_date="2026-02-10")],
        payments((1, "2026-01-25", 200)),
    )

    assert figures(snapshot, *BALANCES) == [200, 0, 0]
    assert figures(snapshot, "collection_share") == [1]


PAID_IN_PART = [invoice(1, 300, due_amount=100)]


def test_payments_never_read_are_reconstructed_and_said_to_be(books: Books) -> None:
    snapshot = books(PAID_IN_PART, unread=(1,))

    (note,) = query_metrics(snapshot, [METRICS["paid_amount"]], scope=QUARTER).notes
    assert note.startswith("Some partial-payment dates are estimated")
    assert figures(snapshot, *BALANCES) == [200, 100, 0]


def test_payments_once_read_are_not_corrected_by_what_is_due(books: Books) -> None:
    snapshot = books(PAID_IN_PART, payments((1, "2026-01-25", 150)))

    assert figures(snapshot, *BALANCES) == [150, 150, 0]


def test_invoice_that_changed_since_its_payments_were_read_has_the_rest_reconstructed(
    books: Books,
) -> None:
    first = payments((1, "2026-01-25", 150))
    books(PAID_IN_PART, first).close()
    changed = invoice(1, 300, due_amount=50, updated_at="2026-03-15T10:00:00Z")

    snapshot = books([changed], first, unread=(1,))

    assert by(snapshot, "paid_amount", MONTH) == {"2026-01": 150, "2026-03": 100}


def test_overpayment_stays_when_an_invoice_changed_since_its_payments_were_read(
    books: Books,
) -> None:
    first = payments((1, "2026-01-25", 340))
    books([invoice(1, 300, state="paid", due_amount=0)], first).close()
    changed = invoice(1, 300, state="paid", due_amount=0, updated_at="2026-03-15T10:00:00Z")

    snapshot = books([changed], first, unread=(1,))

    assert figures(snapshot, *BALANCES) == [340, 0, 40]
