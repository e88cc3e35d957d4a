"""Actions that the connector forwards to Harvest, for a request each: list and get."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvest_client.entities import Entity, Rate
from harvest_demo.account.account import Account, Row
from harvest_demo.server import paging
from harvest_demo.server.airbyte.api_version import Interface
from harvest_demo.server.airbyte.refusals import bad_key, from_harvest, no_connector
from harvest_demo.server.airbyte.replica import report
from harvest_demo.server.airbyte.tokens import (
    CONNECTOR_ID,
    CROWDED_CONNECTOR_IDS,
    CROWDED_WORKSPACE,
    DEFINITION_ID,
    FOREIGN_CONNECTOR_ID,
    WORKSPACE,
    viewer_of,
)
from harvest_demo.server.entry_lists import EntrySelections
from harvest_demo.server.lists import LISTINGS, rows_of
from harvest_demo.server.paging import LARGEST, cut
from harvest_demo.server.permissions import Viewer
from harvest_demo.server.request_checks import Meter

_OTHER_DEFINITION_ID = "0b8b2f5e-2f1d-4d0c-9e77-9a5f7a1c3d20"
_HARVEST = {"name": "Harvest", "definition_id": DEFINITION_ID}


class Connectors:
    """The directory of connectors; `crowded` adds a workspace that has two to Harvest."""

    def __init__(self, interface: Interface, *, crowded: bool) -> None:
        self._named_by = interface.workspace
        foreign = {
            "id": FOREIGN_CONNECTOR_ID,
            "name": "Mail",
            "definition_id": _OTHER_DEFINITION_ID,
        }
        self._workspaces: dict[str, Sequence[Row]] = {
            WORKSPACE: [foreign, {"id": CONNECTOR_ID, **_HARVEST}]
        }
        if crowded:
            self._workspaces[CROWDED_WORKSPACE] = [
                {"id": connector_id, **_HARVEST} for connector_id in CROWDED_CONNECTOR_IDS
            ]

    def find(self, query: Mapping[str, str]) -> list[Row]:
        """The connectors of a workspace, none for an unknown one; without a definition, all."""
        for name in query:
            if name not in (self._named_by, "definition_id"):
                raise bad_key(f"Unknown query parameter {name}.")
        if not query.get(self._named_by):
            raise bad_key(f"Query parameter {self._named_by} is required.")
        definition = query.get("definition_id")
        return [
            row
            for row in self._workspaces.get(query[self._named_by], ())
            if definition in (None, row["definition_id"])
        ]

    def reaches_harvest(self, connector_id: str) -> bool:
        """Return whether it is a connector to Harvest; raises `Refusal` 404 if there is none."""
        for rows in self._workspaces.values():
            for row in rows:
                if row["id"] == connector_id:
                    return bool(row["definition_id"] == DEFINITION_ID)
        raise no_connector()


_HARVEST_ROOT = "https://api.harvestapp.com/v2"
_DEFAULT_SIZE = 50
_DAY = re.compile(r"\d{8}", re.ASCII)


class Throttled(Exception):
    """Harvest let the connector wait: for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Listed:
    """The newest rows, and the address at Harvest where the rest would be; None: no rest."""

    rows: Sequence[Any]
    next_link: str | None


class Live:
    """The account as the connector's login sees it now. No `meter`: no limits."""

    def __init__(self, account: Account, meter: Meter | None) -> None:
        self._account = account
        self._meter = meter
        self._selections = EntrySelections(account)

    def list(self, entity: Entity, params: Mapping[str, Any]) -> Listed:
        """One page, the only one there is. Parameters that are not declared have no effect."""
        size = params.get("per_page", _DEFAULT_SIZE)
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= LARGEST:
            raise bad_key(f"per_page is a number from 1 to {LARGEST}.")
        query = {"per_page": str(size)}
        if entity.rate is Rate.REPORTS:
            query |= {name: _day(params, name) for name in ("from", "to")}
        viewer = self._ask(entity.path or "")
        rows, by_cursor = self._rows(viewer, entity, query)
        page = cut(rows, f"{_HARVEST_ROOT}{entity.path}", query, by_cursor=by_cursor)
        return Listed(page.rows, page.about["links"]["next"])

    def get(self, entity: Entity, params: Mapping[str, Any]) -> Any:
        """Return the record with the `id` of `params`; raises `Refusal` 404 when there is none."""
        if entity.name == "company":
            self._ask("/company")
            return self._account.company
        wanted = params.get("id")
        if not isinstance(wanted, int) or isinstance(wanted, bool):
            raise bad_key("id is required and is a whole number.")
        self._ask(entity.path or "")
        result: Any
        if entity.name == "time_entries":
            result = self._account.entries.get(wanted)
        else:
            result = self._account.tables.get(entity.name, {}).get(wanted)
        if result is None:
            raise from_harvest(404, f"Harvest has no {entity.name} {wanted}.")
        return result

    def _ask(self, path: str) -> Viewer:
        viewer = viewer_of(self._account)
        if viewer is None:
            raise from_harvest(401, "Harvest no longer accepts the connector's login.")
        if self._meter and (seconds := self._meter.wait("the connector", f"/v2{path}")) is not None:
            raise Throttled(seconds)
        return viewer

    def _rows(
        self, viewer: Viewer, entity: Entity, query: Mapping[str, str]
    ) -> tuple[Sequence[Any], bool]:
        """Return all rows in Harvest's order, and whether Harvest pages them by cursor."""
        if entity.rate is Rate.REPORTS:
            return report(viewer, entity, *paging.window(query)), False
        if entity.name == "time_entries":
            return self._selections.find(viewer, {}), False
        listing = LISTINGS[entity.name]
        return rows_of(self._account, viewer, listing, {}), listing.by_cursor


def _day(params: Mapping[str, Any], name: str) -> str:
    said = params.get(name)
    if not isinstance(said, str) or not _DAY.fullmatch(said):
        raise bad_key(f"{name} is required and is a day as YYYYMMDD.")
    return said
