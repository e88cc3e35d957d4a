"""Bounds of an account: the first and the last day of what is stored, without slips of the pen.

One entry of the year 26 or 2206 would otherwise stretch all time over thousands of years.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.config.dates import Days, plausible_days
from dashboard.metrics.catalog import predicates
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Dated:
    """Columns of a fact that put a row into a period, and the words for one record and several.

    `record` tells records apart: some have a row for each of their days. `among` is true of the
    rows that count; they are in `table` if that is not the fact's own.
    """

    days: tuple[str, ...]
    record: str
    one: str
    several: str
    among: str = "true"
    table: str = ""


DATED: Mapping[Fact, Dated] = {
    Fact.TIME: Dated(("f.day",), "f.id", "time entry", "time entries"),
    Fact.EXPENSES: Dated(("f.day",), "f.id", "expense", "expenses"),
    # Those of days that are not stored otherwise; the others are among the facts before.
    Fact.UNINVOICED_TIME: Dated(
        ("f.day",), "f.id", "time entry", "time entries", table="older_time_facts"
    ),
    Fact.UNINVOICED_EXPENSES: Dated(
        ("f.day",), "f.id", "expense", "expenses", table="older_expense_facts"
    ),
    Fact.INVOICES: Dated(("f.day",), "f.id", "invoice", "invoices"),
    # A payment that was reconstructed has no id of its own.
    Fact.PAYMENTS: Dated(("f.day",), "coalesce(f.id, -f.invoice_id)", "payment", "payments"),
    Fact.RECEIVABLES: Dated(
        ("f.day",), "f.invoice_id", "write-off", "write-offs", among=predicates.WRITTEN_OFF
    ),
    Fact.ESTIMATES: Dated(("f.day", "f.decided_day"), "f.id", "estimate", "estimates"),
    Fact.FEES: Dated(("f.day",), "f.project_id", "fixed fee", "fixed fees"),
}
"""The facts of which rows have days of their own; capacity and balances follow from others."""


@dataclass(frozen=True, slots=True)
class Stray:
    """Records of one fact that are dated outside the plausible days: how many, and their days."""

    fact: Fact
    records: int
    first: date
    last: date

    def __str__(self) -> str:
        words = DATED[self.fact]
        noun = words.one if self.records == 1 else words.several
        days = dict.fromkeys((self.first.isoformat(), self.last.isoformat()))
        return f"{self.records:,} {noun} ({' to '.join(days)})"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The `days` of what is stored, None if nothing is, and what is outside the plausible ones."""

    days: Days | None
    strays: tuple[Stray, ...]
    plausible: Days

    @property
    def note(self) -> str:
        """The sentences that name what lies outside; empty if nothing does."""
        if not self.strays:
            return ""
        records = sum(stray.records for stray in self.strays)
        subject = "1 record is" if records == 1 else f"{records:,} records are"
        years = f"{self.plausible.first.year}–{self.plausible.last.year}"
        return (
            f"{subject} dated outside {years}, so all time goes without:"
            f" {', '.join(map(str, self.strays))}. Correct the dates in Harvest."
        )


def find_bounds(snapshot: Snapshot, today: date, facts: Collection[Fact] = tuple(DATED)) -> Bounds:
    """Return the bounds of these facts, of what the viewer of the snapshot sees.

    One query, kept with the snapshot.
    """
    plausible = plausible_days(today)
    known = [fact for fact in DATED if fact in facts and snapshot.has_table(_fact_table(fact))]
    if not known:
        return Bounds(None, (), plausible)
    sql = "\nUNION ALL\n".join(_bounds_sql(fact, DATED[fact]) for fact in known)
    rows = snapshot.cached_rows(sql, [plausible.first, plausible.last])
    ends = [day for row in rows for day in row[1:3] if day is not None]
    strays = (
        Stray(Fact(fact), records, first, last)
        for fact, _, _, records, first, last in rows
        if records
    )
    return Bounds(Days(min(ends), max(ends)) if ends else None, tuple(strays), plausible)


def find_span(snapshot: Snapshot, today: date) -> Days | None:
    """Return the days of all time: those of what is stored, and one before where some are not."""
    days = find_bounds(snapshot, today).days
    gaps = [gap.since for gap in snapshot.completeness.gaps.values()]
    if days is None or not gaps:
        return days
    return Days(min(days.first, min(gaps) - timedelta(days=1)), days.last)


def note_strays(snapshot: Snapshot, scope: Scope) -> tuple[str, ...]:
    """Return what to say of records dated outside if `scope` has all the others."""
    result = find_bounds(snapshot, scope.today)
    spans = result.days is None or (
        scope.start <= result.days.first and result.days.last <= scope.end
    )
    return (result.note,) if result.note and spans else ()


def _fact_table(fact: Fact) -> str:
    return DATED[fact].table or fact


def _bounds_sql(fact: Fact, dated: Dated) -> str:
    """Return one row: the fact, the ends of its plausible days, its strays and their ends."""
    table = _fact_table(fact)
    # Parted by WHERE, which skips blocks of rows by their least and greatest day: an aggregate with
    # FILTER reads them all.
    inside = [
        f"SELECT {day} AS day FROM {table} AS f WHERE {dated.among} AND {day} BETWEEN $1 AND $2"
        for day in dated.days
    ]
    outside = [
        f"SELECT {dated.record} AS record, {day} AS day FROM {table} AS f"
        f" WHERE {dated.among} AND {day} NOT BETWEEN $1 AND $2"
        for day in dated.days
    ]
    return (
        f"SELECT '{fact}', i.*, o.*"
        f" FROM (SELECT min(day), max(day) FROM ({' UNION ALL '.join(inside)})) AS i,"
        " (SELECT count(DISTINCT record), min(day), max(day)"
        f" FROM ({' UNION ALL '.join(outside)})) AS o"
    )
