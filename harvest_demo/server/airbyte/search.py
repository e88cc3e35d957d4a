"""Search in the replica: filter, order, cursor and returned fields."""

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from harvest_client.entities import Entity
from harvest_client.models.fields import Field
from harvest_demo.account.account import Row
from harvest_demo.server.airbyte.api_version import Generation
from harvest_demo.server.airbyte.filters import Conditions, Values, place_of
from harvest_demo.server.airbyte.refusals import bad_key, bad_search
from harvest_demo.server.airbyte.replica import Replica, Table

_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def canonical(*parts: Any) -> bytes:
    """Return the same bytes for the same question, however its keys are ordered."""
    return _ENCODER.encode(parts)


class Cursors:
    """Makes and reads cursors; those of another server are not understood."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(16)

    def make(self, question: bytes, position: int) -> str:
        return urlsafe_b64encode(self._seal(question) + position.to_bytes(6)).decode()

    def position(self, question: bytes, cursor: Any) -> int:
        """Return the start of the page; raises `Refusal` 422 for a cursor of another `question`."""
        try:
            read = urlsafe_b64decode(cursor)
        except (TypeError, ValueError):
            raise bad_search("The cursor is not one of ours.") from None
        seal = self._seal(question)
        if read[:-6] != seal:
            raise bad_search("The cursor belongs to another query, sort or limit.")
        return int.from_bytes(read[-6:])

    def _seal(self, question: bytes) -> bytes:
        return blake2b(question, digest_size=12, key=self._secret).digest()


Order = Sequence[tuple[int, bool]]
"""Places of fields, each with whether the largest value comes first; the first one wins."""


def read_order(fields: Sequence[Field], value: Any) -> Order:
    """Return the order that `query.sort` states; raises `Refusal` 422 for anything else."""
    if not isinstance(value, list):
        raise bad_search("sort is a list.")
    return [_one(fields, key) for key in value]


def in_order(rows: Iterable[Values], order: Order) -> list[Values]:
    """Return the rows sorted; equal ones stay as they came."""
    matches = list(rows)
    for place, descending in reversed(order):
        nulls = [row for row in matches if row[place] is None]
        others = [row for row in matches if row[place] is not None]
        others.sort(key=lambda row: row[place], reverse=descending)
        matches = nulls + others
    return matches


def _one(fields: Sequence[Field], key: Any) -> tuple[int, bool]:
    if not isinstance(key, dict) or len(key) != 1:
        raise bad_search("Each entry of sort is an object with one field.")
    ((name, direction),) = key.items()
    place = place_of(fields, name)
    if fields[place].kind.is_object or fields[place].kind.is_list:
        raise bad_search(f"{name} has no order.")
    if direction not in ("asc", "desc"):
        raise bad_search(f"{name} is sorted asc or desc.")
    return place, direction == "desc"


_LONGEST = 200

Path = tuple[str, ...]
"""The names that lead into a row; lists on the way stand for each of their elements."""


def keep(value: Any, paths: Sequence[Path]) -> Any:
    """Only what a path leads to. Paths that lead nowhere are ignored."""
    if () in paths:
        return value
    if isinstance(value, list):
        return [keep(item, paths) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: keep(inner, below) for name, inner in value.items() if (below := _below(name, paths))
    }


def drop(value: Any, paths: Sequence[Path]) -> Any:
    """Return all but what a path leads to."""
    if isinstance(value, list):
        return [drop(item, paths) for item in value]
    if not isinstance(value, dict) or not paths:
        return value
    return {
        name: drop(inner, _below(name, paths))
        for name, inner in value.items()
        if () not in _below(name, paths)
    }


def cut_texts(value: Any) -> Any:
    """Return every text above 200 characters ends there, with a note."""
    if isinstance(value, str):
        if len(value) <= _LONGEST:
            return value
        return f"{value[:_LONGEST]}... [truncated {len(value) - _LONGEST} characters]"
    if isinstance(value, dict):
        return {name: cut_texts(inner) for name, inner in value.items()}
    return [cut_texts(item) for item in value] if isinstance(value, list) else value


def _below(name: str, paths: Sequence[Path]) -> list[Path]:
    return [path[1:] for path in paths if path[0] == name]


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
        """Return one page as `data`, and in `meta` how to get the next one."""
        started = time.perf_counter()
        query, limit = _query(params), _limit(params)
        paths = _paths(entity, params["fields"]) if "fields" in params else None
        question = canonical(entity.name, query, limit)
        start = 0
        if "cursor" in params:
            start = self._cursors.position(question, params["cursor"])
        table = self._replica.tables[entity.name]
        result = self._select(entity, table, query)
        end = start + limit
        rows: list[Row] = [
            dict(zip(table.names, values, strict=True)) for values in result[start:end]
        ]
        more = end < len(result)
        return {
            "data": rows if paths is None else keep(rows, paths),
            "meta": {
                "has_more": more,
                "cursor": self._cursors.make(question, end) if more else None,
                "took_ms": int((time.perf_counter() - started) * 1000),
            },
        }

    def _select(self, entity: Entity, table: Table, query: Row) -> Sequence[Values]:
        """Return all rows that the query finds, in its order."""
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


def _paths(entity: Entity, value: Any) -> list[Path]:
    """Return the fields to return, said as lists of keys or as dotted texts."""
    if not isinstance(value, list) or not value:
        raise bad_key("fields is a list.")
    paths = []
    for item in value:
        parts = item.split(".") if isinstance(item, str) else item
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            raise bad_key("Each of fields is a text or a list of keys.")
        _known(entity, parts)
        paths.append(tuple(parts))
    return paths


def _known(entity: Entity, parts: Sequence[str]) -> None:
    path = ".".join(parts)
    try:
        result = bool(parts) and entity.field(path) and entity.field(parts[0]).searchable
    except KeyError:
        result = False
    if not result:
        raise bad_search(f"{path} is not a searchable field.")
