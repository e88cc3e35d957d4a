"""Search in the hosted copy, in whichever generation of the API answers.

What a generation cannot express, or whose effect nobody documents, is not sent: more records come
back than were asked for, and each is checked here. So every source selects the same records.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harvest_client.backends.airbyte_responses import SearchEnvelope, read_search
from harvest_client.entities import ENTITIES, Entity
from harvest_client.errors import BadRequest, PaginationLoop, UsageError
from harvest_client.http.rate_limit import Budget
from harvest_client.http.retry import Flow
from harvest_client.http.single_flight import SingleFlight
from harvest_client.http.transport import RawResponse
from harvest_client.models.decoding import OddRecords
from harvest_client.models.records import OddRecord, Record, select_fields
from harvest_client.search import SearchError
from harvest_client.search.evaluate import matches
from harvest_client.search.filter_ast import field_paths
from harvest_client.search.query import MAX_LIMIT, Search, SearchMeta, SearchPage, search_digest
from harvest_client.search.wire_format import ApiVersion, WireQuery, write_query

Run = Callable[[Entity, str, Mapping[str, Any], Budget], Flow[RawResponse]]

_ROWS = 1000  # asked for at a time where not all of them will be wanted
_COMPANY = ENTITIES["company"]
_NO_SUCH = {"filter": {"startswith": {"name": "zz-no-such-company"}}}


@dataclass(frozen=True, slots=True)
class _CursorState:
    """Position of a search in the server's pages of `size` rows: a page, and its rows done.

    The server's cursor is good for pages of one size only, whatever is asked for here later.
    """

    cursor: str | None
    done: int
    size: int


class AirbyteSearch:
    """`run` runs an action of the connector; `budget` is for the copy, which is not Harvest's."""

    def __init__(self, run: Run, budget: Budget, generation: ApiVersion | None) -> None:
        self._run = run
        self._budget = budget
        self._generation: SingleFlight[ApiVersion] = SingleFlight(generation)

    def read_page(self, search: Search) -> Flow[SearchPage]:
        """Raise `UsageError` before any request for fields that do not come back."""
        _check_fields(search)
        return self._read_page(search, _decode_cursor(search))

    def _read_page(self, search: Search, place: _CursorState | None) -> Flow[SearchPage]:
        generation = yield from self._generation.get(self._probe_version)
        sent = write_query(search.filter, generation, search.entity.searchable)
        if place is None:
            # Most of what the server sends may be dropped here: so the limit is ours only where
            # all of it is wanted.
            place = _CursorState(None, 0, search.limit if sent.exact else _ROWS)
        seen = {place.cursor}
        rows: dict[tuple[object, ...], Record] = {}
        odd: list[OddRecord] = []
        took = 0.0
        while True:
            page, odd_here = yield from self._send_search(generation, search, sent, place)
            odd += odd_here
            took += page.meta.took_ms or 0.0
            for number, row in enumerate(page.data[place.done :], place.done):
                key = tuple(getattr(row, name) for name in search.entity.primary_key)
                if None in key:
                    key = (place.cursor, number)  # an unknown currency tells no row from another
                if key in rows or not (sent.exact or matches(search.filter, row)):
                    continue
                if len(rows) == search.limit:
                    return _make_page(search, rows, odd, took, replace(place, done=number))
                rows[key] = row
            cursor = page.meta.cursor if page.meta.has_more else None
            if not cursor:
                return _make_page(search, rows, odd, took, None)
            if cursor in seen:
                raise PaginationLoop(f"{search.entity.name}: the next page was read before.")
            seen.add(cursor)
            place = _CursorState(cursor, 0, place.size)
            if len(rows) == search.limit:
                return _make_page(search, rows, odd, took, place)

    def _send_search(
        self, generation: ApiVersion, search: Search, sent: WireQuery, place: _CursorState
    ) -> Flow[tuple[SearchEnvelope, OddRecords]]:
        query: dict[str, object] = {"sort": [{by.field: by.order} for by in search.sort]}
        if sent.document is not None:
            query["filter"] = sent.document
        params: dict[str, object] = {"query": query, "limit": place.size}
        if place.cursor:
            params["cursor"] = place.cursor
        reply = yield from self._run(
            search.entity, _search_action(generation), params, self._budget
        )
        return read_search(search.entity, reply)

    def _probe_version(self) -> Flow[ApiVersion]:
        """Return the API version of the server, found by its responses to two requests."""
        action = _search_action(ApiVersion.C)
        try:
            params: dict[str, object] = {"query": {}, "limit": 1}
            reply = yield from self._run(_COMPANY, action, params, self._budget)
        except BadRequest:
            return ApiVersion.A
        read_search(_COMPANY, reply)  # status 200 alone is no answer
        try:
            params["query"] = _NO_SUCH
            reply = yield from self._run(_COMPANY, action, params, self._budget)
        except BadRequest:
            return ApiVersion.B
        # An older server may answer as if the operator that it does not know were not there.
        page, odd = read_search(_COMPANY, reply)
        return ApiVersion.B if page.data or odd else ApiVersion.C


def _search_action(generation: ApiVersion) -> str:
    return "search" if generation is ApiVersion.A else "context_store_search"


def _check_fields(search: Search) -> None:
    entity = search.entity
    if entity.name not in ENTITIES:
        raise UsageError(f"{entity.name} is a report that the hosted connector does not have.")
    known = {field.name for field in entity.searchable}
    for path in (*sorted(field_paths(search.filter)), *(search.fields or ())):
        if path.partition(".")[0] not in known:
            raise UsageError.unknown_name(
                f"the hosted copy of {entity.name} has no field", path, known
            )
    for by in search.sort:
        if by.field not in known:
            raise UsageError.unknown_name(
                f"the hosted copy of {entity.name} cannot be sorted by", by.field, known
            )


def _make_page(
    search: Search,
    rows: Mapping[tuple[object, ...], Record],
    odd: Iterable[OddRecord],
    took: float,
    place: _CursorState | None,
) -> SearchPage:
    data = list(rows.values())
    if search.fields is not None:
        data = [select_fields(row, search.entity, search.fields) for row in data]
    meta = SearchMeta(place is not None, _encode_cursor(search, place), took)
    return SearchPage(data, meta, tuple(odd))


def _encode_cursor(search: Search, place: _CursorState | None) -> str | None:
    if place is None:
        return None
    whole = [search_digest(search), place.cursor, place.done, place.size]
    text = json.dumps(whole, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode_cursor(search: Search) -> _CursorState | None:
    if search.cursor is None:
        return None
    try:
        padded = search.cursor + "=" * (-len(search.cursor) % 4)
        of, cursor, done, size = json.loads(urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError):
        raise SearchError("$.cursor", "is damaged") from None
    numbers = isinstance(done, int) and 0 <= done <= MAX_LIMIT and isinstance(size, int)
    if not (isinstance(cursor, str | None) and numbers and 1 <= size <= MAX_LIMIT):
        raise SearchError("$.cursor", "is damaged")
    if of != search_digest(search):
        raise SearchError("$.cursor", "belongs to another search")
    return _CursorState(cursor, done, size)
