"""One sync, from lock to published version."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from threading import Event

from dashboard.config import Settings
from dashboard.errors import DamagedRecords, DashboardError, SyncBusy
from dashboard.machine import machine_error
from dashboard.store.comparing import ReconcileCheck
from dashboard.store.duck_records import RecordStore
from dashboard.store.log import Attempt, SyncLog
from dashboard.store.odd_records import Odd
from dashboard.store.records import Changes, Records
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshots
from dashboard.sync.brakes import DeletionGuard
from dashboard.sync.mending import find_faults, mend_files, mend_records, mending_versions
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.pull import SyncCancelled
from dashboard.sync.reading import SyncPipeline
from dashboard.sync.source import connect_client, find_account
from harvest_client import Harvest, HarvestError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """Result of a sync. `rows` are stored now, per entity; `more`: there is more to read.

    `odd` are the records that could not be read, `warnings` are about fields that are missing.
    `mended` are sentences about files that were damaged, `damaged` about those that only a person
    may replace.
    """

    source: str
    changes: dict[str, Changes]
    rows: dict[str, int]
    requests: int
    seconds: float
    version: int
    checks: tuple[ReconcileCheck, ...] = ()
    more: bool = False
    odd: tuple[Odd, ...] = ()
    mended: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        odd = Counter(one.entity for one in self.odd)
        return {
            "source": self.source,
            "entities": {
                name: {
                    **asdict(self.changes.get(name, Changes())),
                    "rows": self.rows[name],
                    "odd": odd[name],
                }
                for name in KEPT
            },
            "requests": self.requests,
            "seconds": round(self.seconds, 3),
            "version": self.version,
            "mended": list(self.mended),
            "damaged": list(self.damaged),
            "warnings": list(self.warnings),
        }


def run_sync(
    settings: Settings,
    *,
    full: bool = False,
    accept: bool = False,
    tally: ProgressCounter | None = None,
    stop: Event | None = None,
    patience: float = 0.0,
    published: Callable[[int], None] = lambda version: None,
) -> Report:
    """Brings the copy up to date and publishes it, all or nothing.

    `patience` is how many seconds to wait for another sync on the same store. `published` is told
    of each version. With `accept`, whatever is gone is believed to be gone. Raises `HarvestError`
    or `DashboardError`; the last version then stays.
    """
    tally, stop = tally or ProgressCounter(), stop or Event()
    began, clock = datetime.now(UTC), time.monotonic()
    kind, notes = "full" if full else "changes", list[str]()

    def log_failure(error: HarvestError | DashboardError) -> None:
        requests = tally.get_progress().requests
        attempt = Attempt(
            began, datetime.now(UTC), kind, requests, None, str(error), error.remedy, notes=notes
        )
        _log_attempt(settings, attempt)

    with suppress(OSError):  # the sync itself says what is wrong
        SyncLog(settings.cache_dir, settings.account_id).reserve_room()
    try:
        with connect_client(
            settings, on_request=tally.count_request, sleep=_stoppable_sleep(stop)
        ) as harvest:
            report = _run_and_mend(
                settings, patience, notes,
                partial(_sync, settings, harvest, full, accept, tally, stop, patience, published),
            )  # fmt: skip
    except SyncBusy:
        raise
    except Exception as error:
        fault = machine_error(error)
        if fault is not None:
            log_failure(fault)
            raise fault from error
        if isinstance(error, HarvestError | DashboardError):
            log_failure(error)
        raise
    changed = {name: asdict(change) for name, change in report.changes.items()}
    attempt = Attempt(
        began, datetime.now(UTC), kind, report.requests, report.version, entities=changed,
        checks={
            check.kind.value: check.checked_at.isoformat()
            for check in report.checks
            if check.entity == "time_entries"
        },
        notes=[*report.mended, *report.damaged],
        warnings=list(report.warnings),
    )  # fmt: skip
    _log_attempt(settings, attempt)
    return replace(report, seconds=time.monotonic() - clock)


def _log_attempt(settings: Settings, attempt: Attempt) -> None:
    """Enter a sync in the log; one that cannot be written stands in the way of nothing."""
    try:
        SyncLog(settings.cache_dir, settings.account_id).add_attempt(attempt)
    except OSError as error:
        fault = machine_error(error)
        log.warning("The log of syncs cannot be written: %s", fault or error)


def _run_and_mend(
    settings: Settings, patience: float, notes: list[str], run: Callable[[], Report]
) -> Report:
    """Run a sync, and once more after a damaged file of records was mended; `notes` grows."""
    notes += mend_files(settings)
    report: Report | None = None
    with suppress(DamagedRecords):
        report = run()
    if report is None:  # not in a handler, where the error would hold the damaged file open
        notes += mend_records(settings, patience)
        report = run()
    notes += report.mended
    return replace(report, mended=tuple(notes), damaged=tuple(find_faults(settings)))


def _sync(
    settings: Settings,
    harvest: Harvest,
    full: bool,
    accept: bool,
    tally: ProgressCounter,
    stop: Event,
    patience: float,
    published: Callable[[int], None],
) -> Report:
    with (
        opened_records(settings, patience, whole=True) as records,
        mending_versions(settings) as mended,
    ):
        reading = SyncPipeline(
            settings, harvest, records, full, tally, stop, published, brakes=DeletionGuard(accept)
        )
        done = reading.sync_airbyte() if harvest.source.searches else reading.sync_direct()
        if stop.is_set():
            raise SyncCancelled
        meta = records.publish(
            synced_at=done.started, today=reading.today, completeness=done.completeness
        )
        published(meta.version)
        rows = {name: records.rows(entity) for name, entity in KEPT.items()}
        return Report(
            settings.source.value, done.changes, rows, tally.get_progress().requests, 0.0,
            meta.version,
            tuple(records.comparing.list_checks()), done.more,
            tuple(odd for entity in KEPT.values() for odd in records.odd.list_odd(entity)),
            mended=tuple(mended),
            warnings=records.presence.warnings,
        )  # fmt: skip


def _stoppable_sleep(stop: Event) -> Callable[[float], None]:
    """A sleep that ends at once when the sync is asked to stop."""

    def sleep_until(seconds: float) -> None:
        if stop.wait(seconds):
            raise SyncCancelled

    return sleep_until


def opened_records(
    settings: Settings, patience: float, *, whole: bool = False
) -> AbstractContextManager[Records]:
    """The account's records; with `whole`, all of the file is read first.

    Raises `SyncBusy`, `DamagedRecords`: the next sync sets a damaged file aside.
    """
    return RecordStore.open(
        settings.store, find_account(settings),
        snapshots=Snapshots(settings.cache_dir, settings.account_id), patience=patience,
        calendar=settings.calendar, whole=whole,
    )  # fmt: skip
