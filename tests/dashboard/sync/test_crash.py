"""A sync that crashes leaves the old version or the new one, and the next sync completes it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.__main__ import main
from dashboard.store.snapshots import Snapshots
from harvest_demo import ACCOUNT_ID
from tests.dashboard.sync.agency import Agency
from tests.dashboard.sync.agency_server import configure, serving
from tests.dashboard.sync.crash import CODE, POINTS
from tests.serving import ROOT

Content = tuple[int, str]
"""Number of time entries of a version, and a checksum of all of them."""


@pytest.fixture(scope="module")
def agency() -> Agency:
    return Agency(entries=300)


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


def crash(point: str) -> None:
    """Run a sync of everything in a process of its own, up to `point`."""
    command = [sys.executable, "-m", "tests.dashboard.sync.crash", point, "--full"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, check=False)
    assert done.returncode == CODE, done.stderr


@pytest.fixture(scope="module")
def stores(agency: Agency, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store before an edit of the account, and one after it."""
    old = tmp_path_factory.mktemp("stores") / "old"
    new = old.with_name("new")
    with pytest.MonkeyPatch.context() as patch, serving(agency) as url:
        configure(patch, url, old)
        assert main(["sync"]) == 0
        for entry in list(agency.account.entries)[:20]:
            if not (entry.is_running or entry.is_locked):
                agency.edit("PATCH", f"/time_entries/{entry.id}", notes="edited")
        shutil.copytree(old, new)
        configure(patch, url, new)
        assert main(["sync"]) == 0
    return old, new


@pytest.mark.parametrize("point", POINTS)
def test_crashed_sync_leaves_a_whole_version_and_the_next_completes_it(
    agency: Agency,
    stores: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    old, new = stores
    work = tmp_path / "work"
    shutil.copytree(old, work)
    with serving(agency) as url:
        configure(monkeypatch, url, work)

        crash(point)

        assert published(work) == published(new if point == "after the pointer" else old)
        assert main(["sync"]) == 0
    assert published(work) == published(new)
    assert not list((work / "snapshots" / ACCOUNT_ID).glob("building-*"))


@pytest.mark.parametrize("point", ["after a batch", "before the pointer"])
def test_crashed_first_sync_leaves_nothing_and_the_next_completes_it(
    agency: Agency,
    stores: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
) -> None:
    with serving(agency) as url:
        configure(monkeypatch, url, tmp_path)

        crash(point)

        assert published(tmp_path) is None
        assert main(["sync"]) == 0
    assert published(tmp_path) == published(stores[1])
