"""Records that could not be read: named, and counted as present, but in no sum and no search.

A version that was stored before stays. A record leaves the list when it arrives as it should be,
or when Harvest no longer has it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import NamedTuple

from dashboard.store.tables import Tables, to_aware, to_naive
from harvest_client import OddRecord
from harvest_client.entities import Entity

TABLE = """
CREATE TABLE IF NOT EXISTS odd_records ( -- records that could not be read
    account_id VARCHAR,
    entity     VARCHAR,
    id         BIGINT,    -- NULL where the entity has no key, or it could not be read
    owner      BIGINT,    -- whose list it is in, of what is below another record
    day        DATE,      -- NULL where it could not be read
    field      VARCHAR,   -- the place of the value at fault
    problem    VARCHAR,   -- what is wrong with it, in words
    noticed    TIMESTAMP, -- when it was first found
    read_at    TIMESTAMP  -- when it was last found
);
ALTER TABLE odd_records ADD COLUMN IF NOT EXISTS digest VARCHAR; -- of one whose key is not known
"""

_FIRST = "DATE '0001-01-01'"  # stands for no day, so that such records are counted somewhere


@dataclass(frozen=True, slots=True)
class Odd:
    """A record that could not be read. `is_stored`: an earlier version of it still counts."""

    entity: str
    id: int | None
    owner: int | None
    day: date | None
    field: str
    problem: str
    noticed: datetime
    is_stored: bool


class _Key(NamedTuple):
    """Identity of an odd record among those of its entity."""

    id: int | None
    owner: int | None
    digest: str | None


class OddRecordTable:
    """The odd records of an account; of one sync, for it knows which were read in it.

    Safe to share between threads.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._lock = Lock()
        self._read: dict[str, set[_Key]] = {}
        self._entities: set[str] | None = None

    def note_odd(self, odd: Iterable[OddRecord]) -> None:
        """Put the records on the list, or notes that they are still odd."""
        rows = {(item.entity, item.id, item.owner, item.digest): item for item in odd}
        if not rows:
            return
        now = to_naive(datetime.now(UTC))
        with self._tables.transaction():
            for item in rows.values():
                self._note_one(item, now)
        with self._lock:
            for entity, id, owner, digest in rows:
                self._read.setdefault(entity, set()).add(_Key(id, owner, digest))
            self._entities = None

    def _note_one(self, odd: OddRecord, now: datetime) -> None:
        at = "account_id = $1 AND entity = $2 AND id IS NOT DISTINCT FROM $3"
        at += " AND owner IS NOT DISTINCT FROM $4 AND digest IS NOT DISTINCT FROM $5"
        key = (odd.entity, odd.id, odd.owner, odd.digest)
        known = self._tables.query(
            f"SELECT day, field, problem, noticed FROM odd_records WHERE {at}", *key
        )
        noticed = known[0][3] if known else now
        self._tables.write(f"DELETE FROM odd_records WHERE {at}", *key)
        self._tables.write(
            "INSERT INTO odd_records"
            " (account_id, entity, id, owner, digest, day, field, problem, noticed, read_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *key, odd.day, odd.field, odd.problem, noticed, now,
        )  # fmt: skip
        if not known or known[0][:3] != (odd.day, odd.field, odd.problem):
            self._tables.note_change()

    def remove_ids(self, entity: Entity, ids: Collection[int]) -> None:
        """Take records off the list: they arrived, or Harvest no longer has them."""
        if ids:
            self._remove_where(entity, "id IN (SELECT unnest($3::BIGINT[]))", list(ids))

    def keep_only(self, entity: Entity, present: Collection[int]) -> None:
        """Take off the list what the entity's list, read to its end, no longer has."""
        self._remove_where(
            entity,
            f"id IS NOT NULL AND id NOT IN (SELECT unnest($3::BIGINT[])) OR {_not_met('$4')}",
            list(present),
            self._met_digests(entity),
        )

    def keep_read(self, entity: Entity) -> None:
        """Take off the list what this sync, which read all there is, did not find."""
        with self._lock:
            read = {key.id for key in self._read.get(entity.name, ())}
        self.keep_only(entity, {id for id in read if id is not None})

    def keep_read_on(self, entity: Entity, day: date) -> None:
        """Take off the list what has no key and was not found on the day, which was read."""
        self._remove_where(
            entity,
            f"day = $3 AND {_not_met('$4')}",
            day,
            self._met_digests(entity),
        )

    def keep_read_since(self, entity: Entity, began: datetime) -> None:
        """Take off the list what was not found in a reading of all records since `began`."""
        self._remove_where(entity, "read_at < $3", to_naive(began))

    def remove_of(self, entity: Entity, owners: Collection[int]) -> None:
        """Take off the list what is below these owners, whose records are read anew."""
        self._remove_where(entity, "owner IN (SELECT unnest($3::BIGINT[]))", list(owners))

    def remove_arrived(self, entity: Entity) -> None:
        """Take off the list what is among the `incoming` records; inside of a transaction."""
        if entity.name in self._odd_entities():
            arrived = _same_record_sql(entity, "i", (*entity.in_path, *entity.primary_key[-1:]))
            self._delete_where(entity, f"EXISTS (SELECT 1 FROM incoming AS i WHERE {arrived})")

    def list_due(self, entity: Entity, most: int) -> list[int]:
        """The ids of records that this sync did not read yet, those read longest ago first."""
        rows = self._tables.query(
            "SELECT id FROM odd_records WHERE account_id = $1 AND entity = $2 AND id IS NOT NULL"
            " ORDER BY read_at, id",
            entity.name,
        )
        with self._lock:
            read = {key.id for key in self._read.get(entity.name, ())}
        return [id for (id,) in rows if id not in read][:most]

    def due_days(self, entity: Entity, most: int) -> list[date]:
        """Return the days of records without a key that this sync did not read yet."""
        rows = self._tables.query(
            "SELECT DISTINCT day FROM odd_records WHERE account_id = $1 AND entity = $2"
            f" AND day IS NOT NULL AND {_not_met('$3')} ORDER BY day",
            entity.name,
            self._met_digests(entity),
        )
        return [day for (day,) in rows][:most]

    def has_met_unknown(self, entity: Entity) -> bool:
        """Return whether this sync read a record without a key: an absent one may be it."""
        return bool(self._met_digests(entity))

    def list_owners(self, entity: Entity) -> set[int]:
        """Return the owners with an odd record below them."""
        rows = self._tables.query(
            "SELECT DISTINCT owner FROM odd_records WHERE account_id = $1 AND entity = $2",
            entity.name,
        )
        return {owner for (owner,) in rows if owner is not None}

    def list_odd(self, entity: Entity) -> list[Odd]:
        """Return the odd records of the entity, those noticed last first."""
        rows = self._tables.query(odd_records_sql([entity]).replace("$account_id", "$1"))
        return [
            Odd(name, id, owner, day, field, problem, to_aware(noticed) or noticed, is_stored)
            for _, name, id, owner, day, field, problem, noticed, is_stored in rows
        ]

    def count_odd(self, entity: Entity) -> int:
        return len(self.list_odd(entity)) if entity.name in self._odd_entities() else 0

    def count_unstored(self, entity: Entity) -> int:
        """Return how many are not stored, not even in an earlier version."""
        if entity.name not in self._odd_entities():
            return 0
        return sum(not odd.is_stored for odd in self.list_odd(entity))

    def _met_digests(self, entity: Entity) -> list[str]:
        """Return those of records without a key that this sync met."""
        with self._lock:
            keys = set(self._read.get(entity.name, ()))
        return [key.digest for key in keys if key.digest is not None]

    def _odd_entities(self) -> set[str]:
        """Return the entities that have odd records."""
        with self._lock:
            if self._entities is None:
                rows = self._tables.query(
                    "SELECT DISTINCT entity FROM odd_records WHERE account_id = $1"
                )
                self._entities = {entity for (entity,) in rows}
            return self._entities

    def _remove_where(self, entity: Entity, condition: str, *parameters: object) -> None:
        if entity.name in self._odd_entities():
            with self._tables.transaction():
                self._delete_where(entity, condition, *parameters)

    def _delete_where(self, entity: Entity, condition: str, *parameters: object) -> None:
        where = f"o.account_id = $1 AND o.entity = $2 AND ({condition})"
        values = (entity.name, *parameters)
        ((deleted,),) = self._tables.write(f"DELETE FROM odd_records AS o WHERE {where}", *values)
        if deleted:
            self._tables.note_change()
            with self._lock:
                self._entities = None


def _not_met(digests: str) -> str:
    """Return the condition that a record has no key and none of the `digests`."""
    # Of no digests at all, NULL is none, too.
    return f"digest IS NOT NULL AND digest NOT IN (SELECT unnest({digests}::VARCHAR[]))"


def odd_records_sql(entities: Iterable[Entity]) -> str:
    """Grain: one odd record of the account `$account_id`, those noticed last first."""
    parts = " UNION ALL ".join(
        "SELECT o.account_id AS account_id, o.entity AS entity, o.id AS id, o.owner AS owner,"
        " o.day AS day, o.field AS field, o.problem AS problem, o.noticed AS noticed,"
        f" EXISTS (SELECT 1 FROM {entity.name} AS t WHERE t.account_id = o.account_id"
        f" AND t.deleted_at IS NULL AND {_same_record_sql(entity, 't', entity.primary_key)})"
        " AS is_stored"
        " FROM odd_records AS o"
        f" WHERE o.account_id = $account_id AND o.entity = '{entity.name}'"
        for entity in entities
    )
    return f"SELECT * FROM ({parts}) ORDER BY noticed DESC, entity, id, owner"


def present_sql(entity: Entity, undated: str = _FIRST, *, uninvoiced: bool = False) -> str:
    """Grain: one record of `$1` that Harvest has, odd ones among them: its id, day and others.

    A stored record without a day has the first there is, an odd one the day `undated`. With
    `uninvoiced` stored records that were invoiced are left out; of odd ones it is not known.
    """
    only = " AND t.is_billed IS FALSE" if uninvoiced else ""
    running = "coalesce(t.is_running, false)" if entity.name == "time_entries" else "false"
    return (
        f"SELECT t.id AS id, coalesce(t.{entity.date_field}, {_FIRST}) AS day,"
        f" {running} AS is_running, t.updated_at AS updated_at FROM {entity.name} AS t"
        f" WHERE t.account_id = $1 AND t.deleted_at IS NULL{only}"
        f" UNION ALL SELECT o.id, coalesce(o.day, {undated}), false, NULL FROM odd_records AS o"
        f" WHERE o.account_id = $1 AND o.entity = '{entity.name}' AND NOT EXISTS ("
        f"SELECT 1 FROM {entity.name} AS t WHERE t.account_id = $1 AND t.id = o.id"
        " AND t.deleted_at IS NULL)"
    )


def _same_record_sql(entity: Entity, alias: str, names: Iterable[str]) -> str:
    """Return the condition that the record `alias` is the odd record `o`."""
    columns = dict.fromkeys(entity.in_path, "owner") | {"id": "id"}
    return " AND ".join(f"{alias}.{name} = o.{columns[name]}" for name in names) or "true"
