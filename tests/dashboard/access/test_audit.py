"""The audit log only grows, and says so when somebody made it do something else."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from dashboard.access.audit_log import AuditAction, AuditActor, AuditLog, Event, HashChain
from dashboard.config.errors import NotRecorded

ADA = AuditActor("Ada Admin", 11, "0123456789abcdef")
TRIGGERS = ("in_order", "unchanged", "kept", "start_unchanged", "start_kept")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AuditLog]:
    log = AuditLog(tmp_path / "account")
    yield log
    log.close()


def looked(what: str = "invoices") -> Event:
    return Event(who=ADA, did=AuditAction.LOOKED, what=what, period="2026-01-01..2026-01-31")


def test_an_entry_says_who_did_what_when_and_to_which_part(log: AuditLog) -> None:
    number = log.record_event(
        Event(
            who=ADA, did=AuditAction.ENDED, what="invoices.csv", period="2026-01-01..2026-01-31",
            filter='{"eq":{"client_id":1}}', rows=3, bytes=120, sha256="ab" * 32, completes=None,
        )
    )  # fmt: skip

    ((at, *told),) = log.rows(
        "SELECT at, did, user_id, name, account, what, period, filter, rows, bytes, sha256"
        " FROM entries WHERE number = ?",
        (number,),
    )
    assert abs(datetime.now(UTC) - datetime.fromisoformat(str(at))) < timedelta(minutes=1)
    assert told == [
        "took a file", 11, "Ada Admin", "0123456789abcdef", "invoices.csv",
        "2026-01-01..2026-01-31", '{"eq":{"client_id":1}}', 3, 120, "ab" * 32,
    ]  # fmt: skip


def test_the_file_is_its_owners_alone(log: AuditLog) -> None:
    log.record_event(looked())

    assert {path.stat().st_mode & 0o777 for path in log.path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entries SET name = 'Bob' WHERE number = 1",
        "DELETE FROM entries WHERE number = 1",
        "REPLACE INTO entries SELECT 1, at, did, 12, 'Bob', account, seen_as, what, period, filter,"
        " rows, bytes, sha256, completes, previous, hash FROM entries WHERE number = 1",
        "INSERT INTO entries SELECT 7, at, did, user_id, name, account, seen_as, what, period,"
        " filter, rows, bytes, sha256, completes, previous, hash FROM entries WHERE number = 1",
    ],
)
def test_the_file_itself_refuses_a_change(log: AuditLog, sql: str) -> None:
    log.record_event(looked())
    log.record_event(looked())

    with (
        closing(sqlite3.connect(log.path)) as file,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        file.execute(sql)

    assert log.verify_chain().fault is None


TAMPERED: dict[str, tuple[str, str]] = {
    "changed": ("UPDATE entries SET name = 'Bob' WHERE number = 2", "Entry 2 was changed."),
    "without its sum": (
        "UPDATE entries SET sha256 = NULL WHERE number = 2",
        "Entry 2 was changed.",
    ),
    "cut out": ("DELETE FROM entries WHERE number = 2", "Entry 2 is missing."),
    "cut off": ("DELETE FROM entries WHERE number = 3", "Entry 3 is missing."),
    "from the start": ("DELETE FROM entries WHERE number = 1", "Entry 1 is missing."),
    "swapped": (
        "UPDATE entries SET number = CASE number WHEN 1 THEN -1 ELSE 1 END WHERE number < 3;"
        "UPDATE entries SET number = 2 WHERE number = -1",
        "Entry 1 does not follow the one before it.",
    ),
}


@pytest.mark.parametrize(("sql", "fault"), TAMPERED.values(), ids=TAMPERED)
def test_whoever_gets_around_that_is_noticed(log: AuditLog, sql: str, fault: str) -> None:
    for page in ("invoices", "wip", "data"):
        log.record_event(Event(who=ADA, did=AuditAction.ENDED, what=page, sha256="ab" * 32))

    tampered(log, sql)

    assert log.verify_chain().fault == fault


def test_entries_that_went_without_an_entry_about_it_are_noticed(log: AuditLog) -> None:
    for _ in range(3):
        log.record_event(looked())

    tampered(
        log,
        "INSERT INTO starts SELECT 2, hash, at FROM entries WHERE number = 2;"
        "DELETE FROM entries WHERE number <= 2",
    )

    assert log.verify_chain().fault == "Entries were removed that no entry tells of."


def test_what_is_too_old_goes_and_the_chain_goes_on(log: AuditLog) -> None:
    for _ in range(3):
        log.record_event(looked("old"))
    assert log.remove_entries(datetime.now(UTC) - timedelta(days=1)) == 0
    assert log.verify_chain().entries == 3

    assert log.remove_entries(datetime.now(UTC) + timedelta(seconds=1)) == 3
    log.record_event(looked("new"))

    assert log.rows("SELECT number, did, what, rows FROM entries ORDER BY number") == [
        (4, "removed entries", "entries up to 3", 3),
        (5, "looked at", "new", None),
    ]
    chain = log.verify_chain()
    assert chain == HashChain(2, chain.newest, 3, None)
    log.close()
    assert b"old" not in log.path.read_bytes()


def test_threads_and_other_processes_make_one_chain(log: AuditLog) -> None:
    other = AuditLog(log.path.parent)

    def write(one: AuditLog) -> None:
        for _ in range(20):
            one.record_event(looked())
            one.note_event(looked())

    threads = [Thread(target=write, args=(one,)) for one in (log, log, other, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    other.close()
    assert log.verify_chain() == HashChain(160, log.verify_chain().newest, 0, None)


def test_what_cannot_be_entered_is_refused_or_only_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "account").write_text("no directory")
    log = AuditLog(tmp_path / "account")

    with pytest.raises(NotRecorded):
        log.record_event(looked())
    log.note_event(looked())
    log.close()

    assert len(caplog.records) == 2
    assert all("audit log cannot be written" in one.message for one in caplog.records)


def tampered(log: AuditLog, sql: str) -> None:
    """Does what somebody can who has the file itself."""
    with closing(sqlite3.connect(log.path)) as file:
        for trigger in TRIGGERS:
            file.execute(f"DROP TRIGGER {trigger}")
        file.executescript(sql)
