"""Actions that the connector forwards to Harvest, for a request each: list and get."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harvest_client.demo import queries
from harvest_client.demo.account import Account
from harvest_client.demo.entry_lists import EntrySelections
from harvest_client.demo.hosted.login import viewer_of
from harvest_client.demo.hosted.refusals import bad_key, from_harvest
from harvest_client.demo.hosted.windows import report
from harvest_client.demo.limits import Meter
from harvest_client.demo.lists import LISTINGS, rows_of
from harvest_client.demo.paging import LARGEST, cut
from harvest_client.demo.permissions import Viewer
from harvest_client.entities import Entity, Rate

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
        """The record with the `id` of `params`; raises `Refusal` 404 when there is none."""
        if entity.name == "company":
            self._ask("/company")
            return self._account.company
        wanted = params.get("id")
        if not isinstance(wanted, int) or isinstance(wanted, bool):
            raise bad_key("id is required and is a whole number.")
        self._ask(entity.path or "")
        found: Any
        if entity.name == "time_entries":
            found = self._account.entries.get(wanted)
        else:
            found = self._account.tables.get(entity.name, {}).get(wanted)
        if found is None:
            raise from_harvest(404, f"Harvest has no {entity.name} {wanted}.")
        return found

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
        """All rows in Harvest's order, and whether Harvest pages them by cursor."""
        if entity.rate is Rate.REPORTS:
            return report(viewer, entity, *queries.window(query)), False
        if entity.name == "time_entries":
            return self._selections.find(viewer, {}), False
        listing = LISTINGS[entity.name]
        return rows_of(self._account, viewer, listing, {}), listing.by_cursor


def _day(params: Mapping[str, Any], name: str) -> str:
    said = params.get(name)
    if not isinstance(said, str) or not _DAY.fullmatch(said):
        raise bad_key(f"{name} is required and is a day as YYYYMMDD.")
    return said
