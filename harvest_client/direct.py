"""Conversations with Harvest itself: each a generator of requests that returns what was read.

They know what to ask and how to read the answer, but neither send nor sleep: see `client`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec

from harvest_client.budget import Budgets
from harvest_client.entities import ENTITIES, Action, Entity
from harvest_client.errors import EndlessList, ForeignLink, Malformed, UsageError
from harvest_client.parameters import list_query, record_id
from harvest_client.patience import Conversation, Patience
from harvest_client.records import ListAnswer, Record, list_decoder, record_decoder
from harvest_client.refusal import is_web_page
from harvest_client.transport import Get, Reply

Read = TypeVar("Read")

_MOST_PAGES = 10_000  # twenty million records
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Meta:
    """What a page says about its list. `total_entries` counts all of it, as of this answer."""

    next_link: str | None
    total_entries: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, in Harvest's order."""

    data: list[Record]
    meta: Meta


def base_address(base_url: str) -> httpx.URL:
    """Where Harvest is, without a slash at the end; `UsageError` where a token must not go."""
    try:
        url = httpx.URL(base_url.strip().rstrip("/"))
    except httpx.InvalidURL:
        raise UsageError("the base URL is not an address.") from None
    if url.scheme != "https" and not (url.scheme == "http" and url.host in _LOOPBACK):
        raise UsageError(f"the base URL must begin with https:// (its host is {url.host!r}).")
    if url.userinfo or url.query or url.fragment or not url.host:
        raise UsageError("the base URL must be a scheme, a host and a path, nothing else.")
    return url


@dataclass(frozen=True, slots=True)
class Direct:
    """What can be asked of Harvest at `base`. Bad calls are refused before any request."""

    base: httpx.URL
    budgets: Budgets
    patience: Patience = field(default_factory=Patience)

    def page(self, entity: Entity, parameters: Mapping[str, object]) -> Conversation[Page]:
        """The first page of a list."""
        return self._page(entity, _list(entity, parameters))

    def walk(
        self, entity: Entity, parameters: Mapping[str, object]
    ) -> Iterator[Conversation[Page]]:
        """All pages of a list: a conversation each, to be finished before the next is asked for.

        Only `links.next` tells whether there is another page: numbers and counts are null on the
        middle pages of some lists, and change while others are read.
        """
        return self._walk(entity, _list(entity, parameters))

    def record(self, entity: Entity, id: object = None) -> Conversation[Record]:
        """One record by its id; the company, of which there is one, takes none."""
        return self._record(entity, _one(entity, id))

    def count(self, entity: Entity, parameters: Mapping[str, object]) -> Conversation[int | None]:
        """How many records a list has, for one request; None when Harvest does not say."""
        return self._count(entity, _list(entity, {**parameters, "per_page": 1}))

    def me(self) -> Conversation[Record]:
        """The owner of the token, which is the one person that every token may read."""
        return self._record(ENTITIES["users"], Get("/users/me"))

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
        answer: ListAnswer = yield from self._read(entity, get, list_decoder(entity))
        return Page(answer.rows, Meta(answer.links.next, answer.total_entries))

    def _record(self, entity: Entity, get: Get) -> Conversation[Record]:
        return (yield from self._read(entity, get, record_decoder(entity)))

    def _count(self, entity: Entity, get: Get) -> Conversation[int | None]:
        page = yield from self._page(entity, get)
        return page.meta.total_entries

    def _read(
        self, entity: Entity, get: Get, decoder: msgspec.json.Decoder[Read]
    ) -> Conversation[Read]:
        reply = yield from self.patience.ask(get, self.budgets.of(entity.rate))
        return _decoded(entity, reply, decoder)


def _list(entity: Entity, parameters: Mapping[str, object]) -> Get:
    if entity.path is None:
        raise UsageError.unknown(f"{entity.name} has no action", Action.LIST, [Action.GET])
    return Get(entity.path, list_query(entity, parameters))


def _one(entity: Entity, id: object) -> Get:
    if entity.get_path is None:
        raise UsageError.unknown(f"{entity.name} has no action", Action.GET, [Action.LIST])
    if "{id}" in entity.get_path:
        return Get(entity.get_path.format(id=record_id(entity, id)))
    if id is not None:
        raise UsageError(f"{entity.name}: there is only one, so get takes no id.")
    return Get(entity.get_path)


def _decoded(entity: Entity, reply: Reply, decoder: msgspec.json.Decoder[Read]) -> Read:
    if is_web_page(reply):
        raise Malformed(f"{entity.name}: a web page came instead of JSON.")
    if not reply.body:
        raise Malformed(f"{entity.name}: the answer is empty.")
    try:
        return decoder.decode(reply.body)
    except msgspec.ValidationError as error:
        what, _, place = str(error).rpartition(" - at ")
        where = f"at {place.strip('`')}: {what}" if what else f"at its top: {place}"
        problem = f"answer is not what Harvest documents, {where}"
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problem = f"answer is not whole JSON: {error}"
    except RecursionError:
        problem = "answer is nested without end"
    # Outside of the handlers: a UnicodeDecodeError holds the whole answer.
    raise Malformed(f"{entity.name}: {problem}.")
