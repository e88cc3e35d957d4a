"""A period beside Harvest's reports, with the records and the reason of what differs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from dashboard.config.errors import CannotCheck
from dashboard.metrics.catalog import METRICS
from dashboard.reconciliation.compare import (
    CLIENT,
    Difference,
    Gathered,
    WindowResult,
    compare_rows,
    gather_sums,
)
from dashboard.reconciliation.detect import Detection, detect_readings
from dashboard.reconciliation.record_diff import RowDifference, Why, differing_rows
from dashboard.reconciliation.reports import REPORTS, Report
from dashboard.store.readings import Reading
from dashboard.store.snapshots import Snapshot
from harvest_client import Harvest
from harvest_client.http.request_params import LONGEST_REPORT

_CENT = Decimal("0.01")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Check:
    """The comparisons of the days `first` to `last`, and what explains the differences.

    `rows` are the records that differ. `notes` say what could not be compared. `detection` has
    the readings of Harvest's documents that the reports follow.
    """

    first: date
    last: date
    compared: tuple[WindowResult, ...]
    rows: tuple[RowDifference, ...]
    notes: tuple[str, ...]
    detection: Detection

    @property
    def equal(self) -> bool:
        return not self.differences

    @property
    def differences(self) -> list[Difference]:
        return [difference for item in self.compared for difference in item.differences]

    def explain(self, difference: Difference) -> str:
        """Return the reason why a number is not Harvest's, as far as the records tell."""
        return explain_difference(difference, self.rows)


def check_account(
    snapshot: Snapshot, harvest: Harvest, first: date, last: date, *, today: date
) -> Check:
    """Compare the published copy with Harvest's reports, and name the records that differ.

    A request per report and year, and where a project differs one per 2,000 of its records.
    Raises `CannotCheck` where nothing of the period is complete here, or no report can be read.
    """
    notes = []
    since = snapshot.meta.since
    if since and since > first:
        if since > last:
            raise CannotCheck(f"The copy is complete since {since} only.")
        notes.append(f"Days before {since} are not completely here and were not compared.")
        first = since
    gathered = [
        gather_sums(snapshot, harvest, report, *days)
        for report in available_reports(harvest)
        for days in report_windows(report, first, last, today)
    ]
    if all(item.refused for item in gathered):
        raise CannotCheck(f"No report can be read. {gathered[0].refused}")
    detection = detect_readings(gathered, readings_of(snapshot))
    now = datetime.now(UTC)
    compared = [
        compare_rows(item, detection.values, at=now, version=snapshot.meta.version)
        for item in gathered
    ]
    rows: tuple[RowDifference, ...] = ()
    if not harvest.source.searches:
        rows = tuple(differing_rows(snapshot, harvest, compared))
        compared, timers = without_timers(compared, rows)
        rows = tuple(row for row in rows if row.why is not Why.RUNNING)
        if timers:
            notes.append(f"{timers} timers are running: their hours change by the minute.")
    else:
        notes.append(
            "Through the hosted connector there is a report of time only, and no list by project: "
            "differing records cannot be named. Rates before the newest entries are derived."
        )
    notes += _limit_sentences(gathered, compared)
    return Check(first, last, tuple(compared), rows, tuple(dict.fromkeys(notes)), detection)


def available_reports(harvest: Harvest) -> Iterator[Report]:
    """Iterate over the reports that this source has."""
    for report in REPORTS.values():
        if report.hosted or not harvest.source.searches:
            yield report


def report_windows(
    report: Report, first: date, last: date, today: date
) -> Iterator[tuple[date, date]]:
    """Iterate over the windows that a report may have, none longer than Harvest allows.

    A report without a window is of today.
    """
    if not report.has_window:
        yield today, today
        return
    while first <= last:
        end = min(first + timedelta(days=LONGEST_REPORT - 1), last)
        yield first, end
        first = end + _DAY


def readings_of(snapshot: Snapshot) -> dict[str, Reading]:
    """Return the readings that were found before, by id."""
    if not snapshot.has_table("readings"):
        return {}
    return {
        row[0]: Reading(*row) for row in snapshot.rows("SELECT id, value, evidence FROM readings")
    }


def without_timers(
    compared: Iterable[WindowResult], rows: Iterable[RowDifference]
) -> tuple[list[WindowResult], int]:
    """Leave out the differences that running timers explain; also return the number of timers."""
    timers = {row.id: row for row in rows if row.why is Why.RUNNING}
    if not timers:
        return list(compared), 0
    hours: dict[int, Decimal] = {}
    amounts: dict[int, Decimal] = {}
    for row in timers.values():
        hours[row.project_id] = hours.get(row.project_id, Decimal(0)) + _relative_gain(
            row.hours, row.hours_in_harvest
        )
        amounts[row.project_id] = amounts.get(row.project_id, Decimal(0)) + _relative_gain(
            row.amount, row.amount_in_harvest
        )
    remaining = [
        replace(
            item,
            differences=tuple(
                difference
                for difference in item.differences
                if difference.project_id not in hours or not _is_gain(difference, hours, amounts)
            ),
        )
        for item in compared
    ]
    return remaining, len(timers)


def _is_gain(
    difference: Difference, hours: Mapping[int, Decimal], amounts: Mapping[int, Decimal]
) -> bool:
    off, id = difference.theirs - difference.ours, difference.project_id
    return any(abs(off - gain[id]) < 2 * _CENT for gain in (hours, amounts))


def _relative_gain(here: Decimal | None, there: Decimal | None) -> Decimal:
    return (there or Decimal(0)) - (here or Decimal(0))


def explain_difference(difference: Difference, rows: Iterable[RowDifference]) -> str:
    """Return the reason why a number is not Harvest's, as far as these records tell."""
    here = [row for row in rows if row.project_id == difference.project_id]
    if not here:
        return "no record differs: Harvest's report is not the sum of its own records"
    reasons = ", ".join(
        f"{sum(row.why is why for row in here)} {why}"
        for why in Why
        if any(row.why is why for row in here)
    )
    off = difference.theirs - difference.ours
    return (
        reasons if _is_explained(difference, here, off) else f"{reasons}; not all of it explained"
    )


def _is_explained(difference: Difference, rows: list[RowDifference], off: Decimal) -> bool:
    """Return whether the records' own hours add up to it; any record explains an amount."""
    if difference.metric == "hours":
        parts = (
            _relative_gain(row.hours, row.hours_in_harvest)
            for row in rows
            if row.entity == "time_entries"
        )
        return abs(sum(parts, Decimal(0)) - off) < _CENT
    return True


def label_of(difference: Difference) -> str:
    """Return the name of the number that differs."""
    return "Client" if difference.metric == CLIENT else METRICS[difference.metric].label


def _limit_sentences(
    gathered: Iterable[Gathered], compared: Iterable[WindowResult]
) -> Iterator[str]:
    """Iterate over sentences on what the token or the reports do not show."""
    for item in gathered:
        if item.refused:
            yield f"{item.report.label}: not compared. {item.refused}"
    hidden = sorted(
        {total.metric for item in compared for total in item.totals if total.theirs is None}
    )
    if hidden:
        yield f"Harvest does not show this token {', '.join(hidden)}: not compared."
    for report in REPORTS.values():
        omitted = max((item.omitted for item in compared if item.report == report.id), default=0)
        if omitted:
            yield f"{report.label}: {omitted} projects are not in it and were not compared."
        unknown = max((item.unknown for item in compared if item.report == report.id), default=0)
        if unknown:
            yield (
                f"{report.label}: {unknown} projects have numbers that only Harvest knows; these"
                " were not compared."
            )
