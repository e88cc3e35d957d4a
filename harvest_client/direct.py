"""Conversations with Harvest itself: each a generator of requests that returns what was read.

They know what to ask and how to read the answer, but neither send nor sleep: see `client`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import httpx

from harvest_client.budget import Budgets
from harvest_client.decoding import decode_page, decode_record
from harvest_client.entities import ENTITIES, Action, Entity, Rate
from harvest_client.errors import EndlessList, ForeignLink, NoCopy, UsageError
from harvest_client.oauth import AccountOf, accounts
from harvest_client.parameters import list_path, list_query, parts, path_values, record_id
from harvest_client.patience import Conversation, Patience
from harvest_client.records import Record
from harvest_client.requests import Get
from harvest_client.results import Meta, Page
from harvest_client.search.query import Search, SearchPage
from harvest_client.secret import Secret
from harvest_client.signing import Desk, Signer
from harvest_client.sums import summed
from harvest_client.transport import Reply

_MOST_PAGES = 10_000  # twenty million records


@dataclass(frozen=True, slots=True)
class Direct:
    """What can be asked of Harvest at `base`. Bad calls are refused before any request.

    `base` and `identity` are where the data and where the sign-in is.
    """

    base: httpx.URL
    identity: httpx.URL
    signer: Signer
    budgets: Budgets
    patience: Patience = field(default_factory=Patience)

    searches = False

    def at_hand(self, rate: Rate = Rate.GENERAL) -> int:
        return self.budgets.of(rate).at_hand()

    def page(self, entity: Entity, parameters: Mapping[str, object]) -> Conversation[Page]:
        """The first page of a list; of a report over more than a year, its only page."""
        gets = [_list(entity, part) for part in parts(entity, parameters)]
        return self._summed(entity, gets) if len(gets) > 1 else self._page(entity, gets[0])

    def walk(
        self, entity: Entity, parameters: Mapping[str, object]
    ) -> Iterator[Conversation[Page]]:
        """All pages of a list: a conversation each, to be finished before the next is asked for.

        Only `links.next` tells whether there is another page: numbers and counts are null on the
        middle pages of some lists, and change while others are read.
        """
        gets = [_list(entity, part) for part in parts(entity, parameters)]
        if len(gets) > 1:
            return iter([self._summed(entity, gets)])
        return self._walk(entity, gets[0])

    def record(self, entity: Entity, id: object = None) -> Conversation[Record]:
        """One record by its id; the company, of which there is one, takes none."""
        return self._record(entity, _one(entity, id))

    def count(self, entity: Entity, parameters: Mapping[str, object]) -> Conversation[int | None]:
        """How many records a list has, for one request; None when Harvest does not say."""
        return self._count(entity, _list(entity, {**parameters, "per_page": 1}))

    def me(self, fields: Sequence[str] = ()) -> Conversation[Record]:
        """The owner of the token, which is the one person that every token may read."""
        return self._record(ENTITIES["users"], Get("/users/me"), fields)

    def search(self, asked: Search) -> Conversation[SearchPage]:
        raise NoCopy(f"{asked.entity.name}: Harvest itself has no search.")

    def accounts(self) -> Conversation[list[AccountOf]]:
        """The Harvest accounts that the token opens."""
        headers = yield from self.signer.headers()
        token = Secret(headers["Authorization"].rpartition(" ")[2])
        return (yield from accounts(self.identity, token, self.patience, self.budgets.general))

    def _summed(self, entity: Entity, gets: list[Get]) -> Conversation[Page]:
        pages: list[Page] = []
        for get in gets:
            for page in self._walk(entity, get):
                pages += [(yield from page)]
        return summed(entity, pages)

    def _walk(self, entity: Entity, first: Get) -> Iterator[Conversation[Page]]:
        seen = {first.query}
        ahead = [first]

        def turn(get: Get) -> Conversation[Page]:
            page = yield from self._page(entity, get)
            if link := page.meta.next_link:
                following = self._follow(get, link)
                if following.query in seen or len(seen) >= _MOST_PAGES:
                    raise EndlessList(f"{get.path}: the next page was read before.")
                seen.add(following.query)
                ahead.append(following)
            return page

        while ahead:
            yield turn(ahead.pop())

    def _follow(self, get: Get, link: str) -> Get:
        """The request that a link stands for, which differs from `get` in nothing but its query."""
        here = self.base.copy_with(path=self.base.path.rstrip("/") + get.path)
        try:
            # Letters of other scripts may turn into ours on the way: no link of Harvest's has any.
            url = httpx.URL(link) if link.isascii() else None
        except httpx.InvalidURL:
            url = None
        if url is None or url.copy_with(query=None) != here:
            raise ForeignLink(f"{get.path}: the next page is not at {here}.")
        return Get(get.path, url.query.decode())

    def _page(self, entity: Entity, get: Get) -> Conversation[Page]:
        reply = yield from self._ask(entity, get)
        answer, odd = decode_page(entity, reply)
        for name, value in path_values(entity, get.path).items():
            for row in answer.rows:
                setattr(row, name, value)
            odd = tuple(replace(record, owner=value) for record in odd)
        return Page(answer.rows, Meta(answer.links.next or None, answer.total_entries), odd)

    def _record(self, entity: Entity, get: Get, fields: Sequence[str] = ()) -> Conversation[Record]:
        reply = yield from self._ask(entity, get)
        return decode_record(entity, reply, fields=fields)

    def _count(self, entity: Entity, get: Get) -> Conversation[int | None]:
        page = yield from self._page(entity, get)
        return page.meta.total_entries

    def _ask(self, entity: Entity, get: Get) -> Conversation[Reply]:
        desk = Desk(self.base, self.signer, self.patience)
        return (yield from desk.ask(get, self.budgets.of(entity.rate)))


def _list(entity: Entity, parameters: Mapping[str, object]) -> Get:
    if entity.path is None:
        raise UsageError.unknown(f"{entity.name} has no action", Action.LIST, [Action.GET])
    query = list_query(entity, parameters)
    return Get(list_path(entity, parameters), query)


def _one(entity: Entity, id: object) -> Get:
    if entity.get_path is None:
        raise UsageError.unknown(f"{entity.name} has no action", Action.GET, [Action.LIST])
    if "{id}" in entity.get_path:
        return Get(entity.get_path.format(id=record_id(entity, id)))
    if id is not None:
        raise UsageError(f"{entity.name}: there is only one, so get takes no id.")
    return Get(entity.get_path)
