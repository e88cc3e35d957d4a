"""What may be said of a period: equal to Harvest's reports, different, or not compared.

Never more than was compared: a year that is equal says nothing of one of its months, but months
that are equal, side by side, say it of the quarter that they make.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.completeness import complete_since
from dashboard.metrics.metric import facts_of
from dashboard.reconciliation.compare import Compared, Difference
from dashboard.reconciliation.records import RowDifference
from dashboard.reconciliation.reports import REPORTS, Report
from dashboard.reconciliation.result import Reconciliation
from dashboard.store.snapshots import Snapshot

_DAY = timedelta(days=1)


class Standing(StrEnum):
    """How a period stands to Harvest's reports."""

    EQUAL = "equal"
    PARTLY = "partly"  # equal where it was compared, which is not everywhere
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    REFUSED = "refused"  # the token may not read the report


@dataclass(frozen=True, slots=True)
class Verdict:
    """`at` is when the oldest part of it was compared; from the first day to `until` it is equal.

    `around`: the days were not compared by themselves, but longer windows that hold them are equal.
    `differences` and `rows` are those of windows that touch the period; `unseen` are the metrics
    that Harvest does not show this token, `unknown` counts projects with numbers that our copy
    cannot know; `refused` is the reason why it may not read the report.
    """

    standing: Standing
    at: datetime | None = None
    until: date | None = None
    around: bool = False
    differences: tuple[Difference, ...] = ()
    rows: tuple[RowDifference, ...] = ()
    unseen: frozenset[str] = frozenset()
    refused: str = ""
    unknown: int = 0

    def off(self, metric: str) -> dict[str | None, Decimal]:
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


def verdict(result: Reconciliation, report: str, first: date, last: date) -> Verdict:
    """Return what the comparisons with that report say of the days `first` to `last`.

    A report without a window is of its own day, whatever the period.
    """
    every = [one for one in result.compared if one.report == report]
    newest = max(every, key=lambda one: one.at, default=None)
    if newest and newest.refused:
        return Verdict(Standing.REFUSED, newest.at, refused=newest.refused)
    if newest and not REPORTS[report].has_window:
        first = last = newest.last
    made = [one for one in every if not one.refused]
    touching = [one for one in made if one.first <= last and one.last >= first]
    inside = [one for one in touching if first <= one.first and one.last <= last]
    wrong = [one for one in _finest(touching) if not one.equal]
    unseen = frozenset(
        total.metric for one in touching for total in one.totals if total.theirs is None
    )
    unknown = max((one.unknown for one in touching), default=0)
    if wrong:
        differences = tuple(d for one in wrong for d in one.differences)
        projects = {difference.project_id for difference in differences}
        rows = tuple(
            row for row in result.rows if row.project_id in projects and first <= row.day <= last
        )
        since = min(one.at for one in wrong)
        return Verdict(
            Standing.DIFFERENT, since, None, False, differences, rows, unseen, unknown=unknown
        )
    chain = _chain(inside, first)
    before = max((one.first for one in touching if one.first <= first), default=first)
    wider = _chain(touching, before)
    around = bool(wider) and wider[-1].last >= last
    if not chain:
        oldest = min(one.at for one in wider) if around else None
        return Verdict(Standing.UNKNOWN, oldest, around=around, unseen=unseen, unknown=unknown)
    at, until = min(one.at for one in chain), chain[-1].last
    standing = Standing.EQUAL if until >= last else Standing.PARTLY
    return Verdict(standing, at, until, around, unseen=unseen, unknown=unknown)


def _finest(compared: Iterable[Compared]) -> list[Compared]:
    """Without the windows that others lie in: a month says it better than its year."""
    kept: list[Compared] = []
    for one in sorted(compared, key=lambda one: (one.last - one.first, one.first)):
        if not any(one.first <= other.first and other.last <= one.last for other in kept):
            kept.append(one)
    return kept


def _chain(windows: Iterable[Compared], first: date) -> list[Compared]:
    """Windows that follow each other without a gap, the longest first at each step."""
    by_start: dict[date, Compared] = {}
    for one in windows:
        known = by_start.get(one.first)
        if known is None or one.last > known.last:
            by_start[one.first] = one
    chain, day = [], first
    while day in by_start:
        chain.append(by_start[day])
        day = by_start[day].last + _DAY
    return chain
