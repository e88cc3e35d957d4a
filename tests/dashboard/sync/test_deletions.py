"""What is deleted in Harvest leaves the dashboard, stays in the store, and comes back with it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard.store.reconcile_state import ReconcileLevel
from dashboard.store.schema import STORED
from dashboard.sync.deletion_guard import PROBES
from dashboard.sync.windows import Limits
from tests.dashboard.sync.agency import Agency, Copy

LIVE = "SELECT count(*) FROM time_entries WHERE account_id = ? AND deleted_at IS NULL"
WINDOWED = ("time_entries", "expenses", "invoices", "estimates")


class CutOffError(Exception):
    """Nobody tries again after this one."""


class Watched(Agency):
    """An agency that remembers what it was asked, and has something done at each request."""

    def __init__(self, *, entries: int) -> None:
        super().__init__(entries=entries)
        self.asked: list[httpx.URL] = []
        self.page = 2_000
        self.meanwhile: Callable[[httpx.URL], None] = lambda url: None
        self.left_out: set[int] = set()  # ids of entries that pages of lists do not have
        self.account.tables["invoices"].clear()  # each costs a request for its payments

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        self.asked.append(url)
        if url.params.get("per_page") == "2000":
            smaller = url.copy_merge_params({"per_page": str(self.page)})
            request = httpx.Request(request.method, smaller, headers=request.headers)
        response = super().handle_request(request)
        if self.left_out and url.path.endswith("/time_entries"):
            page = response.json()
            rows = [row for row in page["time_entries"] if row["id"] not in self.left_out]
            response = httpx.Response(200, json=page | {"time_entries": rows})
        self.meanwhile(url)
        return response

    def entry(self, place: int) -> Any:
        return self.account.entries.ordered[place]

    def delete(self, entry: Any) -> None:
        self.account.entries.remove(entry)
        self.account.version += 1

    def about(self, entity: str) -> list[httpx.URL]:
        return [url for url in self.asked if url.path.endswith(f"/{entity}")]


@pytest.fixture
def agency() -> Watched:
    return Watched(entries=1_500)


@pytest.fixture
def copy(agency: Watched, tmp_path: Path) -> Copy:
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    agency.now += timedelta(hours=1)
    agency.asked.clear()
    return copy


def kinds(copy: Copy) -> dict[str, Any]:
    with copy.records() as records:
        checks = records.comparing.list_checks()
    return {check.kind: check for check in checks if check.entity == "time_entries"}


def test_without_a_deletion_it_costs_one_request_for_each_long_list(
    agency: Watched, copy: Copy
) -> None:
    copy.sync()

    for entity in WINDOWED:
        counts = [url for url in agency.about(entity) if url.params.get("per_page") == "1"]
        assert len(counts) == 1, entity
        assert len(agency.about(entity)) == 2, entity


def test_what_was_deleted_is_gone_from_facts_and_searches_and_kept_in_the_store(
    agency: Watched, copy: Copy
) -> None:
    entry = agency.entry(500)
    agency.delete(entry)

    copy.sync()

    with copy.records() as records:
        (stone,) = records.list_tombstones(10)
    assert (stone.entity, stone.id, stone.day) == ("time_entries", entry.id, entry.spent_date)
    assert stone.noticed == agency.now
    assert entry.user["name"] in stone.text
    assert entry.project["name"] in stone.text
    assert copy.ask(f"SELECT count(*) FROM time_facts WHERE id = {entry.id}") == [(0,)]
    assert copy.ask(f"SELECT count(*) FROM records.time_entries WHERE id = {entry.id}") == [(0,)]
    assert copy.ask("SELECT id, noticed FROM tombstones") == [
        (entry.id, agency.now.replace(tzinfo=None))
    ]
    assert copy.stored(f"SELECT id FROM time_entries WHERE account_id = ? AND id = {entry.id}")


def test_what_comes_back_is_there_again_though_it_did_not_change(
    agency: Watched, copy: Copy
) -> None:
    entry = agency.entry(500)
    agency.delete(entry)
    copy.sync()
    agency.account.entries.add(entry)
    agency.account.version += 1
    agency.now += timedelta(hours=1)

    copy.sync()

    with copy.records() as records:
        assert records.list_tombstones(10) == []
    assert copy.stored(LIVE) == [(1_500,)]


def test_a_project_takes_its_time_and_expenses_with_it_for_few_requests(
    agency: Watched, copy: Copy
) -> None:
    of_each: dict[int, int] = {}
    for entry in agency.account.entries:
        of_each[entry.project["id"]] = of_each.get(entry.project["id"], 0) + 1
    project = max((count, id) for id, count in of_each.items() if count <= 50)[1]
    agency.edit("DELETE", f"/projects/{project}")
    agency.now -= timedelta(days=1)  # not yet time for the nightly comparison
    agency.asked.clear()

    done = copy.sync()

    assert done.changes["projects"].deleted == 1
    assert done.changes["time_entries"].deleted == of_each[project]
    assert len(agency.about("time_entries")) == 4  # changes, its count, changes, the count
    assert copy.stored(LIVE) == [(len(agency.account.entries),)]


def test_one_deletion_and_one_creation_that_nobody_told_are_found_at_night(
    agency: Watched, copy: Copy
) -> None:
    agency.delete(agency.entry(200))
    hidden = agency.entry(900)
    with copy.records() as records:  # as if it had been missed
        records.mark_deleted(STORED["time_entries"], [hidden.id], agency.now)
    copy.sync()
    assert copy.stored(LIVE) == [(1_499,)]  # as a whole they cancel

    agency.now += timedelta(hours=21)
    copy.sync()

    assert copy.stored(LIVE) == [(1_499,)]
    assert {stone.id for stone in _stones(copy)}.isdisjoint({hidden.id})
    assert len(_stones(copy)) == 1


def test_once_a_week_every_record_is_read_and_what_differs_is_replaced(
    agency: Watched, copy: Copy
) -> None:
    agency.entry(700).notes = "changed without a trace"
    agency.account.version += 1
    copy.limits = Limits(leaf=10)  # so that a night's counts cost less than reading it all
    agency.now += timedelta(hours=21)
    copy.sync()
    by_month = kinds(copy)
    agency.now += timedelta(days=7)

    done = copy.sync()

    assert by_month[ReconcileLevel.MONTHS].checked_at > by_month[ReconcileLevel.RECORDS].checked_at
    assert done.changes["time_entries"].updated == 1
    assert kinds(copy)[ReconcileLevel.RECORDS].different == 1
    assert kinds(copy)[ReconcileLevel.RECORDS].checked_at == agency.now


def test_an_entry_that_moves_while_it_is_looked_for_is_not_taken_for_deleted(
    agency: Watched, copy: Copy
) -> None:
    copy.limits = Limits(leaf=300)
    agency.delete(agency.entry(100))
    mover = agency.entry(150)
    days = [date(2024, 1, 3), date(2026, 6, 1)]

    def move(url: httpx.URL) -> None:
        if url.path.endswith("/time_entries") and ("from" in url.params or "to" in url.params):
            agency.account.entries.move(mover, days[len(agency.asked) % 2])
            mover.updated_at = agency.now
            agency.account.version += 1

    agency.meanwhile = move
    copy.sync()

    assert mover.id not in {stone.id for stone in _stones(copy)}


def test_sync_keeps_an_entry_that_only_lists_leave_out(agency: Watched, copy: Copy) -> None:
    deleted, kept = agency.entry(500), agency.entry(501)
    agency.delete(deleted)
    agency.left_out = {kept.id}

    copy.sync()

    assert {stone.id for stone in _stones(copy)} == {deleted.id}


def test_sync_keeps_a_running_timer_that_lists_leave_out_with_many_deletions(
    agency: Watched, copy: Copy
) -> None:
    (timer, *_) = [entry for entry in agency.account.entries if entry.is_running]
    others = [entry for entry in agency.account.entries.ordered if not entry.is_running]
    deleted = others[500 : 501 + PROBES]
    for entry in deleted:
        agency.delete(entry)
    agency.left_out = {timer.id}

    copy.sync()

    assert {stone.id for stone in _stones(copy)} == {entry.id for entry in deleted}


def test_what_moved_before_the_first_day_that_is_kept_is_not_deleted(
    agency: Watched, tmp_path: Path
) -> None:
    start = date(2026, 3, 1)
    copy = Copy(agency, tmp_path / "since", "direct", start=start)
    copy.sync()
    newest = agency.entry(-1)

    agency.edit("PATCH", f"/time_entries/{newest.id}", spent_date="2025-01-07")
    copy.sync()

    assert _stones(copy) == []
    assert copy.ask("SELECT count(*) FROM time_facts") == [
        (sum(entry.spent_date >= start for entry in agency.account.entries),)
    ]


@pytest.mark.parametrize("page", [6, 40])
def test_pages_that_shift_under_the_reader_lose_nothing(page: int, tmp_path: Path) -> None:
    agency = Watched(entries=300)
    agency.page = page
    copy = Copy(agency, tmp_path, "direct")
    gone: list[int] = []

    def delete_what_was_read_first(url: httpx.URL) -> None:
        if url.path.endswith("/time_entries") and len(gone) < 40:
            entry = agency.entry(-1)
            gone.append(entry.id)
            agency.delete(entry)

    agency.meanwhile = delete_what_was_read_first
    copy.sync()

    live = {entry.id for entry in agency.account.entries}
    stored = {id for (id,) in copy.stored("SELECT id FROM time_entries WHERE account_id = ?")}
    assert len(gone) >= 300 // page // 2
    assert live <= stored


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_nothing_of_the_second_in_which_a_sync_began_is_missed(
    agency: Watched, copy: Copy, shift: int
) -> None:
    """Whatever is stamped around that second, and however long after it becomes visible."""
    entry, began = agency.entry(40), agency.now

    def edit_late(url: httpx.URL) -> None:
        agency.meanwhile = lambda url: None
        entry.notes, entry.updated_at = "late", began + timedelta(seconds=shift)
        agency.account.version += 1

    agency.meanwhile = edit_late
    copy.sync()
    agency.now += timedelta(minutes=9)

    copy.sync()

    notes = copy.stored(f"SELECT notes FROM time_entries WHERE account_id = ? AND id = {entry.id}")
    assert notes == [("late",)]


def test_a_failed_page_concludes_nothing(agency: Watched, copy: Copy) -> None:
    agency.delete(agency.entry(100))
    copy.limits = Limits(leaf=200)

    def fail(url: httpx.URL) -> None:
        if "to" in url.params and url.params["per_page"] == "2000":
            raise CutOffError

    agency.meanwhile = fail
    with pytest.raises(CutOffError):
        copy.sync()

    assert _stones(copy) == []


def _stones(copy: Copy) -> list[Any]:
    with copy.records() as records:
        return records.list_tombstones(1_000)


def test_person_who_is_deleted_has_no_capacity_any_more(agency: Watched, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path, "direct")
    users = agency.account.tables["users"]
    like = next(row for row in users.values() if row["is_active"] and row["weekly_capacity"])
    users[999] = like | {"id": 999, "email": "new@example.com"}
    days = "SELECT count(*) > 0 FROM capacity_facts WHERE user_id = 999"
    copy.sync()
    before = copy.ask(days)
    del users[999]
    agency.now += timedelta(hours=1)

    copy.sync()

    assert (before, copy.ask(days)) == ([(True,)], [(False,)])
