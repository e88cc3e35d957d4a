"""Status of a period: equal to Harvest's reports, different, or not compared.

Never more than was compared: a year that is equal says nothing of one of its months, but months
that are equal, side by side, say it of the quarter that they make.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.completeness import complete_since
from dashboard.metrics.metric import facts_of
from dashboard.reconciliation.compare import Difference, ReportTotal, WindowResult
from dashboard.reconciliation.record_diff import RowDifference, Why
from dashboard.reconciliation.reports import REPORTS, Report
from dashboard.store.snapshots import Snapshot, read_sealed, write_sealed


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every comparison, the latest of each window, and the records that differ.

    `settled` are the differences that stay: their records were read again and that changed nothing.
    """

    compared: tuple[WindowResult, ...] = ()
    rows: tuple[RowDifference, ...] = ()
    settled: tuple[Difference, ...] = ()

    def with_results(
        self,
        compared: Iterable[WindowResult],
        rows: Iterable[RowDifference],
        settled: Iterable[Difference] = (),
    ) -> "Reconciliation":
        """These comparisons take the place of earlier ones of the same windows."""
        compared, rows = tuple(compared), tuple(rows)
        latest = {_window_key(item): item for item in (*self.compared, *compared)}
        touched = {
            difference.project_id for item in compared for difference in item.differences
        } | {row.project_id for row in rows}
        differences = {difference for item in latest.values() for difference in item.differences}
        differing = {difference.project_id for difference in differences}
        remaining = [
            row
            for row in self.rows
            if row.project_id in differing and row.project_id not in touched
        ]
        stay = {item: None for item in (*self.settled, *settled) if item in differences}
        return Reconciliation(tuple(latest.values()), (*remaining, *rows), tuple(stay))


class ReconciliationFile:
    """Results of one account as JSON; written after each comparison, read by every page."""

    def __init__(self, cache_dir: Path, account_id: str) -> None:
        self.path = cache_dir / account_id / "reconciliation.json"

    def read(self) -> Reconciliation:
        """Return what is stored; nothing where there is no file, or a damaged one."""
        try:
            stored = read_sealed(self.path)
            return Reconciliation(
                tuple(map(_read_result, stored["compared"])),
                tuple(map(_read_row, stored["rows"])),
                tuple(map(_read_difference, stored["settled"])),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Reconciliation()

    def write(self, reconciliation: Reconciliation) -> None:
        write_sealed(self.path, json.loads(json.dumps(asdict(reconciliation), default=str)))


def _window_key(compared: WindowResult) -> tuple[str, date, date]:
    if not REPORTS[compared.report].has_window:
        return compared.report, date.min, date.max
    return compared.report, compared.first, compared.last


def _read_result(stored: dict[str, Any]) -> WindowResult:
    return WindowResult(
        stored["report"],
        date.fromisoformat(stored["first"]),
        date.fromisoformat(stored["last"]),
        datetime.fromisoformat(stored["at"]),
        int(stored["version"]),
        tuple(
            ReportTotal(
                item["metric"],
                item["currency"],
                Decimal(item["ours"]),
                _read_amount(item["theirs"]),
            )
            for item in stored["totals"]
        ),
        tuple(map(_read_difference, stored["differences"])),
        stored["refused"],
        stored["omitted"],
        stored["unknown"],
    )


def _read_difference(stored: dict[str, Any]) -> Difference:
    numbers = {name: Decimal(stored[name]) for name in ("ours", "theirs")}
    return Difference(**{**stored, **numbers})


def _read_row(stored: dict[str, Any]) -> RowDifference:
    amounts = ("hours", "hours_in_harvest", "amount", "amount_in_harvest")
    return RowDifference(
        **{
            **stored,
            "day": date.fromisoformat(stored["day"]),
            "why": Why(stored["why"]),
            **{name: _read_amount(stored[name]) for name in amounts},
        }
    )


def _read_amount(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


_DAY = timedelta(days=1)


class ReconciliationStatus(StrEnum):
    """Relation of a period to Harvest's reports."""

    EQUAL = "equal"
    PARTLY = "partly"  # equal where it was compared, which is not everywhere
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    REFUSED = "refused"  # the token may not read the report


@dataclass(frozen=True, slots=True)
class PeriodReconciliation:
    """`at` is when the oldest part of it was compared; from the first day to `until` it is equal.

    `around`: the days were not compared by themselves, but longer windows that hold them are equal.
    `differences` and `rows` are those of windows that touch the period; `unseen` are the metrics
    that Harvest does not show this token, `unknown` counts projects with numbers that our copy
    cannot know; `refused` is the reason why it may not read the report.
    """

    standing: ReconciliationStatus
    at: datetime | None = None
    until: date | None = None
    covered_by_longer_window: bool = False
    differences: tuple[Difference, ...] = ()
    rows: tuple[RowDifference, ...] = ()
    not_visible_to_token: frozenset[str] = frozenset()
    refused: str = ""
    unknown: int = 0

    def difference(self, metric: str) -> dict[str | None, Decimal]:
        """By how much Harvest is ahead of us in a metric, per currency."""
        sums: dict[str | None, Decimal] = {}
        for difference in self.differences:
            if difference.metric == metric:
                known = sums.get(difference.currency, Decimal(0))
                sums[difference.currency] = known + difference.theirs - difference.ours
        return sums


def compared_since(snapshot: Snapshot, report: Report, first: date) -> date | None:
    """Return the day after `first` from which on days can be compared; None where all can."""
    if not report.has_window:
        return None
    made_of = facts_of(METRICS[metric] for metric in report.metrics.values())
    since = complete_since(snapshot, *made_of)
    return since if since and since > first else None


def period_status(
    result: Reconciliation, report: str, first: date, last: date
) -> PeriodReconciliation:
    """Return what the comparisons with that report say of the days `first` to `last`.

    A report without a window is of its own day, whatever the period.
    """
    every = [item for item in result.compared if item.report == report]
    newest = max(every, key=lambda one: one.at, default=None)
    if newest and newest.refused:
        return PeriodReconciliation(ReconciliationStatus.REFUSED, newest.at, refused=newest.refused)
    if newest and not REPORTS[report].has_window:
        first = last = newest.last
    made = [item for item in every if not item.refused]
    touching = [item for item in made if item.first <= last and item.last >= first]
    inside = [item for item in touching if first <= item.first and item.last <= last]
    wrong = [item for item in _finest_windows(touching) if not item.equal]
    unseen = frozenset(
        total.metric for item in touching for total in item.totals if total.theirs is None
    )
    unknown = max((item.unknown for item in touching), default=0)
    if wrong:
        differences = tuple(d for item in wrong for d in item.differences)
        projects = {difference.project_id for difference in differences}
        rows = tuple(
            row for row in result.rows if row.project_id in projects and first <= row.day <= last
        )
        since = min(item.at for item in wrong)
        return PeriodReconciliation(
            ReconciliationStatus.DIFFERENT,
            since,
            None,
            False,
            differences,
            rows,
            unseen,
            unknown=unknown,
        )
    chain = _chain_windows(inside, first)
    before = max((item.first for item in touching if item.first <= first), default=first)
    wider = _chain_windows(touching, before)
    around = bool(wider) and wider[-1].last >= last
    if not chain:
        oldest = min(item.at for item in wider) if around else None
        return PeriodReconciliation(
            ReconciliationStatus.UNKNOWN,
            oldest,
            covered_by_longer_window=around,
            not_visible_to_token=unseen,
            unknown=unknown,
        )
    at, until = min(item.at for item in chain), chain[-1].last
    standing = ReconciliationStatus.EQUAL if until >= last else ReconciliationStatus.PARTLY
    return PeriodReconciliation(
        standing, at, until, around, not_visible_to_token=unseen, unknown=unknown
    )


def _finest_windows(compared: Iterable[WindowResult]) -> list[WindowResult]:
    """Without the windows that others lie in: a month says it better than its year."""
    remaining: list[WindowResult] = []
    for item in sorted(compared, key=lambda one: (one.last - one.first, one.first)):
        if not any(item.first <= other.first and other.last <= item.last for other in remaining):
            remaining.append(item)
    return remaining


def _chain_windows(windows: Iterable[WindowResult], first: date) -> list[WindowResult]:
    """Windows that follow each other without a gap, the longest first at each step."""
    by_start: dict[date, WindowResult] = {}
    for item in windows:
        known = by_start.get(item.first)
        if known is None or item.last > known.last:
            by_start[item.first] = item
    chain, day = [], first
    while day in by_start:
        chain.append(by_start[day])
        day = by_start[day].last + _DAY
    return chain
