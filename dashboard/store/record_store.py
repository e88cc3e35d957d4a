"""The seam behind which records live: what Harvest said, with how far the reading got.

Written by the one sync; everybody else reads snapshots. `duck_records.py` keeps them in a DuckDB
file of the sync's own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from dashboard.config.dates import Days
from dashboard.store.completeness import Completeness
from dashboard.store.erasure import Erasure
from dashboard.store.odd_records import OddRecordTable
from dashboard.store.payments import PaymentRecords
from dashboard.store.presence import Presence
from dashboard.store.readings import BudgetReports, ReadingRecords
from dashboard.store.reconcile_state import ReconcileStore
from dashboard.store.snapshots import CurrentVersion, Meta
from dashboard.store.teammates import TeammateRecords
from dashboard.store.tombstones import Tombstone
from dashboard.store.word_search import Owner, TermRecords
from harvest_client.entities import Entity
from harvest_client.models.records import Record


@dataclass(frozen=True, slots=True)
class Account:
    """Account that records belong to.

    `identity` says which Harvest and which account stand behind `id`: when it changes (the demo
    account of another day), records under the same id are another account's. `currency` is the
    account's own, where one is set. `zone` is the IANA id of the zone whose days count, None where
    it is the one that Harvest tells of the token's user.
    """

    id: str
    source: str
    identity: str
    currency: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of a batch. `fetched` counts rows read, changed or not."""

    fetched: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(
            self.fetched + other.fetched,
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.deleted + other.deleted,
        )


@dataclass(frozen=True, slots=True)
class EntityState:
    """Progress of the pull of one entity; instants are UTC.

    `watermark`: changes before it are stored. `refused`: why Harvest would not show it.
    `pull_started`: when the full pull under way began, None when none is.
    """

    watermark: datetime | None = None
    refused: str | None = None
    pull_started: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportTotal:
    """Totals of Harvest's time report for a window of days, in one currency.

    `amount` is billable, without fixed fees; None without the right to see it.
    """

    first: date
    last: date
    currency: str | None
    hours: Decimal
    amount: Decimal | None


class Incomplete(Protocol):
    """Queries on records of which some fields are not known."""

    def find_unknown(self, entity: Entity) -> list[int]: ...
    def entry_days(self, within: Days) -> Days | None: ...
    def first_person_day(self, within: Days) -> date | None: ...
    def sum_hours(self, first: date, last: date) -> tuple[Decimal, bool] | None: ...
    def keep_reports(self, totals: Iterable[ReportTotal]) -> None: ...


class Records(Protocol):
    """Records of one account, as the sync uses them."""

    def get_state(self, entity: Entity) -> EntityState: ...
    def rows(self, entity: Entity) -> int: ...
    def upsert(
        self,
        entity: Entity,
        pages: Iterable[Sequence[Record]],
        *,
        exact: bool = True,
        basis: str | None = None,
    ) -> Changes: ...
    def find_absent(
        self, entity: Entity, present: Iterable[int], *, after: date | None = None
    ) -> list[int]: ...
    def ids_within(
        self, entity: Entity, owner: Owner, id: int, first: date, last: date
    ) -> set[int]: ...
    def mark_deleted(self, entity: Entity, ids: Sequence[int], noticed: datetime) -> Changes: ...
    @property
    def odd(self) -> OddRecordTable: ...
    @property
    def presence(self) -> Presence: ...
    @property
    def hosted(self) -> "Incomplete": ...
    @property
    def payments(self) -> PaymentRecords: ...
    @property
    def budget_reports(self) -> BudgetReports: ...
    @property
    def teammates(self) -> TeammateRecords: ...
    @property
    def forgetting(self) -> Erasure: ...
    @property
    def readings(self) -> ReadingRecords: ...
    @property
    def terms(self) -> TermRecords: ...
    @property
    def comparing(self) -> ReconcileStore: ...
    def list_tombstones(self, limit: int) -> list[Tombstone]: ...
    def get_timezone(self) -> str | None: ...
    def keep_timezone(self, label: str | None) -> None: ...
    def window_done(self, entity: Entity, window: tuple[date, date]) -> None: ...
    def list_windows(self, entity: Entity) -> list[tuple[date, date]]: ...
    def begin_pull(self, entity: Entity, started: datetime) -> None: ...
    def finish_pull(
        self, entity: Entity, watermark: datetime | None, refused: str | None = None
    ) -> None: ...
    def get_published(self) -> CurrentVersion | None: ...
    def publish(
        self, *, synced_at: datetime, today: date, completeness: Completeness = ...
    ) -> Meta: ...
