"""Long answers: written as they come, ended by whoever reads, never half a document."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harvest_client.__main__ import main
from tests.harvest_client.cli.endless import PAGE, listing
from tests.harvest_client.cli.running import CommandLine
from tests.serving import ROOT, environment

LIST = ("time_entries", "list", "--all")
LINES = (*LIST, "--format", "jsonl")


def settings(url: str) -> dict[str, str]:
    return {
        "HARVEST_ACCESS_TOKEN": "t",
        "HARVEST_ACCOUNT_ID": "1",
        "HARVEST_CONTACT": "tests@example.com",
        "HARVEST_BASE_URL": url,
    }


@contextmanager
def running(*arguments: str, url: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "harvest_client", *arguments],
        cwd=ROOT, env=environment(settings(url)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Whoever runs the tests in the background may have them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("arguments", [LIST, LINES], ids=["json", "jsonl"])
def test_the_first_record_comes_before_the_last_page_and_head_ends_it_quietly(
    arguments: tuple[str, ...],
) -> None:
    # The list has no end: whoever waited for all of it would wait for ever.
    with listing() as url, running(*arguments, url=url) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()

        assert process.wait(20) == 0
        assert process.stderr.read() == b""
        process.stdout = None


def test_an_interrupt_ends_it_with_130(tmp_path: Path) -> None:
    with listing() as url, running(*LINES, url=url) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)

    assert process.returncode == 130
    assert said == b""


def test_memory_does_not_grow_with_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    def peak(pages: int) -> int:
        with listing(pages=pages, rows=250) as url, Path(os.devnull).open("w") as nowhere:
            for name, value in settings(url).items():
                monkeypatch.setenv(name, value)
            monkeypatch.setattr(sys, "stdout", nowhere)
            tracemalloc.start()
            assert main(LINES) == 0
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return highest

    peak(1)  # what is loaded once

    # The server is in this process, and one of its pages more on the way is a fifth more.
    few, many = (min(peak(pages) for _ in range(2)) for pages in (4, 16))

    assert many < few * 1.5  # a list that is kept makes it 3.5 times as much


@pytest.mark.parametrize("refused_from", [1, 3])
def test_what_breaks_off_is_a_document_that_says_so(direct: CommandLine, refused_from: int) -> None:
    with listing(refused_from=refused_from) as url:
        account = direct.with_(HARVEST_BASE_URL=url)
        whole, lines = account(*LIST), account(*LINES)

    assert (whole.code, lines.code) == (3, 3)
    assert "403 Forbidden: Not any more. The owner of this token" in whole.err
    assert len(lines.out.splitlines()) == (refused_from - 1) * PAGE
    if refused_from == 1:
        assert whole.out == b""
    else:
        document = json.loads(whole.out)
        assert len(document["data"]) == (refused_from - 1) * PAGE
        assert document["error"] == "/time_entries: Harvest answered 403 Forbidden: Not any more"


def test_a_terminal_is_told_how_far_it_is(
    demo: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal, ours = os.openpty()
    with os.fdopen(ours, "w") as shown:
        monkeypatch.setattr(sys, "stderr", shown)
        done = demo(*LINES)
    said = b"".join(_read(terminal))  # it comes in pieces
    os.close(terminal)

    assert len(done.lines) == 300
    assert said.endswith(b"\r300 records\r\n")


def test_where_no_terminal_is_nothing_is_said(demo: CommandLine) -> None:
    assert demo(*LINES).err == ""


def test_a_terminal_that_shows_the_records_is_told_nothing_else() -> None:
    with listing(pages=1) as url:
        terminal, ours = os.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "harvest_client", "time_entries", "list", "--fields", "id",
             "--format", "jsonl"],
            cwd=ROOT, env=environment(settings(url)), stdout=ours, stderr=ours,
        ) as process:  # fmt: skip
            os.close(ours)
            said = b"".join(_read(terminal))
            assert process.wait(20) == 0
        os.close(terminal)

    assert said.count(b"\r\n") == PAGE
    assert b"records" not in said


def test_a_real_run_answers_json_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harvest_client", "users", "list", "--fields", "id,first_name"],
        cwd=ROOT, env=environment({"HARVEST_SOURCE": "demo", "HARVEST_DEMO_ENTRIES": "100"}),
        capture_output=True, check=True,
    )  # fmt: skip

    assert json.loads(done.stdout)["data"]
    assert done.stderr == b""


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            some = os.read(terminal, 65_536)
        except OSError:  # the other side is closed
            return
        if not some:
            return
        yield some
