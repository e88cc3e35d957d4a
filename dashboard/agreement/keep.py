"""Keeping the agreement: comparing again what was compared long ago, and mending what drifted.

Harvest allows 100 reports in a quarter of an hour, so a few windows come at a time, those of the
newest days first and most often. Whatever differs is read again, whole, before it is called a
difference.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dashboard.agreement.check import comparable, differing_rows
from dashboard.agreement.compare import Compared, Difference, compare
from dashboard.agreement.comparisons import COMPARISONS, Comparison
from dashboard.agreement.kept import Agreement, AgreementFile
from dashboard.config import Settings
from dashboard.store.snapshots import Snapshot, current
from dashboard.sync.reread import Part, reread
from dashboard.sync.source import connect
from harvest_client import Harvest

log = logging.getLogger(__name__)

# Reports asked for at a time: less than half of what Harvest allows between two syncs.
_MOST = 45

# Parts of the account that are read again at a time.
_MOST_PARTS = 60

# Months of which pages show something when they are opened.
_SHOWN = 13

_ALWAYS, _HOURLY, _DAILY = timedelta(0), timedelta(minutes=55), timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Window:
    """Days to compare, and how old a comparison of them may be."""

    first: date
    last: date
    fresh_for: timedelta


def keep(
    settings: Settings,
    harvest: Harvest,
    *,
    asked: Iterable[tuple[date, date]] = (),
    now: datetime | None = None,
) -> Agreement:
    """Compares what is due, and first what was `asked` for; mends what drifted; keeps the result.

    Raises `HarvestError`, `SyncBusy`; what was compared before then stays.
    """
    now = now or datetime.now(UTC)
    file = AgreementFile(settings.cache_dir, settings.account_id)
    agreement = file.read()
    with closing(current(settings.cache_dir, settings.account_id)) as snapshot:
        windows = [Window(first, last, _ALWAYS) for first, last in asked]
        windows += plan(snapshot, settings.today_in(snapshot.meta.timezone))
        due = list(_due(agreement, comparable(harvest), windows, now))[:_MOST]
        compared = [_compared(snapshot, harvest, *one, now) for one in due]
    differing = [one for one in compared if not one.equal]
    parts = set() if harvest.source.searches else _parts(agreement, differing)
    if parts:
        mended = reread(settings, harvest, parts, patience=60.0)
        log.info("read again what was not Harvest's: %s", mended)
    with closing(current(settings.cache_dir, settings.account_id)) as snapshot:
        again = [
            _compared(snapshot, harvest, COMPARISONS[one.comparison], one.first, one.last, now)
            for one in differing
        ]
        rows = () if harvest.source.searches else tuple(differing_rows(snapshot, harvest, again))
    same = [one for one in compared if one.equal]
    # Through the hosted connector there is no list by project that could be read again.
    settled = [
        difference
        for one in again
        for difference in one.differences
        if harvest.source.searches or parts.issuperset(_behind(difference, one))
    ]
    agreement = agreement.with_((*same, *again), rows, settled)
    file.write(agreement)
    return agreement


def keep_after_sync(settings: Settings, asked: frozenset[tuple[date, date]]) -> None:
    """`keep`, for the background job: with a client of its own."""
    with connect(settings) as harvest:
        keep(settings, harvest, asked=sorted(asked))


def plan(snapshot: Snapshot, today: date) -> Iterator[Window]:
    """The windows that are compared by themselves, the most wanted first.

    This month always, the two before every hour, whole years and all other months daily: a year
    finds what drifted, months tell when, and what may be said of a period made of them. The last
    year's months come first, because that is what pages show.
    """
    ((first, last),) = snapshot.rows("SELECT min(day), max(day) FROM time_facts")
    if first is None:
        return
    since = snapshot.meta.since
    start = max(first, since) if since else first
    newest_first = list(_months(start, max(last, today)))[::-1]
    for age, (begin, end) in enumerate(newest_first[:_SHOWN]):
        fresh_for = _ALWAYS if age == 0 else _HOURLY if age < 3 else _DAILY
        yield Window(begin, end, fresh_for)
    for year in range(last.year, start.year - 1, -1):
        yield Window(max(date(year, 1, 1), start), date(year, 12, 31), _DAILY)
    for begin, end in newest_first[_SHOWN:]:
        yield Window(begin, end, _DAILY)


def _due(
    agreement: Agreement,
    comparisons: Iterable[Comparison],
    windows: Iterable[Window],
    now: datetime,
) -> Iterator[tuple[Comparison, date, date]]:
    # What differs and was not read again yet is due, however lately it was compared.
    made = {
        (one.comparison, one.first, one.last): one.at
        for one in agreement.compared
        if all(difference in agreement.settled for difference in one.differences)
    }
    kinds, seen = list(comparisons), set()
    for window in windows:
        for kind in kinds:
            key = (kind.id, window.first, window.last)
            at = made.get(key)
            if key not in seen and (at is None or now - at >= window.fresh_for):
                seen.add(key)
                yield kind, window.first, window.last


def _compared(
    snapshot: Snapshot, harvest: Harvest, kind: Comparison, first: date, last: date, now: datetime
) -> Compared:
    return compare(snapshot, harvest, kind, first, last, at=now)


def _parts(before: Agreement, differing: Iterable[Compared]) -> set[Part]:
    """What to read again: all that the totals of these projects are made of, so much at a time."""
    parts: set[Part] = set()
    for one in differing:
        for difference in one.differences:
            if difference not in before.settled and len(parts) < _MOST_PARTS:
                parts |= _behind(difference, one)
    return parts


def _behind(difference: Difference, compared: Compared) -> set[Part]:
    """The records that a number of a comparison is made of."""
    return {
        Part(entity, difference.project_id, compared.first, compared.last)
        for entity in ("time_entries", "expenses")
    }


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """From `first` on by calendar months, the last of them whole."""
    while first <= last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, following - timedelta(days=1)
        first = following
