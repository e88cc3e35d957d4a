"""One sync, from lock to published version."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from threading import Event

from dashboard.config import Settings
from dashboard.errors import DamagedRecords, DashboardError, SyncBusy
from dashboard.store.comparing import Check
from dashboard.store.duck_file import set_aside
from dashboard.store.duck_records import DuckRecords
from dashboard.store.log import Attempt, SyncLog
from dashboard.store.odd_records import Odd
from dashboard.store.records import Changes, Records
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshots
from dashboard.sync.brakes import Brakes
from dashboard.sync.progress import Tally
from dashboard.sync.pull import Stopped
from dashboard.sync.reading import Reading
from dashboard.sync.source import account, connect
from harvest_client import Harvest, HarvestError


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync did. `rows` is what is stored now, per entity; `more`: there is more to read.

    `odd` are the records that could not be read, `warnings` are about fields that are missing.
    """

    source: str
    changes: dict[str, Changes]
    rows: dict[str, int]
    requests: int
    seconds: float
    version: int
    checks: tuple[Check, ...] = ()
    more: bool = False
    odd: tuple[Odd, ...] = ()
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
            "warnings": list(self.warnings),
        }


def sync(
    settings: Settings,
    *,
    full: bool = False,
    accept: bool = False,
    tally: Tally | None = None,
    stop: Event | None = None,
    patience: float = 0.0,
    published: Callable[[int], None] = lambda version: None,
) -> Report:
    """Brings the copy up to date and publishes it, all or nothing.

    `patience` is how many seconds to wait for another sync on the same store. `published` is told
    of each version. With `accept`, whatever is gone is believed to be gone. Raises `HarvestError`
    or `DashboardError`; the last version then stays.
    """
    tally, stop = tally or Tally(), stop or Event()
    began, clock = datetime.now(UTC), time.monotonic()
    log = SyncLog(settings.cache_dir, settings.account_id)
    kind = "full" if full else "changes"
    try:
        with connect(settings, on_request=tally.request, sleep=_until(stop)) as harvest:
            report = _sync(settings, harvest, full, accept, tally, stop, patience, published)
    except SyncBusy:
        raise
    except (HarvestError, DashboardError) as error:
        requests = tally.now().requests
        log.add(Attempt(began, datetime.now(UTC), kind, requests, None, str(error), error.remedy))
        raise
    changed = {name: asdict(change) for name, change in report.changes.items()}
    log.add(
        Attempt(
            began, datetime.now(UTC), kind, report.requests, report.version, entities=changed,
            warnings=list(report.warnings),
            checks={
                check.kind.value: check.checked_at.isoformat()
                for check in report.checks
                if check.entity == "time_entries"
            },
        )
    )  # fmt: skip
    return replace(report, seconds=time.monotonic() - clock)


def _sync(
    settings: Settings,
    harvest: Harvest,
    full: bool,
    accept: bool,
    tally: Tally,
    stop: Event,
    patience: float,
    published: Callable[[int], None],
) -> Report:
    with opened_records(settings, patience, anew=full) as records:
        reading = Reading(
            settings, harvest, records, full, tally, stop, published, brakes=Brakes(accept)
        )
        done = reading.hosted() if harvest.source.searches else reading.direct()
        if stop.is_set():
            raise Stopped
        meta = records.publish(
            synced_at=done.started, today=reading.today, completeness=done.completeness
        )
        published(meta.version)
        rows = {name: records.rows(entity) for name, entity in KEPT.items()}
        return Report(
            settings.source.value, done.changes, rows, tally.now().requests, 0.0, meta.version,
            tuple(records.comparing.checks()), done.more,
            tuple(odd for entity in KEPT.values() for odd in records.odd.of(entity)),
            records.presence.warnings,
        )  # fmt: skip


def _until(stop: Event) -> Callable[[float], None]:
    """A sleep that ends at once when the sync is asked to stop."""

    def sleep(seconds: float) -> None:
        if stop.wait(seconds):
            raise Stopped

    return sleep


@contextmanager
def opened_records(settings: Settings, patience: float, *, anew: bool = False) -> Iterator[Records]:
    """The account's records; a damaged file is set aside when everything is read `anew`."""
    snapshots = Snapshots(settings.cache_dir, settings.account_id)

    def opened() -> AbstractContextManager[Records]:
        return DuckRecords.open(
            settings.store, account(settings), snapshots=snapshots, patience=patience,
            calendar=settings.calendar,
        )  # fmt: skip

    with ExitStack() as stack:
        try:
            records = stack.enter_context(opened())
        except DamagedRecords:
            if not anew:
                raise
            set_aside(settings.store, f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
            records = stack.enter_context(opened())
        yield records
