"""A copy of an account that the witness serves, synced and compared all in this process."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx

from dashboard.config.settings import Settings, load_settings
from dashboard.reconciliation.check import Check, check_account
from dashboard.reconciliation.job import reconcile_windows
from dashboard.reconciliation.status import Reconciliation
from dashboard.store.records import RecordStore
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.sync.client_factory import find_account
from dashboard.sync.pipeline import SyncPipeline, SyncResult
from dashboard.sync.progress import ProgressCounter
from harvest_client import Budget, Budgets, Harvest, PersonalToken
from tests.witness.server import Witness

TOKEN = "witness-token"


class Transport(httpx.BaseTransport):
    """Hands requests to the witness; `requests` counts them."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        target = request.url.raw_path.decode()
        status, headers, body = self.witness.answer(request.method, target, dict(request.headers))
        return httpx.Response(status, headers=headers, content=body)


@dataclass
class WitnessCopy:
    """A store of its own that the witness's account is synced into."""

    witness: Witness
    directory: Path
    more: dict[str, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=lambda: Budget(1_000_000, 1.0))

    def __post_init__(self) -> None:
        self.transport = Transport(self.witness)

    @property
    def today(self) -> date:
        return date.fromisoformat(self.witness.settings["today"])

    @property
    def settings(self) -> Settings:
        return load_settings(
            {
                "HARVEST_ACCESS_TOKEN": TOKEN,
                "HARVEST_ACCOUNT_ID": str(self.witness.settings["account_id"]),
                "HARVEST_TODAY": self.today.isoformat(),
                "HARVEST_STORE_URL": f"duckdb:///{self.directory / 'store.duckdb'}",
                **self.more,
            },
            Path("/nonexistent"),
        )

    def sync(self) -> SyncResult:
        """Sync, compare and mend, as the command and the running dashboard do."""
        with self.records() as records, self.client() as harvest:
            from threading import Event

            reading = SyncPipeline(
                self.settings,
                harvest,
                records,
                False,
                ProgressCounter(),
                Event(),
                lambda version: None,
            )
            done = reading.sync_direct()
            records.publish(
                synced_at=done.started, today=self.today, completeness=done.completeness
            )
        return done

    def reconcile(self, now: datetime | None = None) -> Reconciliation:
        with self.client() as harvest:
            return reconcile_windows(self.settings, harvest, now=now or datetime.now(UTC))

    def check(self, first: date, last: date) -> Check:
        with closing(self.snapshot()) as snapshot, self.client() as harvest:
            return check_account(snapshot, harvest, first, last, today=self.today)

    def snapshot(self) -> Snapshot:
        return Snapshots(self.settings.cache_dir, self.settings.account_id).open_current()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(self.snapshot()) as snapshot:
            return snapshot.rows(sql)

    @contextmanager
    def records(self) -> Iterator[RecordStore]:
        meant = self.settings
        snapshots = Snapshots(meant.cache_dir, meant.account_id)
        with RecordStore.open(meant.store, find_account(meant), snapshots=snapshots) as opened:
            yield opened

    def client(self) -> Harvest:
        access = PersonalToken(
            token=TOKEN,
            account_id=self.settings.account_id,
            base_url="http://localhost/v2",
            contact="tests@example.com",
        )
        budgets = Budgets(self.budget, self.budget, self.budget)
        return Harvest(access, transport=self.transport, budgets=budgets)
