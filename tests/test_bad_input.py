"""Bad input gets a sentence that says what to do, the promised exit code, and loses nothing."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.__main__ import main
from harvest_demo import ACCOUNT_ID
from tests.serving import Server, command, demo_server, direct, environment, free_port, program

TODAY = "2026-11-20"
CANARY = "canary-5f0c1d77be2a"


@dataclass(frozen=True)
class Case:
    """A bad setting or argument, what is said about it, and the exit code."""

    arguments: tuple[str, ...]
    said: str
    code: int
    settings: tuple[tuple[str, str], ...] = ()


REPORT = ("report", "hours", "--from", "2026-10-01", "--to", "2026-10-31")
CASES = {
    "no token": Case(
        ("sync",), "HARVEST_ACCESS_TOKEN must be set", 2, (("HARVEST_ACCESS_TOKEN", ""),)
    ),
    "wrong token": Case(("sync",), "token", 3, (("HARVEST_ACCESS_TOKEN", CANARY),)),
    "wrong account": Case(("sync",), "account", 3, (("HARVEST_ACCOUNT_ID", "99999"),)),
    "token with a line break": Case(
        ("sync",), "token", 2, (("HARVEST_ACCESS_TOKEN", f"{CANARY}\nX: y"),)
    ),
    "unknown setting value": Case(
        ("sync",), "HARVEST_SOURCE must be", 2, (("HARVEST_SOURCE", "both"),)
    ),
    "unreachable host": Case(
        ("sync",), "127.0.0.1", 3, (("HARVEST_BASE_URL", f"http://127.0.0.1:{free_port()}/v2"),)
    ),
    "unknown metric": Case(("report", "huors", *REPORT[2:]), "hours", 2),
    "unknown dimension": Case((*REPORT, "--by", "custommer"), "custommer", 2),
    "impossible date": Case((*REPORT[:3], "2026-02-30", *REPORT[4:]), "2026-02-30", 2),
    "end before start": Case((*REPORT[:3], "2026-12-01", *REPORT[4:]), "2026-12-01", 2),
    "meaningless question": Case(
        ("report", "utilization", *REPORT[2:], "--by", "client"), "no meaning", 2
    ),
    "where is not JSON": Case((*REPORT, "--where", "{client}"), "is not JSON", 2),
    "unknown field": Case((*REPORT, "--where", '{"eq": {"client.nam": "x"}}'), "client.name", 2),
    "unknown operator": Case((*REPORT, "--where", '{"equals": {"id": 1}}'), "equals", 2),
    "wrong type": Case((*REPORT, "--where", '{"eq": {"billable": "yes"}}'), "billable", 2),
    "excel to stdout": Case((*REPORT, "--format", "xlsx"), "--out", 2),
    "no command": Case((), "COMMAND", 2),
}
# One of each exit code, in a process of its own.
WHOLE = ("no token", "wrong token", "no command")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with demo_server("--entries", "500", "--today", TODAY, "--no-limits") as running:
        yield running


@pytest.fixture(scope="module")
def synced(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    settings = direct(server, tmp_path_factory.mktemp("bad-input"), HARVEST_TODAY=TODAY)
    assert command("sync", settings=settings).returncode == 0
    return settings


@pytest.fixture
def copied(server: Server, synced: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Settings of a store of its own, synced once."""
    shutil.copytree(_directory(synced), tmp_path, dirs_exist_ok=True)
    return direct(server, tmp_path, HARVEST_TODAY=TODAY)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_bad_input_gets_a_sentence(
    synced: dict[str, str],
    case: Case,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = _files(synced)
    told = environment(synced | dict(case.settings))
    for name in os.environ.keys() - told.keys():
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    try:
        code: object = main(list(case.arguments))
    except SystemExit as ended:  # argparse
        code = ended.code

    said = capsys.readouterr()
    assert code == case.code, said.err
    assert case.said in said.err
    assert "Traceback" not in said.err
    assert CANARY not in said.out + said.err
    assert said.out == ""
    assert _files(synced) == kept


@pytest.mark.parametrize("name", WHOLE)
def test_program_reports_bad_input_without_traceback(synced: dict[str, str], name: str) -> None:
    case = CASES[name]

    done = program(*case.arguments, settings=synced | dict(case.settings))

    assert done.returncode == case.code, done.stderr
    assert case.said in done.stderr
    assert "Traceback" not in done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert done.stdout == ""


def test_a_corrupt_snapshot_is_named_and_the_next_sync_mends_it(
    copied: dict[str, str], tmp_path: Path
) -> None:
    before = command(*REPORT, settings=copied).stdout
    file = max(tmp_path.rglob("v*.duckdb"))  # the published one
    file.write_bytes(b"\0" * 100_000)

    done = command(*REPORT, settings=copied)
    mended = command("sync", settings=copied)

    assert done.returncode == 2
    assert file.name in done.stderr
    assert "sync" in done.stderr
    assert "Traceback" not in done.stderr
    assert mended.returncode == 0
    assert command(*REPORT, settings=copied).stdout == before


def test_corrupt_records_are_set_aside_and_read_again_by_the_next_sync(
    copied: dict[str, str], tmp_path: Path
) -> None:
    before = command(*REPORT, settings=copied).stdout
    (tmp_path / "store.duckdb").write_bytes(b"\0" * 100_000)

    still = command(*REPORT, settings=copied)
    mended = command("sync", settings=copied)

    assert still.stdout == before
    assert mended.returncode == 0
    (aside,) = tmp_path.glob("store.duckdb.damaged-*")
    assert f"It is now {aside.name}" in mended.stderr
    assert command(*REPORT, settings=copied).stdout == before


def test_nothing_synced_yet_says_what_to_do(tmp_path: Path) -> None:
    settings = {"HARVEST_STORE_URL": f"duckdb:///{tmp_path / 'store.duckdb'}"}

    done = command(*REPORT, settings=settings)

    assert done.returncode == 2
    assert "python -m dashboard sync" in done.stderr


def test_a_failed_sync_is_on_record_and_the_last_version_stays(
    copied: dict[str, str], tmp_path: Path
) -> None:
    # The wrong account of another test has a record of its own.
    (log,) = tmp_path.rglob(f"{ACCOUNT_ID}/syncs.json")
    before = json.loads(log.read_text("utf-8"))

    done = command("sync", settings=copied | {"HARVEST_ACCESS_TOKEN": CANARY})

    failed, *earlier = json.loads(log.read_text("utf-8"))
    assert done.returncode == 3
    assert failed["error"]
    assert failed["remedy"]
    assert earlier == before
    assert earlier[-1]["version"] == 1
    assert CANARY not in log.read_text("utf-8")


def _directory(settings: dict[str, str]) -> Path:
    return Path(settings["HARVEST_STORE_URL"].removeprefix("duckdb:///")).parent


def _files(settings: dict[str, str]) -> dict[str, bytes]:
    """What readers see, byte by byte."""
    published = (_directory(settings) / "snapshots").rglob("*")
    return {
        path.name: path.read_bytes()
        for path in published
        if path.is_file() and path.name != "syncs.json"
    }
