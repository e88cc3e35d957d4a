"""What commands print of names from Harvest: one line each, and nothing that a terminal obeys."""

import json
import os
import pty
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.__main__ import main
from dashboard.access.sessions import SignIns
from dashboard.access.user_mapping import Identity
from harvest_client.__main__ import main as connector
from harvest_demo import ACCOUNT_ID
from tests.dashboard.sync.agency import TODAY, Agency
from tests.dashboard.sync.agency_server import configure, serving

HOSTILE = "Evil\x1b[2J\x1b]0;own\x07\r\n\x9b31m\u202egnp.exe\u2066\u2028\u200f"
SHOWN = r"Evil\x1b[2J\x1b]0;own\x07\r\n\x9b31m\u202egnp.exe\u2066\u2028\u200f"
OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f]"
)
PERIOD = ("--from", "2025-11-21", "--to", TODAY.isoformat())


@pytest.fixture
def agency() -> Agency:
    """Everybody and everything has a hostile name."""
    agency = Agency(entries=300)
    agency.account.tables["invoices"].clear()  # each costs a request for its payments
    for table, name in (("projects", "name"), ("users", "first_name"), ("clients", "name")):
        for row in agency.account.tables[table].values():
            row[name] = f"{HOSTILE}{row['id']}"
    return agency


@pytest.fixture
def synced(agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with serving(agency) as url:
        configure(monkeypatch, url, tmp_path)
        assert main(["sync"]) == 0
        yield tmp_path / "snapshots"


Printed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(synced: Path, capfd: pytest.CaptureFixture[str]) -> Printed:
    def run(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        code = main(list(arguments))
        told = capfd.readouterr()
        return code, told.out, told.err

    return run


def test_report_has_names_as_json_escapes(run: Printed) -> None:
    code, out, _ = run("report", "hours", "--by", "project", *PERIOD)

    assert code == 0
    assert not OBEYED.search(out)
    assert any(row["project"].startswith(HOSTILE) for row in json.loads(out))


def test_check_names_what_differs_in_lines_of_its_own(agency: Agency, run: Printed) -> None:
    entry = agency.account.entries.ordered[-5]
    agency.account.entries.remove(entry)
    agency.account.version += 1

    code, out, _ = run("check", *PERIOD)
    again, text, _ = run("check", *PERIOD, "--format", "json")

    assert (code, again) == (1, 1)
    assert SHOWN in out
    assert not OBEYED.search(out)
    assert not OBEYED.search(text)
    assert json.loads(text)["differences"][0]["project"].startswith(HOSTILE)


def test_sign_ins_names_people_in_lines_of_their_own(
    agency: Agency, synced: Path, run: Printed
) -> None:
    user, now = min(agency.account.tables["users"]), datetime.now(UTC)
    signed_in = Identity(
        issuer=f"https://id.example.com/{HOSTILE}", subject=HOSTILE, email=None, is_verified=False,
        issued_at=now, key="1",
    )  # fmt: skip
    with closing(SignIns(synced / ACCOUNT_ID)) as sign_ins:
        sign_ins.bind_user(signed_in, user, now)
        sign_ins.add_session(signed_in, user, now)

    code, out, _ = run("sign-ins")

    assert code == 0
    assert len(out.splitlines()) == 2
    assert SHOWN in out
    assert not OBEYED.search(out)


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "hours", *PERIOD, "--out", "x.csv", "--as", f"{HOSTILE}@example.com"),
        ("report", "hours", "--from", HOSTILE, "--to", "2026-01-01"),
        ("report", HOSTILE, *PERIOD),
        ("sign-ins", "--end", f"{HOSTILE}@example.com"),
        ("forget", f"{HOSTILE}@example.com"),
    ],
)
def test_message_of_an_error_is_one_line(run: Printed, arguments: tuple[str, ...]) -> None:
    code, _, said = run(*arguments)

    assert code == 2
    assert said.count("\n") == 1
    assert not OBEYED.search(said)


@pytest.mark.parametrize("program", ["dashboard", "harvest_client"])
@pytest.mark.parametrize(
    "arguments",
    [
        (HOSTILE,),
        ("sync", HOSTILE),
        ("clients", "list", HOSTILE),
        ("clients", "list", f"--{HOSTILE}"),
        ("clients", "search", "--limit", HOSTILE),
        ("sync", f"--{HOSTILE}"),
        ("sync", f"--full={HOSTILE}"),
        ("report", "hours", *PERIOD, "--format", HOSTILE),
        ("sign-ins", "--end", "\udcff\udc1b"),
        ("clients", "search", "--as", "\udcff"),
    ],
)
def test_usage_error_repeats_no_argument_as_it_came(
    program: str, arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    commands = {"dashboard": main, "harvest_client": connector}

    with pytest.raises(SystemExit) as ended:
        commands[program](list(arguments))

    out, said = capfd.readouterr()
    assert ended.value.code == 2
    assert "usage: " in said
    assert ": error: " in said.splitlines()[-1]
    assert not OBEYED.search(out + said)


@pytest.mark.parametrize("command", ["export", "report"])
def test_xlsx_is_not_written_to_a_terminal(run: Printed, command: str) -> None:
    ours, theirs = pty.openpty()
    what = ("hours",) if command == "report" else ("projects",)

    code, _, said = run(command, *what, *PERIOD, "--format", "xlsx", "--out", os.ttyname(theirs))

    assert code == 2
    assert "Name a file to write to." in said
    os.close(ours)
    os.close(theirs)


def test_export_names_its_file_in_one_line(run: Printed, tmp_path: Path) -> None:
    code, out, said = run("export", "projects", *PERIOD, "--out", str(tmp_path / f"{HOSTILE}.csv"))

    assert (code, out) == (0, "")
    assert said.splitlines()[-1].endswith(f"{SHOWN}.csv.")
    assert not OBEYED.search(said)


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_records_are_json_without_what_a_terminal_obeys(
    synced: Path, form: str, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()

    assert connector(["clients", "list", "--format", form]) == 0

    out, _ = capfd.readouterr()
    assert not OBEYED.search(out)
    rows = json.loads(out)["data"] if form == "json" else map(json.loads, out.splitlines())
    assert any(row["name"].startswith(HOSTILE) for row in rows)


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("is_terminal", [True, False])
def test_csv_is_escaped_for_a_terminal_and_whole_for_a_pipe(
    synced: Path, is_terminal: bool, is_named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pty.openpty() if is_terminal else os.pipe()
    named = ("--out", f"/dev/fd/{theirs}") if is_named else ()
    with open(theirs, "w", encoding="utf-8", newline="") as out:
        if not is_named:
            monkeypatch.setattr("sys.stdout", out)
        assert main(["report", "hours", "--by", "client", *PERIOD, "--format", "csv", *named]) == 0
    text = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # so a terminal ends
            break
        if not part:
            break
        text += part
    os.close(ours)

    found = text.decode()
    assert (SHOWN in found) is is_terminal
    assert (HOSTILE in found) is not is_terminal
