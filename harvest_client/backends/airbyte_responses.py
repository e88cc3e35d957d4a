"""Responses of the hosted API: envelopes around records, and texts that may have been cut."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

import msgspec

from harvest_client.entities import Entity
from harvest_client.http.transport import RawResponse
from harvest_client.models.decoding import (
    ListForm,
    OddRecords,
    Rows,
    decode_list,
    decode_record,
    malformed,
)
from harvest_client.models.fields import Field, FieldType
from harvest_client.models.records import OddRecord, Record, record_type, selected_type

Answer = TypeVar("Answer")

_CUT_AT, _CUT = 200, "... [truncated"


class Metadata(msgspec.Struct):
    next_link: str | None = None


class Envelope(msgspec.Struct):
    """The records in one more envelope, as the vendor's help has it."""

    data: list[Any]
    meta: Metadata | None = None


class ListEnvelope(msgspec.Struct):
    """A list: an address in `connector_metadata.next_link` says that there are more records."""

    result: Any
    connector_metadata: Metadata | None = None

    @property
    def rows(self) -> list[Any]:
        rows: list[Any] = self.result.data if isinstance(self.result, Envelope) else self.result
        return rows

    @property
    def next_link(self) -> str | None:
        inner = self.result.meta if isinstance(self.result, Envelope) else None
        said = (self.connector_metadata, inner)
        return next((about.next_link for about in said if about and about.next_link), None)


class SearchEnvelopeMeta(msgspec.Struct, frozen=True):
    has_more: bool = False
    cursor: str | None = None
    took_ms: float | None = None


class SearchEnvelope(msgspec.Struct):
    """A page of a search."""

    data: list[Any]
    meta: SearchEnvelopeMeta = SearchEnvelopeMeta()


class GetEnvelope(msgspec.Struct):
    result: Any


def read_list(entity: Entity, reply: RawResponse) -> tuple[ListEnvelope, OddRecords]:
    """Return a list without its odd records, and those apart."""
    record = record_type(entity)
    form = ListForm(_list_decoder(entity.name, record), record, _list_rows, _rows_of_list)
    return _read_envelope(entity, reply, form)


def read_record(entity: Entity, reply: RawResponse) -> Record:
    decoder = _envelope_decoder(entity.name, record_type(entity))
    record = decode_record(entity, reply, decoder, within="result")
    if odd := _cut_text(entity, reply, record):
        raise malformed(odd)
    return record


def read_search(entity: Entity, reply: RawResponse) -> tuple[SearchEnvelope, OddRecords]:
    """Return a page of a search: records with the searchable fields and no others."""
    record = searched_type(entity)
    form = ListForm(_found_decoder(entity.name, record), record, _found_rows, _rows_of_search)
    answer, odd = _read_envelope(entity, reply, form)
    page: SearchEnvelope = answer.result
    return page, odd


def searched_type(entity: Entity) -> type[Record]:
    return selected_type(entity, tuple(field.name for field in entity.searchable))


@cache
def _list_decoder(name: str, record: type[Record]) -> msgspec.json.Decoder[Any]:
    rows: Any = list[record]  # type: ignore[valid-type]
    wrapped = msgspec.defstruct(
        f"{name}.wrapped", [("data", rows)], bases=(Envelope,), kw_only=True
    )
    result = rows | wrapped
    return _make_decoder(f"{name}.listed", ListEnvelope, result)


@cache
def _envelope_decoder(name: str, record: type[Record]) -> msgspec.json.Decoder[Any]:
    return _make_decoder(f"{name}.result", GetEnvelope, record)


@cache
def _found_decoder(name: str, record: type[Record]) -> msgspec.json.Decoder[Any]:
    rows: Any = list[record]  # type: ignore[valid-type]
    page = msgspec.defstruct(
        f"{name}.found", [("data", rows)], bases=(SearchEnvelope,), kw_only=True
    )
    return _make_decoder(f"{name}.search", GetEnvelope, page)


def _make_decoder(name: str, base: type[Any], result: Any) -> msgspec.json.Decoder[Any]:
    made: Any = msgspec.defstruct(name, [("result", result)], bases=(base,), kw_only=True)
    return msgspec.json.Decoder(made)


def _list_rows(document: Any) -> Rows | None:
    result = document.get("result") if type(document) is dict else None
    if type(result) is dict:
        return Rows(result, "data", "$.result.data")
    return Rows(document, "result", "$.result") if type(result) is list else None


def _found_rows(document: Any) -> Rows | None:
    result = document.get("result") if type(document) is dict else None
    return Rows(result, "data", "$.result.data") if type(result) is dict else None


def _rows_of_list(answer: ListEnvelope) -> list[Any]:
    return answer.rows


def _rows_of_search(answer: GetEnvelope) -> list[Any]:
    rows: list[Any] = answer.result.data
    return rows


def _read_envelope(
    entity: Entity, reply: RawResponse, form: ListForm[Answer]
) -> tuple[Answer, OddRecords]:
    """Read the answer; records with a text that was cut, which is not theirs, are odd."""
    answer, odd = decode_list(entity, reply, form)
    rows = form.rows(answer)
    cuts = [_cut_text(entity, reply, record) for record in rows]
    rows[:] = [record for record, cut in zip(rows, cuts, strict=True) if cut is None]
    return answer, odd + tuple(cut for cut in cuts if cut)


def _cut_text(entity: Entity, reply: RawResponse, record: Record) -> OddRecord | None:
    """Return the record as an odd one if a text of it was cut."""
    if _CUT.encode() not in reply.body:
        return None
    for path, text in _iterate_texts(record, entity.fields):
        if text.find(_CUT) == _CUT_AT:
            key = ", ".join(str(getattr(record, name, "?")) for name in entity.primary_key)
            problem = f"was cut at {_CUT_AT} characters"
            message = f"{entity.name}: {path} of {key} {problem}."
            day = getattr(record, entity.date_field, None) if entity.date_field else None
            id = getattr(record, "id", None)
            return OddRecord(entity.name, id, path, f"the text {problem}", message, day)
    return None


def _iterate_texts(
    record: Record, fields: Iterable[Field], above: str = ""
) -> Iterator[tuple[str, str]]:
    for field in fields:
        value = getattr(record, field.name, None)
        path = f"{above}{field.name}"
        if value is None:
            continue
        if field.kind is FieldType.TEXT:
            yield path, value
        elif field.kind is FieldType.OBJECT:
            yield from _iterate_texts(value, field.fields, f"{path}.")
        elif field.kind is FieldType.OBJECTS:
            for item in value:
                yield from _iterate_texts(item, field.fields, f"{path}.")
