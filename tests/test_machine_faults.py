"""Faults of the machine: one sentence with its remedy, no traceback, and nothing lost."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.__main__ import main
from dashboard.config.errors import machine_error
from dashboard.config.settings import Settings
from dashboard.store.sync_log import Attempt, SyncLog
from tests.dashboard.damage.conftest import content, told
from tests.serving import ROOT, environment

__all__ = ["told"]
REPORT = ("report", "hours", "--by", "client", "--from", "2025-01-01", "--to", "2026-11-20")


def _run(
    *arguments: str,
    program: str = "dashboard",
    limit: tuple[int, int] | None = None,
    into: str | None = None,
    **variables: str,
) -> "subprocess.CompletedProcess[bytes]":
    """A command in a process of its own; stdout goes `into` a file where one is named."""

    def before() -> None:
        if limit:
            resource.setrlimit(limit[0], (limit[1], limit[1]))

    ours = {name: value for name, value in os.environ.items() if name.startswith("HARVEST_")}
    with open(into or os.devnull, "wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", program, *arguments],
            cwd=ROOT, env=environment(ours) | variables, stderr=subprocess.PIPE,
            stdout=out if into else subprocess.PIPE, preexec_fn=before, timeout=120, check=False,
        )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    return done


@pytest.mark.parametrize("arguments", [REPORT, ("doctor",)], ids=["report", "doctor"])
def test_output_on_a_full_disk_is_a_sentence(told: Settings, arguments: tuple[str, ...]) -> None:
    done = _run(*arguments, into="/dev/full")

    assert done.returncode == 2
    assert b"the disk is full. Make room" in done.stderr


def test_connector_output_on_a_full_disk_is_a_sentence(told: Settings) -> None:
    done = _run("time_entries", "list", "--per-page", "5", program="harvest_client",
                into="/dev/full")  # fmt: skip

    assert done.returncode == 2
    assert b"the disk is full. Make room" in done.stderr


def test_a_closed_pipe_ends_a_command_without_a_word(told: Settings) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard", *REPORT],
        cwd=ROOT, stdout=writing, stderr=subprocess.PIPE,
        env=environment({k: v for k, v in os.environ.items() if k.startswith("HARVEST_")}),
    )  # fmt: skip
    os.close(writing)

    _, said = process.communicate(timeout=120)

    assert (process.returncode, said) == (0, b"")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_without_a_letter_shows_an_escape(told: Settings, encoding: str) -> None:
    done = _run("report", "--help", PYTHONIOENCODING=encoding)

    assert done.returncode == 0
    assert b"METRIC[,METRIC\\u2026]" in done.stdout


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ((resource.RLIMIT_FSIZE, 3_000_000), b"larger than this process may write"),
        ((resource.RLIMIT_NOFILE, 12), b"too many files open"),
        ((resource.RLIMIT_AS, 700 << 20), b"700 MB of memory"),
    ],
    ids=["size of files", "open files", "memory"],
)
def test_a_limit_is_a_sentence_and_loses_nothing(
    told: Settings, limit: tuple[int, int], sentence: bytes
) -> None:
    before = content(told)

    done = _run("sync", "--full", limit=limit, HARVEST_CURRENCY="USD")  # facts are made anew

    assert done.returncode == 2
    assert sentence in done.stderr
    assert content(told) == before
    assert main(["sync"]) == 0
    assert content(told) == before


@contextmanager
def _without_rights(directory: Path) -> Iterator[None]:
    """The directory belongs to somebody else: root borrows the rights of nobody."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    else:
        directory.chmod(0)
    try:
        yield
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        directory.chmod(0o700)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("sync",), 2), (REPORT, 2), (("doctor",), 1)],
    ids=["sync", "report", "doctor"],
)
def test_files_of_another_user_are_a_sentence(
    told: Settings, arguments: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(told)
    main([*arguments])  # what is imported late is there
    capsys.readouterr()

    with _without_rights(told.store.parent):
        assert main([*arguments]) == code

    said = "".join(capsys.readouterr())
    assert "may not be opened by this user" in said
    assert "Traceback" not in said
    assert content(told) == before


def test_a_fault_is_on_the_screen_and_in_the_log_of_syncs(
    told: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(told)
    monkeypatch.setenv("HARVEST_CURRENCY", "USD")  # facts are made anew
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, hard))
    try:
        code = main(["sync", "--full"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert code == 2
    newest = SyncLog(told.cache_dir, told.account_id).read()[0]
    assert newest.error
    assert "larger than this process may write" in newest.error
    assert newest.remedy
    assert newest.remedy in capsys.readouterr().err
    assert content(told) == before


def test_a_log_has_room_for_an_entry_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = SyncLog(tmp_path, "1")
    log.reserve_room()
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    # The system refuses new blocks; what a file has stays its own.
    monkeypatch.setattr(os, "fsync", _refuse_new_files(os.fsync))

    for number in range(30):
        log.add_attempt(
            Attempt(moment, moment, "changes", number, None, "The disk is full.", "Make room.")
        )

    newest = log.read()
    assert newest[0].requests == 29
    assert not log.is_damaged()
    assert log.path.stat().st_size < 8192


def _refuse_new_files(fsync: Callable[[int], None]) -> Callable[[int], None]:
    def refuse(descriptor: int) -> None:
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if name.rpartition(".")[2].isdecimal():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
        fsync(descriptor)

    return refuse


@pytest.mark.parametrize(
    "number",
    [
        errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM,
        errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO,
    ],
)  # fmt: skip
def test_every_fault_has_a_sentence_and_a_remedy(number: int) -> None:
    fault = machine_error(OSError(number, os.strerror(number), "/srv/store.duckdb"))

    assert fault
    assert str(fault).endswith(".")
    assert fault.remedy.endswith(".")


def test_a_fault_of_ours_is_no_fault_of_the_machine() -> None:
    assert machine_error(ValueError("disk")) is None
    assert machine_error(FileNotFoundError(errno.ENOENT, "No such file")) is None
