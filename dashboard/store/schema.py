"""The tables of the records, derived from the entities, and how records become columns."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import astuple

from dashboard.store.odd_records import TABLE as ODD_RECORDS
from dashboard.store.payments import TABLE as PAYMENTS_READ
from dashboard.store.readings import BUDGET_REPORTS_DDL as BUDGET_REPORTS
from dashboard.store.readings import MACRO as AMOUNTS
from dashboard.store.readings import READINGS_DDL as READINGS
from dashboard.store.rounding import MACRO
from dashboard.store.sync_log import TABLE as HISTORY
from dashboard.store.tables import DAY_OF
from dashboard.store.teammates import TABLE as TEAMMATES_READ
from dashboard.store.word_search import TABLE as TERMS_READ
from harvest_client import InvalidResponse
from harvest_client.entities import DETAILS, ENTITIES, Entity
from harvest_client.models.fields import Field, FieldType, FieldUnit
from harvest_client.models.records import Record, record_type

# Reports are questions, not records; everything else is kept.
STORED: dict[str, Entity] = {
    name: entity for name, entity in ENTITIES.items() if "currency" not in entity.primary_key
}

KEPT: dict[str, Entity] = {**STORED, **DETAILS}
"""All that has a table: what can be searched as well, and what is below another record."""

_SCALE = 6  # decimal places of every amount, rate and number of hours at rest
_DECIMAL = f"DECIMAL(18, {_SCALE})"
QUANTUM = Decimal(1).scaleb(-_SCALE)
LARGEST_DECIMAL = Decimal(10) ** (18 - _SCALE) - QUANTUM

LARGEST_PERCENTAGE = Decimal(10_000)
"""The largest tax or discount: amounts times more of them have no room in any column."""

_YEARS = (-62_135_596_800_000_000, 253_402_300_799_999_999)  # 1 to 9999, in microseconds

_SQL = {
    FieldType.INTEGER: "BIGINT",
    FieldType.DECIMAL: _DECIMAL,
    FieldType.BOOLEAN: "BOOLEAN",
    FieldType.TEXT: "VARCHAR",
    FieldType.DATE: "DATE",
    # UTC without a zone: DuckDB can hand zoned timestamps to Python only through pytz.
    FieldType.TIMESTAMP: "TIMESTAMP",
    FieldType.TEXTS: "VARCHAR[]",
    FieldType.INTEGERS: "BIGINT[]",
}
_ARROW = {
    FieldType.INTEGER: pa.int64(),
    FieldType.DECIMAL: pa.decimal128(18, _SCALE),
    FieldType.BOOLEAN: pa.bool_(),
    FieldType.TEXT: pa.string(),
    FieldType.DATE: pa.date32(),
    FieldType.TIMESTAMP: pa.timestamp("us"),
    FieldType.TEXTS: pa.list_(pa.string()),
    FieldType.INTEGERS: pa.list_(pa.int64()),
}

STATE = """
CREATE TABLE IF NOT EXISTS accounts (
    account_id VARCHAR PRIMARY KEY,
    identity   VARCHAR NOT NULL,            -- which account, of which Harvest, this is a copy of
    version    BIGINT NOT NULL DEFAULT 0,   -- of the last published snapshot
    changed    BOOLEAN NOT NULL DEFAULT true -- whether records changed since
);
ALTER TABLE accounts ADD COLUMN IF NOT EXISTS fingerprint VARCHAR; -- whose token, what rights
ALTER TABLE accounts ADD COLUMN IF NOT EXISTS calendar VARCHAR; -- that facts were made with
ALTER TABLE accounts ADD COLUMN IF NOT EXISTS timezone VARCHAR; -- of the token's user
CREATE TABLE IF NOT EXISTS checks ( -- the last comparison with Harvest, of each kind
    account_id VARCHAR,
    entity     VARCHAR,
    kind       VARCHAR,
    checked_at TIMESTAMP,
    requests   BIGINT,
    deleted    BIGINT,  -- records found to be gone
    missing    BIGINT,  -- records that were not here
    different  BIGINT,  -- records that were not as Harvest has them
    PRIMARY KEY (account_id, entity, kind)
);
CREATE TABLE IF NOT EXISTS entity_state (
    account_id   VARCHAR,
    entity       VARCHAR,
    watermark    TIMESTAMP, -- changes before this instant are stored
    read_at      TIMESTAMP, -- when it was last read
    refused      VARCHAR,   -- why Harvest would not show it; NULL when it did
    pull_started TIMESTAMP, -- when the full pull under way began; NULL when none is
    PRIMARY KEY (account_id, entity)
);
CREATE TABLE IF NOT EXISTS windows (
    account_id VARCHAR,
    entity     VARCHAR,
    first_day  DATE,
    last_day   DATE,
    PRIMARY KEY (account_id, entity, first_day, last_day) -- done, of the full pull under way
);
CREATE TABLE IF NOT EXISTS time_reports ( -- Harvest's own totals, read through the hosted API
    account_id VARCHAR,
    first_day  DATE,
    last_day   DATE,
    currency   VARCHAR,
    hours      DECIMAL(18, 6),
    amount     DECIMAL(18, 6)
);
"""

OF_AN_ACCOUNT = (
    "entity_state", "windows", "time_reports", "checks", "payments_read", "teammates_read",
    "history", "budget_reports", "readings", "terms_read", "odd_records", "accounts",
)  # fmt: skip
"""The tables beside the entities' own, all with an `account_id`."""

SEARCHED = "search"
"""The `basis` of a record of which only the searchable fields are known: from the hosted copy."""


def create_tables_sql() -> str:
    """Return the statements that create every table of the records where it does not exist."""
    tables = "\n".join(_table_sql(entity) for entity in KEPT.values())
    beside = (
        PAYMENTS_READ, TEAMMATES_READ, HISTORY, BUDGET_REPORTS, READINGS, TERMS_READ, ODD_RECORDS,
    )  # fmt: skip
    return STATE + "".join(beside) + MACRO + AMOUNTS + DAY_OF + tables


def key_columns(entity: Entity) -> tuple[str, ...]:
    return ("account_id", *entity.primary_key)


def arrow_table(
    entity: Entity, account_id: str, records: Sequence[Record], basis: str | None = None
) -> pa.Table:
    """Return the records as columns, in the order of the entity's fields, between two of our own.

    `basis` is NULL for whole records. Of those that are not, what is missing is NULL.

    Raises `Malformed` for a number that cannot be kept: JSON has no bounds, columns have.
    """
    whole = records if basis is None else [_widen_record(entity, record) for record in records]
    columns: Iterable[Sequence[Any]] = zip(*map(astuple, whole), strict=True)
    arrays = [pa.repeat(account_id, len(records))]
    for field, column in zip(entity.fields, columns, strict=True):
        try:
            arrays.append(_make_array(field, column))
        except (pa.ArrowInvalid, OverflowError, InvalidOperation):
            raise InvalidResponse(
                f"{entity.name}: {field.name} holds a number out of range."
            ) from None
    arrays.append(pa.array([basis] * len(records), pa.string()))
    return pa.table(arrays, names=["account_id", *(field.name for field in entity.fields), "basis"])


def quote_name(name: str) -> str:
    """Return a name of our own tables as an SQL identifier; `user` is a keyword, for one."""
    return f'"{name}"'


def _widen_record(entity: Entity, record: Record) -> Record:
    values = {field.name: getattr(record, field.name, None) for field in entity.fields}
    return record_type(entity)(**values)


def _table_sql(entity: Entity) -> str:
    columns = ["account_id VARCHAR"]
    columns += [f"{quote_name(field.name)} {_sql_type(field)}" for field in entity.fields]
    columns += ["deleted_at TIMESTAMP", "basis VARCHAR"]
    columns += [f"PRIMARY KEY ({', '.join(key_columns(entity))})"]
    return (
        f"CREATE TABLE IF NOT EXISTS {entity.name} ({', '.join(columns)});\n"
        # Stores of the first version have none.
        f"ALTER TABLE {entity.name} ADD COLUMN IF NOT EXISTS basis VARCHAR;"
    )


def _sql_type(field: Field) -> str:
    if not field.kind.is_object:
        return _SQL[field.kind]
    inner = ", ".join(f"{quote_name(part.name)} {_sql_type(part)}" for part in field.fields)
    return f"STRUCT({inner})" + ("[]" if field.kind.is_list else "")


def _arrow_type(field: Field) -> pa.DataType:
    if not field.kind.is_object:
        return _ARROW[field.kind]
    inner = pa.struct([(part.name, _arrow_type(part)) for part in field.fields])
    return pa.list_(inner) if field.kind.is_list else inner


def _make_array(field: Field, values: Sequence[Any]) -> pa.Array:
    if field.kind is FieldType.OBJECT:
        return _make_struct(field, values)
    if field.kind is FieldType.OBJECTS:
        return _make_structs(field, values)
    if field.kind is FieldType.DECIMAL:
        decimals = _make_decimals(values)
        if field.unit is FieldUnit.PERCENT:
            _check_percentages(decimals)
        return decimals
    if field.kind is FieldType.TIMESTAMP:
        # Read as UTC first: taking the zone off one by one in Python takes twice as long as
        # everything else together.
        instants = pa.array(values, pa.timestamp("us", "UTC"))
        _check_years(instants)
        return instants.cast(_ARROW[FieldType.TIMESTAMP])
    return pa.array(values, _ARROW[field.kind])


def _check_years(instants: pa.Array) -> None:
    """Raise `OverflowError` for an instant that Python could not read again."""
    ends = pc.min_max(instants.view(pa.int64()))
    first, last = ends["min"].as_py(), ends["max"].as_py()
    if first is not None and not (_YEARS[0] <= first and last <= _YEARS[1]):
        raise OverflowError


def _check_percentages(decimals: pa.Array) -> None:
    """Raise `OverflowError` for more than there can be."""
    if largest_decimal(decimals) > LARGEST_PERCENTAGE:
        raise OverflowError


def is_storable(number: Decimal) -> bool:
    """Return whether a column of amounts has room for it; of the numbers of reports."""
    return -LARGEST_DECIMAL <= number <= LARGEST_DECIMAL


def largest_decimal(decimals: pa.Array | pa.ChunkedArray) -> Decimal:
    """Return the largest of the numbers, whatever their sign; 0 without any."""
    ends = pc.min_max(decimals)
    return max((abs(end.as_py()) for end in ends.values() if end.is_valid), default=Decimal(0))


def _make_struct(field: Field, values: Sequence[Any]) -> pa.Array:
    shared = _shared_objects(values) if "id" in _field_names(field) else None
    if shared is None:
        return _struct_of_each(field, values)
    place = {id: number for number, id in enumerate(shared)}
    places = [None if value is None else place[value.id] for value in values]
    return _struct_of_each(field, list(shared.values())).take(pa.array(places, pa.int32()))


def _shared_objects(values: Sequence[Any]) -> dict[Any, Any] | None:
    """Return the different objects by id; None when an id stands for two, or few are alike.

    Thousands of time entries hold the same few people, projects and assignments: columns made of
    each object once take a third of the time.
    """
    known: dict[Any, Any] = {}
    for value in values:
        if value is not None and known.setdefault(value.id, value) != value:
            return None
    return known if 0 < len(known) < len(values) / 2 else None


def _struct_of_each(field: Field, values: Sequence[Any]) -> pa.Array:
    nothing = (None,) * len(field.fields)
    parts: Any = zip(*(nothing if v is None else astuple(v) for v in values), strict=True)
    arrays = [_make_array(part, column) for part, column in zip(field.fields, parts, strict=True)]
    return pa.StructArray.from_arrays(
        arrays,
        names=_field_names(field),
        mask=pa.array([value is None for value in values]),
    )


def _field_names(field: Field) -> list[str]:
    return [part.name for part in field.fields]


def _make_structs(field: Field, values: Sequence[Any]) -> pa.Array:
    flat = [item for items in values if items for item in items]
    inner = _make_struct(field, flat) if flat else pa.array([], _arrow_type(field).value_type)
    offsets, end = [0], 0
    for items in values:
        end += len(items or ())
        offsets.append(end)
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()),
        inner,
        mask=pa.array([items is None for items in values]),
    )


def _make_decimals(values: Sequence[Decimal | None]) -> pa.Array:
    try:
        return pa.array(values, _ARROW[FieldType.DECIMAL])
    except pa.ArrowInvalid:
        # More places than we keep: a third of an hour as 0.333333333, say.
        rounded = [None if value is None else value.quantize(QUANTUM) for value in values]
        return pa.array(rounded, _ARROW[FieldType.DECIMAL])
