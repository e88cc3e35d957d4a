"""One sync, from lock to published version, with repair of damaged files."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

from dashboard.access.audit_log import AUDIT_FILE
from dashboard.access.saved_views import ViewFile
from dashboard.access.sessions import SIGN_IN_FILE
from dashboard.access.sqlite_file import SqliteFile
from dashboard.config.errors import (
    DamagedFile,
    DamagedRecords,
    DashboardError,
    SyncBusy,
    machine_error,
)
from dashboard.config.settings import Settings
from dashboard.store.database import mend_file
from dashboard.store.odd_records import Odd
from dashboard.store.readings import Reading
from dashboard.store.reconcile_state import ReconcileCheck
from dashboard.store.record_store import Changes, Records
from dashboard.store.records import RecordStore
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshots, read_sealed
from dashboard.store.sync_log import Attempt, SyncLog
from dashboard.store.word_search import Owner
from dashboard.sync.client_factory import connect_client, find_account
from dashboard.sync.deletion_guard import DeletionGuard
from dashboard.sync.pipeline import SyncPipeline
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.pull import SyncCancelled
from dashboard.sync.refetch import RefetchUnit, read_part
from harvest_client import Harvest, HarvestError
from harvest_client.durable import set_aside


def refetch_parts(
    settings: Settings, harvest: Harvest, parts: Iterable[RefetchUnit], *, patience: float = 0.0
) -> Changes:
    """Replace what is stored of these parts by what Harvest has, and publish that.

    A part is read whole before anything of it is concluded. Raises `SyncBusy`.
    """
    changed = Changes()
    with opened_records(settings, patience) as records:
        for part in _merge_parts(parts):
            changed += read_part(records, harvest, part)
        if changed.inserted or changed.updated or changed.deleted:
            _publish(settings, records)
    return changed


def keep_readings(
    settings: Settings, readings: Mapping[str, Reading], *, patience: float = 0.0
) -> None:
    """Store the readings that the account follows, and publish what they change."""
    with opened_records(settings, patience) as records:
        records.readings.replace_all(readings)
        _publish(settings, records)


def _merge_parts(parts: Iterable[RefetchUnit]) -> list[RefetchUnit]:
    """Return one part in place of several of the same entity and owner, over all their days."""
    whole: dict[tuple[str, Owner, int], RefetchUnit] = {}
    for part in parts:
        key = (part.entity, part.owner, part.id)
        known = whole.get(key, part)
        whole[key] = replace(
            part, first=min(part.first, known.first), last=max(part.last, known.last)
        )
    return sorted(whole.values())


def _publish(settings: Settings, records: Records) -> None:
    pointer = records.get_published()
    if pointer:
        records.publish(
            synced_at=pointer.synced_at,
            today=settings.today_in(records.get_timezone()),
            completeness=pointer.completeness,
        )


RECONCILIATION = "reconciliation.json"


def mend_records(settings: Settings, patience: float) -> Iterator[str]:
    """Set a damaged file of records aside; yield a sentence about it."""
    mended = mend_file(settings.store, patience=patience)
    if mended is not None:
        yield (
            f"The file of records was damaged. It is now {mended.aside.name}, and the account was"
            f" read again. {mended.salvaged.sentence}"
        )


@contextmanager
def mending_versions(settings: Settings) -> Iterator[list[str]]:
    """Around a sync: a damaged pointer is set aside, a damaged version removed after the next one.

    Yields sentences about that. The caller holds the lock of the records.
    """
    snapshots = Snapshots(settings.cache_dir, settings.account_id)
    notes: list[str] = []
    aside = snapshots.mend_pointer()
    if aside is not None:
        notes.append(
            f"{snapshots.pointer_path.name} was damaged. It is now {aside.name}, and a new version"
            " was published."
        )
    pointer = snapshots.get_current()
    is_damaged = pointer is not None and not snapshots.is_as_written(pointer)
    if pointer is None or pointer.sha256 is None or not is_damaged:
        yield notes
        return
    notes.append(f"The published version {pointer.file} was damaged. A new one was published.")
    yield notes
    (snapshots.directory / pointer.file).unlink(missing_ok=True)


def mend_files(settings: Settings) -> Iterator[str]:
    """Set damaged texts aside that are made anew, or of which the readable part is kept."""
    directory = settings.cache_dir / settings.account_id
    log = SyncLog(settings.cache_dir, settings.account_id)
    if log.is_damaged():
        yield _set_text_aside(log.path, "a new log of syncs begins")
    reconciliation = directory / RECONCILIATION
    if is_unsealed(reconciliation):
        yield _set_text_aside(reconciliation, "the comparison with Harvest's reports is made again")
    if note := ViewFile(directory).mend_file():
        yield note


def find_faults(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each damaged file that only a person may replace."""
    directory = settings.cache_dir / settings.account_id
    for name in (SIGN_IN_FILE, AUDIT_FILE):
        try:
            SqliteFile.demand_sound(directory / name)
        except DamagedFile as error:
            yield f"{error} {error.remedy}"


def is_unsealed(path: Path) -> bool:
    """Return whether there is a file that is not as it was written."""
    try:
        read_sealed(path)
    except FileNotFoundError:
        return False
    except ValueError:
        return True
    return False


def _set_text_aside(path: Path, what: str) -> str:
    return f"{path.name} was damaged. It is now {set_aside(path).name}, and {what}."


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
        odd = Counter(item.entity for item in self.odd)
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
    """Bring the copy up to date and publishes it, all or nothing.

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
    """Return a sleep that ends at once when the sync is asked to stop."""

    def sleep_until(seconds: float) -> None:
        if stop.wait(seconds):
            raise SyncCancelled

    return sleep_until


def opened_records(
    settings: Settings, patience: float, *, whole: bool = False
) -> AbstractContextManager[Records]:
    """Return the account's records; with `whole`, all of the file is read first.

    Raises `SyncBusy`, `DamagedRecords`: the next sync sets a damaged file aside.
    """
    return RecordStore.open(
        settings.store, find_account(settings),
        snapshots=Snapshots(settings.cache_dir, settings.account_id), patience=patience,
        calendar=settings.calendar, whole=whole,
    )  # fmt: skip
