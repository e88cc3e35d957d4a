"""The background sync of a running dashboard: a thread of the server, never of a script run."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from threading import Event, Lock, Thread

from dashboard.config.errors import DashboardError, SyncBusy, machine_error
from dashboard.config.settings import Settings
from dashboard.sync.progress import Progress, ProgressCounter
from dashboard.sync.pull import SyncCancelled
from dashboard.sync.run import Report, run_sync
from harvest_client import HarvestError

log = logging.getLogger(__name__)

# How soon to go on when a sync had more to read than one of Harvest's windows allows.
_MORE = timedelta(seconds=20)

# How soon to look again when another process holds the store.
_BUSY = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class JobState:
    """A moment of the job. `error` is the last sync's, None when it ended well."""

    running: bool = False
    progress: Progress | None = None
    last: Report | None = None
    error: HarvestError | DashboardError | None = None
    next_at: datetime | None = None
    comparing: bool = False


Days = tuple[date, date]
After = Callable[[frozenset[Days]], None]
"""What is done after each sync, with the periods that somebody asked about meanwhile."""


class Job:
    """Syncs at once, then every `settings.sync_minutes` (0: not by itself), and when asked to."""

    def __init__(
        self,
        settings: Settings,
        published: Callable[[int], None] | None = None,
        after: After = lambda asked: None,
    ) -> None:
        self._settings = settings
        self._after = after
        self._asked: set[Days] = set()
        self._pause = timedelta(minutes=settings.sync_minutes) or None
        self._published = published or (lambda version: None)
        self._lock = Lock()
        self._state = JobState()
        self._tally: ProgressCounter | None = None
        self._wake = Event()
        self._stop = Event()
        self._accept = Event()
        self._thread = Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Request the job to end and waits for it, `patience` seconds at most.

        What a sync stored by then stays; the next one goes on from there.
        """
        self._stop.set()
        self._wake.set()
        self._thread.join(patience)

    def request_sync(self) -> None:
        """Sync now, or right after the sync under way."""
        self._wake.set()

    def accept_deletions(self) -> None:
        """Sync now, and believe once that what is gone is gone."""
        self._accept.set()
        self.request_sync()

    def compare_days(self, first: date, last: date) -> None:
        """Sync now, and compare these days with Harvest's reports."""
        with self._lock:
            self._asked.add((first, last))
        self.request_sync()

    def get_state(self) -> JobState:
        with self._lock:
            progress = self._tally.get_progress() if self._tally else None
            return replace(self._state, progress=progress)

    def _run(self) -> None:
        pause = timedelta(0) if self._pause else None
        while not self._stop.is_set():
            self._wake.wait(None if pause is None else pause.total_seconds())
            if self._stop.is_set():
                return
            self._wake.clear()
            pause = self._sync()

    def _sync(self) -> timedelta | None:
        """Run one sync; how long to wait for the next, None until somebody asks."""
        pause = self._pause
        tally = ProgressCounter()
        with self._lock:
            self._tally = tally
            self._state = replace(self._state, running=True, next_at=None)
        error: HarvestError | DashboardError | None = None
        report = None
        try:
            accept = self._accept.is_set()
            self._accept.clear()
            report = run_sync(
                self._settings, accept=accept, tally=tally, stop=self._stop,
                published=self._published,
            )  # fmt: skip
        except SyncCancelled:
            pass
        except SyncBusy:
            pause = _BUSY
        except (HarvestError, DashboardError) as problem:
            log.warning("sync failed: %s", problem)
            error = problem
        except Exception:
            log.exception("sync failed unexpectedly")
            error = DashboardError(
                "The sync stopped because of a fault of ours; the log has the details.",
                remedy="The last good copy stays. It is tried again by itself.",
            )
        if report is not None and report.more and pause is not None:
            pause = _MORE
        with self._lock:
            self._tally = None
            self._state = JobState(
                last=report or self._state.last,
                error=error,
                next_at=datetime.now(UTC) + pause if pause else None,
                comparing=report is not None,
            )
        if report is not None:
            self._run_after()
        return pause

    def _run_after(self) -> None:
        """Run the tasks after a sync. Their failure is not a failure of the sync."""
        with self._lock:
            requested, self._asked = frozenset(self._asked), set()
        try:
            self._after(requested)
        except (HarvestError, DashboardError) as problem:
            log.warning("the comparison with Harvest's reports ended early: %s", problem)
        except Exception as error:
            if fault := machine_error(error):
                log.warning("the comparison with Harvest's reports ended early: %s", fault)
            else:
                log.exception("the comparison with Harvest's reports failed unexpectedly")
        with self._lock:
            self._state = replace(self._state, comparing=False)


_job: Job | None = None


def start(settings: Settings, after: After = lambda asked: None) -> Job:
    """Start the job of this process."""
    global _job
    _job = Job(settings, after=after)
    _job.start()
    return _job


def current_job() -> Job | None:
    """Return the job of this process; None where nobody started one (a test, a command)."""
    return _job
