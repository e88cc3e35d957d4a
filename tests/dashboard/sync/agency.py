"""The demo account, edited behind our back and synced by either way, all in this process."""

import json
import pickle
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import httpx

import harvest_demo
from dashboard.config.settings import Settings, load_settings
from dashboard.store.records import RecordStore
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.sync.client_factory import find_account
from dashboard.sync.deletion_guard import DeletionGuard
from dashboard.sync.pipeline import SyncPipeline, SyncResult
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.windows import Limits
from harvest_client import Airbyte, Budget, Budgets, Harvest, PersonalToken
from tests.made_once import made_once

TODAY = date(2026, 11, 20)
HEADERS = {
    "Authorization": f"Bearer {harvest_demo.TOKEN}",
    "Harvest-Account-Id": harvest_demo.ACCOUNT_ID,
    "User-Agent": "Somebody else (tests@example.com)",
}

Tamper = Callable[[dict[str, Any], httpx.Response], httpx.Response]
"""Changes what an action of the connector answers, knowing what it was asked."""


class Agency(httpx.BaseTransport):
    """An agency of the demo, and everything that reaches its server on the way there.

    `now` is the moment that stamps edits; `actions` is what the connector was told, in order.
    """

    def __init__(
        self, *, entries: int, copy_days: int | None = None, generation: str = "C"
    ) -> None:
        self.account = pickle.loads(_built(entries))
        self.made = (type(self), entries, copy_days, generation)
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        self.account.now = lambda: self.now
        self.app = harvest_demo.app(
            self.account, limits=False, generation=generation, copy_days=copy_days
        )
        self.actions: list[tuple[str, str, dict[str, Any]]] = []
        self.tamper: Tamper = lambda asked, response: response
        self.hide: str | None = None  # a field that the token may not see
        self.skew: str | None = None  # a field of reports that is more than its parts
        self.forbidden = ""  # an address that the token may not ask for
        self._server = harvest_demo.InProcess(self.app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        if self.forbidden and request.url.path.endswith(self.forbidden):
            return httpx.Response(403, json={"message": "Forbidden"})
        response = self._server.handle_request(request)
        # The real clock would have everything look as if it had been changed long ago.
        response.headers["Date"] = self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")
        if self.skew and "/reports/" in request.url.path:
            more = re.sub(rf'("{self.skew}":)', r"\g<1>1", response.text)
            response = httpx.Response(response.status_code, json=json.loads(more))
        if self.hide:
            shown = re.sub(rf'"{self.hide}":[^,}}]*', f'"{self.hide}":null', response.text)
            response = httpx.Response(response.status_code, json=json.loads(shown))
        if not request.url.path.endswith("/execute"):
            return response
        asked = json.loads(request.content)
        self.actions.append((asked["entity"], asked["action"], asked.get("params", {})))
        return self.tamper(asked, response)

    def replicate(self) -> None:
        self.app.state.replica.replicate()

    def edit(self, method: str, path: str, **body: Any) -> Any:
        """Somebody else's request to Harvest, a day after what was done before."""
        self.now += timedelta(days=1)
        request = httpx.Request(
            method, f"http://harvest.test/v2{path}", headers=HEADERS, json=body or None
        )
        response = self._server.handle_request(request)
        assert response.status_code < 300, response.text
        return json.loads(response.content) if response.content else None


@cache
def _built(entries: int) -> bytes:
    return pickle.dumps(harvest_demo.build(seed=7, entries=entries, today=TODAY))


@dataclass
class Copy:
    """A store of its own that `agency` is synced into."""

    agency: Agency
    directory: Path
    source: str = "hosted"
    start: date | None = None
    limits: Limits = Limits()
    token: str = harvest_demo.TOKEN
    budget: Budget = field(default_factory=lambda: Budget(1_000_000, 1.0))
    _unpublished: SyncResult | None = None

    @property
    def settings(self) -> Settings:
        credentials = (
            {"AIRBYTE_ACCESS_TOKEN": harvest_demo.BEARER}
            if self.source == "hosted"
            else {
                "HARVEST_ACCESS_TOKEN": harvest_demo.TOKEN,
                "HARVEST_ACCOUNT_ID": harvest_demo.ACCOUNT_ID,
            }
        )
        return load_settings(
            {
                **credentials,
                "HARVEST_TODAY": TODAY.isoformat(),
                "HARVEST_STORE_URL": f"duckdb:///{self.directory / 'store.duckdb'}",
                "HARVEST_SYNC_START": self.start.isoformat() if self.start else "",
            },
            Path("/nonexistent"),
        )

    def first_sync(self) -> None:
        """As `sync` into an empty store, of an agency that nobody has edited yet.

        One is done for all copies of agencies made alike, and what it stored is then theirs.
        """
        made_once((self.agency.made, self.source, self.start), self.directory, self._publish_sync)

    def _publish_sync(self) -> None:
        self.sync()
        self.publish()

    def sync(self, *, full: bool = False, accept: bool = False) -> SyncResult:
        with self.records() as records, self.client() as harvest:
            reading = SyncPipeline(
                self.settings, harvest, records, full, ProgressCounter(), Event(),
                lambda version: None,
                brakes=DeletionGuard(accept), limits=self.limits,
            )  # fmt: skip
            done = reading.sync_airbyte() if self.source == "hosted" else reading.sync_direct()
        self._unpublished = done
        return done

    def publish(self) -> None:
        """Publish what the last sync stored, unless that is done."""
        if self._unpublished is None:
            return
        done, self._unpublished = self._unpublished, None
        with self.records() as records:
            records.publish(synced_at=done.started, today=TODAY, completeness=done.completeness)

    @contextmanager
    def records(self) -> Iterator[RecordStore]:
        told = self.settings
        snapshots = Snapshots(told.cache_dir, told.account_id)
        with RecordStore.open(told.store, find_account(told), snapshots=snapshots) as opened:
            yield opened

    def snapshot(self) -> Snapshot:
        self.publish()
        return Snapshots(self.settings.cache_dir, self.settings.account_id).open_current()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published version."""
        snapshot = self.snapshot()
        try:
            return snapshot.rows(sql)
        finally:
            snapshot.close()

    def stored(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the records; `$1` is the account."""
        with self.records() as records:
            return records.query(sql)

    def client(self) -> Harvest:
        access = (
            Airbyte(access_token=harvest_demo.BEARER, base_url="http://localhost")
            if self.source == "hosted"
            else PersonalToken(
                token=self.token, account_id=harvest_demo.ACCOUNT_ID, base_url="http://localhost/v2"
            )
        )
        budgets = Budgets(self.budget, self.budget, self.budget)
        return Harvest(access, transport=self.agency, budgets=budgets)
