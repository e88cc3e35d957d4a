"""Bounds of an account: every kind of record counts, and no slip of the pen does."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.rights import Viewer
from dashboard.config.dates import Days, plausible_days
from dashboard.metrics.bounds import DATED, find_bounds, note_strays
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.metric import Fact, TimeWindow
from dashboard.metrics.period import Period
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.agency_rows import CLIENTS, COMPANY, TASKS, entries, person, project
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 3, 31)
STAMPS = {"created_at": "2026-01-02T09:00:00Z", "updated_at": "2026-01-02T09:00:00Z"}
CLIENT = {"id": 10, "name": "Acme", "currency": "EUR"}
PLAIN: dict[str, Any] = {
    "company": COMPANY,
    "clients": CLIENTS,
    "tasks": TASKS,
    "projects": [project(100, "Website", "none")],
    "users": [person(1, "Ada", 40)],
    "time_entries": entries(("2026-02-02", 1, 100, 1, 8, 100)),
}

Publish = Callable[..., Snapshot]


@pytest.fixture
def publish(tmp_path: Path) -> Any:
    """Publishes the plain account with more records of some entities."""
    with ExitStack() as opened:

        def make(**more: list[dict[str, Any]]) -> Snapshot:
            records = PLAIN | {name: [*PLAIN.get(name, []), *rows] for name, rows in more.items()}
            snapshot = published(tmp_path / "account", records, TODAY)
            opened.callback(snapshot.close)
            return snapshot

        yield make


def entry(day: str, number: int = 500) -> dict[str, Any]:
    (row,) = entries((day, 1, 100, 1, 1, 100))
    return row | {"id": number}


def expense(day: str) -> dict[str, Any]:
    return {
        "id": 700, "spent_date": day, "user": {"id": 1, "name": "Ada"}, "client": CLIENT,
        "project": {"id": 100, "name": "Website"}, "total_cost": 10, "billable": True, **STAMPS,
    }  # fmt: skip


def invoice(day: str, number: int = 800, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "number": str(number), "client": CLIENT, "currency": "EUR", "state": "open",
        "issue_date": day, "due_date": day, "amount": 100, "due_amount": 100, **STAMPS, **more,
    }  # fmt: skip


def payment(day: str) -> dict[str, Any]:
    return {"id": 900, "invoice_id": 800, "amount": 40, "paid_date": day, **STAMPS}


def estimate(day: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 950, "number": "E1", "client": CLIENT, "currency": "EUR", "state": "sent",
        "issue_date": day, "amount": 100, **STAMPS, **more,
    }  # fmt: skip


def fixed_fee(first: str, last: str) -> dict[str, Any]:
    return project(110, "Brand", "none", is_fixed_fee=True, fee=900, starts_on=first, ends_on=last)


PART_PAID = invoice("2026-02-02", due_amount=60)
ACCEPTED = estimate("2026-02-02", state="accepted", accepted_at="2026-03-03T10:00:00Z")
WRITTEN_OFF = invoice("2026-02-02", state="closed", closed_at="2026-03-20T10:00:00Z")
FEBRUARY = date(2026, 2, 2)
KINDS: list[tuple[str, dict[str, list[dict[str, Any]]], Days]] = [
    ("nothing else", {}, Days(date(2026, 2, 2), date(2026, 2, 2))),
    (
        "time_entries",
        {"time_entries": [entry("2027-01-05")]},
        Days(date(2026, 2, 2), date(2027, 1, 5)),
    ),
    ("expenses", {"expenses": [expense("2018-05-05")]}, Days(date(2018, 5, 5), date(2026, 2, 2))),
    (
        "invoices",
        {"invoices": [invoice("2019-01-31"), invoice("2027-06-30", 801)]},
        Days(date(2019, 1, 31), date(2027, 6, 30)),
    ),
    (
        "invoice_payments",
        {"invoices": [PART_PAID], "invoice_payments": [payment("2026-03-09")]},
        Days(FEBRUARY, date(2026, 3, 9)),
    ),
    ("write-offs", {"invoices": [WRITTEN_OFF]}, Days(FEBRUARY, date(2026, 3, 20))),
    ("estimates", {"estimates": [estimate("2017-07-01")]}, Days(date(2017, 7, 1), FEBRUARY)),
    ("decided estimates", {"estimates": [ACCEPTED]}, Days(FEBRUARY, date(2026, 3, 3))),
    (
        "fixed fees",
        {"projects": [fixed_fee("2016-01-01", "2028-12-31")]},
        Days(date(2016, 1, 1), date(2028, 12, 31)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "days"), [each[1:] for each in KINDS], ids=[each[0] for each in KINDS]
)
def test_all_time_spans_every_kind_of_dated_record(
    publish: Publish, more: dict[str, list[dict[str, Any]]], days: Days
) -> None:
    found = find_bounds(publish(**more), TODAY)

    assert found.days == days
    assert found.note == ""
    start, end = Period("all").resolve(TODAY, 0, 1, found.days)
    assert start <= days.first
    assert end >= days.last


STRAYS = [
    ("time_entries", {"time_entries": [entry("0026-02-02")]}, "1 time entry (0026-02-02)"),
    ("expenses", {"expenses": [expense("2206-05-05")]}, "1 expense (2206-05-05)"),
    ("invoices", {"invoices": [invoice("1926-01-31")]}, "1 invoice (1926-01-31)"),
    (
        "invoice_payments",
        {
            "invoices": [PART_PAID],
            "invoice_payments": [payment("0206-03-09")],
        },
        "1 payment (0206-03-09)",
    ),
    ("estimates", {"estimates": [estimate("2062-07-01")]}, "1 estimate (2062-07-01)"),
    (
        "fixed fees",
        {"projects": [fixed_fee("2026-01-01", "2060-12-31")]},
        "1 fixed fee (2032-01-01 to 2060-12-31)",
    ),
]


@pytest.mark.parametrize(
    ("more", "named"), [each[1:] for each in STRAYS], ids=[e[0] for e in STRAYS]
)
def test_record_dated_outside_is_named_and_bounds_nothing(
    publish: Publish, more: dict[str, list[dict[str, Any]]], named: str
) -> None:
    snapshot = publish(**more)

    found = find_bounds(snapshot, TODAY)

    assert found.days is not None
    assert found.days.first in plausible_days(TODAY)
    assert found.days.last in plausible_days(TODAY)
    assert found.note == (
        f"1 record is dated outside 1990–2031, so all time goes without: {named}."
        " Correct the dates in Harvest."
    )
    start, end = Period("all").resolve(TODAY, 0, 1, found.days)
    assert note_strays(snapshot, Scope(start, end, today=TODAY)) == (found.note,)
    assert note_strays(snapshot, Scope(date(2026, 2, 3), end, today=TODAY)) == ()


def test_records_dated_outside_are_counted_together(publish: Publish) -> None:
    snapshot = publish(
        time_entries=[entry("0026-02-02"), entry("2206-02-02", 501)],
        invoices=[invoice("2206-01-05")],
    )

    found = find_bounds(snapshot, TODAY)

    assert found.days == Days(date(2026, 2, 2), date(2026, 2, 2))
    assert found.note == (
        "3 records are dated outside 1990–2031, so all time goes without:"
        " 2 time entries (0026-02-02 to 2206-02-02), 1 invoice (2206-01-05)."
        " Correct the dates in Harvest."
    )


def test_bounds_of_some_facts_leave_the_others_out(publish: Publish) -> None:
    snapshot = publish(invoices=[invoice("2019-01-31"), invoice("2206-01-05", 801)])

    found = find_bounds(snapshot, TODAY, [Fact.TIME, Fact.EXPENSES])

    assert found.days == Days(date(2026, 2, 2), date(2026, 2, 2))
    assert found.note == ""


def test_bounds_are_those_of_what_the_viewer_sees(publish: Publish) -> None:
    snapshot = publish(
        users=[person(2, "Bo", 40)],
        time_entries=[entry("2020-02-02"), entry("2206-02-02", 501)],
        invoices=[invoice("2019-01-31")],
    )
    bo = Viewer(user_id=2, name="Bo", rights=frozenset(), people=frozenset({2}))

    assert find_bounds(snapshot.for_viewer(bo), TODAY).days is None
    assert find_bounds(snapshot.for_viewer(bo), TODAY).note == ""
    assert find_bounds(snapshot, TODAY).days == Days(date(2019, 1, 31), date(2026, 2, 2))


def test_all_time_of_account_with_strays_only_is_this_year(publish: Publish) -> None:
    days = find_bounds(publish(), TODAY, [Fact.EXPENSES]).days

    assert days is None
    assert Period("all").resolve(TODAY, 0, 1, days) == (TODAY, date(2026, 12, 31))


def test_every_day_of_the_catalogue_bounds_all_time() -> None:
    """Balances follow from the movements of others, and capacity goes on for a year.

    The day on which a payment's invoice was issued is the invoice's.
    """
    asked = {
        (measure.fact, measure.day)
        for metric in METRICS.values()
        for measure in metric.measures
        if measure.window is TimeWindow.PERIOD
        and measure.fact is not Fact.CAPACITY
        and measure.day != "f.issued_day"
    }

    assert asked == {(fact, day) for fact, dated in DATED.items() for day in dated.days}


def test_capacity_of_person_with_entry_of_year_26_begins_with_plausible_work(
    publish: Publish,
) -> None:
    snapshot = publish(time_entries=[entry("0026-02-02")])

    ((first, rows),) = snapshot.rows("SELECT min(day), count(*) FROM capacity_facts")

    assert first == date(2026, 2, 2)
    assert rows < 366


def test_capacity_of_archived_person_ends_with_plausible_work(publish: Publish) -> None:
    late = entries(("2026-02-02", 2, 100, 1, 1, 100), ("2206-02-02", 2, 100, 1, 1, 100))
    snapshot = publish(
        users=[person(2, "Bo", 40, is_active=False)],
        time_entries=[row | {"id": 600 + place} for place, row in enumerate(late)],
    )

    ((last,),) = snapshot.rows("SELECT max(day) FROM capacity_facts WHERE user_id = 2")

    assert last == date(2026, 2, 2)


def test_capacity_of_person_with_strays_only_begins_with_their_creation(publish: Publish) -> None:
    (row,) = entries(("0026-02-02", 2, 100, 1, 1, 100))
    snapshot = publish(users=[person(2, "Bo", 40)], time_entries=[row | {"id": 600}])

    ((first,),) = snapshot.rows("SELECT min(day) FROM capacity_facts WHERE user_id = 2")

    assert first == date(2025, 1, 1)
