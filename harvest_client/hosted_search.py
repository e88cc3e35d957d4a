"""Search in the hosted copy, in whichever generation of the API answers.

What a generation cannot express, or whose effect nobody documents, is not sent: more records come
back than were asked for, and each is checked here. So every source selects the same records.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harvest_client.budget import Budget
from harvest_client.decoding import OddRecords
from harvest_client.entities import ENTITIES, Entity
from harvest_client.errors import EndlessList, Rejected, UsageError
from harvest_client.hosted_answers import Found, found
from harvest_client.odd_record import OddRecord
from harvest_client.once import Once
from harvest_client.patience import Conversation
from harvest_client.records import Record, project
from harvest_client.search import SearchError
from harvest_client.search.conditions import fields
from harvest_client.search.generations import Generation, Printed, printed
from harvest_client.search.matching import matches
from harvest_client.search.query import MAX_LIMIT, Search, SearchMeta, SearchPage, fingerprint
from harvest_client.transport import Reply

Run = Callable[[Entity, str, Mapping[str, Any], Budget], Conversation[Reply]]

_ROWS = 1000  # asked for at a time where not all of them will be wanted
_COMPANY = ENTITIES["company"]
_NO_SUCH = {"filter": {"startswith": {"name": "zz-no-such-company"}}}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the server's pages of `size` rows a search goes on: a page, and its rows done.

    The server's cursor is good for pages of one size only, whatever is asked for here later.
    """

    cursor: str | None
    done: int
    size: int


class HostedSearch:
    """`run` runs an action of the connector; `budget` is for the copy, which is not Harvest's."""

    def __init__(self, run: Run, budget: Budget, generation: Generation | None) -> None:
        self._run = run
        self._budget = budget
        self._generation: Once[Generation] = Once(generation)

    def page(self, asked: Search) -> Conversation[SearchPage]:
        """Raises `UsageError` before any request for fields that do not come back."""
        _check(asked)
        return self._page(asked, _opened(asked))

    def _page(self, asked: Search, place: _Place | None) -> Conversation[SearchPage]:
        generation = yield from self._generation.get(self._probe)
        sent = printed(asked.filter, generation, asked.entity.searchable)
        if place is None:
            # Most of what the server sends may be dropped here: so the limit is ours only where
            # all of it is wanted.
            place = _Place(None, 0, asked.limit if sent.exact else _ROWS)
        seen = {place.cursor}
        rows: dict[tuple[object, ...], Record] = {}
        odd: list[OddRecord] = []
        took = 0.0
        while True:
            page, odd_here = yield from self._ask(generation, asked, sent, place)
            odd += odd_here
            took += page.meta.took_ms or 0.0
            for number, row in enumerate(page.data[place.done :], place.done):
                key = tuple(getattr(row, name) for name in asked.entity.primary_key)
                if None in key:
                    key = (place.cursor, number)  # an unknown currency tells no row from another
                if key in rows or not (sent.exact or matches(asked.filter, row)):
                    continue
                if len(rows) == asked.limit:
                    return _answer(asked, rows, odd, took, replace(place, done=number))
                rows[key] = row
            cursor = page.meta.cursor if page.meta.has_more else None
            if not cursor:
                return _answer(asked, rows, odd, took, None)
            if cursor in seen:
                raise EndlessList(f"{asked.entity.name}: the next page was read before.")
            seen.add(cursor)
            place = _Place(cursor, 0, place.size)
            if len(rows) == asked.limit:
                return _answer(asked, rows, odd, took, place)

    def _ask(
        self, generation: Generation, asked: Search, sent: Printed, place: _Place
    ) -> Conversation[tuple[Found, OddRecords]]:
        query: dict[str, object] = {"sort": [{by.field: by.order} for by in asked.sort]}
        if sent.document is not None:
            query["filter"] = sent.document
        params: dict[str, object] = {"query": query, "limit": place.size}
        if place.cursor:
            params["cursor"] = place.cursor
        reply = yield from self._run(asked.entity, _action(generation), params, self._budget)
        return found(asked.entity, reply)

    def _probe(self) -> Conversation[Generation]:
        """Which generation answers; nothing else than its two questions can tell."""
        action = _action(Generation.C)
        try:
            params: dict[str, object] = {"query": {}, "limit": 1}
            reply = yield from self._run(_COMPANY, action, params, self._budget)
        except Rejected:
            return Generation.A
        found(_COMPANY, reply)  # status 200 alone is no answer
        try:
            params["query"] = _NO_SUCH
            reply = yield from self._run(_COMPANY, action, params, self._budget)
        except Rejected:
            return Generation.B
        # An older server may answer as if the operator that it does not know were not there.
        page, odd = found(_COMPANY, reply)
        return Generation.B if page.data or odd else Generation.C


def _action(generation: Generation) -> str:
    return "search" if generation is Generation.A else "context_store_search"


def _check(asked: Search) -> None:
    entity = asked.entity
    if entity.name not in ENTITIES:
        raise UsageError(f"{entity.name} is a report that the hosted connector does not have.")
    known = {field.name for field in entity.searchable}
    for path in (*sorted(fields(asked.filter)), *(asked.fields or ())):
        if path.partition(".")[0] not in known:
            raise UsageError.unknown(f"the hosted copy of {entity.name} has no field", path, known)
    for by in asked.sort:
        if by.field not in known:
            raise UsageError.unknown(
                f"the hosted copy of {entity.name} cannot be sorted by", by.field, known
            )


def _answer(
    asked: Search,
    rows: Mapping[tuple[object, ...], Record],
    odd: Iterable[OddRecord],
    took: float,
    place: _Place | None,
) -> SearchPage:
    data = list(rows.values())
    if asked.fields is not None:
        data = [project(row, asked.entity, asked.fields) for row in data]
    meta = SearchMeta(place is not None, _closed(asked, place), took)
    return SearchPage(data, meta, tuple(odd))


def _closed(asked: Search, place: _Place | None) -> str | None:
    if place is None:
        return None
    whole = [fingerprint(asked), place.cursor, place.done, place.size]
    text = json.dumps(whole, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(asked: Search) -> _Place | None:
    if asked.cursor is None:
        return None
    try:
        padded = asked.cursor + "=" * (-len(asked.cursor) % 4)
        of, cursor, done, size = json.loads(urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError):
        raise SearchError("$.cursor", "is damaged") from None
    numbers = isinstance(done, int) and 0 <= done <= MAX_LIMIT and isinstance(size, int)
    if not (isinstance(cursor, str | None) and numbers and 1 <= size <= MAX_LIMIT):
        raise SearchError("$.cursor", "is damaged")
    if of != fingerprint(asked):
        raise SearchError("$.cursor", "belongs to another search")
    return _Place(cursor, done, size)
