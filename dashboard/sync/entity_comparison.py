"""Comparison of one entity with Harvest: by numbers, and record by record where these differ."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from threading import Lock

from dashboard.store.comparing import Kind, Standing
from dashboard.store.records import Changes, Records
from dashboard.sync.bisecting import Counted, Days, Limits, TooManyQuestions, differing
from dashboard.sync.brakes import PROBES, Brakes
from dashboard.sync.keeping import Selection, kept
from dashboard.sync.odd_guard import get_or_note, ids_of
from dashboard.sync.pull import Pull
from dashboard.sync.windows import Window, windows
from harvest_client import NotFound
from harvest_client.entities import Entity


@dataclass
class EntityComparison:
    """Comparison of one entity, and its findings so far.

    `gone` are the ids of records that Harvest no longer has. `told` says whether Harvest told how
    many there are.
    """

    entity: Entity
    pull: Pull
    brakes: Brakes
    limits: Limits
    kind: Kind = Kind.RECORDS
    requests: int = 0
    gone: list[int] = field(default_factory=list)
    changes: Changes = Changes()
    told: bool = True
    _lock: Lock = field(default_factory=Lock)

    def compare(self, asking: ThreadPoolExecutor, selection: Selection, kind: Kind) -> Kind:
        """Compare what is stored of `selection`, at least as closely as `kind`; return how."""
        ours = Days(
            self._records.comparing.days(
                self.entity, selection.days.first, selection.days.last, self.gone,
                uninvoiced=selection.uninvoiced,
            )
        )  # fmt: skip
        pages = ours.total // self.limits.leaf + 1
        if kind is Kind.MONTHS and pages <= len(ours.months(selection.days)):
            kind = Kind.RECORDS  # which is closer and takes no more requests
        try:
            doubtful = self._doubtful(asking, selection, ours, kind)
        except TooManyQuestions:
            kind = Kind.RECORDS
            doubtful = self._all(selection, ours)
        absent: dict[int, date] = {}
        for part in asking.map(partial(self._read, selection), doubtful):
            absent |= part
        for id in self.gone:
            absent.pop(id, None)
        if absent:
            self.gone = sorted({*self.gone, *self._confirmed(selection, ours, absent)})
        return kind

    def count(self, **asked: object) -> int | None:
        """Return how many records Harvest has; None where it does not say."""
        self.pull.go_on()
        with self._lock:
            self.requests += 1
        return self.pull.resource(self.entity).count(**asked)

    def catch_up(self) -> None:
        """Read what changed since the last sync."""
        self.requests += self.pull.catch_up(self.entity)

    def standing(self, ids: Iterable[int]) -> dict[int, Standing]:
        """Return those of `ids` that did not change since the sync began."""
        return self._records.comparing.standing(self.entity, ids, self.pull.started)

    def _doubtful(
        self, asking: ThreadPoolExecutor, selection: Selection, ours: Days, kind: Kind
    ) -> list[Window]:
        """The windows of which every record has to be read."""
        if kind is Kind.RECORDS and ours.total:
            return self._all(selection, ours)
        whole = selection.days
        cut = ours.months(whole) if kind is Kind.MONTHS else [whole]

        def ask(asked: Sequence[Window]) -> list[int | None]:
            count = partial(self.count, **selection.parameters)
            return list(asking.map(lambda window: count(**window.parameters), asked))

        counts = [rows for rows in ask(cut) if rows is not None]
        if len(counts) < len(cut):
            self.told = False  # Harvest does not say: the weekly reading has to do
            return []
        if not ours.total:
            return self._planned(selection, sum(counts))
        # What is gone on balance is known already; too much of it is not searched for. What is no
        # longer among the uninvoiced may have been invoiced.
        gone = ours.total - sum(counts) + len(self.gone)
        if not selection.uninvoiced:
            self.brakes.check(self.entity, max(gone, 0), ours.total + len(self.gone))
        return differing(map(Counted, cut, counts), ours, ask, self.limits)

    def _all(self, selection: Selection, ours: Days) -> list[Window]:
        oldest = ours.days[0] if ours.days else self.pull.today
        return _cut(selection, ours.total, oldest, self.pull.today)

    def _planned(self, selection: Selection, rows: int) -> list[Window]:
        """The windows of `rows` records of which none is stored yet."""
        if not rows:
            return []
        asked = {**selection.days.parameters, **selection.parameters}
        long = rows > self.limits.leaf
        oldest = self.pull.oldest(self.entity, rows, **asked) if long else self.pull.today
        return _cut(selection, rows, oldest, self.pull.today)

    def _read(
        self, selection: Selection, window: Window, *, invoiced: bool = False
    ) -> dict[int, date]:
        """Stores what Harvest has of these days; what we have and it has not, with its day.

        With `invoiced` it is asked for records that were invoiced since, too.
        """
        seen: set[int] = set()
        asked = {} if invoiced else selection.parameters
        for page in self.pull.walk(self.entity, **window.parameters, **asked):
            records = kept(self._records, self.entity, page.data, self.pull.start)
            changed = self.pull.store(self.entity, [records])
            seen.update(ids_of(page))
            with self._lock:
                self.requests += 1
                self.changes += changed
        stored = self._records.comparing.between(
            self.entity, window.first, window.last, uninvoiced=selection.uninvoiced
        )
        return {id: day for id, day in stored.items() if id not in seen}

    def _confirmed(
        self, selection: Selection, ours: Days, absent: dict[int, date]
    ) -> Iterable[int]:
        """Those that are gone for certain: not moved, not edited meanwhile, missing again."""
        self.catch_up()
        standing = self.standing(absent)
        still = {id for id, each in standing.items() if each.day == absent[id]}
        running = {id for id in still if standing[id].running}
        # A running timer is edited without a trace, so a list is no evidence about it.
        alone = sorted(still if len(still) <= PROBES else filter(running.__contains__, still))
        gone = {id for id in alone[:PROBES] if self.is_gone(id)}
        if len(still) <= PROBES:
            return gone
        again: set[int] = set()
        for window in ours.around((absent[id] for id in still), self.limits.leaf):
            again |= self._read(selection, window, invoiced=True).keys()
        return gone | (still & again) - running

    def is_gone(self, id: int) -> bool:
        """Return whether Harvest has no such record; store it where it has."""
        self.requests += 1
        try:
            record = get_or_note(self._records, self.pull.resource(self.entity), id)
        except NotFound:
            return True
        self.changes += self.pull.store(self.entity, [[record]] if record else [])
        return False

    @property
    def _records(self) -> Records:
        return self.pull.records


def _cut(selection: Selection, rows: int, oldest: date, today: date) -> list[Window]:
    """The days of a selection in windows, of which `rows` records are expected."""
    days = selection.days
    cut = windows(rows=rows, oldest=oldest, today=min(today, days.last), start=days.first)
    return [Window(window.first, min(window.last, days.last)) for window in cut]
