"""Answers read into typed records, or refused with the place at fault and nothing quoted.

An answer in the usual form is read at once. Any other is read one record after the other, so that
values in other forms are read too, and odd records stand apart from the rest.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from harvest_client.entities import Entity
from harvest_client.errors import InvalidResponse
from harvest_client.http.http_errors import is_web_page
from harvest_client.http.transport import RawResponse
from harvest_client.models.currency import normalize_currencies
from harvest_client.models.record_reader import (
    BAD_KEY,
    NOT_DOCUMENTED,
    NOT_JSON,
    OddValue,
    Read,
    parse_json,
    read_day,
    read_integer,
    read_key,
    record_reader,
    without_depths,
)
from harvest_client.models.records import (
    ListAnswer,
    OddRecord,
    Record,
    list_decoder,
    record_decoder,
    record_type,
    selected_type,
)

Answer = TypeVar("Answer")
OddRecords = tuple[OddRecord, ...]


class Rows(NamedTuple):
    """Place of the records in a parsed answer: `key` of `holder`; `place` is for messages."""

    holder: dict[str, Any]
    key: str
    place: str


@dataclass(frozen=True, slots=True)
class ListForm(Generic[Answer]):
    """The form of one kind of list.

    `find` returns where a parsed answer has its records, None where it has none; `rows` are the
    records of a decoded one.
    """

    decoder: msgspec.json.Decoder[Answer]
    record: type[Record]
    find: Callable[[Any], Rows | None]
    rows: Callable[[Answer], list[Any]]


def decode_page(entity: Entity, reply: RawResponse) -> tuple[ListAnswer, OddRecords]:
    """Return a page as Harvest itself sends it; see `decode_list`."""
    envelope = entity.envelope or ""

    def find_rows(document: Any) -> Rows | None:
        if type(document) is not dict:
            return None
        # A count is for progress alone.
        document["total_entries"] = _read_or_none(read_integer, document, "total_entries")
        return Rows(document, envelope, f"$.{envelope}")

    form = ListForm(list_decoder(entity), record_type(entity), find_rows, lambda page: page.rows)
    return decode_list(entity, reply, form)


def decode_list(
    entity: Entity, reply: RawResponse, form: ListForm[Answer]
) -> tuple[Answer, OddRecords]:
    """Return the answer without its odd records, and those apart.

    Raises `Malformed` for an answer of another form.
    """
    answer = _decode_answer(entity, reply, form.decoder, form.rows)
    if not isinstance(answer, InvalidResponse):
        normalize_currencies(entity, form.rows(answer))
        return answer, ()
    result = _decode_rows(entity, reply, form, answer)
    # Here and not where it is found: an error keeps the local variables of where it was raised.
    if isinstance(result, InvalidResponse):
        raise result
    return result


def decode_record(
    entity: Entity,
    reply: RawResponse,
    decoder: msgspec.json.Decoder[Any] | None = None,
    *,
    within: str | None = None,
    fields: Sequence[str] = (),
) -> Record:
    """Return the one record of an answer, `within` an object where that is named.

    With `fields`, the others may have any value. Raises `Malformed`, for an odd record too.
    """
    made = selected_type(entity, fields) if fields else record_type(entity)
    decoder = decoder or (msgspec.json.Decoder(made) if fields else record_decoder(entity))
    answer = _decode_answer(
        entity, reply, decoder, lambda found: [getattr(found, within) if within else found]
    )
    if isinstance(answer, InvalidResponse):
        record = _decode_row(entity, reply, made, within, answer)
    else:
        record = getattr(answer, within) if within else answer
    if isinstance(record, OddRecord):
        record = malformed(record)
    if isinstance(record, InvalidResponse):
        raise record
    normalize_currencies(entity, [record])
    return record


def malformed(odd: OddRecord) -> InvalidResponse:
    """Return the error that the record is where it cannot be left out."""
    error = InvalidResponse(odd.message)
    error.odd = odd
    return error


def _decode_rows(
    entity: Entity, reply: RawResponse, form: ListForm[Answer], problem: InvalidResponse
) -> tuple[Answer, OddRecords] | InvalidResponse:
    """Return what is read record by record, or the `problem` where there are no records."""
    document = _parse(reply)
    result = form.find(document)
    rows = result.holder.get(result.key) if result else None
    if result is None or type(rows) is not list:
        return problem
    result.holder[result.key] = []
    answer = _convert_answer(entity, document, form.decoder)
    if isinstance(answer, InvalidResponse):
        return answer
    read = record_reader(form.record, entity.fields)
    records: list[Record] = []
    odd: list[OddRecord] = []
    for number, row in enumerate(rows):
        record = _read_row(entity, read, row, f"{result.place}[{number}]")
        if isinstance(record, OddRecord):
            odd.append(record)
        else:
            records.append(record)
    normalize_currencies(entity, records)
    form.rows(answer).extend(records)
    return answer, tuple(odd)


def _decode_answer(
    entity: Entity,
    reply: RawResponse,
    decoder: msgspec.json.Decoder[Answer],
    rows: Callable[[Answer], list[Any]],
) -> Answer | InvalidResponse:
    """Return the answer, or the problem with its form; raises `Malformed` where there is none."""
    if is_web_page(reply):
        raise InvalidResponse(f"{entity.name}: a web page came instead of JSON.")
    if not reply.body:
        raise InvalidResponse(f"{entity.name}: the answer is empty.")
    try:
        answer = decoder.decode(reply.body)
        if not _has_key(entity) or all(getattr(item, "id", 1) > 0 for item in rows(answer)):
            return answer
        problem = f"{NOT_DOCUMENTED}: {BAD_KEY}"
    except msgspec.ValidationError as error:
        problem = _error_text(error)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problem = f"{NOT_JSON}: {error}"
    except RecursionError:
        problem = "answer is nested without end"
    # Outside of the handlers: a UnicodeDecodeError holds the whole answer.
    return InvalidResponse(f"{entity.name}: {problem}.")


def _parse(reply: RawResponse) -> Any:
    """Return the parsed answer, None for one that is not whole JSON.

    Values that are nested without end are empty lists.
    """
    try:
        return parse_json(reply.body)
    except RecursionError:
        pass
    except ValueError:
        return None
    try:
        return parse_json(without_depths(reply.body))
    except (ValueError, RecursionError):
        return None


def _decode_row(
    entity: Entity,
    reply: RawResponse,
    record_class: type[Record],
    within: str | None,
    problem: InvalidResponse,
) -> Record | OddRecord | InvalidResponse:
    """Return the one record of an answer, or the `problem` where there is none."""
    document = _parse(reply)
    row = document.get(within) if within and type(document) is dict else document
    if type(row) is not dict:
        return problem
    place = f"$.{within}" if within else "$"
    return _read_row(entity, record_reader(record_class, entity.fields), row, place)


def _convert_answer(
    entity: Entity, document: Any, decoder: msgspec.json.Decoder[Answer]
) -> Answer | InvalidResponse:
    try:
        return msgspec.convert(document, decoder.type)
    except msgspec.ValidationError as error:
        problem = _error_text(error)
    return InvalidResponse(f"{entity.name}: {problem}.")


def _read_row(entity: Entity, read: Read, row: Any, place: str) -> Record | OddRecord:
    try:
        record: Record = read(row)
        return record
    except OddValue as error:
        odd = error
    where = f"{place}.{odd.path}" if odd.path else place
    message = f"{entity.name}: {odd.answer}, at {where}: {odd.problem[0].upper()}{odd.problem[1:]}."
    id = _read_or_none(read_key, row, "id") if _has_key(entity) else None
    day = _read_or_none(read_day, row, entity.date_field) if entity.date_field else None
    digest = _row_digest(row) if id is None and _has_key(entity) else None
    return OddRecord(entity.name, id, odd.path, odd.problem, message, day, digest=digest)


def _row_digest(row: Any) -> str:
    """Return what tells a record without a key apart, and does not say what is in it."""
    text = json.dumps(row, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _has_key(entity: Entity) -> bool:
    return any(field.required for field in entity.fields)


def _read_or_none(read: Read, row: Any, name: str) -> Any:
    try:
        return read(row.get(name)) if type(row) is dict else None
    except OddValue:
        return None


def _error_text(error: msgspec.ValidationError) -> str:
    what, _, place = str(error).rpartition(" - at ")
    where = f"at {place.strip('`')}: {what}" if what else f"at its top: {place}"
    return f"{NOT_DOCUMENTED}, {where}"
