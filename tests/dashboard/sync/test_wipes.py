"""When much is gone at once, or the token sees something else, nothing is lost and it is said."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

import harvest_demo
from dashboard.config.errors import SuspiciousDeletions, SyncRefused, TokenChanged
from dashboard.config.settings import load_settings
from dashboard.sync.scheduler import Job
from harvest_client import NotFound
from tests.dashboard.sync.agency import HEADERS, Agency, Copy
from tests.serving import Server, command, demo_server, direct

START = "2026-09-15"  # few enough to be read in a moment
ENTITIES = ("time_entries", "expenses", "projects", "clients", "users", "task_assignments")


class Wiped(Agency):
    """An agency whose answers can be spoiled on their way."""

    def __init__(self) -> None:
        super().__init__(entries=600)
        self.now += timedelta(hours=12)
        self.account.tables["invoices"].clear()  # each costs a request for its payments
        self.spoil: Callable[[httpx.URL, dict[str, Any]], httpx.Response | None] = (
            lambda url, body: None
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if response.status_code != 200:
            return response
        return self.spoil(request.url, json.loads(response.content)) or response


@pytest.fixture
def agency() -> Wiped:
    return Wiped()


@pytest.fixture
def copy(agency: Wiped, tmp_path: Path) -> Copy:
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    return copy


def live(copy: Copy) -> dict[str, int]:
    with copy.records() as records:
        return {
            entity: records.query(
                f"SELECT count(*) FROM {entity} WHERE account_id = ? AND deleted_at IS NULL"
            )[0][0]
            for entity in ENTITIES
        }


def kept(copy: Copy) -> int:
    ((rows,),) = copy.stored("SELECT count(*) FROM time_entries WHERE account_id = ?")
    return int(rows)


def stopped(copy: Copy, error: type[Exception], match: str) -> None:
    """A sync stops with that error and changes neither what is stored nor what is shown."""
    before, shown = live(copy), copy.ask("SELECT count(*), sum(raw_hours) FROM time_facts")

    with pytest.raises(error, match=match):
        copy.sync()

    assert live(copy) == before
    assert copy.ask("SELECT count(*), sum(raw_hours) FROM time_facts") == shown


def emptied(*entities: str) -> Callable[[httpx.URL, dict[str, Any]], httpx.Response | None]:
    """Lists of these, or of everything, are empty, with 200 and in good order."""

    def spoil(url: httpx.URL, body: dict[str, Any]) -> httpx.Response | None:
        name = url.path.rpartition("/")[2]
        if name not in body or entities and name not in entities:
            return None
        links = dict.fromkeys(body["links"])
        return httpx.Response(200, json={**body, name: [], "total_entries": 0, "links": links})

    return spoil


def test_empty_answers_to_everything_are_not_believed(agency: Wiped, copy: Copy) -> None:
    agency.spoil = emptied()

    stopped(copy, SuspiciousDeletions, "no longer in Harvest")

    agency.spoil = lambda url, body: None
    assert copy.sync().changes["time_entries"].deleted == 0


@pytest.mark.parametrize("entity", ["time_entries", "expenses", "projects", "users"])
def test_one_empty_list_where_there_were_records_is_not_believed_until_accepted(
    agency: Wiped, copy: Copy, entity: str
) -> None:
    agency.spoil = emptied(entity)
    if entity != "time_entries":
        stopped(copy, SuspiciousDeletions, "no longer in Harvest")
        return
    stopped(copy, SuspiciousDeletions, "Time Entries: 600 of 600")

    agency.account.entries.remove_all(list(agency.account.entries))
    agency.account.version += 1
    copy.sync(accept=True)

    assert live(copy)["time_entries"] == 0
    assert kept(copy) == 600
    assert copy.ask("SELECT count(*) FROM tombstones") == [(600,)]


def test_somebody_elses_token_stops_the_sync_before_anything_is_read(
    agency: Wiped, copy: Copy
) -> None:
    owner = agency.account.tokens[harvest_demo.TOKEN]
    others = [
        row["id"]
        for row in agency.account.rows("users")
        if "administrator" in row["access_roles"] and row["id"] != owner
    ]
    if not others:
        other = next(row for row in agency.account.rows("users") if row["id"] != owner)
        other["access_roles"] = ["administrator"]
        others = [other["id"]]
    agency.account.tokens[harvest_demo.TOKEN] = others[0]
    gone = list(agency.account.entries)[:400]
    agency.account.entries.remove_all(gone)
    agency.account.version += 1

    stopped(copy, TokenChanged, "a different user")

    copy.sync(accept=True)
    assert live(copy)["time_entries"] == 200
    assert kept(copy) == 600
    copy.sync()  # accepted once is accepted


def test_a_token_that_lost_its_rights_takes_nothing_away_until_that_is_accepted(
    agency: Wiped, copy: Copy
) -> None:
    copy.token = harvest_demo.MANAGER_TOKEN

    stopped(copy, TokenChanged, "different permissions")

    copy.sync(accept=True)
    seen = live(copy)["time_entries"]
    assert 0 < seen < 600
    assert kept(copy) == 600
    copy.token = harvest_demo.TOKEN
    stopped(copy, TokenChanged, "different permissions")
    copy.sync(accept=True)
    assert live(copy)["time_entries"] == 600


def test_projects_that_are_not_found_end_the_sync_accepted_or_not(
    agency: Wiped, copy: Copy
) -> None:
    agency.spoil = lambda url, body: (
        httpx.Response(404, json={"message": "gone"}) if url.path.endswith("/projects") else None
    )

    stopped(copy, NotFound, "projects")
    with pytest.raises(NotFound):
        copy.sync(accept=True)

    assert live(copy)["projects"] > 0


def test_fifty_are_believed_and_fifty_one_are_not(agency: Wiped, copy: Copy) -> None:
    entries = list(agency.account.entries)
    agency.account.entries.remove_all(entries[:50])
    agency.account.version += 1
    assert copy.sync().changes["time_entries"].deleted == 50
    agency.account.entries.remove_all(entries[100:151])
    agency.account.version += 1

    stopped(copy, SyncRefused, "Time Entries: 51 of 550 records")

    assert copy.sync(accept=True).changes["time_entries"].deleted == 51


@pytest.fixture
def server() -> Iterator[Server]:
    with demo_server("--entries", "1000", "--today", "2026-11-20", "--no-limits") as running:
        yield running


def test_the_command_line_says_so_with_exit_code_1_and_can_accept_it(
    server: Server, tmp_path: Path
) -> None:
    told = direct(server, tmp_path, HARVEST_TODAY="2026-11-20", HARVEST_SYNC_START=START)
    first = command("sync", settings=told)
    rows = json.loads(first.stdout.splitlines()[-1])["entities"]["time_entries"]["rows"]
    with httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False) as harvest:
        kept = harvest.get("/time_entries", params={"from": START, "per_page": 60}).json()
        for entry in kept["time_entries"]:
            harvest.delete(f"/time_entries/{entry['id']}").raise_for_status()

    refused = command("sync", settings=told)
    accepted = command("sync", "--accept-deletions", settings=told)

    assert refused.returncode == 1
    since = kept["total_entries"]
    assert f"Time Entries: 60 of {since} records are no longer in Harvest" in refused.stderr
    assert "--accept-deletions" in refused.stderr
    assert accepted.returncode == 0, accepted.stderr
    report = json.loads(accepted.stdout.splitlines()[-1])
    assert report["entities"]["time_entries"]["deleted"] == 60
    assert report["entities"]["time_entries"]["rows"] == rows - 60


def test_the_running_dashboard_keeps_the_error_until_somebody_accepts(
    server: Server, tmp_path: Path
) -> None:
    told = direct(server, tmp_path, HARVEST_TODAY="2026-11-20", HARVEST_SYNC_START=START)
    command("sync", settings=told)
    with httpx.Client(base_url=server.url, headers=HEADERS, trust_env=False) as harvest:
        listed = harvest.get("/time_entries", params={"per_page": 60}).json()
        for entry in listed["time_entries"]:
            harvest.delete(f"/time_entries/{entry['id']}").raise_for_status()
    settled = Event()
    job = Job(load_settings({**told, "HARVEST_SYNC_MINUTES": "0"}, Path("/nonexistent")))
    job.start()
    try:
        job.request_sync()
        while job.get_state().running or not (job.get_state().error or settled.wait(0.05)):
            settled.wait(0.05)
        assert isinstance(job.get_state().error, SuspiciousDeletions)

        job.accept_deletions()

        while job.get_state().running or job.get_state().error:
            settled.wait(0.05)
        last = job.get_state().last
        assert last
        assert last.changes["time_entries"].deleted == 60
    finally:
        job.stop()


@pytest.mark.parametrize("source", ["direct", "hosted"])
@pytest.mark.parametrize("entity", ["estimates", "expenses", "contacts"])
def test_sync_deletes_the_only_record_of_a_list(
    agency: Wiped, tmp_path: Path, source: str, entity: str
) -> None:
    rows = agency.account.tables[entity]
    (kept, *others) = rows
    for id in others:
        del rows[id]
    copy = Copy(agency, tmp_path / source, source)
    copy.sync()
    count = f"SELECT count(*) FROM {entity} WHERE account_id = $1 AND deleted_at IS NULL"
    assert copy.stored(count) == [(1,)]

    del rows[kept]
    agency.account.version += 1
    agency.now += timedelta(days=1)
    copy.sync()

    assert copy.stored(count) == [(0,)]


@pytest.mark.parametrize("source", ["direct", "hosted"])
def test_sync_keeps_the_only_record_of_a_list_that_is_empty_by_fault(
    agency: Wiped, tmp_path: Path, source: str
) -> None:
    rows = agency.account.tables["estimates"]
    (kept, *others) = rows
    for id in others:
        del rows[id]
    copy = Copy(agency, tmp_path / source, source)
    copy.sync()

    def spoil(url: httpx.URL, body: dict[str, Any]) -> httpx.Response | None:
        if url.path.endswith("/estimates") and "estimates" in body:
            return httpx.Response(200, json={**body, "estimates": [], "total_entries": 0})
        if isinstance(body.get("result"), list) and any(
            "estimate_date" in r for r in body["result"]
        ):
            return httpx.Response(200, json={**body, "result": []})
        return None

    agency.spoil = spoil
    copy.sync()

    assert copy.stored("SELECT id FROM estimates WHERE account_id = $1 AND deleted_at IS NULL") == [
        (kept,)
    ]
