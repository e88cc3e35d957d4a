"""`python -m dashboard sync` names the records that could not be read, and ends well."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.__main__ import main
from dashboard.store.sync_log import SyncLog
from harvest_demo import ACCOUNT_ID
from tests.dashboard.sync.agency_server import configure, serving
from tests.dashboard.sync.odd_agency import OddAgency


@pytest.fixture
def agency() -> OddAgency:
    agency = OddAgency(entries=300)
    agency.account.tables["invoices"].clear()  # each costs a request for its payments
    return agency


@pytest.fixture
def configured(
    agency: OddAgency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    with serving(agency) as url:
        configure(monkeypatch, url, tmp_path)
        yield


def sync(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    code = main(["sync"])
    told = capsys.readouterr()
    return code, json.loads(told.out.splitlines()[-1])["entities"], told.err


@pytest.mark.usefixtures("configured")
def test_sync_counts_odd_records_and_names_them_on_stderr(
    agency: OddAgency, capsys: pytest.CaptureFixture[str]
) -> None:
    code, entities, said = sync(capsys)
    quiet = {name: counts["odd"] for name, counts in entities.items()}
    bad = agency.account.entries.ordered[100].id
    agency.odd["time_entries", bad] = {"notes": '"canary \\ud800"'}
    agency.odd["company", None] = {"name": "[]"}

    again, odd_entities, odd_said = sync(capsys)

    assert (code, set(quiet.values()), "Left out" in said) == (0, {0}, False)
    assert again == 0
    assert {name: counts["odd"] for name, counts in odd_entities.items() if counts["odd"]} == {
        "company": 1
    }
    assert "Left out: company: name: expected text, got a list; an earlier version" in odd_said
    assert set(odd_entities["company"]) == {
        "fetched", "inserted", "updated", "deleted", "rows", "odd",
    }  # fmt: skip


@pytest.mark.usefixtures("configured")
def test_sync_names_an_odd_entry_without_its_value(
    agency: OddAgency, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = agency.account.entries.ordered[100].id
    agency.odd["time_entries", bad] = {"notes": '"canary \\ud800"'}

    code, entities, said = sync(capsys)

    assert (code, entities["time_entries"]["odd"], entities["time_entries"]["rows"]) == (0, 1, 299)
    assert f"Left out: time_entries {bad}: notes: the text is not valid Unicode.\n" in said
    assert "canary" not in said


@pytest.mark.usefixtures("configured")
def test_many_odd_records_end_a_sync_with_the_code_of_an_upstream_failure(
    agency: OddAgency, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in range(4):
        agency.odd["time_entries", agency.account.entries.ordered[place].id] = {"hours": "[]"}

    code = main(["sync"])

    said = capsys.readouterr().err
    assert code == 3
    assert "Time Entries: 4 of 300 records are not as documented" in said
    assert "What was stored before is kept." in said


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("status", [401, 403, 404])
def test_refused_sync_names_token_and_account_here_and_in_its_log(
    agency: OddAgency, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    agency.refuse = status

    code = main(["sync"])

    (attempt, *_) = SyncLog(tmp_path / "snapshots", ACCOUNT_ID).read()
    assert code == 3
    for text in (capsys.readouterr().err, attempt.remedy or ""):
        assert "HARVEST_ACCESS_TOKEN" in text
        assert "HARVEST_ACCOUNT_ID" in text
