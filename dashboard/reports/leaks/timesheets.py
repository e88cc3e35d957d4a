"""Hours that nobody wrote down, and days that are too long to be true."""

from dataclasses import replace
from datetime import date, timedelta

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import predicates
from dashboard.metrics.completeness import complete_since, incomplete_reasons
from dashboard.metrics.dimensions import WEEK, starts_of_periods
from dashboard.metrics.fact_filters import rows, split_filter, unsupported_filter_error
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.reports.leaks.leak import (
    DAY_PATH,
    PERSON,
    PERSON_COLUMN,
    Leak,
    LeakRows,
    hours_column,
    stake_column,
)
from dashboard.reports.table import Column
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_format, sql_join, sql_wrap

RATE_DAYS = 90
"""Over how many days up to the end of the period a person's rate and share are taken."""
LONGEST_DAY = 16
"""Tracked hours of a day that are still believed."""
_ENOUGH = 0.5
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)


def missing_timesheets(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """Return a row per person and week, and per currency of their rates, with far too few hours.

    Weeks that end in the period and are over, with all their days, if these are stored. Raises
    `MetricError` for a filter on work: what was not tracked has no project.
    """
    rest = split_filter(Fact.CAPACITY, scope.where).rest
    if rest:
        raise unsupported_filter_error("Missing timesheets", Fact.CAPACITY, rest)
    since = complete_since(snapshot, Fact.TIME, Fact.CAPACITY)
    first, last = _first_and_last_week(scope, snapshot.meta.week_start, since)
    if last < first:
        stored = " and stored" if since and since > scope.start else ""
        raise MetricError(f"No week that ends in the period is over{stored} yet.")
    weeks = replace(scope, start=first, end=last + _WEEK - _DAY)
    recent = replace(scope, start=scope.last - (RATE_DAYS - 1) * _DAY, end=scope.last)
    starts = starts_of_periods(snapshot.meta.week_start, scope.fiscal_start)
    week = sql_format(WEEK.column, {"day": Sql("f.day"), **starts})
    hours, amount = f"f.{scope.basis}_hours", f"f.{scope.basis}_amount"
    pieces = (
        Sql("WITH room AS (SELECT f.user_id AS user_id,"),
        sql_wrap("", week, " AS week, sum(f.capacity_hours) AS hours"),
        rows(Fact.CAPACITY, weeks),
        Sql("GROUP BY 1, 2 HAVING sum(f.capacity_hours) > 0),"),
        Sql("tracked AS (SELECT f.user_id AS user_id,"),
        sql_wrap("", week, f" AS week, sum({hours}) AS hours"),
        rows(Fact.TIME, weeks, among=predicates.WORKED),
        Sql("GROUP BY 1, 2),"),
        # Per currency: all hours but leave, and those that have a price.
        Sql("recent AS (SELECT f.user_id AS user_id, f.currency AS currency,"),
        Sql(f"sum({hours}) FILTER ({predicates.WORKED}) AS worked,"),
        Sql(f"sum({amount}) FILTER ({predicates.PRICED}) AS amount,"),
        Sql(f"sum({hours}) FILTER ({predicates.PRICED}) AS hours"),
        rows(Fact.TIME, recent),
        Sql("GROUP BY 1, 2),"),
        Sql("rates AS (SELECT n.*, sum(n.worked) OVER (PARTITION BY n.user_id) AS all_worked,"),
        Sql("sum(n.hours) OVER (PARTITION BY n.user_id) AS priced FROM recent AS n)"),
        Sql(_MISSING, (_ENOUGH,)),
    )
    return LeakRows(sql_join("\n", pieces), incomplete_reasons(snapshot, [Fact.TIME], recent))


_MISSING = """\
SELECT
    concat_ws('-', r.user_id, strftime(r.week, '%Y%m%d'), p.currency) AS id,
    r.user_id AS user_id,
    r.week AS day,
    CAST(r.hours AS DOUBLE) AS capacity,
    CAST(coalesce(t.hours, 0) AS DOUBLE) AS tracked,
    CAST((r.hours - coalesce(t.hours, 0)) * coalesce(p.hours / p.priced, 1) AS DOUBLE) AS hours,
    (r.hours - coalesce(t.hours, 0)) * CAST(p.amount AS DOUBLE) / nullif(p.all_worked, 0)
        AS at_stake,
    p.currency AS currency
FROM room AS r
LEFT JOIN tracked AS t ON t.user_id = r.user_id AND t.week = r.week
LEFT JOIN rates AS p ON p.user_id = r.user_id AND p.hours > 0
WHERE coalesce(t.hours, 0) < ? * r.hours"""

_MISSING_COLUMNS = (
    PERSON_COLUMN,
    Column(id="week", label="Week of", doc="The first day of the week."),
    stake_column(
        f"Hours missing × the person's average billable rate × the share of their hours that had"
        f" one, both of the {RATE_DAYS} days up to the end of the period (leave and fixed fees have"
        " none). Unknown without such a rate."
    ),
    hours_column(
        "Hours missing",
        "Capacity − tracked. Of a person with rates in several currencies each has a row, with the"
        " part of the hours that it had of their priced hours.",
    ),
    hours_column("Tracked", "Hours of the week without leave.", "tracked"),
    hours_column("Capacity", "Of the week, without holidays and leave.", "capacity"),
)


def long_days(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """A row per person and day with more than `LONGEST_DAY` tracked hours, the longest first."""
    pieces = (
        Sql(
            "SELECT concat_ws('-', f.user_id, strftime(f.day, '%Y%m%d')) AS id,"
            " f.user_id AS user_id, f.day AS day, count(*) AS entries,"
            " CAST(sum(f.raw_hours) AS DOUBLE) AS hours, CAST(NULL AS DOUBLE) AS at_stake,"
            " CAST(NULL AS VARCHAR) AS currency"
        ),
        rows(Fact.TIME, scope),
        Sql("GROUP BY f.user_id, f.day HAVING sum(f.raw_hours) > ?", (LONGEST_DAY,)),
    )
    return LeakRows(sql_join("\n", pieces))


_LONG_COLUMNS = (
    PERSON_COLUMN,
    Column(id="day", label="Day"),
    hours_column("Hours", "As tracked, before any rounding."),
)


def _first_and_last_week(scope: Scope, week_start: int, since: date | None) -> tuple[date, date]:
    """Return the first days of the first and of the last week that end in the period and are over.

    Weeks of which only the days `since` then are stored would seem to be missing.
    """
    over = min(scope.end, scope.today - _DAY)
    first = _first_day(scope.start, week_start)
    if since and first < since:
        first = _first_day(since + 6 * _DAY, week_start)
    return first, _first_day(over + _DAY, week_start) - _WEEK


def _first_day(day: date, week_start: int) -> date:
    return day - (day.weekday() - week_start) % 7 * _DAY


MISSING_TIMESHEETS = Leak(
    id="missing_timesheets",
    label="Missing timesheets",
    advice="Ask for the missing time.",
    find=missing_timesheets,
    shown="f.id, eu.name AS person, f.user_id AS person_id, f.day AS week, f.capacity, f.tracked,"
    " f.hours, f.at_stake, f.currency",
    joins=PERSON,
    order="f.at_stake DESC NULLS LAST, f.day DESC, person, f.user_id, f.currency",
    path=DAY_PATH,
    columns=_MISSING_COLUMNS,
    facts=frozenset({Fact.TIME, Fact.CAPACITY}),
)
LONG_DAYS = Leak(
    id="long_days",
    label="Days longer than 16 hours",
    advice="Check for timers left running.",
    find=long_days,
    shown="f.id, eu.name AS person, f.user_id AS person_id, f.day, f.entries, f.hours, f.at_stake,"
    " f.currency",
    joins=PERSON,
    order="f.hours DESC, f.day DESC, person, f.user_id",
    path=DAY_PATH,
    columns=_LONG_COLUMNS,
    facts=frozenset({Fact.TIME}),
)
