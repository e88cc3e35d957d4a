"""No credential is shown or written by the commands, whatever goes wrong: neither on the terminal
nor in any file, but for the one that keeps a sign-in."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.canary_server import (
    ACCESS,
    AIRBYTE_SECRET,
    BEARER,
    CLIENT_SECRET,
    DATA,
    REFRESH,
    ROTATED,
    TOKENS,
    WORD,
    Misbehave,
    canary_server,
)
from tests.serving import ROOT, environment

SYNC = ("dashboard", "sync")
LIST = ("harvest_client", "users", "list")
both_commands = pytest.mark.parametrize("command", [SYNC, LIST], ids=["sync", "list"])

DIRECT = {"HARVEST_ACCESS_TOKEN": ACCESS, "HARVEST_ACCOUNT_ID": "1"}
OAUTH = {
    "HARVEST_CLIENT_ID": "us", "HARVEST_CLIENT_SECRET": CLIENT_SECRET,
    "HARVEST_REFRESH_TOKEN": REFRESH, "HARVEST_ACCOUNT_ID": "1",
}  # fmt: skip
HOSTED = {"AIRBYTE_CLIENT_ID": "us", "AIRBYTE_CLIENT_SECRET": AIRBYTE_SECRET}
READY = {"AIRBYTE_ACCESS_TOKEN": BEARER, "AIRBYTE_CONNECTOR_ID": "c1"}
WAYS = {"token": DIRECT, "OAuth": OAUTH, "Airbyte": HOSTED, "bearer": READY}


def run(
    command: tuple[str, ...], url: str, settings: dict[str, str], directory: Path
) -> subprocess.CompletedProcess[bytes]:
    """The command in a directory of its own, in which everything that it writes is."""
    for name in ("home", "tmp", "data"):
        (directory / name).mkdir(parents=True, exist_ok=True)
    places = {
        "HARVEST_BASE_URL": f"{url}/v2", "HARVEST_ID_URL": f"{url}/api/v2",
        "AIRBYTE_BASE_URL": url, "HARVEST_TODAY": "2026-11-20",
        "HARVEST_STORE_URL": f"duckdb:///{directory / 'data' / 'store.duckdb'}",
        "HOME": str(directory / "home"), "TMPDIR": str(directory / "tmp"),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT, env=environment(places | settings), capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def files_with_a_canary(directory: Path) -> set[str]:
    return {
        path.name
        for path in directory.rglob("*")
        if path.is_file() and WORD.encode() in path.read_bytes()
    }


def assert_nothing_shown(
    ended: subprocess.CompletedProcess[bytes], directory: Path, first_lines: str = ""
) -> None:
    assert WORD.encode() not in ended.stdout + ended.stderr
    assert WORD not in first_lines
    assert files_with_a_canary(directory) <= {"harvest-sign-in.json"}
    for kept in directory.rglob("harvest-sign-in.json"):
        if kept.is_file():
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600


Case = tuple[str, dict[str, str], Misbehave | None, Misbehave | None]
CASES: list[Case] = [
    *(
        (f"{name} by {way}", WAYS[way], answer, None)
        for way, (name, answer) in zip(list(WAYS) * 9, DATA.items(), strict=False)
    ),
    *((f"{name} by OAuth", OAUTH, None, answer) for name, answer in TOKENS.items()),
    *(
        (f"{name} by Airbyte", HOSTED, None, TOKENS[name])
        for name in ("refused client", "token cut off")
    ),
]


@both_commands
def test_a_command_that_fails_shows_no_credential(command: tuple[str, ...], tmp_path: Path) -> None:
    """Every failure that is not tried again for long, two of them at a time.

    A sync takes longer to start, so it meets every third of them.
    """
    quick = [case for case in CASES if "hang up" not in case[0] and "not HTTP" not in case[0]]
    quick = quick[::3] if command == SYNC else quick

    def attempt(number: int) -> tuple[str, int]:
        name, settings, data, token = quick[number]
        directory = tmp_path / str(number)
        with canary_server(data, token) as server:
            ended = run(command, server.url, settings, directory)
            assert_nothing_shown(ended, directory, server.first_lines)
            assert WORD in server.sent, name
        assert b"Traceback" not in ended.stderr, name
        assert ended.stderr, name
        return name, ended.returncode

    with ThreadPoolExecutor(2) as pool:
        ends = dict(pool.map(attempt, range(len(quick))))

    assert len(ends) == len(quick) >= (7 if command == SYNC else 20)
    assert set(ends.values()) <= {1, 2, 3}


@both_commands
@pytest.mark.parametrize("way", WAYS)
def test_nor_does_one_that_succeeds(command: tuple[str, ...], way: str, tmp_path: Path) -> None:
    with canary_server() as server:
        ended = run(command, server.url, WAYS[way], tmp_path)

    assert_nothing_shown(ended, tmp_path, server.first_lines)
    assert WORD in server.sent
    assert ended.returncode == 0, ended.stderr
    kept = tmp_path / "data" / "harvest-sign-in.json"
    assert kept.exists() == (way == "OAuth")
    if way == "OAuth":
        assert ROTATED in kept.read_text("utf-8")
        assert not {REFRESH, CLIENT_SECRET} & set(kept.read_text("utf-8").split('"'))


@both_commands
def test_nor_does_one_that_cannot_keep_its_sign_in(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "data" / "harvest-sign-in.json").mkdir(parents=True)

    with canary_server() as server:
        ended = run(command, server.url, OAUTH, tmp_path)

    assert ended.returncode == 3
    assert b"cannot be written" in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert WORD.encode() not in ended.stdout + ended.stderr
    assert not files_with_a_canary(tmp_path)


def test_nor_does_one_that_cannot_write_its_store(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file", "utf-8")

    with canary_server() as server:
        store = {"HARVEST_STORE_URL": f"duckdb:///{tmp_path / 'in the way' / 'store.duckdb'}"}
        ended = run(SYNC, server.url, DIRECT | store, tmp_path)

    assert ended.returncode in (1, 2, 3)
    assert_nothing_shown(ended, tmp_path)


@both_commands
def test_nor_does_one_whose_credential_cannot_be_sent(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    for spoiled in ("c4nary-a\nc4nary-b", "c4nary-ä", "c4nary a"):
        with canary_server() as server:
            ended = run(command, server.url, DIRECT | {"HARVEST_ACCESS_TOKEN": spoiled}, tmp_path)
        assert ended.returncode == 2
        assert not server.heads
        assert_nothing_shown(ended, tmp_path)


@both_commands
def test_the_line_end_of_a_credential_simply_works(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    with canary_server() as server:
        ended = run(command, server.url, DIRECT | {"HARVEST_ACCESS_TOKEN": f"{ACCESS}\n"}, tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert_nothing_shown(ended, tmp_path, server.first_lines)
