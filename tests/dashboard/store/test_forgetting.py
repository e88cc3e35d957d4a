"""Somebody's notes are erased: no file has them afterwards, and no sync brings them back."""

import argparse
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.access.audit_log import audit_log
from dashboard.cli import forget
from dashboard.store.erasure import erased_ids
from tests.dashboard.sync.agency import Agency, Copy

# Random, so that no compression takes it apart.
CANARY = "qx7Zk9vTb2Lw8Rj4"
PERSON = 4410025
HISTORY = "v00000001.duckdb"


@pytest.fixture(scope="module", params=["direct", "hosted"])
def copy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy with two versions, the first of them months old, and the canary in all it has."""
    agency = Agency(entries=1000)
    for number, entry in enumerate(agency.account.entries):
        if entry.user["id"] == PERSON:
            entry.notes = f"{CANARY} {number}"
    for expense in agency.account.rows("expenses"):
        if expense["user"]["id"] == PERSON:
            expense["notes"] = f"{CANARY} spent"
    copy = Copy(agency, tmp_path_factory.mktemp("store"), source=request.param)
    copy.sync()
    copy.publish()
    aged = (datetime.now(UTC) - timedelta(days=70)).timestamp()
    os.utime(versions(copy) / HISTORY, (aged, aged))
    (theirs,) = copy.ask(f"SELECT min(f.id) FROM time_facts AS f WHERE f.user_id = {PERSON}")
    agency.edit("PATCH", f"/time_entries/{theirs[0]}", notes=f"{CANARY} edited")
    copy.sync()
    copy.publish()
    return copy


def versions(copy: Copy) -> Path:
    return copy.settings.cache_dir / copy.settings.account_id


def holding(copy: Copy) -> set[str]:
    """The files with the canary in their bytes."""
    return {
        path.name
        for path in copy.directory.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    }


def notes(copy: Copy) -> list[tuple[int, int, int]]:
    """Of the person and of everybody else: entries with a note, and hours, in cents."""
    return copy.ask(
        f"SELECT count(f.notes) FILTER (f.user_id = {PERSON}), count(f.notes), count(*)"
        " FROM time_facts AS f"
    )


def spent(copy: Copy) -> int:
    """Expenses of the person that have a note."""
    ((count,),) = copy.ask(
        f'SELECT count(e.notes) FROM records.expenses AS e WHERE e."user".id = {PERSON}'
    )
    return int(count)


def test_notes_of_a_person_are_erased_for_good(copy: Copy) -> None:
    assert {HISTORY, "store.duckdb"} < holding(copy)
    ((theirs, all_, entries),) = notes(copy)
    assert theirs > 10
    assert spent(copy) > 0
    (copy.directory / "store.duckdb.damaged-20260101T000000").write_text(CANARY)

    assert run(copy) == 1  # only says what there is
    assert {HISTORY, "store.duckdb"} < holding(copy)
    assert run(copy, yes=True) == 0

    assert holding(copy) == set()
    assert notes(copy) == [(0, all_ - theirs, entries)]
    assert spent(copy) == 0
    assert (versions(copy) / HISTORY).exists()
    assert erased_ids(copy.settings.store, copy.settings.account_id) == {PERSON}
    assert audit_log(versions(copy)).rows("SELECT did, name, what FROM entries") == [
        ("erased notes", "command line", f"notes of {PERSON}")
    ]
    assert {
        path.name
        for path in copy.directory.rglob("*")
        if path.is_file() and path.stat().st_mode & 0o077
    } == set()

    copy.sync(full=True)

    assert holding(copy) == set()
    assert notes(copy) == [(0, all_ - theirs, entries)]

    copy.settings.store.unlink()
    copy.sync(full=True)

    assert holding(copy) == set()
    assert notes(copy)[0][0] == 0


def run(copy: Copy, *, yes: bool = False) -> int:
    return forget.run_forget(argparse.Namespace(person=str(PERSON), yes=yes), copy.settings)
