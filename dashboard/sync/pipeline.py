"""Reading an account by the way that its source takes, up to what can be published."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Event

from dashboard.config.settings import Settings
from dashboard.store.completeness import LIMITED, TIME, Cause, Completeness, Gap
from dashboard.store.payments import PAYMENTS
from dashboard.store.record_store import Changes, Records
from dashboard.store.schema import STORED
from dashboard.store.teammates import TEAMMATES
from dashboard.sync.airbyte import AirbytePull
from dashboard.sync.client_factory import timezone_of
from dashboard.sync.completeness import find_completeness
from dashboard.sync.deletion_guard import DeletionGuard, token_fingerprint
from dashboard.sync.payments import PaymentPull
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.pull import Pull
from dashboard.sync.reconcile import Reconciler
from dashboard.sync.refetch import RepricePull, read_budget_report
from dashboard.sync.teammates import TeammatePull
from dashboard.sync.windows import Limits
from harvest_client import Harvest, InvalidResponse
from harvest_client.models.records import Record, record_type

# A first pull shows what it has after this many seconds, then ever more seldom: on a large account
# each version costs seconds itself.
_FIRST_WAIT = 3.0
# What a sync asks of the token's owner: an odd value of another field does not matter.
_ZONE = "timezone"
_OWNER = ("id", "access_roles", _ZONE)

_WORTH_IT = 5.0  # seconds left, below which the complete version is awaited


@dataclass(frozen=True, slots=True)
class SyncResult:
    """A pull that came to its end. `more` says that there are payments left to be read."""

    started: datetime
    completeness: Completeness
    changes: dict[str, Changes]
    more: bool = False

    @property
    def since(self) -> date | None:
        """The first day of which all time entries are stored; None for all days."""
        return self.completeness.complete_since(TIME)


@dataclass(frozen=True, slots=True)
class SyncPipeline:
    """One reading of an account into `records`; `published` hears of versions on the way."""

    settings: Settings
    harvest: Harvest
    records: Records
    full: bool
    tally: ProgressCounter
    stop: Event
    published: Callable[[int], None]
    brakes: DeletionGuard = DeletionGuard()
    limits: Limits = Limits()

    @property
    def today(self) -> date:
        """The reporting date, as Harvest tells the account's zone."""
        return self.settings.today_in(self.records.get_timezone())

    def sync_direct(self) -> SyncResult:
        # The cheapest question that every token may ask: a wrong one ends here, before any work.
        owner = self._read_owner()
        self.records.presence.accepted = self.brakes.accepted
        sees_otherwise = self.brakes.check_token(self.records, owner)
        self.records.keep_timezone(timezone_of(self.settings, owner))
        started = self._start_time()
        today, start = self.today, self.settings.sync_start
        complete = Completeness.from_start(start)
        shown = _PublishedState(self.records, self.tally, started, today, complete, self.published)
        pull = Pull(
            harvest=self.harvest,
            records=self.records,
            tally=self.tally,
            stop=self.stop,
            today=today,
            start=start,
            started=started,
            full=self.full or sees_otherwise,
            publish=shown,
        )
        pull.run()
        Reconciler(pull, self.brakes, self.limits).run()
        repriced = RepricePull(pull).run()
        read_budget_report(self.harvest, self.records, start)
        self.records.comparing.set_fingerprint(token_fingerprint(owner))
        mates = TeammatePull(
            harvest=self.harvest,
            records=self.records,
            tally=self.tally,
            stop=self.stop,
            started=started,
            full=pull.full,
        )
        changes = {**pull.changes, TEAMMATES.name: mates.run()}
        for name, result in repriced.items():
            changes[name] = changes.get(name, Changes()) + result
        paid = PaymentPull(
            harvest=self.harvest,
            records=self.records,
            tally=self.tally,
            stop=self.stop,
            started=started,
            long=shown.publish_complete,
        )
        changes[PAYMENTS.name] = paid.run()
        return SyncResult(started, complete, changes, more=paid.more)

    def sync_airbyte(self) -> SyncResult:
        # Every login behind a connector may list its own time.
        self.harvest.time_entries.collect_odd().list(per_page=1)
        self.records.presence.accepted = self.brakes.accepted
        started, start = self._start_time(), self.settings.sync_start
        pull = AirbytePull(
            harvest=self.harvest,
            records=self.records,
            tally=self.tally,
            stop=self.stop,
            start=start,
            started=started,
            full=self.full,
            brakes=self.brakes,
        )
        pull.run()
        far = find_completeness(
            self.harvest,
            self.records,
            today=self.today,
            listed_from=pull.whole_from.get(TIME),
            start=start,
        )
        self.records.hosted.keep_reports(far.reports)
        return SyncResult(started, pull.find_completeness(far.since), pull.changes)

    def _read_owner(self) -> Record:
        """Return the owner of the token; without the time zone where that cannot be read."""
        try:
            return self.harvest.me(_OWNER)
        except InvalidResponse as error:
            if error.odd is None or error.odd.field != _ZONE:
                raise
        owner = self.harvest.me(tuple(name for name in _OWNER if name != _ZONE))
        return record_type(STORED["users"])(
            id=owner.id, access_roles=owner.access_roles, timezone=self.records.get_timezone()
        )

    def _start_time(self) -> datetime:
        return self.harvest.server_time or datetime.now(UTC)


class _PublishedState:
    """Publishes what a first pull has so far, unless a complete copy is already being read."""

    def __init__(
        self,
        records: Records,
        tally: ProgressCounter,
        started: datetime,
        today: date,
        complete: Completeness,
        published: Callable[[int], None],
    ) -> None:
        self._records = records
        self._tally = tally
        self._started = started
        self._today = today
        self._complete = complete  # once everything is read
        self._published = published
        pointer = records.get_published()
        self._wanted = pointer is None or pointer.partial
        self._since = (
            pointer.completeness.complete_since(*pointer.completeness.gaps) if pointer else None
        )
        self._wait = _FIRST_WAIT
        self._next = time.monotonic() + self._wait

    def __call__(self, arriving: Mapping[str, date]) -> None:
        """Publish what there is: of the entities that are `arriving`, from these days on."""
        if not self._wanted or time.monotonic() < self._next:
            return
        since = max(arriving.values())
        if self._since and since >= self._since:
            return
        remaining = self._tally.get_progress().seconds_left
        if remaining is not None and remaining < _WORTH_IT:
            return
        self._publish(self._so_far(arriving))
        self._since = since
        self._wait *= 2
        self._next = time.monotonic() + self._wait

    def publish_complete(self) -> None:
        """Publish what is complete but for what is read after it."""
        if self._wanted:
            self._publish(self._complete)

    def _so_far(self, arriving: Mapping[str, date]) -> Completeness:
        """Return the gaps while entities arrive. What is uninvoiced and older is read last."""
        gaps = {**self._complete.gaps}
        for entity, day in arriving.items():
            gaps[entity] = Gap(day, Cause.ARRIVING)
        for entity, uninvoiced in LIMITED.items():
            if entity in gaps:
                gaps[uninvoiced] = Gap(gaps[entity].since, Cause.ARRIVING)
        return Completeness(gaps)

    def _publish(self, completeness: Completeness) -> None:
        meta = self._records.publish(
            synced_at=self._started, today=self._today, completeness=completeness
        )
        self._published(meta.version)
