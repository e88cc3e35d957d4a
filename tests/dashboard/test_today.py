"""Today, where the account is: the same for pages, commands and the sync."""

import argparse
import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn

import harvest_demo
from dashboard.__main__ import main
from dashboard.cli import report
from dashboard.components.page_params import parse_params
from dashboard.config.settings import Settings
from dashboard.config.settings import load_settings as load_settings
from dashboard.metrics.catalog import OVERDUE_AMOUNT
from dashboard.metrics.execute import query_metrics
from dashboard.store.snapshots import Snapshot, open_current
from dashboard.sync.run import run_sync
from harvest_demo.server.app import listen

LATE = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
LAST, FIRST = date(2026, 10, 31), date(2026, 11, 1)
DUE_ON_THE_31ST = 77_001


@contextmanager
def serve_demo(timezone: str | None) -> Iterator[str]:
    """The demo account up to the 31st over HTTP; its administrator lives in `timezone`."""
    account = harvest_demo.build(seed=7, entries=300, today=LAST)
    owner = next(iter(account.tables["users"].values()))
    owner["timezone"] = timezone
    like = next(iter(account.tables["invoices"].values()))
    account.tables["invoices"] = {
        DUE_ON_THE_31ST: like
        | {
            "id": DUE_ON_THE_31ST, "number": "77001", "state": "open", "issue_date": LAST,
            "due_date": LAST, "amount": 100, "due_amount": 100, "retainer": None,
            "paid_date": None, "paid_at": None, "closed_at": None,
        }
    }  # fmt: skip
    listening = listen(0)
    server = uvicorn.Server(
        uvicorn.Config(
            harvest_demo.app(account, limits=False), log_level="critical", lifespan="off"
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v2"
    finally:
        server.should_exit = True
        thread.join()


def settings_at(
    instant: datetime, directory: Path, url: str = "https://harvest.invalid", **more: str
) -> Settings:
    found = load_settings(
        {
            "HARVEST_ACCESS_TOKEN": harvest_demo.TOKEN,
            "HARVEST_ACCOUNT_ID": harvest_demo.ACCOUNT_ID,
            "HARVEST_BASE_URL": url,
            "HARVEST_CONTACT": "tests@example.com",
            "HARVEST_STORE_URL": f"duckdb:///{directory / 'store.duckdb'}",
            **more,
        },
        Path("/nonexistent"),
    )
    return replace(found, clock=lambda: instant)


@pytest.fixture(scope="module")
def tokyo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of an account that was synced at 23:30 UTC on the 31st."""
    directory = tmp_path_factory.mktemp("tokyo")
    with serve_demo("Tokyo") as url:
        run_sync(settings_at(LATE, directory, url))
    return directory


@contextmanager
def opened(directory: Path, **more: str) -> Iterator[tuple[Settings, Snapshot]]:
    told = settings_at(LATE, directory, **more)
    with closing(open_current(told.cache_dir, told.account_id)) as snapshot:
        yield told, snapshot


def test_sync_in_tokyo_on_the_31st_at_2330_utc_is_of_the_1st(tokyo: Path) -> None:
    with opened(tokyo) as (_, snapshot):
        ((seen,),) = snapshot.rows("SELECT DISTINCT known_from FROM person_spans")

        assert (snapshot.meta.timezone, snapshot.meta.zone) == ("Tokyo", "Asia/Tokyo")
        assert seen == FIRST


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("this_month", FIRST, date(2026, 11, 30)),
        ("last_month", date(2026, 10, 1), LAST),
        ("7d", date(2026, 10, 26), FIRST),
        ("30d", date(2026, 10, 3), FIRST),
    ],
)
def test_period_in_tokyo_on_the_31st_at_2330_utc_is_that_of_the_1st(
    tokyo: Path, name: str, start: date, end: date
) -> None:
    with opened(tokyo) as (told, snapshot):
        scope = parse_params({"period": name}, told, snapshot).scope

    assert (scope.start, scope.end, scope.today) == (start, end, FIRST)


@pytest.mark.parametrize(
    ("more", "overdue"),
    [
        ({}, 100),  # the 1st in Tokyo
        ({"HARVEST_TIMEZONE": "Europe/London"}, 0),  # still the 31st
        ({"HARVEST_TIMEZONE": "Pacific Time (US & Canada)"}, 0),
        ({"HARVEST_TIMEZONE": "Berlin"}, 100),
        ({"HARVEST_TIMEZONE": "Berlin", "HARVEST_TODAY": "2026-10-31"}, 0),
    ],
)
def test_invoice_due_on_the_31st_is_overdue_where_that_day_is_over(
    tokyo: Path, more: dict[str, str], overdue: float
) -> None:
    with opened(tokyo, **more) as (told, snapshot):
        scope = parse_params({"period": "90d"}, told, snapshot).scope
        frame = query_metrics(snapshot, [OVERDUE_AMOUNT], scope=scope).frame

    assert frame["overdue_amount"].sum() == overdue


def test_report_in_tokyo_on_the_31st_at_2330_utc_is_as_of_the_1st(
    tokyo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    report.add_report(parser.add_subparsers())
    asked = ["report", "overdue_amount,outstanding_amount", "--from", "2026-10-01"]
    arguments = parser.parse_args([*asked, "--to", "2026-11-30"])

    assert report.run_report(arguments, settings_at(LATE, tokyo)) == 0
    tokyo_rows = json.loads(capfd.readouterr().out)
    london = settings_at(LATE, tokyo, HARVEST_TIMEZONE="Europe/London")
    assert report.run_report(arguments, london) == 0
    london_rows = json.loads(capfd.readouterr().out)

    assert [row["overdue_amount"] for row in tokyo_rows] == [100]
    assert [row["overdue_amount"] for row in london_rows] == [0]
    assert [row["outstanding_amount"] for row in (*tokyo_rows, *london_rows)] == [100, 100]


@pytest.mark.parametrize("timezone", [None, "", "Atlantis", "Mars (Base 1)"])
def test_unknown_zone_of_token_user_leaves_day_of_machine(
    tmp_path: Path, timezone: str | None
) -> None:
    with serve_demo(timezone) as url:
        told = settings_at(LATE, tmp_path, url)
        run_sync(told)
    with closing(open_current(told.cache_dir, told.account_id)) as snapshot:
        assert snapshot.meta.timezone == (timezone or None)
        assert snapshot.meta.zone
        assert told.today_in(snapshot.meta.timezone) == LATE.astimezone().date()


def test_zone_that_is_set_outranks_that_of_token_user(tmp_path: Path) -> None:
    with serve_demo("Tokyo") as url:
        run_sync(settings_at(LATE, tmp_path, url, HARVEST_TIMEZONE="America/New_York"))
    with opened(tmp_path, HARVEST_TIMEZONE="America/New_York") as (told, snapshot):
        ((seen,),) = snapshot.rows("SELECT DISTINCT known_from FROM person_spans")

        assert seen == LAST
        assert snapshot.meta.zone == "America/New_York"
        assert parse_params({"period": "this_month"}, told, snapshot).scope.start == date(
            2026, 10, 1
        )


def test_token_user_who_moves_changes_the_zone_at_the_next_sync(tmp_path: Path) -> None:
    with serve_demo("Eastern Time (US & Canada)") as url:
        run_sync(settings_at(LATE, tmp_path, url))
        with opened(tmp_path) as (_, before):
            first = before.meta
    with serve_demo("Tokyo") as url:
        run_sync(settings_at(LATE + timedelta(hours=1), tmp_path, url))
    with opened(tmp_path) as (_, after):
        assert (first.zone, after.meta.zone) == ("America/New_York", "Asia/Tokyo")
        assert after.meta.version > first.version


def test_export_of_demo_account_ends_today_in_the_zone_that_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """By the real clock: between these two it is never the same day."""
    ends = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("HARVEST_SOURCE", "demo")
        monkeypatch.setenv("HARVEST_DEMO_ENTRIES", "200")
        monkeypatch.setenv("HARVEST_STORE_URL", f"duckdb:///{tmp_path / zone[-4:] / 's.duckdb'}")
        monkeypatch.setenv("HARVEST_TIMEZONE", zone)
        monkeypatch.delenv("HARVEST_TODAY", raising=False)
        before = datetime.now(ZoneInfo(zone)).date()
        assert main(["sync"]) == 0
        assert main(["export", "hours", "--out", str(tmp_path / "hours.csv")]) == 0
        after = datetime.now(ZoneInfo(zone)).date()
        name = capfd.readouterr().err.splitlines()[-1]
        ends[zone] = date.fromisoformat(name.partition("-to-")[2][:10])
        assert before <= ends[zone] <= after

    assert ends["Pacific/Pago_Pago"] < ends["Pacific/Kiritimati"]
