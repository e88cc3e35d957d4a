"""Finding the readings that an account follows: those under which the fewest numbers differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from dashboard.reconciliation.compare import Gathered, Row, cells, contradicts
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


def detect(
    gathered: Sequence[Gathered], known: Mapping[str, stored.Reading] | None = None
) -> Detection:
    """Find the readings that explain the reports best, keeping to those `known`.

    A known one is given up only where another value leaves no difference at all. A new one counts
    as shown where it leaves no difference, or where `_ENOUGH` rows fit no other value.
    """
    shown = dict(known or {})
    values = {id: reading.default for id, reading in READINGS.items()}
    values |= {id: reading.value for id, reading in shown.items() if id in READINGS}
    by_report: dict[str, list[Gathered]] = {}
    for one in gathered:
        by_report.setdefault(one.report.id, []).append(one)
    for windows in by_report.values():
        report = windows[0].report
        rows = _Rows(report, [row for window in windows for row in window.rows])
        free = [reading for reading in report.readings if reading.id not in shown]
        values = _search(rows, values, free)
        left = rows.mismatches(values)
        if left:
            again = _search(rows, values, report.readings)
            if not rows.mismatches(again) and len(left) >= _ENOUGH:
                changed = {id for id in again if again[id] != values[id]}
                shown = {id: found for id, found in shown.items() if id not in changed}
                values, left = again, frozenset()
        for reading in report.readings:
            evidence = _evidence(rows, values, reading, left)
            if evidence and (not left or evidence >= _ENOUGH or reading.id in shown):
                shown[reading.id] = stored.Reading(reading.id, values[reading.id], evidence)
    return Detection(values, shown)


class _Rows:
    """The rows of one report, and which of them do not fit some readings."""

    def __init__(self, report: Report, rows: Sequence[Row]) -> None:
        self._report = report
        self._rows = rows
        self._found: dict[tuple[str, ...], frozenset[int]] = {}

    def mismatches(self, values: Mapping[str, str]) -> frozenset[int]:
        """Return the places of the rows that do not fit."""
        key = tuple(values[reading.id] for reading in self._report.readings)
        if key not in self._found:
            self._found[key] = frozenset(
                place for place, row in enumerate(self._rows) if self._misfits(row, values)
            )
        return self._found[key]

    def _misfits(self, row: Row, values: Mapping[str, str]) -> bool:
        return contradicts(self._report, row, values) or any(
            cell.differs for cell in cells(self._report, row, values)
        )


def _search(rows: _Rows, values: Mapping[str, str], free: Iterable[Reading]) -> dict[str, str]:
    """Change readings, one or two at a time, as long as fewer rows differ."""
    best, free = dict(values), tuple(free)
    steps = [*((reading,) for reading in free), *combinations(free, 2)]
    better = bool(rows.mismatches(best))
    while better:
        better = False
        for step in steps:
            for tried in _variants(best, step):
                if len(rows.mismatches(tried)) < len(rows.mismatches(best)):
                    best, better = tried, True
    return best


def _variants(values: Mapping[str, str], step: Sequence[Reading]) -> Iterable[dict[str, str]]:
    first, *rest = step
    for value in first.values:
        changed = {**values, first.id: value}
        if rest:
            yield from _variants(changed, rest)
        else:
            yield changed


def _evidence(
    rows: _Rows, values: Mapping[str, str], reading: Reading, left: frozenset[int]
) -> int:
    """Count the rows that fit this value and not the usual one; of that itself, no other."""
    usual, own = reading.default, values[reading.id]
    others = [value for value in reading.values if value != own] if own == usual else [usual]
    misfits = [rows.mismatches({**values, reading.id: value}) for value in others]
    return len(frozenset.intersection(*misfits) - left)
