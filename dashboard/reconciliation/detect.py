"""Finding the readings that an account follows: those under which the fewest numbers differ."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dashboard.reconciliation.compare import Gathered, Row, contradicts_row, row_cells
from dashboard.reconciliation.readings import READINGS, Reading
from dashboard.reconciliation.reports import Report
from dashboard.store import readings as stored

# So many rows show a reading although other numbers differ.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Detection:
    """The value of every reading, and those that rows of reports show."""

    values: Mapping[str, str]
    shown: Mapping[str, stored.Reading]


def detect_readings(
    gathered: Sequence[Gathered], known: Mapping[str, stored.Reading] | None = None
) -> Detection:
    """Find the readings that explain the reports best, keeping to those `known`.

    A known one is given up only where another value leaves no difference at all. A new one counts
    as shown where it leaves no difference, or where `_ENOUGH` rows fit no other value. What one
    report shows may settle a reading of another, so all are looked at until nothing is new.
    """
    by_report: dict[str, list[Gathered]] = {}
    for item in gathered:
        by_report.setdefault(item.report.id, []).append(item)
    reports = [
        _Rows(windows[0].report, [row for window in windows for row in window.rows])
        for windows in by_report.values()
    ]
    values = {id: reading.default for id, reading in READINGS.items()}
    shown = {id: result for id, result in (known or {}).items() if id in READINGS}
    before: Mapping[str, stored.Reading] | None = None
    while before != shown:
        before = dict(shown)
        values |= {id: reading.value for id, reading in shown.items()}
        for rows in reports:
            values, shown = _settle_report(rows, values, shown)
    return Detection(values, shown)


def _settle_report(
    rows: "_Rows", values: dict[str, str], shown: dict[str, stored.Reading]
) -> tuple[dict[str, str], dict[str, stored.Reading]]:
    """Find the readings of one report; return the values and what is shown by then."""
    every = rows.report.readings
    values = _search(rows, values, [reading for reading in every if reading.id not in shown])
    remaining = rows.find_mismatches(values)
    if remaining:
        again = _search(rows, values, every)
        if not rows.find_mismatches(again) and len(remaining) >= _ENOUGH:
            changed = {id for id in again if again[id] != values[id]}
            shown = {id: result for id, result in shown.items() if id not in changed}
            values, remaining = again, frozenset()
    for reading in every:
        if reading.id not in shown:
            evidence = _count_evidence(rows, values, reading, shown)
            if evidence and (not remaining or evidence >= _ENOUGH):
                result = stored.Reading(reading.id, values[reading.id], evidence)
                shown = {**shown, reading.id: result}
    return values, shown


class _Rows:
    """The rows of one report, and which of them do not fit some readings."""

    def __init__(self, report: Report, rows: Sequence[Row]) -> None:
        self.report = report
        self._rows = rows
        self._found: dict[tuple[str, ...], frozenset[int]] = {}

    def find_mismatches(self, values: Mapping[str, str]) -> frozenset[int]:
        """Return the places of the rows that do not fit."""
        key = tuple(values[reading.id] for reading in self.report.readings)
        if key not in self._found:
            self._found[key] = frozenset(
                place for place, row in enumerate(self._rows) if self._is_mismatch(row, values)
            )
        return self._found[key]

    def _is_mismatch(self, row: Row, values: Mapping[str, str]) -> bool:
        return contradicts_row(self.report, row, values) or any(
            cell.differs for cell in row_cells(self.report, row, values)
        )


def _search(rows: _Rows, values: Mapping[str, str], free: Iterable[Reading]) -> dict[str, str]:
    """Change readings, one or two at a time, as long as fewer rows differ."""
    best, free = dict(values), tuple(free)
    steps = [*((reading,) for reading in free), *combinations(free, 2)]
    better = bool(rows.find_mismatches(best))
    while better:
        better = False
        for step in steps:
            for tried in _value_variants(best, step):
                if len(rows.find_mismatches(tried)) < len(rows.find_mismatches(best)):
                    best, better = tried, True
    return best


def _value_variants(values: Mapping[str, str], step: Sequence[Reading]) -> Iterable[dict[str, str]]:
    first, *rest = step
    for value in first.values:
        changed = {**values, first.id: value}
        if rest:
            yield from _value_variants(changed, rest)
        else:
            yield changed


def _count_evidence(
    rows: _Rows, values: Mapping[str, str], reading: Reading, shown: Container[str]
) -> int:
    """Count the rows that fit this value and not the usual one; of that itself, no other.

    The other free readings may be anything: half a cent says nothing of rounding while nobody knows
    which way it goes.
    """
    usual, own = reading.default, values[reading.id]
    others = [value for value in reading.values if value != own] if own == usual else [usual]
    free = [item for item in rows.report.readings if item.id not in shown and item != reading]
    remaining = len(rows.find_mismatches(values))
    best = (_search(rows, {**values, reading.id: value}, free) for value in others)
    return min(len(rows.find_mismatches(result)) for result in best) - remaining
