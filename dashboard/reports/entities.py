"""Records of any entity as a table, as a list, by id, or by search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec
import pandas as pd

from dashboard.config.errors import MetricError, NoSnapshot
from dashboard.metrics.completeness import record_reasons
from dashboard.metrics.labels import find_by_name, number_text
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec
from dashboard.store.filters import filter_sql, record_columns
from dashboard.store.record_tables import SCHEMA, snapshot_fields, source_sql
from dashboard.store.search import demand_search, search_snapshot
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import sql_wrap
from harvest_client.entities import ENTITIES, Action, Entity, Parameter
from harvest_client.http.request_params import list_values
from harvest_client.models.fields import Field, FieldType
from harvest_client.models.fields import FieldType as Type
from harvest_client.models.records import Record, as_dict
from harvest_client.search import Search, SearchError, canonical_json, field_paths, read_search
from harvest_client.search.field_paths import element_fields, searchable_fields
from harvest_client.search.values import load_json

_PAGING = frozenset({"page", "per_page", "cursor"})
_BOUNDS = {"from": "gte", "to": "lte"}


@dataclass(frozen=True, slots=True)
class ListRequest:
    """Parameters of a list request.

    `given` are its parameters as the connector takes them, days and instants as texts; `filter` is
    the same in the language of searches. `unfollowed` are those that the copy has no field for.
    """

    given: dict[str, object]
    filter: dict[str, object]
    unfollowed: tuple[str, ...]

    @property
    def says(self) -> str:
        """That the records are not what the list would answer; empty where they are."""
        if not self.unfollowed:
            return ""
        names = " and ".join(self.unfollowed)
        return f"The stored copy cannot follow {names}: the records are shown as if not asked for."


def list_params(entity: Entity) -> tuple[Parameter, ...]:
    """Return the parameters of its list that choose records, not pages of them."""
    return tuple(item for item in entity.parameters if item.name not in _PAGING)


def param_choices(entity: Entity, parameter: Parameter) -> tuple[str, ...]:
    """Return the texts that Harvest documents for the parameter, from the field of its name."""
    field = searchable_fields(entity).get(parameter.name)
    return field.choices if field else ()


def parse_list_request(entity: Entity, also: Mapping[str, str]) -> ListRequest:
    """Return the list that `also` asks for by the names of its parameters; raises `UsageError`."""
    names = [item.name for item in list_params(entity)]
    values = list_values(entity, {name: also[name] for name in names if also.get(name)})
    arguments = {name: _param_value(value) for name, value in values.items()}
    parts, unfollowed = [], []
    for name, value in arguments.items():
        part = _param_condition(entity, name, value)
        if part is None:
            unfollowed.append(name)
        else:
            parts.append(part)
    return ListRequest(arguments, {"and": parts} if parts else {}, tuple(unfollowed))


def _param_condition(entity: Entity, name: str, value: object) -> dict[str, object] | None:
    known = searchable_fields(entity)
    if name in _BOUNDS:
        return {_BOUNDS[name]: {entity.date_field: value}} if entity.date_field else None
    if name == "updated_since":
        return {"gte": {"updated_at": value}} if "updated_at" in known else None
    if name in known:
        return {"eq": {name: value}}
    path = f"{name.removesuffix('_id')}.id"
    if path in known:
        return {"eq": {path: value}}
    for field in known.values():
        # An invoice is of a project when one of its lines is.
        if field.kind is FieldType.OBJECTS and path in element_fields(field):
            return {"any": {field.name: {"eq": {path: value}}}}
    return None


def _param_value(value: object) -> object:
    match value:
        case datetime():
            # Cut to the second, as the list itself is asked.
            return value.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
        case date():
            return value.isoformat()
        case _:
            return value


USUAL = "time_entries"
MOST = 50_000
"""Records in one file: each is read whole."""

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_STEP = 10_000  # as many as one search may ask for


def search_of_link(also: Mapping[str, str], *, limit: int) -> Search:
    """The search that a page means by `entity`, `action`, `id`, `filter`, `sort` and `fields`.

    `sort` and `fields` are paths with commas between them, of `sort` with `desc` behind. A list is
    a search for what its own parameters choose, in Harvest's order; a get one for the id. Raises
    `MetricError`, `UsageError`, or `SearchError`, whose path is that of the connector's parameters.
    """
    entity = find_by_name(ENTITIES, also.get("entity") or USUAL, "entity")
    action = also.get("action") or Action.SEARCH
    if action not in entity.actions:
        there = ", ".join(entity.actions)
        raise MetricError(f"{entity.label} has no {action!r}.", remedy=f"It has {there}.")
    parameters: dict[str, object] = {"query": _query_document(entity, action, also), "limit": limit}
    if chosen := _split_names(also.get("fields")):
        parameters["fields"] = chosen
    return read_search(entity, parameters)


def has_records(snapshot: Snapshot, entity: Entity) -> bool:
    """Return whether the snapshot has the tables of searches; old versions do not."""
    return snapshot.has_table(f"{SCHEMA}.{entity.name}")


def count_records(snapshot: Snapshot, search: Search) -> int:
    """Return the number of records on all pages."""
    demand_search(snapshot, search)
    where = filter_sql(search.filter, record_columns(search.entity))
    tables = source_sql(search.entity, field_paths(search.filter))
    sql = sql_wrap(f"SELECT count(*) AS records FROM {tables} WHERE (", where, ")")
    ((found,),) = snapshot.rows(*sql)
    return int(found)


def all_records(snapshot: Snapshot, search: Search, most: int) -> list[Record]:
    """Return the first `most` records, a page after the other."""
    matches: list[Record] = []
    cursor = None
    while len(matches) < most:
        limit = min(_STEP, most - len(matches))
        page = search_snapshot(snapshot, replace(search, limit=limit, cursor=cursor))
        matches += page.data
        cursor = page.meta.cursor
        if cursor is None:
            break
    return matches


def records_frame(search: Search, records: Iterable[Record]) -> pd.DataFrame:
    """A column for each field asked for, `client.name` as well; what is nested is JSON text."""
    columns = display_fields(search)
    rows = list(records)
    return pd.DataFrame(
        {
            path: _field_column(field, [_value_at(row, path) for row in rows])
            for path, field in columns.items()
        }
    )


def display_fields(search: Search) -> dict[str, Field]:
    """Return the fields of the answer under their paths, in the order asked for."""
    if search.fields is None:
        return {field.name: field for field in snapshot_fields(search.entity)}
    return {path: search.entity.field(path) for path in search.fields}


def as_json(record: Record) -> str:
    """Return the record as JSON, with its numbers as Harvest wrote them."""
    return _ENCODER.encode(as_dict(record)).decode()


def _query_document(entity: Entity, action: str, also: Mapping[str, str]) -> dict[str, object]:
    if action == Action.GET:
        return {"filter": _id_filter(entity, also.get("id") or "")}
    if action == Action.LIST:
        order = [dict([entity.sort])] if entity.sort else []
        return {"filter": parse_list_request(entity, also).filter, "sort": order}
    query: dict[str, object] = {
        "sort": [_sort_document(name) for name in _split_names(also.get("sort"))]
    }
    if text := (also.get("filter") or "").strip():
        try:
            query["filter"] = load_json(text)
        except SearchError as error:
            raise error.at_place("$.query.filter") from None
    return query


def _id_filter(entity: Entity, text: str) -> dict[str, object]:
    if entity.primary_key != ("id",):
        return {}  # the company: there is only one
    if not text.strip().isascii() or not text.strip().isdigit():
        raise MetricError("A record is got by its id, a whole number.", remedy="Type the id.")
    return {"eq": {"id": int(text)}}


def _sort_document(text: str) -> dict[str, str]:
    path, _, order = text.partition(" ")
    return {path: order.strip() or "asc"}


def _split_names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _value_at(value: Any, path: str) -> Any:
    """Return the value at `path`; of a list of objects, a list."""
    for name in path.split("."):
        if isinstance(value, list):
            value = [getattr(item, name) for item in value]
        elif value is not None:
            value = getattr(value, name)
    return value


def _field_column(field: Field, values: Sequence[Any]) -> pd.Series:
    if any(isinstance(value, list | Record) for value in values):
        return pd.Series([None if v is None else _ENCODER.encode(v).decode() for v in values])
    match field.kind:
        case Type.INTEGER:
            return pd.Series(values, dtype="Int64")
        case Type.DECIMAL:
            return pd.Series([None if v is None else float(v) for v in values], dtype="Float64")
        case Type.BOOLEAN:
            return pd.Series(values, dtype="boolean")
        case Type.TIMESTAMP:
            values = [v and v.isoformat().replace("+00:00", "Z") for v in values]
    return pd.Series(values, dtype=object)


def _make_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
    search = search_of_link(also, limit=1)
    demand_search(snapshot, search)
    if not has_records(snapshot, search.entity):
        raise NoSnapshot("The published copy has no records of this entity to search.")
    there = count_records(snapshot, search)
    result = records_frame(search, all_records(snapshot, search, MOST))
    notes = [
        f"{search.entity.label} under the filter {canonical_json(search.filter)}. "
        "Neither the period nor the filter above were applied to them."
    ]
    notes += record_reasons(snapshot.completeness, search.entity.name)
    if there > MOST:
        first, of = (number_text(snapshot, rows) for rows in (MOST, there))
        notes.append(f"These are the first {first} of {of} records.")
    if also.get("action") == Action.LIST and (says := parse_list_request(search.entity, also).says):
        notes.append(says)
    columns = tuple(
        Column(id=path, label=path, doc=field.doc) for path, field in display_fields(search).items()
    )
    return Table(result, columns, tuple(notes))


EXPLORER = TableSpec(id="explorer", title="Records", make=_make_table)
