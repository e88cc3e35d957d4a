"""What drifted is mended, what stays different is said, and Harvest is not asked too much."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread

import httpx
import pytest

from dashboard.config.settings import load_settings
from dashboard.reconciliation.job import plan_windows, reconcile_after_sync, reconcile_windows
from dashboard.reconciliation.status import Reconciliation, ReconciliationFile
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.dashboard.reconciliation.test_check import checked, entries
from tests.dashboard.sync.agency import TODAY, Agency, Copy
from tests.serving import command, demo_server, direct

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def agency() -> Agency:
    return Agency(entries=1_000)


@pytest.fixture
def copy(agency: Agency, tmp_path: Path) -> Copy:
    synced = Copy(agency, tmp_path, "direct")
    synced.first_sync()
    return synced


def kept(copy: Copy, now: datetime = NOW, *asked: tuple[date, date]) -> tuple[Reconciliation, int]:
    """The agreement after another round, and how many requests that took."""
    with copy.client() as harvest:
        agreement = reconcile_windows(copy.settings, harvest, requested=asked, now=now)
        return agreement, harvest.requests


def test_a_fresh_copy_agrees_and_a_round_asks_for_forty_five_reports_at_most(copy: Copy) -> None:
    agreement, requests = kept(copy)

    assert agreement.compared
    assert all(one.equal for one in agreement.compared)
    assert requests <= 45


def test_after_a_few_rounds_every_month_was_compared(copy: Copy) -> None:
    for minutes in range(0, 90, 15):
        agreement, _ = kept(copy, NOW + timedelta(minutes=minutes))

    time = {(one.first, one.last) for one in agreement.compared if one.report == "time"}
    assert (date(2024, 2, 1), date(2024, 2, 29)) in time
    assert (date(2025, 1, 1), date(2025, 12, 31)) in time
    # A leap year is longer than a report may be.
    assert {(date(2024, 1, 1), date(2024, 12, 30)), (date(2024, 12, 31), date(2024, 12, 31))} < time
    assert (date(2026, 11, 1), date(2026, 11, 30)) in time


def test_what_was_compared_lately_is_not_asked_for_again(copy: Copy) -> None:
    for minutes in range(0, 90, 15):
        _, requests = kept(copy, NOW + timedelta(minutes=minutes))

    assert requests <= 9  # the newest months alone


def test_a_price_that_changed_in_silence_is_noticed_and_mended(agency: Agency, copy: Copy) -> None:
    repriced = entries(agency)[0]
    repriced.billable_rate += Decimal("12.50")
    agency.account.version += 1
    assert not checked(copy).equal

    agreement, _ = kept(copy)

    assert all(one.equal for one in agreement.compared)
    assert checked(copy).equal
    assert copy.ask(f"SELECT billable_rate FROM time_facts WHERE id = {repriced.id}") == [
        (repriced.billable_rate,)
    ]


def test_a_deletion_that_the_sync_has_not_seen_is_mended(agency: Agency, copy: Copy) -> None:
    gone = entries(agency)[0].id
    agency.edit("DELETE", f"/time_entries/{gone}")

    kept(copy)

    assert checked(copy).equal
    assert copy.ask(f"SELECT 1 FROM time_facts WHERE id = {gone}") == []


def test_a_difference_that_stays_is_said_and_not_read_again_and_again(
    agency: Agency, tmp_path: Path
) -> None:
    copy = Copy(agency, tmp_path, "direct", start=date(2026, 10, 1))
    copy.first_sync()
    agency.skew = "total_hours"  # Harvest's report is not the sum of its own entries

    first, asked = kept(copy)
    rounds = [kept(copy, NOW + timedelta(days=days)) for days in range(1, 6)]
    again, asked_again = rounds[-1]

    assert any(one.differences for one in first.compared)
    assert any(one.differences for one in again.compared)
    assert asked_again < asked
    found = checked(copy)
    assert {found.explain(difference) for difference in found.differences} == {
        "no record differs: Harvest's report is not the sum of its own records"
    }


def test_more_drift_than_one_round_reads_again_is_mended_by_the_next_rounds(
    agency: Agency, tmp_path: Path
) -> None:
    copy = Copy(agency, tmp_path, "direct", start=date(2026, 6, 1))
    copy.first_sync()
    for entry in agency.account.entries:
        if entry.billable_rate:
            entry.billable_rate += Decimal("12.50")
    agency.account.version += 1

    agreement, _ = kept(copy)
    assert not all(one.equal for one in agreement.compared)  # or this proves nothing
    for minutes in range(15, 120, 15):
        agreement, _ = kept(copy, NOW + timedelta(minutes=minutes))

    assert all(one.equal for one in agreement.compared)
    assert checked(copy, date(2026, 6, 1), date(2026, 11, 30)).equal


def test_what_a_check_found_is_mended_by_the_next_round(agency: Agency, copy: Copy) -> None:
    agency.edit("DELETE", f"/time_entries/{entries(agency)[-1].id}")
    month, year = (date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 1, 1), date(2026, 12, 31))
    file = ReconciliationFile(copy.settings.cache_dir, copy.settings.account_id)
    for days in (month, year):
        found = checked(copy, *days)
        assert not found.equal
        file.write(file.read().with_results(found.compared, found.rows))

    kept(copy, NOW + timedelta(days=1))

    assert checked(copy, *month).equal


def test_a_period_that_was_asked_for_comes_first(copy: Copy) -> None:
    asked = (date(2026, 3, 3), date(2026, 4, 9))

    agreement, _ = kept(copy, NOW, asked)

    assert asked in {(one.first, one.last) for one in agreement.compared}


def test_what_is_kept_reads_back_the_same(agency: Agency, copy: Copy, tmp_path: Path) -> None:
    agency.skew = "total_hours"
    agreement, _ = kept(copy)
    file = ReconciliationFile(tmp_path, "1")

    file.write(agreement)

    assert file.read() == agreement
    file.path.write_text("{", "utf-8")
    assert file.read() == Reconciliation()


def test_the_windows_of_a_plan_are_months_and_years_of_the_complete_days(
    agency: Agency, tmp_path: Path
) -> None:
    copy = Copy(agency, tmp_path / "late", "direct", start=date(2026, 6, 10))
    copy.sync()

    with closing(copy.snapshot()) as snapshot:
        windows = list(plan_windows(snapshot, TODAY))

    assert windows[0].first == date(2026, 11, 1)
    assert min(window.first for window in windows) == date(2026, 6, 10)
    assert len({(window.first, window.last) for window in windows}) == 6 + 1


def test_plan_has_days_of_expenses_and_no_slip_of_the_pen(agency: Agency, copy: Copy) -> None:
    with closing(copy.snapshot()) as snapshot:
        usual = list(plan_windows(snapshot, TODAY))
    oldest = min(window.first for window in usual)
    entry = entries(agency)[0]
    for day in ("0026-03-01", "2206-01-05"):
        agency.edit(
            "POST", "/time_entries", project_id=entry.project["id"], task_id=entry.task["id"],
            user_id=entry.user["id"], spent_date=day, hours=1,
        )  # fmt: skip
    spent = next(iter(agency.account.tables["expenses"]))
    agency.edit("PATCH", f"/expenses/{spent}", spent_date="2018-05-05")
    copy.sync()

    with closing(copy.snapshot()) as snapshot:
        windows = list(plan_windows(snapshot, TODAY))

    assert min(window.first for window in windows) == date(2018, 5, 5)
    assert max(window.last for window in windows) == date(2026, 12, 31)
    months = (oldest.year - 2018) * 12 + oldest.month - 5
    assert len(windows) == len(usual) + months + oldest.year - 2018


def test_an_entry_that_moved_away_is_not_taken_for_deleted(agency: Agency, copy: Copy) -> None:
    moved = entries(agency)[0].id
    agency.edit("PATCH", f"/time_entries/{moved}", spent_date="2024-03-05")

    kept(copy)

    assert copy.stored(
        f"SELECT count(*) FROM time_entries WHERE account_id = ? AND id = {moved}"
        " AND deleted_at IS NULL"
    ) == [(1,)]
    copy.sync()
    assert checked(copy).equal
    assert copy.ask(f"SELECT day FROM time_facts WHERE id = {moved}") == [(date(2024, 3, 5),)]


def test_next_sync_does_not_wait_for_reports_that_others_used_up(tmp_path: Path) -> None:
    with demo_server("--entries", "300", "--today", TODAY.isoformat()) as server:
        told = direct(server, tmp_path, HARVEST_TODAY=TODAY.isoformat())
        assert command("sync", settings=told).returncode == 0
        headers = {"Authorization": f"Bearer {TOKEN}", "Harvest-Account-Id": ACCOUNT_ID}
        with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as others:
            while others.get("/reports/project_budget").is_success:
                pass
        ended = Thread(
            target=reconcile_after_sync, args=(load_settings(told), frozenset()), daemon=True
        )

        ended.start()
        ended.join(120)  # Harvest asks for a quarter of an hour

    assert not ended.is_alive()
