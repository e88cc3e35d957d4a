"""A field that is gone from every record stops the sync; one that is gone from many is named."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from dashboard.__main__ import main
from dashboard.config.errors import FieldVanished
from dashboard.store.schema import KEPT
from dashboard.store.sync_log import SyncLog
from harvest_demo import ACCOUNT_ID
from tests.dashboard.sync.agency import Agency, Copy
from tests.dashboard.sync.agency_server import configure, serving

AMOUNT = "SELECT sum(rounded_amount) FROM time_facts"


class Forgetful(Agency):
    """An agency whose answers lack a field.

    `gone` is the path of the field and its entity. One record in `keeps` still has it, none if that
    is 0. With `as_null` the field is there and empty.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.gone: tuple[str, str] | None = None
        self.keeps = 0
        self.as_null = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if not self.gone or response.status_code != 200 or not response.content:
            return response
        name, path = self.gone
        document = json.loads(response.content)
        rows = document.get(KEPT[name].envelope) if KEPT[name].envelope else [document]
        if request.url.path.split("/")[2] == (KEPT[name].path or "/company").strip("/"):
            for row in rows or []:
                if not self.keeps or row["id"] % self.keeps:
                    self._forget(row, path.split("."))
        return httpx.Response(200, json=document, headers={"Date": response.headers["Date"]})

    def _forget(self, row: dict[str, Any], path: list[str]) -> None:
        for part in path[:-1]:
            row = row.get(part) or {}
        if self.as_null and path[-1] in row:
            row[path[-1]] = None
        else:
            row.pop(path[-1], None)


@pytest.fixture
def agency() -> Forgetful:
    return Forgetful(entries=300)


@pytest.fixture
def copy(agency: Forgetful, tmp_path: Path) -> Copy:
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    return copy


@pytest.mark.parametrize(
    ("name", "path", "as_null"),
    [
        ("time_entries", "billable_rate", False), ("time_entries", "hours", True),
        ("time_entries", "client.id", False), ("clients", "currency", True),
        ("invoices", "amount", False), ("task_assignments", "hourly_rate", True),
    ],
)  # fmt: skip
def test_field_gone_from_all_records_stops_the_sync_until_it_is_back(
    agency: Forgetful, copy: Copy, name: str, path: str, as_null: bool
) -> None:
    version, amount = copy.snapshot().meta.version, copy.ask(AMOUNT)
    agency.gone, agency.as_null = (name, path), as_null

    for full in (True, False):
        with pytest.raises(FieldVanished, match=f"the field {path} is in none of the"):
            copy.sync(full=full)

    assert copy.snapshot().meta.version == version

    agency.gone = None
    copy.sync()

    assert copy.ask(AMOUNT) == amount


def edit_billable(agency: Forgetful, count: int) -> None:
    change(agency, [one for one in agency.account.entries.ordered if one.billable_rate][-count:])


def change(agency: Forgetful, entries: list[Any]) -> None:
    agency.now += timedelta(hours=1)
    for entry in entries:
        entry.notes, entry.updated_at = "edited", agency.now
    agency.account.version += 1


def test_field_gone_from_all_changed_records_stops_the_sync(agency: Forgetful, copy: Copy) -> None:
    edit_billable(agency, 20)
    agency.gone = ("time_entries", "billable_rate")
    amount = copy.ask(AMOUNT)

    with pytest.raises(FieldVanished, match="in none of the 20 records"):
        copy.sync()

    assert copy.ask(AMOUNT) == amount


def test_field_gone_from_few_changed_records_is_believed(agency: Forgetful, copy: Copy) -> None:
    edit_billable(agency, 19)
    agency.gone = ("time_entries", "billable_rate")
    amount = copy.ask(AMOUNT)

    copy.sync()

    assert copy.ask(AMOUNT) < amount


def test_field_gone_is_accepted_once_and_then_expected(agency: Forgetful, copy: Copy) -> None:
    agency.gone = ("time_entries", "billable_rate")

    copy.sync(full=True, accept=True)
    copy.sync(full=True)

    assert copy.ask(AMOUNT) == [(None,)]


def test_work_that_is_made_non_billable_stops_nothing(agency: Forgetful, copy: Copy) -> None:
    rows = [entry for entry in agency.account.entries.ordered if entry.billable_rate]
    for entry in rows[-25:]:
        entry.billable, entry.billable_rate = False, None
    change(agency, rows[-25:])

    copy.sync()

    assert copy.ask("SELECT count(*) FROM time_facts WHERE notes = 'edited'") == [(25,)]


@pytest.fixture
def configured(agency: Forgetful, copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncLog]:
    with serving(agency) as url:
        configure(monkeypatch, url, copy.directory)
        assert main(["sync", "--full"]) == 0
        yield SyncLog(copy.directory / "snapshots", ACCOUNT_ID)


@pytest.mark.parametrize(("name", "keeps"), [("clients", 5), ("company", 0)])
def test_command_names_a_field_gone_from_many_records_and_keeps_on(
    agency: Forgetful,
    configured: SyncLog,
    capsys: pytest.CaptureFixture[str],
    name: str,
    keeps: int,
) -> None:
    agency.gone, agency.keeps = (name, "name"), keeps
    capsys.readouterr()

    code = main(["sync"])

    told = capsys.readouterr()
    (warning,) = json.loads(told.out.splitlines()[-1])["warnings"]
    assert code == 0
    assert warning.startswith(f"{KEPT[name].label}: the field name is missing from ")
    assert warning in told.err
    assert configured.read()[0].warnings == [warning]


def test_command_names_a_field_gone_from_all_records_and_the_way_out(
    agency: Forgetful, configured: SyncLog, capsys: pytest.CaptureFixture[str]
) -> None:
    agency.gone = ("time_entries", "billable_rate")
    capsys.readouterr()

    stopped = main(["sync", "--full"])
    said = capsys.readouterr().err
    accepted = main(["sync", "--full", "--accept-deletions"])

    assert (stopped, accepted) == (1, 0)
    assert "the field billable_rate is in none of the " in said
    assert "--accept-deletions" in said
    assert "Traceback" not in said
