"""Audit log of an account: views of restricted figures and downloads; entries are only added.

Each entry holds the hash of the one before it. So what was changed, left out or put in between is
noticed, unless every later hash was made anew as well: note the newest one elsewhere to know that.
"""

import logging
import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from json import dumps
from pathlib import Path

from dashboard.access.sqlite_file import SqliteFile, readable_rows
from dashboard.config.errors import DamagedFile, NotRecorded

log = logging.getLogger(__name__)

AUDIT_FILE = "audit.sqlite"

_FIELDS = (
    "number", "at", "did", "user_id", "name", "account", "seen_as", "what", "period", "filter",
    "rows", "bytes", "sha256", "completes",
)  # fmt: skip
_STAYS = "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
_TABLES = f"""
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, did TEXT NOT NULL,
    user_id INTEGER, name TEXT NOT NULL, account TEXT NOT NULL, seen_as TEXT NOT NULL,
    what TEXT NOT NULL, period TEXT NOT NULL, filter TEXT NOT NULL, rows INTEGER, bytes INTEGER,
    sha256 TEXT, completes INTEGER, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS starts ( -- up to where entries were removed, with the last one's hash
    removed_to INTEGER PRIMARY KEY, hash TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS completed ON entries (completes) WHERE completes IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS in_order BEFORE INSERT ON entries WHEN NEW.number IS NOT 1 + coalesce(
    (SELECT max(number) FROM entries), (SELECT max(removed_to) FROM starts), 0) {_STAYS};
CREATE TRIGGER IF NOT EXISTS unchanged BEFORE UPDATE ON entries {_STAYS};
CREATE TRIGGER IF NOT EXISTS kept BEFORE DELETE ON entries
    WHEN OLD.number > (SELECT coalesce(max(removed_to), 0) FROM starts) {_STAYS};
CREATE TRIGGER IF NOT EXISTS start_unchanged BEFORE UPDATE ON starts {_STAYS};
CREATE TRIGGER IF NOT EXISTS start_kept BEFORE DELETE ON starts {_STAYS};
"""


class AuditAction(StrEnum):
    """Recorded action. A download has two entries: before its first byte, and at its end."""

    LOOKED = "looked at"
    SEARCHED = "searched"
    BEGAN = "began a file"
    ENDED = "took a file"
    ABORTED = "aborted a file"
    ERASED = "erased notes"
    REMOVED = "removed entries"
    REPLACED = "set a damaged log aside"


@dataclass(frozen=True, slots=True)
class AuditActor:
    """Whoever did it. `account` is a hash of the sign-in's; `seen_as` whose eyes were borrowed."""

    name: str
    user_id: int | None = None
    account: str = ""
    seen_as: str = ""


THIS_MACHINE = AuditActor("this machine")
"""Somebody who did not have to sign in."""
SERVER = AuditActor("the server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Event to record. `completes` is the number of the entry that this one completes."""

    who: AuditActor
    did: AuditAction
    what: str
    period: str = ""
    filter: str = ""
    rows: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    completes: int | None = None


@dataclass(frozen=True, slots=True)
class HashChain:
    """Result of `AuditLog.verify`. `newest` is the last hash; `fault` is None if the log is intact.

    `removed_to` is the number of the last entry that was removed for its age; 0 without any.
    """

    entries: int
    newest: str
    removed_to: int
    fault: str | None


def account_hash(account: str) -> str:
    """Return a sign-in's account, as the log has it: the same for the same, and nothing else."""
    return sha256(account.encode()).hexdigest()[:16]


class AuditLog:
    """That of one Harvest account, in a file that its owner alone can read. Safe for threads."""

    def __init__(self, directory: Path) -> None:
        self._own = SqliteFile(directory / AUDIT_FILE, _TABLES)
        self.path = self._own.path
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="audit")

    def close(self) -> None:
        """Wait for what is still to be written."""
        self._writer.shutdown()
        self._own.close()

    def note_event(self, event: Event) -> None:
        """Enter it soon, on a thread of the log's own. What cannot be written is logged."""
        at = datetime.now(UTC)
        self._writer.submit(self._enter_event, event, at).add_done_callback(_report_failure)

    def record_event(self, event: Event) -> int:
        """Enter it now; its number. Raises `NotRecorded`."""
        try:
            return self._enter_event(event, datetime.now(UTC))
        except (sqlite3.Error, OSError) as error:
            log.error("The audit log cannot be written: %s", error)
            raise NotRecorded("This cannot be entered in the audit log.") from error
        except DamagedFile as error:
            log.error("The audit log cannot be written: %s %s", error, error.remedy)
            raise NotRecorded(str(error), remedy=error.remedy) from error

    def remove_entries(self, before: datetime) -> int:
        """Remove the entries from before that instant, and enters that; how many there were."""
        now = datetime.now(UTC)
        with self._own.open() as file:
            file.execute("BEGIN IMMEDIATE")
            ((last,),) = file.execute(
                "SELECT coalesce((SELECT min(number) - 1 FROM entries WHERE at >= ?),"
                " (SELECT max(number) FROM entries), 0)",
                (_instant_text(before),),
            )
            row = file.execute("SELECT hash FROM entries WHERE number = ?", (last,)).fetchone()
            if row is None:
                return 0
            file.execute("INSERT INTO starts VALUES (?, ?, ?)", (last, *row, _instant_text(now)))
            rows = file.execute("DELETE FROM entries WHERE number <= ?", (last,)).rowcount
            _append_entry(
                file, Event(who=SERVER, did=AuditAction.REMOVED, what=_up_to(last), rows=rows), now
            )
            return rows

    def rows(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """Return the rows of a SELECT. Raises `NotRecorded`."""
        with self._open_reading() as file:
            return file.execute(sql, parameters).fetchall()

    def verify_chain(self) -> HashChain:
        """Read the whole log and holds every entry against its hash and the one before it."""
        with self._open_reading() as file:
            return _verify_file(file)

    @contextmanager
    def _open_reading(self) -> Iterator[sqlite3.Connection]:
        self._writer.submit(int).result()  # after what was noted
        try:
            with self._own.open() as file:
                yield file
        except (sqlite3.Error, OSError) as error:
            raise NotRecorded("The audit log cannot be read.") from error
        except DamagedFile as error:
            raise NotRecorded(str(error), remedy=error.remedy) from error

    def _enter_event(self, event: Event, at: datetime) -> int:
        with self._own.open() as file:
            file.execute("BEGIN IMMEDIATE")
            return _append_entry(file, event, at)


def audit_log(directory: Path) -> AuditLog:
    """Return the log of the account whose files are in the `directory`."""
    return _cached_log(directory.absolute())


@cache  # one for each file, which threads share
def _cached_log(directory: Path) -> AuditLog:
    return AuditLog(directory)


def _verify_file(file: sqlite3.Connection) -> HashChain:
    start = file.execute(
        "SELECT removed_to, hash FROM starts ORDER BY removed_to DESC LIMIT 1"
    ).fetchone()
    removed_to, hash = start or (0, "")
    ever = file.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
    number, says_so = removed_to, start is None

    def broken_chain(why: str) -> HashChain:
        return HashChain(number - removed_to, hash, removed_to, f"Entry {number + 1} {why}.")

    for *values, previous, result in file.execute(
        f"SELECT {', '.join(_FIELDS)}, previous, hash FROM entries ORDER BY number"
    ):
        if values[0] != number + 1:
            return broken_chain("is missing")
        if previous != hash:
            return broken_chain("does not follow the one before it")
        if result != _entry_hash(previous, values):
            return broken_chain("was changed")
        number, hash = values[0], result
        says_so |= values[2] == AuditAction.REMOVED and values[7] == _up_to(removed_to)
    if ever and ever[0] > number:
        return broken_chain("is missing")
    fault = None if says_so else "Entries were removed that no entry tells of."
    return HashChain(number - removed_to, hash, removed_to, fault)


def verify_file(path: Path) -> HashChain:
    """Return what `AuditLog.verify` finds in a file, which is opened for reading alone.

    Raises `DamagedFile`.
    """
    with SqliteFile.open_reading(path) as file:
        return _verify_file(file)


def replace_damaged(directory: Path) -> tuple[Path, int]:
    """Set a damaged log aside and begin a new one, which says so in its first entry.

    Returns the new path of the damaged log, and how many of its entries can be read there.
    """
    path = directory / AUDIT_FILE
    entries = readable_rows(path, "entries", "number, hash")
    aside = SqliteFile.set_aside(path)
    newest = entries[-1][1] if entries else "none"
    what = f"{aside.name}: {len(entries)} entries can be read, the last has the hash {newest}"
    log = AuditLog(directory)
    log.record_event(Event(who=SERVER, did=AuditAction.REPLACED, what=what))
    log.close()
    return aside, len(entries)


def _append_entry(file: sqlite3.Connection, event: Event, at: datetime) -> int:
    last = file.execute(
        "SELECT number, hash FROM (SELECT number, hash FROM entries UNION ALL"
        " SELECT removed_to, hash FROM starts) ORDER BY number DESC LIMIT 1"
    ).fetchone()
    number, previous = last or (0, "")
    who = event.who
    values = [
        number + 1, _instant_text(at), event.did.value, who.user_id, who.name, who.account,
        who.seen_as,
        event.what, event.period, event.filter, event.rows, event.bytes, event.sha256,
        event.completes,
    ]  # fmt: skip
    marks = ", ".join("?" * (len(values) + 2))
    file.execute(
        f"INSERT INTO entries VALUES ({marks})", [*values, previous, _entry_hash(previous, values)]
    )
    return int(values[0])  # type: ignore[arg-type]


def _entry_hash(previous: str, values: list[object]) -> str:
    return sha256(dumps([previous, *values]).encode()).hexdigest()


def _instant_text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")


def _up_to(number: int) -> str:
    return f"entries up to {number}"


def _report_failure(done: "Future[int]") -> None:
    if error := done.exception():
        log.error("The audit log cannot be written: %s", error)
