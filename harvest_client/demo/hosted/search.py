"""The search in the copy."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from harvest_client.demo.copies import Row
from harvest_client.demo.hosted.conditions import Conditions, Values
from harvest_client.demo.hosted.cursors import Cursors, canonical
from harvest_client.demo.hosted.generation import Generation
from harvest_client.demo.hosted.ordering import in_order, read_order
from harvest_client.demo.hosted.refusals import bad_key, bad_search
from harvest_client.demo.hosted.replica import Replica
from harvest_client.demo.hosted.table import Table
from harvest_client.demo.hosted.trimming import Path, keep
from harvest_client.entities import Entity

_DEFAULT_LIMIT = 1000
_KEPT = 4  # selections remembered, so that only the first page of each searches


class Search:
    """Answers searches in one generation's language; see `Conditions` for `lenient`."""

    def __init__(self, replica: Replica, generation: Generation, *, lenient: bool) -> None:
        self._replica = replica
        self._generation = generation
        self._lenient = lenient
        self._cursors = Cursors()
        self._found: OrderedDict[tuple[int, bytes], Sequence[Values]] = OrderedDict()

    def answer(self, entity: Entity, params: Mapping[str, Any]) -> Row:
        """One page as `data`, and in `meta` how to get the next one."""
        started = time.perf_counter()
        query, limit = _query(params), _limit(params)
        paths = _paths(entity, params["fields"]) if "fields" in params else None
        question = canonical(entity.name, query, limit)
        start = 0
        if "cursor" in params:
            start = self._cursors.position(question, params["cursor"])
        table = self._replica.tables[entity.name]
        found = self._select(entity, table, query)
        end = start + limit
        rows: list[Row] = [
            dict(zip(table.names, values, strict=True)) for values in found[start:end]
        ]
        more = end < len(found)
        return {
            "data": rows if paths is None else keep(rows, paths),
            "meta": {
                "has_more": more,
                "cursor": self._cursors.make(question, end) if more else None,
                "took_ms": int((time.perf_counter() - started) * 1000),
            },
        }

    def _select(self, entity: Entity, table: Table, query: Row) -> Sequence[Values]:
        """All rows that the query finds, in its order."""
        key = self._replica.version, canonical(entity.name, query)
        if key not in self._found:
            rows = table.rows()
            if "filter" in query:
                conditions = Conditions(self._generation, table.fields, self._lenient)
                condition = conditions.read(query["filter"])
                rows = [row for row in rows if condition(row)]
            self._found[key] = in_order(rows, read_order(table.fields, query.get("sort", [])))
        self._found.move_to_end(key)
        if len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return self._found[key]


def _query(params: Mapping[str, Any]) -> Row:
    for name in params:
        if name not in ("query", "limit", "cursor", "fields"):
            raise bad_key(f"Unknown parameter {name}.")
    query = params.get("query")
    if not isinstance(query, dict):
        raise bad_key("query is required and is an object.")
    for name in query:
        if name not in ("filter", "sort"):
            raise bad_search(f"Unknown key {name} in query.")
    return query


def _limit(params: Mapping[str, Any]) -> int:
    limit = params.get("limit", _DEFAULT_LIMIT)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise bad_key("limit is a whole number from 1.")
    return limit


def _paths(entity: Entity, said: Any) -> list[Path]:
    """The fields to return, said as lists of keys or as dotted texts."""
    if not isinstance(said, list) or not said:
        raise bad_key("fields is a list.")
    paths = []
    for one in said:
        parts = one.split(".") if isinstance(one, str) else one
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise bad_key("Each of fields is a text or a list of keys.")
        _known(entity, parts)
        paths.append(tuple(parts))
    return paths


def _known(entity: Entity, parts: Sequence[str]) -> None:
    path = ".".join(parts)
    try:
        found = bool(parts) and entity.field(path) and entity.field(parts[0]).searchable
    except KeyError:
        found = False
    if not found:
        raise bad_search(f"{path} is not a searchable field.")
