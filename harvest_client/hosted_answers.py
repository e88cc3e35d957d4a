"""What the hosted API answers: envelopes around records, and texts that may have been cut."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec

from harvest_client.decoding import decoded
from harvest_client.entities import Entity
from harvest_client.errors import Malformed
from harvest_client.fields import Field, Kind
from harvest_client.records import Record, record_type, selected_type
from harvest_client.transport import Reply

_CUT_AT, _CUT = 200, "... [truncated"


class Metadata(msgspec.Struct):
    next_link: str | None = None


class Wrapped(msgspec.Struct):
    """The records in one more envelope, as the vendor's help has it."""

    data: list[Any]
    meta: Metadata | None = None


class Listed(msgspec.Struct):
    """A list: an address in `connector_metadata.next_link` says that there are more records."""

    result: Any
    connector_metadata: Metadata | None = None

    @property
    def rows(self) -> list[Any]:
        rows: list[Any] = self.result.data if isinstance(self.result, Wrapped) else self.result
        return rows

    @property
    def next_link(self) -> str | None:
        inner = self.result.meta if isinstance(self.result, Wrapped) else None
        said = (self.connector_metadata, inner)
        return next((about.next_link for about in said if about and about.next_link), None)


class FoundMeta(msgspec.Struct, frozen=True):
    has_more: bool = False
    cursor: str | None = None
    took_ms: float | None = None


class Found(msgspec.Struct):
    """A page of a search."""

    data: list[Any]
    meta: FoundMeta = FoundMeta()


class Result(msgspec.Struct):
    result: Any


def listed(entity: Entity, reply: Reply) -> Listed:
    answer: Listed = decoded(entity, reply, _list_decoder(entity.name, record_type(entity)))
    _check_whole(entity, reply, answer.rows)
    return answer


def single(entity: Entity, reply: Reply) -> Record:
    record: Record = decoded(entity, reply, _decoder(entity.name, record_type(entity))).result
    _check_whole(entity, reply, [record])
    return record


def found(entity: Entity, reply: Reply) -> Found:
    """Its records have the searchable fields and no others."""
    page: Found = decoded(entity, reply, _found_decoder(entity.name, searched_type(entity))).result
    _check_whole(entity, reply, page.data)
    return page


def searched_type(entity: Entity) -> type[Record]:
    return selected_type(entity, tuple(field.name for field in entity.searchable))


@cache
def _list_decoder(name: str, record: type[Record]) -> msgspec.json.Decoder[Any]:
    rows: Any = list[record]  # type: ignore[valid-type]
    wrapped = msgspec.defstruct(f"{name}.wrapped", [("data", rows)], bases=(Wrapped,), kw_only=True)
    result = rows | wrapped
    return _made(f"{name}.listed", Listed, result)


@cache
def _decoder(name: str, record: type[Record]) -> msgspec.json.Decoder[Any]:
    return _made(f"{name}.result", Result, record)


@cache
def _found_decoder(name: str, record: type[Record]) -> msgspec.json.Decoder[Any]:
    rows: Any = list[record]  # type: ignore[valid-type]
    page = msgspec.defstruct(f"{name}.found", [("data", rows)], bases=(Found,), kw_only=True)
    return _made(f"{name}.search", Result, page)


def _made(name: str, base: type[Any], result: Any) -> msgspec.json.Decoder[Any]:
    made: Any = msgspec.defstruct(name, [("result", result)], bases=(base,), kw_only=True)
    return msgspec.json.Decoder(made)


def _check_whole(entity: Entity, reply: Reply, records: Iterable[Record]) -> None:
    """Cut texts must not be taken for real ones: raises `Malformed` naming the first."""
    if _CUT.encode() not in reply.body:
        return
    for record in records:
        for path, text in _texts(record, entity.fields):
            if text.find(_CUT) == _CUT_AT:
                key = ", ".join(str(getattr(record, name, "?")) for name in entity.primary_key)
                raise Malformed(f"{entity.name}: {path} of {key} was cut at {_CUT_AT} characters.")


def _texts(record: Record, fields: Iterable[Field], above: str = "") -> Iterator[tuple[str, str]]:
    for field in fields:
        value = getattr(record, field.name, None)
        path = f"{above}{field.name}"
        if value is None:
            continue
        if field.kind is Kind.TEXT:
            yield path, value
        elif field.kind is Kind.OBJECT:
            yield from _texts(value, field.fields, f"{path}.")
        elif field.kind is Kind.OBJECTS:
            for item in value:
                yield from _texts(item, field.fields, f"{path}.")
