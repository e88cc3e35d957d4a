"""Upserts of a batch, registered as `incoming`, into the table of its entity."""

from collections.abc import Callable, Iterable
from typing import Any

from dashboard.store import schema
from dashboard.store.records import Changes
from dashboard.store.schema import SEARCHED, quote_name
from harvest_client.entities import Entity
from harvest_client.fields import Field

Run = Callable[[str], list[tuple[Any, ...]]]
Write = Callable[[Run, Entity, int], Changes]
"""Writes the `incoming` rows, of which there are so many, and tells what that changed."""


def insert_new(run: Run, entity: Entity, fetched: int) -> Changes:
    """Twice as fast as replacing, where nothing is there to be replaced."""
    run(f"INSERT INTO {entity.name} BY NAME SELECT * FROM incoming")
    return Changes(fetched, inserted=fetched)


def upsert_full(run: Run, entity: Entity, fetched: int) -> Changes:
    """Of whole records: those that differ, or come back, or take the place of less."""
    return _upsert(
        run,
        entity,
        fetched,
        f"t.deleted_at IS NOT NULL OR t.basis IS NOT NULL OR {_differs_sql(entity.fields)}",
    )


def upsert_partial(run: Run, entity: Entity, fetched: int) -> Changes:
    """Of records with the searchable fields alone: those that say something new.

    The copy that they come from lags behind and does not forget, so a whole record, or one that
    was found to be deleted, only gives way to a later one.
    """
    return _upsert(
        run,
        entity,
        fetched,
        f"t.basis = '{SEARCHED}' AND t.deleted_at IS NULL AND ({_differs_sql(entity.searchable)})"
        " OR (t.basis IS NULL OR t.deleted_at IS NOT NULL) AND i.updated_at > t.updated_at",
    )


def _upsert(run: Run, entity: Entity, fetched: int, differs: str) -> Changes:
    """Only what `differs` is written, where `i` is the incoming and `t` the stored record."""
    run(
        f"CREATE OR REPLACE TEMP TABLE changed AS"
        f" SELECT i.*, CAST(NULL AS TIMESTAMP) AS deleted_at, t.account_id IS NULL AS is_new"
        f" FROM incoming AS i LEFT JOIN {entity.name} AS t"
        f" ON {' AND '.join(f'i.{name} = t.{name}' for name in schema.key_columns(entity))}"
        f" WHERE t.account_id IS NULL OR {differs}"
    )
    ((new, updated),) = run(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new) FROM changed"
    )
    if new or updated:
        run(f"INSERT OR REPLACE INTO {entity.name} BY NAME SELECT * EXCLUDE (is_new) FROM changed")
    return Changes(fetched, new, updated)


def _differs_sql(fields: Iterable[Field]) -> str:
    names = [quote_name(field.name) for field in fields]
    return (
        f"({', '.join(f'i.{name}' for name in names)})"
        f" IS DISTINCT FROM ({', '.join(f't.{name}' for name in names)})"
    )
