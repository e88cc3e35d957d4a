"""The demo account over real HTTP, read both ways: itself and by the hosted connector."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from harvest_client import (
    Airbyte,
    AsyncHarvest,
    Budget,
    Budgets,
    Harvest,
    Page,
    PersonalToken,
    Record,
)
from harvest_client.entities import ENTITIES, Entity
from harvest_demo import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, TOKEN
from tests.serving import demo_server

GENERATIONS = ("A", "B", "C")
TODAY = date(2026, 11, 20)
ENTRIES = 2600  # more than a hosted list can hand out
WINDOW = {"from_": "20260101", "to": "20261120"}

Keyed = dict[tuple[object, ...], Record]


def roomy() -> Budgets:
    """Budgets for a server without limits."""
    return Budgets(Budget(10**6, 1.0), Budget(10**6, 1.0), Budget(10**6, 1.0))


def direct(url: str) -> PersonalToken:
    return PersonalToken(token=TOKEN, account_id=ACCOUNT_ID, base_url=f"{url}/v2")


def hosted(url: str) -> Airbyte:
    """By client credentials, with the connector looked up in its workspace."""
    return Airbyte(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, base_url=url)


@dataclass(frozen=True)
class Sources:
    """One demo account and two clients of each source; what was listed is kept."""

    generation: str
    direct: Harvest
    hosted: Harvest
    awaited: Mapping[str, AsyncHarvest]
    runner: asyncio.Runner  # of the one event loop that they are used from
    _listed: dict[tuple[str, str], Page] = field(default_factory=dict)
    _found: dict[str, list[Record]] = field(default_factory=dict)

    def client(self, source: str) -> Harvest:
        return self.hosted if source == "hosted" else self.direct

    def listed(self, source: str, name: str) -> Page:
        if (source, name) not in self._listed:
            page = self.client(source).get_resource(name).list(**window(ENTITIES[name]))
            self._listed[source, name] = page
        return self._listed[source, name]

    def whole(self, name: str) -> Keyed:
        """Every record by its key, as Harvest itself has it."""
        entity = ENTITIES[name]
        if entity.path is None:
            return {key(entity, record): record for record in [self.direct.company.get()]}
        records = self.direct.get_resource(name).all(**window(entity))
        return {key(entity, record): record for record in records}

    def found(self, name: str) -> list[Record]:
        """Every record that the hosted copy has."""
        if name not in self._found:
            self._found[name] = list(self.hosted.get_resource(name).search_all({}))
        return self._found[name]


@contextmanager
def both_sources(generation: str) -> Iterator[Sources]:
    """A server with the demo account, whose hosted API is of that generation and has it all."""
    arguments = (
        "--entries", str(ENTRIES), "--today", str(TODAY), "--no-limits",
        "--generation", generation, "--copy-days", "36500",
    )  # fmt: skip
    with demo_server(*arguments) as server:
        url = server.url.removesuffix("/v2")
        with (
            Harvest(direct(url), budgets=roomy()) as itself,
            Harvest(hosted(url), budgets=roomy()) as connector,
            asyncio.Runner() as runner,
        ):
            awaited = {
                "direct": AsyncHarvest(direct(url), budgets=roomy()),
                "hosted": AsyncHarvest(hosted(url), budgets=roomy()),
            }
            yield Sources(generation, itself, connector, awaited, runner)
            for client in awaited.values():
                runner.run(client.aclose())


def window(entity: Entity) -> dict[str, Any]:
    """What a list of the entity must be told."""
    return WINDOW if "from" in entity.parameter_names and entity.sums else {}


def key(entity: Entity, record: Record) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in entity.primary_key)
