"""Days of instants: an invoice is closed on the day that it is where the account is."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.tables import DAY_OF, to_naive
from tests.dashboard.metrics.agency_rows import CLIENTS, COMPANY
from tests.dashboard.metrics.publishing import ACCOUNT, published

TODAY = date(2026, 2, 15)
LATE = "2026-01-31T23:30:00Z"  # 1 February in Berlin and Tokyo, 31 January in New York
STAMPS = {"created_at": "2026-01-02T09:00:00Z", "updated_at": LATE}
CLIENT = {"id": 10, "name": "Acme", "currency": "EUR"}


def invoice(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "number": str(number), "client": CLIENT, "currency": "EUR",
        "issue_date": "2026-01-05", "due_date": "2026-01-20", "amount": 100, "due_amount": 0,
        **STAMPS, **more,
    }  # fmt: skip


def estimate(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "number": f"E{number}", "client": CLIENT, "currency": "EUR", "amount": 100,
        "issue_date": "2026-01-05", **STAMPS, **more,
    }  # fmt: skip


RECORDS: dict[str, Any] = {
    "company": COMPANY,
    "clients": CLIENTS,
    "users": [
        {"id": 1, "first_name": "Ada", "weekly_capacity": 144000, "is_active": True,
         "created_at": LATE, "updated_at": LATE},
    ],
    "projects": [
        {"id": 100, "name": "Brand", "client": CLIENT, "is_fixed_fee": True, "fee": 500,
         "budget_by": "project", "budget": 10, "is_active": True, "created_at": LATE,
         "updated_at": LATE},
    ],
    "invoices": [
        invoice(1, state="closed", closed_at=LATE),
        invoice(2, state="closed"),  # a source that tells no such instant
        invoice(3, state="paid", paid_at=LATE),  # no payment is known, and no day of it
        invoice(4, state="open", due_amount=60),  # in part, when it last changed
        invoice(5, state="draft", issue_date=None, created_at=LATE),
        invoice(6, state="paid"),
    ],
    "invoice_payments": [
        {"id": 60, "invoice_id": 6, "amount": 100, "paid_at": LATE, "created_at": LATE,
         "updated_at": LATE},
    ],
    "estimates": [
        estimate(1, state="accepted", accepted_at=LATE),
        estimate(2, state="declined", declined_at=LATE),
        estimate(3, state="draft", issue_date=None, created_at=LATE),
    ],
}  # fmt: skip
DAYS = {
    "closed": "SELECT closed_day FROM invoice_facts WHERE state = 'closed'",
    "issued": "SELECT day FROM invoice_facts WHERE id = 5",
    "paid": "SELECT day FROM payment_facts",
    "written off": "SELECT day FROM receivable_facts WHERE kind = 'written off'",
    "decided": "SELECT decided_day FROM estimate_facts WHERE decided_day IS NOT NULL",
    "estimated": "SELECT day FROM estimate_facts WHERE id = 3",
    "joined": "SELECT min(day) FROM capacity_facts",
    "agreed": "SELECT min(day) FROM fee_balance_facts",
    "budgeted": "SELECT min(day) FROM budget_facts",
}


def days_of(snapshot: Snapshot) -> dict[str, set[date]]:
    return {name: {day for (day,) in snapshot.rows(sql)} for name, sql in DAYS.items()}


@pytest.mark.parametrize(
    ("timezone", "set_zone", "day"),
    [
        ("Tokyo", None, date(2026, 2, 1)),
        ("Berlin", None, date(2026, 2, 1)),
        ("Eastern Time (US & Canada)", None, date(2026, 1, 31)),
        ("Tokyo", "America/New_York", date(2026, 1, 31)),
        ("no such zone", "Asia/Tokyo", date(2026, 2, 1)),
        (None, "Asia/Tokyo", date(2026, 2, 1)),
    ],
)
def test_instant_at_midnight_falls_on_day_of_account(
    tmp_path: Path, timezone: str | None, set_zone: str | None, day: date
) -> None:
    account = replace(ACCOUNT, zone=set_zone)
    with closing(published(tmp_path, RECORDS, TODAY, account=account, timezone=timezone)) as found:
        days = days_of(found)

        # A weekend is no day of capacity: 31 January 2026 is a Saturday, 1 February a Sunday.
        assert days.pop("joined") == {date(2026, 2, 2)}
        assert days == dict.fromkeys(days, {day})
        assert found.meta.timezone == timezone
        january = Scope(date(2026, 1, 1), date(2026, 1, 31), today=TODAY)
        frame = query_metrics(found, [METRICS["write_off_amount"]], scope=january).frame
        assert frame["write_off_amount"].item() == (200 if day.month == 1 else 0)


def test_plain_dates_are_not_converted(tmp_path: Path) -> None:
    account = replace(ACCOUNT, zone="Pacific/Kiritimati")
    with closing(published(tmp_path, RECORDS, TODAY, account=account)) as found:
        rows = found.rows("SELECT DISTINCT day, due_date FROM invoice_facts WHERE id <> 5")

        assert rows == [(date(2026, 1, 5), date(2026, 1, 20))]


def test_facts_are_made_anew_in_another_zone(tmp_path: Path) -> None:
    with closing(published(tmp_path, RECORDS, TODAY, timezone="Tokyo")) as before:
        pass
    other = replace(ACCOUNT, zone="Asia/Tokyo")
    with closing(published(tmp_path, RECORDS, TODAY, account=other, timezone="Tokyo")) as after:
        assert after.meta.version > before.meta.version
        assert after.meta.zone == "Asia/Tokyo"
        assert days_of(after)["closed"] == {date(2026, 2, 1)}


ZONES = ["Asia/Tokyo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"]


def day_of(instant: datetime, zone: str) -> date:
    with duckdb.connect() as connection:
        connection.execute(DAY_OF)
        ((found,),) = connection.execute(
            "SELECT day_of(?, ?)", [to_naive(instant), zone]
        ).fetchall()
    assert isinstance(found, date)
    return found


@given(
    st.sampled_from(ZONES),
    st.dates(date(2006, 1, 1), date(2025, 12, 31)),
    st.integers(-180, 180),
)
def test_day_of_any_instant_near_midnight_is_that_of_the_zone(
    zone: str, day: date, minutes: int
) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    instant = midnight + timedelta(minutes=minutes)

    assert day_of(instant, zone) == instant.astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        # The clock goes from 2 to 3 on 29 March 2026, and back from 3 to 2 on 25 October.
        ("Europe/Berlin", "2026-03-28T22:59:59Z", date(2026, 3, 28)),
        ("Europe/Berlin", "2026-03-28T23:00:00Z", date(2026, 3, 29)),
        ("Europe/Berlin", "2026-03-29T21:59:59Z", date(2026, 3, 29)),
        ("Europe/Berlin", "2026-03-29T22:00:00Z", date(2026, 3, 30)),
        ("Europe/Berlin", "2026-10-24T22:00:00Z", date(2026, 10, 25)),
        ("Europe/Berlin", "2026-10-25T22:59:59Z", date(2026, 10, 25)),
        ("Europe/Berlin", "2026-10-25T23:00:00Z", date(2026, 10, 26)),
        # A day without a midnight: it begins at 1 in Santiago.
        ("America/Santiago", "2024-09-08T03:59:59Z", date(2024, 9, 7)),
        ("America/Santiago", "2024-09-08T04:00:00Z", date(2024, 9, 8)),
    ],
)
def test_day_of_instant_follows_changes_of_the_clock(zone: str, instant: str, day: date) -> None:
    assert day_of(datetime.fromisoformat(instant), zone) == day
