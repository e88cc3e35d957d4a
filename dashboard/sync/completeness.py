"""Completeness of data from the hosted connector, measured by Harvest's own reports.

The hosted copy begins at some day that nobody tells, and rows that did not change since then are
not in it. Harvest's report of hours by project covers all of them: from the newest day back, as
long as its total is ours, nothing is missing.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from dashboard.config.dates import months_after, plausible_days
from dashboard.store.record_store import Records, ReportTotal
from dashboard.store.schema import is_storable
from harvest_client import ENTITIES, ApiError, Harvest, InvalidResponse, Record

log = logging.getLogger(__name__)

_YEAR = timedelta(days=365)
_DAY = timedelta(days=1)
_MOST_YEARS = 20
_TOLERANCE = Decimal("0.02")
_DAY_HOURS = Decimal(24)  # at most, of one entry
_RUNNING = Decimal(1)  # hours that a timer may have gone on for between two questions


@dataclass(frozen=True, slots=True)
class CompletenessRange:
    """`since` is the first day that is complete, None when all history is.

    `reports` are Harvest's totals of the complete days, windows without gap or overlap.
    """

    since: date | None
    reports: tuple[ReportTotal, ...] = ()


class _Unknown(Exception):
    """The totals cannot be compared."""


def find_completeness(
    harvest: Harvest, records: Records, *, today: date, listed_from: date | None, start: date | None
) -> CompletenessRange:
    """Return the first day of complete time entries; takes one report per year and a few more.

    `listed_from` is how far they certainly are: nothing before it can be promised where Harvest
    shows no report, or the account's rounding cannot be told. None: they are all listed.
    """
    # An entry of 2206 must not have the years before it checked in the place of ours.
    plausible = plausible_days(today)
    days = records.hosted.entry_days(plausible)
    if listed_from is None or days is None:
        return CompletenessRange(start)
    began = records.hosted.first_person_day(plausible) or days.first
    oldest = max(filter(None, [start, min(days.first, began)]))
    since = max(today, days.last) + _DAY
    check = _Check(harvest, records)
    try:
        for first, last in _iterate_years(oldest, since - _DAY):
            if not check.is_complete(first, last):
                return check.make_range(_within_year(check, first, since))
            since = first
    except (_Unknown, ApiError, InvalidResponse) as error:
        log.warning("how far back the copy is complete was not checked: %s", error)
        return CompletenessRange(listed_from)
    return replace(check.make_range(since), since=start)


class _Check:
    """Compares windows of days with Harvest's report."""

    def __init__(self, harvest: Harvest, records: Records) -> None:
        self._harvest = harvest
        self._records = records
        self._complete: dict[date, list[ReportTotal]] = {}

    def is_complete(self, first: date, last: date) -> bool:
        """Return whether Harvest's hours of these days equal ours."""
        ours = self._records.hosted.sum_hours(first, last)
        if ours is None:
            raise _Unknown("the account's rounding rule is not known")
        page = self._harvest.time_projects.list(from_=first, to=last)
        if page.meta.truncated:
            raise _Unknown("Harvest's report has more projects than can be listed")
        totals = _by_currency(first, last, page.data)
        hours, running = ours
        difference = abs(sum((total.hours for total in totals), Decimal(0)) - hours)
        if difference > _TOLERANCE + (_RUNNING if running else 0) + self._odd_hours(first, last):
            return False
        self._complete[first] = totals
        return True

    def _odd_hours(self, first: date, last: date) -> Decimal:
        """Return how many hours of these days entries may have that could not be read."""
        odd = self._records.odd.list_odd(ENTITIES["time_entries"])
        return _DAY_HOURS * sum(item.day is None or first <= item.day <= last for item in odd)

    def make_range(self, since: date) -> CompletenessRange:
        """Complete since then, with the reports that cover those days."""
        remaining = [
            total
            for first, totals in sorted(self._complete.items())
            if first >= since
            for total in totals
        ]
        ends = {total.first: total.last for total in remaining}
        # Of windows that begin on different days and end on the same, the longest is the one.
        first_of = {last: first for first, last in sorted(ends.items(), reverse=True)}
        return CompletenessRange(
            since, tuple(total for total in remaining if first_of[total.last] == total.first)
        )


def _by_currency(first: date, last: date, rows: Iterable[Record]) -> list[ReportTotal]:
    totals: dict[str | None, ReportTotal] = {}
    for row in rows:
        if not all(map(is_storable, filter(None, (row.total_hours, row.billable_amount)))):
            raise _Unknown("Harvest's report has numbers without end")
        known = totals.get(row.currency)
        hours = row.total_hours or Decimal(0)
        amount = row.billable_amount
        if known:
            hours += known.hours
            amount = None if amount is None or known.amount is None else amount + known.amount
        totals[row.currency] = ReportTotal(first, last, row.currency, hours, amount)
    return list(totals.values())


def _within_year(check: _Check, first: date, since: date) -> date:
    """Return the earliest first of a month from which on nothing is missing before `since`."""
    months = [day for day in _iterate_months(first, since) if day < since]
    low, high = 0, len(months)  # months[high:] are complete
    while low < high:
        middle = (low + high) // 2
        if check.is_complete(months[middle], since - _DAY):
            high = middle
        else:
            low = middle + 1
    return months[high] if high < len(months) else since


def _iterate_years(oldest: date, last: date) -> Iterator[tuple[date, date]]:
    for _ in range(_MOST_YEARS):
        first = max(last - _YEAR + _DAY, oldest)
        yield first, last
        if first == oldest:
            return
        last = first - _DAY


def _iterate_months(first: date, before: date) -> Iterator[date]:
    day = months_after(first, 0 if first.day == 1 else 1)
    while day < before:
        yield day
        day = months_after(day, 1)
