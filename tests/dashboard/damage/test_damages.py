"""Damaged files: one sync mends each, or names it with its way out. No output has a traceback."""

import json
import logging
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from dashboard.__main__ import main
from dashboard.access.audit_log import AuditAction, AuditActor, AuditLog
from dashboard.access.audit_log import Event as Entry
from dashboard.access.saved_views import Views
from dashboard.access.sessions import SignIns
from dashboard.access.user_mapping import Identity
from dashboard.config.errors import SignInNeeded
from dashboard.config.settings import Settings
from dashboard.store.database import open_locked
from dashboard.store.snapshots import Snapshots
from dashboard.store.sync_log import SyncLog
from dashboard.sync.scheduler import Job
from tests.dashboard.damage.conftest import DAMAGES, content
from tests.soak import SOAK, sized

pytestmark = pytest.mark.longer("damaged files")

# One of each kind in every run: a bit, a header, a cut, nothing, zeros, other content.
NAMES = sized(
    [
        "bit at 55%",
        "bit of the header",
        "cut to 30%",
        "empty",
        "zeros in the middle",
        "another file",
    ],
    list(DAMAGES),
)
FEW = NAMES if SOAK else NAMES[::2]


def _files(told: Settings) -> dict[str, Path]:
    snapshots = Snapshots(told.cache_dir, told.account_id)
    pointer = snapshots.get_current()
    assert pointer
    return {
        "records": told.store,
        "version": snapshots.directory / pointer.file,
        "pointer": snapshots.pointer_path,
    }


def _in_background(told: Settings) -> None:
    """One sync of the job that a running dashboard has."""
    done = Event()
    job = Job(told, after=lambda asked: done.set())
    job.start()
    job.request_sync()
    assert done.wait(60), job.get_state().error
    job.stop()
    assert job.get_state().error is None


@pytest.mark.parametrize("file", ["records", "version", "pointer"])
@pytest.mark.parametrize("name", NAMES)
def test_one_sync_mends_a_damaged_file(
    told: Settings,
    file: str,
    name: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    before, path = content(told), _files(told)[file]
    was = path.read_bytes()
    DAMAGES[name](path)
    assert path.read_bytes() != was
    turns = (True, False) if SOAK else (NAMES.index(name) % 2 == 0,)

    for by_command in turns:
        if by_command:
            main(["doctor"])
            assert main(["sync"]) == 0
        else:
            _in_background(told)

    said = "".join(capsys.readouterr()) + caplog.text
    assert "Traceback" not in said
    assert content(told) == before
    assert main(["doctor"]) == 0, capsys.readouterr().out


def test_a_damaged_block_that_no_sync_reads_is_noticed(
    told: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without changes a sync reads few tables: all blocks are read before it."""
    before, undamaged = content(told), told.store.read_bytes()
    found = 0
    for place in range(10, 100, 20):
        changed = bytearray(undamaged)
        changed[len(changed) * place // 100] ^= 8
        told.store.write_bytes(changed)
        if main(["doctor"]):
            found += 1
            assert main(["sync"]) == 0
            (note,) = json.loads(capsys.readouterr().out.splitlines()[-1])["mended"]
            assert "The file of records was damaged" in note
            assert content(told) == before
    assert found


def test_what_harvest_cannot_tell_again_is_kept(told: Settings) -> None:
    kept = "SELECT id, field, value, seen_from FROM history ORDER BY ALL"
    with open_locked(told.store, patience=0) as store:
        store.execute("UPDATE time_entries SET deleted_at = now()::TIMESTAMP WHERE id IN"
                      " (SELECT min(id) FROM time_entries)")  # fmt: skip
        ((gone,),) = store.execute("SELECT min(id) FROM time_entries").fetchall()
        store.execute("UPDATE history SET value = '1', seen_from = DATE '2020-01-01' WHERE id ="
                      " (SELECT min(id) FROM history) AND seen_until IS NULL")  # fmt: skip
        history = store.execute(kept).fetchall()
        store.execute("CHECKPOINT")
    told.store.with_name(f"{told.store.name}.suspect").write_text("met while reading", "utf-8")

    assert main(["sync"]) == 0

    with open_locked(told.store, patience=0) as store:
        assert set(history) <= set(store.execute(kept).fetchall())
        assert (gone,) in store.execute("SELECT id FROM time_entries").fetchall()
        ((fingerprint,),) = store.execute("SELECT fingerprint FROM accounts").fetchall()
        assert fingerprint


def test_mending_that_was_killed_is_completed(told: Settings) -> None:
    kept = "SELECT id, field, value, seen_from FROM history ORDER BY ALL"
    with open_locked(told.store, patience=0) as store:
        store.execute("UPDATE history SET value = '1', seen_from = DATE '2020-01-01' WHERE id ="
                      " (SELECT min(id) FROM history) AND seen_until IS NULL")  # fmt: skip
        history = store.execute(kept).fetchall()
        store.execute("CHECKPOINT")
    told.store.with_name(f"{told.store.name}.suspect").write_text("met while reading", "utf-8")
    told.store.with_name(f"{told.store.name}.new").write_bytes(b"half of it")
    told.store.rename(told.store.with_name(f"{told.store.name}.damaged-20261120T100000"))

    assert main(["sync"]) == 0

    with open_locked(told.store, patience=0) as store:
        assert set(history) <= set(store.execute(kept).fetchall())


def test_a_file_that_somebody_removed_is_made_anew(told: Settings) -> None:
    before = content(told)
    told.store.with_name(f"{told.store.name}.suspect").write_text("met while reading", "utf-8")
    told.store.unlink()

    assert main(["sync"]) == 0

    assert content(told) == before


def test_a_version_published_after_damage_has_a_number_that_no_file_had(told: Settings) -> None:
    """DuckDB shows the old content of a path that a process has open."""
    snapshots = Snapshots(told.cache_dir, told.account_id)
    before = {path.name for path in snapshots.list_files()}
    snapshots.pointer_path.unlink()
    told.store.write_bytes(b"")

    assert main(["sync"]) == 0

    pointer = snapshots.get_current()
    assert pointer
    assert pointer.file not in before


def test_what_was_mended_is_in_the_log_of_syncs(told: Settings) -> None:
    (told.cache_dir / told.account_id / "views.json").write_text('{"": [{"name": "A"')
    (told.cache_dir / told.account_id / "reconciliation.json").write_text('{"compared": []')

    assert main(["sync"]) == 0

    notes = SyncLog(told.cache_dir, told.account_id).read()[0].notes
    assert [note.partition(" ")[0] for note in notes] == ["reconciliation.json", "views.json"]


def test_views_that_can_be_read_survive_a_damaged_file(tmp_path: Path) -> None:
    ada, bob = Views(tmp_path, "1"), Views(tmp_path, "2")
    for name in ("One", "Two", "Three"):
        ada.save_view(name, "hours", "period=7d")
    bob.save_view("Other", "wip", "")
    path = tmp_path / "views.json"
    path.write_bytes(path.read_bytes()[:-40].replace(b'"Two"', b'"Two'))

    assert [view.name for view in ada.read()] == ["One", "Three"]
    ada.save_view("Four", "hours", "")

    assert [view.name for view in ada.read()] == ["Four", "One", "Three"]
    (aside,) = tmp_path.glob("views.json.damaged-*")
    assert b'"Two' in aside.read_bytes()


def test_leftovers_of_killed_publications_are_removed(told: Settings) -> None:
    directory = told.cache_dir / told.account_id
    for name in ("building-99999.duckdb", "building-7-3.duckdb", "building-7-3.duckdb.wal"):
        (directory / name).write_bytes(b"x" * 1000)
    old, young = directory / "current.json.99999", directory / "views.json.99998"
    old.write_text("{")
    young.write_text("{")
    long_ago = (datetime.now(UTC) - timedelta(hours=1)).timestamp()
    os.utime(old, (long_ago, long_ago))
    _files(told)["version"].unlink()

    assert main(["sync"]) == 0

    assert not list(directory.glob("building-*"))
    assert not old.exists()
    assert young.exists()  # somebody may be writing it


@pytest.mark.parametrize("name", FEW)
def test_damaged_sign_ins_are_named_and_replaced_by_command_alone(
    told: Settings, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    directory, now = told.cache_dir / told.account_id, datetime.now(UTC)
    ada = _identity("ada", now - timedelta(minutes=5))
    sign_ins = SignIns(directory)
    sign_ins.bind_user(ada, 17, now)
    sign_ins.end_session(ada, "You signed out.", now)
    sign_ins.close()
    DAMAGES[name](sign_ins.path)
    damaged = sign_ins.path.read_bytes()

    assert main(["sync"]) == 0
    assert sign_ins.path.read_bytes() == damaged
    code = main(["doctor"])
    said = "".join(capsys.readouterr())

    assert "Traceback" not in said
    if not code:
        return  # a bit of a page that is free
    assert "doctor --set-aside sign-ins" in said
    assert main(["doctor", "--set-aside", "sign-ins"]) == 0
    assert main(["doctor"]) == 0
    after = SignIns(directory)
    with pytest.raises(SignInNeeded):
        after.add_session(ada, 17, now)
    after.add_session(_identity("ada", now + timedelta(minutes=1)), 17, now + timedelta(minutes=1))
    after.close()
    assert list(directory.glob("sign-ins.sqlite.damaged-*"))


@pytest.mark.parametrize("name", FEW)
def test_a_damaged_audit_log_is_named_and_replaced_by_command_alone(
    told: Settings, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = told.cache_dir / told.account_id
    log = AuditLog(directory)
    for number in range(40):
        log.record_event(
            Entry(who=AuditActor("Ada"), did=AuditAction.LOOKED, what=f"page {number} " + "x" * 200)
        )
    log.close()
    DAMAGES[name](log.path)
    damaged = log.path.read_bytes()

    assert main(["sync"]) == 0
    assert log.path.read_bytes() == damaged
    code = main(["doctor"])
    said = "".join(capsys.readouterr())

    assert "Traceback" not in said
    if not code:
        return
    assert "doctor --set-aside audit" in said
    assert main(["doctor", "--set-aside", "audit"]) == 0
    assert main(["doctor"]) == 0
    aside = min(directory.glob("audit.sqlite.damaged-*"))
    with sqlite3.connect(log.path) as file:
        ((what,),) = file.execute("SELECT what FROM entries").fetchall()
    file.close()
    assert aside.name in what


def test_doctor_changes_nothing(told: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    for path in _files(told).values():
        DAMAGES["zeros in the middle"](path)
    before = _everything(told)

    assert main(["doctor", "--json"]) == 1

    found = {one["file"]: one for one in json.loads(capsys.readouterr().out)}
    assert _everything(told) == before
    assert found[str(told.store)]["state"] == "damaged"
    assert found[str(told.store)]["command"] == "python -m dashboard sync"


def test_doctor_does_not_wait_for_a_sync(
    told: Settings, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with open_locked(told.store, patience=0):
        assert main(["doctor"]) == 0

    assert "A sync is writing it" in capsys.readouterr().out


def _everything(told: Settings) -> dict[str, bytes]:
    paths = told.store.parent.rglob("*")
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


def _identity(subject: str, issued: datetime) -> Identity:
    return Identity(
        issuer="https://id.example", subject=subject, email=f"{subject}@example.com",
        is_verified=True, issued_at=issued, key=f"{subject} {issued.isoformat()}",
    )  # fmt: skip
