"""Completeness of numbers: which records each fact is made of, and since when all are stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum

import pandas as pd

from dashboard.config.errors import MetricError
from dashboard.metrics.dimensions import Dimension, day_label, first_day_of, last_day_of
from dashboard.metrics.fact_filters import fact_under, rows
from dashboard.metrics.metric import Fact, Measure, Metric
from dashboard.metrics.query import MetricQuery
from dashboard.metrics.scope import Scope
from dashboard.store.completeness import (
    ESTIMATES,
    EXPENSES,
    INVOICES,
    LIMITED,
    TIME,
    UNINVOICED_EXPENSES,
    UNINVOICED_TIME,
    Cause,
    Completeness,
    Gap,
)
from dashboard.store.record_tables import TOTALS
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join

FIRST = date(1000, 1, 1)
_DAY = timedelta(days=1)


class Span(Enum):
    """Days of which a number needs the records."""

    SAME = "the days of the number"
    EACH = "the same, of which nothing older is in the fact"
    ALL = "all days, whichever the number is of"


_NEEDS: Mapping[Fact, tuple[str, Span]] = {
    Fact.TIME: (TIME, Span.EACH),
    Fact.CAPACITY: (TIME, Span.EACH),
    Fact.EXPENSES: (EXPENSES, Span.EACH),
    Fact.UNINVOICED_TIME: (UNINVOICED_TIME, Span.SAME),
    Fact.UNINVOICED_EXPENSES: (UNINVOICED_EXPENSES, Span.SAME),
    Fact.INVOICES: (INVOICES, Span.SAME),
    # An invoice of any day may be owed, paid or closed in any period, and take from any fee.
    Fact.PAYMENTS: (INVOICES, Span.ALL),
    Fact.RECEIVABLES: (INVOICES, Span.ALL),
    Fact.RETAINERS: (INVOICES, Span.ALL),
    Fact.FEES: (INVOICES, Span.ALL),
    Fact.FEE_BALANCES: (INVOICES, Span.ALL),
    Fact.ESTIMATES: (ESTIMATES, Span.SAME),
}
"""Records that a fact is made of; budgets are made of time and expenses, see `_budgets`."""

_NAMES = {
    TIME: "Time entries",
    EXPENSES: "Expenses",
    INVOICES: "Invoices issued",
    ESTIMATES: "Estimates issued",
    UNINVOICED_TIME: "Uninvoiced time entries",
    UNINVOICED_EXPENSES: "Uninvoiced expenses",
}
_CAUSES = {
    Cause.START: "are not stored (HARVEST_SYNC_START)",
    Cause.ARRIVING: "are still arriving",
    Cause.COPY: "are not all in the connector's lists and copy",
}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Records that a number needs and that are not all stored: `sentence` says which and why.

    A number of the days from `first` on, as of `as_of`, lacks some where `affects` says so. It
    `is_unknown` where all of its days are from before `since`.
    """

    since: date
    span: Span
    sentence: str
    is_balance: bool = False

    def affects_day(self, first: date, as_of: date) -> bool:
        return self.span is Span.ALL or (as_of if self.is_balance else first) < self.since

    def is_unknown(self, last: date) -> bool:
        return self.span is Span.EACH and last < self.since


def complete_since(snapshot: Snapshot, *facts: Fact) -> date | None:
    """Return the first day from which all records of these facts are stored; None for all days."""
    return snapshot.completeness.complete_since(
        *(name for fact in facts for name in _records_of(fact))
    )


def incomplete_reasons(snapshot: Snapshot, facts: Iterable[Fact], scope: Scope) -> tuple[str, ...]:
    """Return why numbers made of these facts over `scope` are not complete; none where they are."""
    matches = (
        shortfall.sentence
        for fact in sorted(facts)
        for shortfall in _of_fact(snapshot, fact, scope)
        if shortfall.affects_day(scope.start, scope.last)
    )
    return tuple(dict.fromkeys(matches))


def record_reasons(completeness: Completeness, entity: str) -> tuple[str, ...]:
    """Return why the stored records of an entity, or report, are not all of its records."""
    records = TIME if entity in TOTALS else entity
    gap = completeness.gaps.get(records)
    if gap is None:
        return ()
    return (_shortfall_sentence(records, gap, Span.EACH if records in LIMITED else Span.SAME),)


def find_shortfalls(
    snapshot: Snapshot, question: MetricQuery
) -> dict[Metric, tuple[Shortfall, ...]]:
    """Return what the metrics of a question lack, of those that lack anything."""
    if not snapshot.completeness.gaps:
        return {}
    first, as_of = question.scope.start, _first_end(question)
    result: dict[Metric, tuple[Shortfall, ...]] = {}
    for metric in question.metrics:
        here = dict.fromkeys(
            shortfall
            for measure in metric.measures
            for shortfall in _of_measure(snapshot, measure, question.scope)
            if shortfall.affects_day(first, as_of)
        )
        if here:
            result[metric] = tuple(here)
    return result


def complete_rows(
    frame: pd.DataFrame,
    by: Sequence[Dimension],
    scope: Scope,
    lacking: Iterable[Shortfall],
) -> list[bool]:
    """Return for each row of an answer whether all records of its days are stored."""
    lacking = tuple(lacking)
    days = _days_of_rows(frame, by, scope)
    known = {
        (first, last): not any(item.affects_day(first, min(last, scope.last)) for item in lacking)
        for first, last in set(days)
    }
    return [known[day] for day in days]


def without_unknown(
    frame: pd.DataFrame,
    by: Sequence[Dimension],
    scope: Scope,
    lacking: Mapping[Metric, tuple[Shortfall, ...]],
) -> pd.DataFrame:
    """Return `frame` with no value where all days of a row are from before what is stored.

    Such a sum over nothing is not zero: nobody knows it.
    """
    days = None
    for metric, result in lacking.items():
        if not any(item.span is Span.EACH for item in result):
            continue
        days = days or _days_of_rows(frame, by, scope)
        unknown = [any(item.is_unknown(last) for item in result) for _, last in days]
        frame = frame.assign(**{metric.id: frame[metric.id].mask(pd.Series(unknown, frame.index))})
    return frame


def unknown_periods(
    period: Dimension, scope: Scope, lacking: Iterable[Shortfall], week_start: int
) -> Iterator[date]:
    """Iterate over the first days of the periods in scope of which nothing is stored."""
    lacking = tuple(lacking)
    first = first_day_of(period, scope.start, week_start, scope.fiscal_start)
    while first <= scope.end:
        last = last_day_of(period, first)
        if not any(item.is_unknown(min(last, scope.end)) for item in lacking):
            return
        yield first
        first = last + _DAY


def _of_measure(snapshot: Snapshot, measure: Measure, scope: Scope) -> Iterator[Shortfall]:
    for result in _of_fact(snapshot, measure.fact, scope):
        # Whatever is decided on a day may have been issued on any.
        by_another_day = measure.day != "f.day" and result.span is Span.SAME
        yield replace(result, span=Span.ALL) if by_another_day else result


def _of_fact(snapshot: Snapshot, fact: Fact, scope: Scope) -> Iterator[Shortfall]:
    if fact is Fact.BUDGETS:
        # Under a filter that budgets do not know there is no number that could lack anything.
        with suppress(MetricError):
            yield from _budget_shortfalls(snapshot, scope)
        return
    records, span = _NEEDS[fact_under(fact, scope.where)]
    gap = snapshot.completeness.gaps.get(records)
    if gap:
        yield Shortfall(gap.since, span, _shortfall_sentence(records, gap, span))


def _records_of(fact: Fact) -> tuple[str, ...]:
    return (TIME, EXPENSES) if fact is Fact.BUDGETS else (_NEEDS[fact][0],)


def _shortfall_sentence(records: str, gap: Gap, span: Span) -> str:
    counted = "so earlier days are not counted" if span is Span.EACH else "so numbers may be off"
    yet = " yet" if gap.cause is Cause.ARRIVING and span is Span.EACH else ""
    return f"{_NAMES[records]} before {day_label(gap.since)} {_CAUSES[gap.cause]}, {counted}{yet}."


def _budget_shortfalls(snapshot: Snapshot, scope: Scope) -> Iterator[Shortfall]:
    """Yield what budgets lack: all on earlier days, and those that used something before them."""
    since = complete_since(snapshot, Fact.BUDGETS)
    if since is None or not snapshot.has_table("completeness"):
        return  # a version from before this was known is replaced by the next sync
    for records in (TIME, EXPENSES):
        gap = snapshot.completeness.gaps.get(records)
        if gap:
            said = _shortfall_sentence(records, gap, Span.EACH)
            yield Shortfall(gap.since, Span.SAME, said, is_balance=True)
    older, of = _older_budgets(snapshot, scope)
    if older:
        said = (
            f"Time and expenses before {day_label(since)} are not stored, and {older} of {of}"
            " budgets began before: what is used of them may be more, and what is left less, than"
            " is shown."
        )
        yield Shortfall(since, Span.ALL, said)


def _older_budgets(snapshot: Snapshot, scope: Scope) -> tuple[int, int]:
    """Return how many budgets in scope used something that is not known, and how many there are."""
    ever = replace(scope, start=min(scope.start, FIRST))
    counts = Sql(
        "SELECT count(DISTINCT f.project_id) FILTER (f.spent_from > ?),"
        " count(DISTINCT f.project_id)",
        (scope.last,),
    )
    ((older, of),) = snapshot.cached_rows(*sql_join("\n", [counts, rows(Fact.BUDGETS, ever)]))
    return int(older), int(of)


def _days_of_rows(
    frame: pd.DataFrame, by: Sequence[Dimension], scope: Scope
) -> list[tuple[date, date]]:
    """The first and the last day of each row, those of the scope where it is by no period."""
    days = [(scope.start, scope.end)] * len(frame)
    for dimension in by:
        if dimension.is_period:
            values = frame[dimension.id].tolist()
            days = [
                own if pd.isna(value) else _span_within(dimension, value.date(), own)
                for value, own in zip(values, days, strict=True)
            ]
    return days


def _span_within(dimension: Dimension, first: date, days: tuple[date, date]) -> tuple[date, date]:
    return max(first, days[0]), min(last_day_of(dimension, first), days[1])


def _first_end(question: MetricQuery) -> date:
    """The end of the first period that is asked by, for balances; the last day without any."""
    scope = question.scope
    starts = (
        (period, first_day_of(period, scope.start, question.week_start, scope.fiscal_start))
        for period in question.periods
    )
    return min([scope.last, *(last_day_of(period, first) for period, first in starts)])
