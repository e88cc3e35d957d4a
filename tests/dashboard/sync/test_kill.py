"""A sync killed at any moment leaves the old version or the new one; the next one completes it."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dashboard.store.snapshots import Snapshots
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.serving import ROOT, Server, demo_server, direct, environment, program

pytestmark = pytest.mark.soak("random kills")

TODAY = "2026-11-20"
ENTRIES = 4000
KILLS = 60

Content = tuple[int, str]
"""How many entries a version has, and all of it as one number."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with demo_server("--entries", str(ENTRIES), "--today", TODAY, "--no-limits") as running:
        yield running


def settings(server: Server, directory: Path) -> dict[str, str]:
    return direct(server, directory, HARVEST_TODAY=TODAY)


def published(directory: Path) -> Content | None:
    snapshots = Snapshots(directory / "snapshots", ACCOUNT_ID)
    if snapshots.get_current() is None:
        return None
    snapshot = snapshots.open_current()
    try:
        ((count, content),) = snapshot.rows(
            "SELECT count(*), CAST(bit_xor(hash(f)) AS VARCHAR) FROM time_facts AS f"
        )
        return int(count), str(content)
    finally:
        snapshot.close()


def complete(server: Server, directory: Path, *arguments: str) -> float:
    """Runs a sync to its end; how many seconds it took."""
    began = time.monotonic()
    done = program("sync", *arguments, settings=settings(server, directory))
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


def kill_after(server: Server, directory: Path, delay: float, *arguments: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "sync", *arguments],
        cwd=ROOT, env=environment(settings(server, directory)),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()


def moments(count: int, first: float, last: float) -> Iterator[float]:
    """As many moments from `first` to `last`, in one distance."""
    return (first + (last - first) * number / (count - 1) for number in range(count))


def test_kills_leave_the_old_version_or_the_new_one(server: Server, tmp_path: Path) -> None:
    old, work = tmp_path / "old", tmp_path / "work"
    complete(server, old)
    before = published(old)
    _edit(server)
    shutil.copytree(old, tmp_path / "reference")
    seconds = complete(server, tmp_path / "reference", "--full")
    after = published(tmp_path / "reference")
    assert before
    assert after
    assert before != after
    seen: set[Content | None] = set()

    for moment in moments(KILLS, 0.2, 1.0):
        if published(work) in (None, after):
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(old, work)
        kill_after(server, work, moment * seconds, "--full")
        found = published(work)
        assert found in (before, after)
        seen.add(found)

    complete(server, work)
    assert published(work) == after
    assert before in seen


def test_a_first_sync_killed_again_and_again_is_completed(server: Server, tmp_path: Path) -> None:
    seconds = complete(server, tmp_path / "reference")
    work = tmp_path / "work"

    for moment in moments(5, 0.4, 0.9):
        kill_after(server, work, moment * seconds)
        found = published(work)
        assert found is None or 0 < found[0] <= ENTRIES
    complete(server, work)

    assert published(work) == published(tmp_path / "reference")


def _edit(server: Server) -> None:
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Harvest-Account-Id": ACCOUNT_ID,
        "User-Agent": "Somebody else (tests@example.com)",
    }
    with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as harvest:
        listed = harvest.get("/time_entries", params={"per_page": 200}).json()
        for entry in listed["time_entries"]:
            if not entry["is_running"]:
                notes = {"notes": "edited behind the sync's back"}
                harvest.patch(f"/time_entries/{entry['id']}", json=notes).raise_for_status()
