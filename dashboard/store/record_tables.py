"""The records in a snapshot: a schema of their own, with one table for each entity.

A table holds the fields as Harvest said them, but not the secret ones. The copies of assignments,
seven columns that thousands of records have in common, are numbered in a table beside it: of a
million entries they would be half the size.
"""

from collections.abc import Iterable, Iterator

from dashboard.store.completeness import EXPENSES, TIME
from dashboard.store.schema import KEPT, quote_name
from harvest_client.entities import Entity
from harvest_client.entities.shared import TASK_ASSIGNMENT, USER_ASSIGNMENT
from harvest_client.models.fields import Field

SCHEMA = "records"
TOTALS = ("time_projects", "time_tasks")  # added up at publication, by files in `facts/`

# They arrive by windows of days, which serves zone maps as well as an order does; to sort a million
# takes 500 MB.
_AS_THEY_CAME = frozenset({"time_entries"})


_SINCE = {TIME: "$time_since", EXPENSES: "$expenses_since"}


def snapshot_fields(entity: Entity) -> tuple[Field, ...]:
    """Return the fields that a snapshot has: not those whose value opens a link."""
    return tuple(field for field in entity.fields if not field.secret)


def table_ddl() -> Iterator[str]:
    """Yield the statements that create the tables of all entities in the attached `snapshot`.

    Deleted records are left out, and as in the facts days that are not stored in full: what a
    search finds is what the charts count. Bound are `$account_id`, `$time_since` and
    `$expenses_since`, where they are named.
    """
    yield f"CREATE SCHEMA snapshot.{SCHEMA}"
    for entity in KEPT.values():
        yield from (_shared_table_sql(entity, field) for field in _shared_fields(entity))
        yield _record_table_sql(entity)


def source_sql(entity: Entity, paths: Iterable[str]) -> str:
    """Return the FROM clause `r`, which has a column for each of `paths`, and `r.rowid`."""
    names = {path.partition(".")[0] for path in paths}
    copies = [field for field in _shared_fields(entity) if field.name in names]
    table = f"{SCHEMA}.{entity.name} AS r"
    if not copies:
        return table
    whole = ", ".join(f"{field.name}.value AS {field.name}" for field in copies)
    joins = " ".join(
        f"LEFT JOIN {_shared_table(entity, field)} AS {field.name}"
        f" ON {field.name}.number = r.{field.name}"
        for field in copies
    )
    return f"(SELECT r.rowid AS rowid, r.* REPLACE ({whole}) FROM {table} {joins}) AS r"


def _shared_fields(entity: Entity) -> tuple[Field, ...]:
    return tuple(f for f in entity.fields if f.fields in (USER_ASSIGNMENT, TASK_ASSIGNMENT))


def _shared_table(entity: Entity, field: Field) -> str:
    return f"{SCHEMA}.{entity.name}_{field.name}"


def _shared_table_sql(entity: Entity, field: Field) -> str:
    """Grain: one copy of an assignment, as at least one record has it."""
    return (
        f"CREATE TABLE snapshot.{_shared_table(entity, field)} AS"
        f" SELECT row_number() OVER (ORDER BY value.id) AS number, value AS value"
        f" FROM (SELECT DISTINCT r.{field.name} AS value FROM {entity.name} AS r"
        f" {_where_sql(entity)})"
        " WHERE value IS NOT NULL"
    )


def _record_table_sql(entity: Entity) -> str:
    """Grain: one record."""
    copies = _shared_fields(entity)
    columns = ", ".join(
        f"{field.name}.number AS {field.name}" if field in copies else f"r.{quote_name(field.name)}"
        for field in snapshot_fields(entity)
    )
    joins = " ".join(
        f"LEFT JOIN snapshot.{_shared_table(entity, field)} AS {field.name}"
        f" ON {field.name}.value IS NOT DISTINCT FROM r.{field.name}"
        for field in copies
    )
    return (
        f"CREATE TABLE snapshot.{SCHEMA}.{entity.name} AS SELECT {columns}"
        f" FROM {entity.name} AS r {joins} {_where_sql(entity)} {_order_sql(entity)}"
    )


def _where_sql(entity: Entity) -> str:
    where = "WHERE r.account_id = $account_id AND r.deleted_at IS NULL"
    if entity.name not in _SINCE:
        return where
    since = _SINCE[entity.name]
    return f"{where} AND ({since} IS NULL OR r.{entity.date_field} >= {since})"


def _order_sql(entity: Entity) -> str:
    first = (entity.date_field,) if entity.date_field else ()
    names = ", ".join(f"r.{name}" for name in (*first, *entity.primary_key))
    return f"ORDER BY {names}" if names and entity.name not in _AS_THEY_CAME else ""
