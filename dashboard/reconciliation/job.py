"""Comparing again after each sync: the windows that are due, and re-reading what drifted.

Harvest allows 100 reports in a quarter of an hour, so a few windows come at a time, those of the
newest days first and most often. Records behind a difference are read again before it is reported.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dashboard.config.dates import months_after
from dashboard.config.settings import Settings
from dashboard.metrics.bounds import find_bounds
from dashboard.metrics.metric import Fact
from dashboard.reconciliation.check import (
    available_reports,
    readings_of,
    report_windows,
    without_timers,
)
from dashboard.reconciliation.compare import (
    Difference,
    Gathered,
    WindowResult,
    compare_rows,
    gather_sums,
)
from dashboard.reconciliation.detect import detect_readings
from dashboard.reconciliation.record_diff import differing_rows
from dashboard.reconciliation.reports import REPORTS, Report
from dashboard.reconciliation.status import Reconciliation, ReconciliationFile
from dashboard.store.readings import Reading
from dashboard.store.snapshots import Snapshot, open_current
from dashboard.sync.client_factory import connect_client
from dashboard.sync.refetch import RefetchUnit
from dashboard.sync.run import keep_readings, refetch_parts
from harvest_client import Harvest, RateLimited

log = logging.getLogger(__name__)

# Reports asked for at a time: less than half of what Harvest allows between two syncs.
_MOST = 45

# Seconds to wait for one report: the next sync waits until this comparison has ended.
_REPORT_PATIENCE = 30.0

# Parts of the account that are read again at a time.
_MOST_PARTS = 60

# Months of which pages show something when they are opened.
_SHOWN = 13

_ALWAYS, _HOURLY, _DAILY = timedelta(0), timedelta(minutes=55), timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Window:
    """Days to compare, and the age at which a comparison of them is made again."""

    first: date
    last: date
    fresh_for: timedelta


def reconcile_windows(
    settings: Settings,
    harvest: Harvest,
    *,
    requested: Iterable[tuple[date, date]] = (),
    most: int = _MOST,
    now: datetime | None = None,
) -> Reconciliation:
    """Compare the windows that are due, those `asked` for first; mend what drifted; store it all.

    At most `most` reports are asked for, fewer where Harvest allows no more for now. Raises
    `HarvestError`, `SyncBusy`; what was compared before then stays.
    """
    now = now or datetime.now(UTC)
    file = ReconciliationFile(settings.cache_dir, settings.account_id)
    result = file.read()
    with closing(open_current(settings.cache_dir, settings.account_id)) as snapshot:
        wanted = [Window(first, last, _ALWAYS) for first, last in requested]
        today = settings.today_in(snapshot.meta.timezone)
        wanted += plan_windows(snapshot, today)
        due = list(_due_windows(result, available_reports(harvest), wanted, now, today))[:most]
        gathered = list(_gather_due(snapshot, harvest, due))
        known = readings_of(snapshot)
        detection = detect_readings(gathered, known)
        compared = [
            compare_rows(item, detection.values, at=now, version=snapshot.meta.version)
            for item in gathered
        ]
    if _reading_values(detection.shown) != _reading_values(known):
        keep_readings(settings, detection.shown, patience=60.0)
    differing = [item for item in compared if item.differences]
    parts = set() if harvest.source.searches else _differing_parts(result, differing)
    if parts:
        mended = refetch_parts(settings, harvest, parts, patience=60.0)
        log.info("read again what was not Harvest's: %s", mended)
    with closing(open_current(settings.cache_dir, settings.account_id)) as snapshot:
        again = [
            compare_rows(
                gather_sums(snapshot, harvest, REPORTS[item.report], item.first, item.last),
                detection.values, at=now, version=snapshot.meta.version,
            )
            for item in differing
        ]  # fmt: skip
        rows = () if harvest.source.searches else tuple(differing_rows(snapshot, harvest, again))
        again, _ = without_timers(again, rows)
    same = [item for item in compared if not item.differences]
    # Through the hosted connector there is no list by project that could be read again.
    settled = [
        difference
        for item in again
        for difference in item.differences
        if harvest.source.searches or parts.issuperset(_parts_of_difference(difference, item))
    ]
    result = result.with_results((*same, *again), rows, settled)
    file.write(result)
    return result


def reconcile_after_sync(settings: Settings, requested: frozenset[tuple[date, date]]) -> None:
    """Run `reconcile` for the background job, with a client of its own."""
    with connect_client(settings, patience=_REPORT_PATIENCE) as harvest:
        reconcile_windows(settings, harvest, requested=sorted(requested))


def plan_windows(snapshot: Snapshot, today: date) -> Iterator[Window]:
    """Iterate over the windows that are compared without being asked for, most wanted first.

    This month always, the two before every hour, whole years and all other months daily: a year
    finds what drifted, months tell when, and what may be said of a period made of them. The last
    year's months come first, because that is what pages show.
    """
    # One entry of the year 26 or 2206 would be compared month by month all the way.
    days = find_bounds(snapshot, today, (Fact.TIME, Fact.EXPENSES)).days
    if days is None:
        return
    first, last = days.first, days.last
    since = snapshot.meta.since
    start = max(first, since) if since else first
    newest_first = list(_iterate_months(start, max(last, today)))[::-1]
    for age, (begin, end) in enumerate(newest_first[:_SHOWN]):
        fresh_for = _ALWAYS if age == 0 else _HOURLY if age < 3 else _DAILY
        yield Window(begin, end, fresh_for)
    for year in range(last.year, start.year - 1, -1):
        yield Window(max(date(year, 1, 1), start), date(year, 12, 31), _DAILY)
    for begin, end in newest_first[_SHOWN:]:
        yield Window(begin, end, _DAILY)


def _gather_due(
    snapshot: Snapshot, harvest: Harvest, due: Iterable[tuple[Report, date, date]]
) -> Iterator[Gathered]:
    """Read the reports that are due, until Harvest allows no more of them for now."""
    for item in due:
        try:
            yield gather_sums(snapshot, harvest, *item)
        except RateLimited as error:
            log.info("the other reports are asked for the next time: %s", error)
            return


def _reading_values(readings: Mapping[str, Reading]) -> dict[str, str]:
    return {id: reading.value for id, reading in readings.items()}


def _due_windows(
    result: Reconciliation,
    reports: Iterable[Report],
    wanted: Iterable[Window],
    now: datetime,
    today: date,
) -> Iterator[tuple[Report, date, date]]:
    # What differs and was not read again yet is due, however lately it was compared.
    made = {
        (item.report, item.first, item.last): item.at
        for item in result.compared
        if all(difference in result.settled for difference in item.differences)
    }
    every, seen = list(reports), set()
    for window in wanted:
        for report in every:
            for first, last in report_windows(report, window.first, window.last, today):
                key = (report.id, first, last)
                at = made.get(key)
                if key not in seen and (at is None or now - at >= window.fresh_for):
                    yield report, first, last
                seen.add(key)


def _differing_parts(before: Reconciliation, differing: Iterable[WindowResult]) -> set[RefetchUnit]:
    """Return the records behind these differences, a limited number at a time."""
    parts: set[RefetchUnit] = set()
    for item in differing:
        for difference in item.differences:
            if difference not in before.settled and len(parts) < _MOST_PARTS:
                parts |= _parts_of_difference(difference, item)
    return parts


def _parts_of_difference(difference: Difference, compared: WindowResult) -> set[RefetchUnit]:
    """Return the records that a number of a comparison is made of."""
    has_window = REPORTS[compared.report].has_window
    first, last = (compared.first, compared.last) if has_window else (date.min, date.max)
    id = difference.project_id
    return {
        RefetchUnit(entity, "project", id, first, last)
        for entity in ("projects", "time_entries", "expenses")
    }


def _iterate_months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Iterate over the calendar months from `first` on, the last of them whole."""
    while first <= last:
        following = months_after(first, 1)
        yield first, following - timedelta(days=1)
        first = following
