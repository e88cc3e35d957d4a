"""Power loss at every moment of a publication: only what was written to the disk is left.

Every rename, removal and write to the disk that Python makes is recorded, with the files as they
are at that moment. At each of them the power may fail. Then a file that was not written to the
disk since is whole, cut or empty, and names that were given or taken since the directory was
written to the disk are as before or as after. DuckDB's own promises count: what it has committed
to the file of records is there.
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from dashboard.store.records import RecordStore
from dashboard.store.schema import STORED
from dashboard.store.snapshots import Snapshots
from tests.dashboard.store.conftest import ACCOUNT, SYNCED, TODAY, sample

ENTRIES = STORED["time_entries"]
Content = dict[str, bytes]
"""Files of the directory of versions, by name."""


@dataclass
class Disk:
    """What is on the disk for certain, and what may be."""

    directory: Path
    names: Content = field(default_factory=dict)  # as of the last write of the directory
    written: set[bytes] = field(default_factory=set)  # contents that were written to the disk
    states: list[Content] = field(default_factory=list)

    def now(self) -> Content:
        return {path.name: path.read_bytes() for path in self.directory.iterdir()}

    def fail(self, before: Content) -> None:
        """Adds every state in which a power loss may leave the directory."""
        changed = sorted(
            name for name in {*before, *self.names} if before.get(name) != self.names.get(name)
        )
        for taken in itertools.product((False, True), repeat=len(changed)):
            state = dict(self.names)
            for name, is_new in zip(changed, taken, strict=True):
                if is_new and name in before:
                    state[name] = before[name]
                elif is_new:
                    state.pop(name, None)
            unsure = [name for name in state if state[name] not in self.written]
            for cut in (1.0, 0.5, 0.0):
                torn = {name: state[name][: int(cut * len(state[name]))] for name in unsure}
                self.states.append(state | torn)


@contextmanager
def recorded(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Records what Python does to files of the directory; the power fails before and after."""

    def around(name: str) -> None:
        real: Callable[..., object] = getattr(os, name)

        def call(*arguments: object, **named: object) -> object:
            disk.fail(disk.now())
            result = real(*arguments, **named)
            if name == "fsync":
                written = Path(os.readlink(f"/proc/self/fd/{arguments[0]}"))
                if written == disk.directory:
                    disk.names = disk.now()
                elif written.parent == disk.directory:
                    disk.written.add(written.read_bytes())
            disk.fail(disk.now())
            return result

        patch.setattr(os, name, call)

    with monkeypatch.context() as patch:
        for name in ("fsync", "replace", "rename", "unlink"):
            around(name)
        yield


def test_a_power_loss_leaves_the_old_version_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, store = tmp_path / "live", tmp_path / "store.duckdb"
    snapshots = Snapshots(live, ACCOUNT.id)
    with _opened(store, snapshots) as records:
        for name, entity in STORED.items():
            records.upsert(entity, [sample(name)])
            records.finish_pull(entity, SYNCED)
        records.publish(synced_at=SYNCED, today=TODAY)
    _age(snapshots)
    old = tmp_path / "old.duckdb"
    shutil.copy(store, old)
    disk = Disk(snapshots.directory)
    disk.names = disk.now()
    disk.written = set(disk.names.values())
    with _opened(store, snapshots) as records:
        more = msgspec.structs.replace(sample("time_entries")[0], id=99)
        records.upsert(ENTRIES, [[more]])
        with recorded(disk, monkeypatch):
            records.publish(synced_at=SYNCED + timedelta(hours=1), today=TODAY)

    states = {tuple(sorted(state.items())): state for state in disk.states}
    seen = set()
    for state in states.values():
        found = _entries(state, tmp_path / "crashed")
        assert found in (3, 4)
        seen.add(found)
    assert seen == {3, 4}
    assert len(states) > 6

    # The next sync completes it, whatever DuckDB had committed by then.
    for state in list(states.values())[::4]:
        for committed in (old, store):
            again = Snapshots(tmp_path / "again", ACCOUNT.id)
            shutil.rmtree(again.directory, ignore_errors=True)
            _put(state, again.directory)
            shutil.copy(committed, tmp_path / "again.duckdb")
            with _opened(tmp_path / "again.duckdb", again) as records:
                records.upsert(ENTRIES, [[more]])
                records.publish(synced_at=SYNCED + timedelta(hours=2), today=TODAY)
            assert _count(again) == 4


def test_a_first_publication_leaves_nothing_or_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots = Snapshots(tmp_path / "live", ACCOUNT.id)
    disk = Disk(snapshots.directory)
    with _opened(tmp_path / "store.duckdb", snapshots) as records:
        records.upsert(ENTRIES, [sample("time_entries")])
        snapshots.directory.mkdir(parents=True)
        with recorded(disk, monkeypatch):
            records.publish(synced_at=SYNCED, today=TODAY)

    found = {_entries(state, tmp_path / "crashed") for state in disk.states}

    assert found == {None, 3}


def _opened(store: Path, snapshots: Snapshots) -> AbstractContextManager[RecordStore]:
    return RecordStore.open(store, ACCOUNT, snapshots=snapshots)


def _age(snapshots: Snapshots) -> None:
    """As if it had been published long ago: it is removed once another is current."""
    for path in snapshots.list_files():
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 3600))


def _put(state: Content, directory: Path) -> None:
    directory.mkdir(parents=True)
    for name, content in state.items():
        (directory / name).write_bytes(content)


def _entries(state: Content, parent: Path) -> int | None:
    """How many entries a reader finds after the power loss; None before the first version."""
    shutil.rmtree(parent, ignore_errors=True)
    snapshots = Snapshots(parent, ACCOUNT.id)
    _put(state, snapshots.directory)
    if snapshots.get_current() is None:
        return None
    return _count(snapshots)


def _count(snapshots: Snapshots) -> int:
    snapshot = snapshots.open_current()
    try:
        ((count,),) = snapshot.rows("SELECT count(*) FROM time_facts")
        return int(count)
    finally:
        snapshot.close()
