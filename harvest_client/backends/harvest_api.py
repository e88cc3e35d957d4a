"""Flows of Harvest's API v2; the parts of a long report are merged.

They know what to ask and how to read the answer, but neither send nor sleep: see `client`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import httpx
import msgspec

from harvest_client.auth.flow import Auth, AuthorizedSender
from harvest_client.auth.oauth import AccountSummary, list_accounts
from harvest_client.auth.redaction import Secret
from harvest_client.entities import ENTITIES, Action, Entity, Rate
from harvest_client.errors import NoCopy, PaginationLoop, UntrustedLink, UsageError
from harvest_client.http.rate_limit import Budgets
from harvest_client.http.request_params import (
    list_path,
    list_query,
    path_values,
    record_id,
    split_report_window,
)
from harvest_client.http.requests import Get
from harvest_client.http.retry import Flow, RetryPolicy
from harvest_client.http.transport import RawResponse
from harvest_client.models.decoding import decode_page, decode_record
from harvest_client.models.records import OddRecord, Record
from harvest_client.models.results import Meta, Page
from harvest_client.search.query import Search, SearchPage


def merge_report_pages(entity: Entity, pages: Iterable[Page]) -> Page:
    """Return one row per key of the report: what adds up added, everything else as last heard.

    A sum of which a part is not known (null without the right to see it) is not known. Truncated
    where one of the pages is.
    """
    rows: dict[tuple[object, ...], Record] = {}
    truncated = False
    odd: tuple[OddRecord, ...] = ()
    for page in pages:
        truncated = truncated or page.meta.truncated
        odd += page.odd
        for row in page.data:
            key = tuple(getattr(row, name) for name in entity.primary_key)
            known = rows.get(key)
            rows[key] = _merge_rows(entity, known, row) if known else row
    return Page(list(rows.values()), Meta(None, len(rows), truncated), odd)


def _merge_rows(entity: Entity, known: Record, row: Record) -> Record:
    return msgspec.structs.replace(
        row,
        **{name: _add_amounts(getattr(known, name), getattr(row, name)) for name in entity.sums},
    )


def _add_amounts(item: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if item is None or other is None else item + other


_MOST_PAGES = 10_000  # twenty million records


@dataclass(frozen=True, slots=True)
class HarvestApi:
    """Harvest's API at `base`. Invalid calls are refused before any request.

    `base` and `identity` are where the data and where the sign-in is.
    """

    base: httpx.URL
    identity: httpx.URL
    signer: Auth
    budgets: Budgets
    patience: RetryPolicy = field(default_factory=RetryPolicy)

    searches = False

    def at_hand(self, rate: Rate = Rate.GENERAL) -> int:
        return self.budgets.for_rate(rate).available()

    def page(self, entity: Entity, parameters: Mapping[str, object]) -> Flow[Page]:
        """Return the first page of a list; of a report over more than a year, its only page."""
        gets = [_list(entity, part) for part in split_report_window(entity, parameters)]
        return (
            self._merged_page(entity, gets) if len(gets) > 1 else self._read_page(entity, gets[0])
        )

    def walk(self, entity: Entity, parameters: Mapping[str, object]) -> Iterator[Flow[Page]]:
        """All pages of a list: a conversation each, to be finished before the next is asked for.

        Only `links.next` tells whether there is another page: numbers and counts are null on the
        middle pages of some lists, and change while others are read.
        """
        gets = [_list(entity, part) for part in split_report_window(entity, parameters)]
        if len(gets) > 1:
            return iter([self._merged_page(entity, gets)])
        return self._walk_pages(entity, gets[0])

    def record(self, entity: Entity, id: object = None) -> Flow[Record]:
        """Return one record by its id; the company, of which there is one, takes none."""
        return self._read_record(entity, _record_request(entity, id))

    def count(self, entity: Entity, parameters: Mapping[str, object]) -> Flow[int | None]:
        """Return the number of records of a list, in one request; None if it is not stated."""
        return self._read_count(entity, _list(entity, {**parameters, "per_page": 1}))

    def me(self, fields: Sequence[str] = ()) -> Flow[Record]:
        """Return the owner of the token, which is the one person that every token may read."""
        return self._read_record(ENTITIES["users"], Get("/users/me"), fields)

    def search(self, search: Search) -> Flow[SearchPage]:
        raise NoCopy(f"{search.entity.name}: Harvest itself has no search.")

    def accounts(self) -> Flow[list[AccountSummary]]:
        """Return the Harvest accounts that the token opens."""
        headers = yield from self.signer.get_headers()
        token = Secret(headers["Authorization"].rpartition(" ")[2])
        return (yield from list_accounts(self.identity, token, self.patience, self.budgets.general))

    def _merged_page(self, entity: Entity, gets: list[Get]) -> Flow[Page]:
        pages: list[Page] = []
        for get in gets:
            for page in self._walk_pages(entity, get):
                pages += [(yield from page)]
        return merge_report_pages(entity, pages)

    def _walk_pages(self, entity: Entity, first: Get) -> Iterator[Flow[Page]]:
        seen = {first.query}
        ahead = [first]

        def read_page(get: Get) -> Flow[Page]:
            page = yield from self._read_page(entity, get)
            if link := page.meta.next_link:
                following = self._link_request(get, link)
                if following.query in seen or len(seen) >= _MOST_PAGES:
                    raise PaginationLoop(f"{get.path}: the next page was read before.")
                seen.add(following.query)
                ahead.append(following)
            return page

        while ahead:
            yield read_page(ahead.pop())

    def _link_request(self, get: Get, link: str) -> Get:
        """The request that a link stands for, which differs from `get` in nothing but its query."""
        here = self.base.copy_with(path=self.base.path.rstrip("/") + get.path)
        try:
            # Letters of other scripts may turn into ours on the way: no link of Harvest's has any.
            url = httpx.URL(link) if link.isascii() else None
        except httpx.InvalidURL:
            url = None
        if url is None or url.copy_with(query=None) != here:
            raise UntrustedLink(f"{get.path}: the next page is not at {here}.")
        return Get(get.path, url.query.decode())

    def _read_page(self, entity: Entity, get: Get) -> Flow[Page]:
        reply = yield from self._send(entity, get)
        answer, odd = decode_page(entity, reply)
        for name, value in path_values(entity, get.path).items():
            for row in answer.rows:
                setattr(row, name, value)
            odd = tuple(replace(record, owner=value) for record in odd)
        return Page(answer.rows, Meta(answer.links.next or None, answer.total_entries), odd)

    def _read_record(self, entity: Entity, get: Get, fields: Sequence[str] = ()) -> Flow[Record]:
        reply = yield from self._send(entity, get)
        return decode_record(entity, reply, fields=fields)

    def _read_count(self, entity: Entity, get: Get) -> Flow[int | None]:
        page = yield from self._read_page(entity, get)
        return page.meta.total_entries

    def _send(self, entity: Entity, get: Get) -> Flow[RawResponse]:
        desk = AuthorizedSender(self.base, self.signer, self.patience)
        return (yield from desk.send_request(get, self.budgets.for_rate(entity.rate)))


def _list(entity: Entity, parameters: Mapping[str, object]) -> Get:
    if entity.path is None:
        raise UsageError.unknown_name(f"{entity.name} has no action", Action.LIST, [Action.GET])
    query = list_query(entity, parameters)
    return Get(list_path(entity, parameters), query)


def _record_request(entity: Entity, id: object) -> Get:
    if entity.get_path is None:
        raise UsageError.unknown_name(f"{entity.name} has no action", Action.GET, [Action.LIST])
    if "{id}" in entity.get_path:
        return Get(entity.get_path.format(id=record_id(entity, id)))
    if id is not None:
        raise UsageError(f"{entity.name}: there is only one, so get takes no id.")
    return Get(entity.get_path)
