"""Notes of people whose notes were erased: out of the records, out of every published version.

Who they are stands in a file of its own beside the records, so that it outlives them: when Harvest
is read again, into the same file or a new one, their notes are left out.
"""

import json
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.config.errors import DamagedFile, DamagedSnapshot
from dashboard.store.snapshots import Snapshots
from dashboard.store.tables import Tables
from harvest_client.durable import rename_durably, replace_text, sync_to_disk
from harvest_client.entities import Entity

NOTED = ("time_entries", "expenses")
"""The entities with a person and a note of theirs."""


def erased_ids(store: Path, account_id: str) -> frozenset[int]:
    """Return the ids of those whose notes are left out. Raises `DamagedFile`: never in doubt."""
    return frozenset(_read(forgotten_path(store)).get(account_id, ()))


def record_erasure(store: Path, account_id: str, user_id: int) -> None:
    """Has the person's notes left out from now on."""
    known = _read(forgotten_path(store))
    known[account_id] = sorted({*known.get(account_id, ()), user_id})
    replace_text(forgotten_path(store), json.dumps(known))


def without_notes(entity: Entity, incoming: pa.Table, people: frozenset[int]) -> pa.Table:
    """Return the records that came, those of the `people` without their notes."""
    if not people or entity.name not in NOTED:
        return incoming
    theirs = pc.is_in(
        pc.struct_field(incoming["user"], "id"), value_set=pa.array(sorted(people), pa.int64())
    )
    notes = pc.if_else(theirs, pa.scalar(None, pa.string()), incoming["notes"])
    return incoming.set_column(incoming.schema.get_field_index("notes"), "notes", notes)


class Erasure:
    """Erasure of a person's notes from the records."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def count_notes(self, user_id: int) -> int:
        """Return the number of records with a note of the person, deleted ones included."""
        return sum(
            int(count)
            for name in NOTED
            for (count,) in self._tables.query(
                f"SELECT count(*) FROM {name} AS n WHERE n.account_id = ? AND n.user.id = ?"
                " AND n.notes IS NOT NULL",
                user_id,
            )
        )

    def erase_notes(self, user_id: int) -> int:
        """Take the person's notes out of all records; of how many."""
        count = self.count_notes(user_id)
        with self._tables.transaction():
            for name in NOTED:
                self._tables.write(
                    f"UPDATE {name} AS n SET notes = NULL WHERE n.account_id = ?"
                    " AND n.user.id = ? AND n.notes IS NOT NULL",
                    user_id,
                )
            self._tables.note_change()
        return count


def erase_versions(snapshots: Snapshots, user_id: int) -> None:
    """Take the person's notes out of the versions before the current one.

    What is kept as history is written anew; all else goes. Raises `DamagedSnapshot`.
    """
    snapshots.remove_leftovers()
    for path in snapshots.prune_to_history():
        beside, written = path.with_name(f"building-{os.getpid()}.duckdb"), path.stat()
        try:
            _copy_without_notes(path, beside, user_id)
        except duckdb.Error as error:
            raise DamagedSnapshot(f"The version {path} cannot be read.") from error
        beside.chmod(0o600)
        os.utime(beside, (written.st_atime, written.st_mtime))  # its month
        sync_to_disk(beside)
        rename_durably(beside, path)


def _copy_without_notes(path: Path, beside: Path, user_id: int) -> None:
    """Everything but these notes: freed space of a file would still have them."""
    beside.unlink(missing_ok=True)
    with duckdb.connect() as run:
        run.execute(f"ATTACH '{_quote_path(path)}' AS old (READ_ONLY)")
        run.execute(f"ATTACH '{_quote_path(beside)}' AS new")
        columns: dict[tuple[str, str], set[str]] = {}
        for schema, table, column in run.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.columns"
            " WHERE table_catalog = 'old'"
        ).fetchall():
            columns.setdefault((schema, table), set()).add(column)
        for (schema, table), names in columns.items():
            run.execute(f'CREATE SCHEMA IF NOT EXISTS new."{schema}"')
            kept = "*"
            if "notes" in names and (by := names & {"user", "user_id"}):
                person = "user_id" if "user_id" in by else '"user".id'
                kept = (
                    f"* REPLACE (CASE WHEN {person} IS DISTINCT FROM {int(user_id)}"
                    " THEN notes END AS notes)"
                )
            run.execute(
                f'CREATE TABLE new."{schema}"."{table}" AS'
                f' SELECT {kept} FROM old."{schema}"."{table}"'
            )
        run.execute("CHECKPOINT new")


def _quote_path(path: Path) -> str:
    return str(path).replace("'", "''")


def forgotten_path(store: Path) -> Path:
    """Return the path of the list of people whose notes are left out."""
    return store.with_name(f"{store.name}.forgotten.json")


def _read(path: Path) -> dict[str, list[int]]:
    try:
        return {
            str(account): [int(id) for id in ids]
            for account, ids in json.loads(path.read_text("utf-8")).items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError, OSError) as error:
        raise DamagedFile(
            f"{path}, which says whose notes are left out, cannot be read.",
            remedy="Correct it or, if nobody's notes are to be left out, remove it.",
        ) from error
