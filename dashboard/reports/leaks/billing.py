"""Billable work that is not on any invoice, by project. Fixed-fee projects are left out."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from dashboard.access.rights import Right
from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import predicates
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.metric import Fact, Unit
from dashboard.metrics.scope import Scope
from dashboard.reports.leaks.leak import (
    BEGINNING,
    CLIENT_COLUMN,
    NAMES,
    PROJECT_COLUMN,
    PROJECT_PATH,
    Leak,
    LeakRows,
    hours_column,
    stake_column,
)
from dashboard.reports.table import Column
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join

STALE_DAYS = 60
"""After so many days work that is on no invoice is likely to stay on none."""

_DAY = timedelta(days=1)


def stale_wip(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """Return a row per project with uninvoiced entries older than `STALE_DAYS` at the period's end.

    They are of all time up to then: what is old is before most periods.
    """
    old = replace(scope, start=BEGINNING, end=scope.last - (STALE_DAYS + 1) * _DAY)
    return LeakRows(
        _by_project(old, predicates.UNINVOICED_HOURLY, fact=Fact.UNINVOICED_TIME),
        incomplete_reasons(snapshot, [Fact.UNINVOICED_TIME], old),
    )


def billed_without_invoice(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """Return a row per project with entries that are marked as invoiced, but on no invoice.

    Raises `MetricError` where the source does not say which are.
    """
    notes = []
    until = snapshot.meta.derived_until
    if until and until >= scope.start:
        notes.append(f"Up to {day_label(until)} the source does not say what is on an invoice.")
        if until >= scope.end:
            raise MetricError(notes[0])
        scope = replace(scope, start=until + _DAY)
    return LeakRows(_by_project(scope, predicates.MARKED_INVOICED), tuple(notes))


def after_archive(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """A row per project with uninvoiced entries whose client, project or task is archived now.

    Raises `MetricError` where none of these can be read.
    """
    refused = {
        entity
        for (entity,) in snapshot.rows(
            "SELECT s.entity AS entity FROM entity_state AS s WHERE s.refused IS NOT NULL"
        )
    }
    # What only entries mention has no state of its own.
    known = {name: alias for name, alias in _ARCHIVES.items() if f"{name}s" not in refused}
    notes = [f"Which {name}s are archived cannot be read." for name in _ARCHIVES.keys() - known]
    if not known:
        raise MetricError("Which clients, projects and tasks are archived cannot be read.")
    archived = " OR ".join(f"NOT {alias}.is_active" for alias in known.values())
    which = " ".join(f"WHEN NOT {alias}.is_active THEN '{name}'" for name, alias in known.items())
    by_project = _by_project(
        scope,
        f"{predicates.UNINVOICED_HOURLY} AND ({archived})",
        f"CASE {which} END",
        _ARCHIVED,
        fact=Fact.UNINVOICED_TIME,
    )
    return LeakRows(by_project, tuple(sorted(notes)))


_ARCHIVED = f"{NAMES}\nLEFT JOIN tasks AS et ON et.id = f.task_id"
_ARCHIVES = {"client": "ec", "project": "ep", "task": "et"}


def _by_project(
    scope: Scope,
    among: str,
    archived: str = "CAST(NULL AS VARCHAR)",
    joins: str = "",
    *,
    fact: Fact = Fact.TIME,
) -> Sql:
    """Return the entries that are `among`, by project."""
    return sql_join(
        "\n",
        [
            Sql(f"""\
SELECT
    concat_ws('-', f.project_id, f.client_id, {archived}) AS id,
    f.client_id AS client_id,
    f.project_id AS project_id,
    {archived} AS archived,
    min(f.day) AS oldest,
    count(*) AS entries,
    CAST(sum(f.{scope.basis}_hours) AS DOUBLE) AS hours,
    CAST(sum(f.{scope.basis}_amount) FILTER ({predicates.PRICED}) AS DOUBLE) AS at_stake,
    f.currency AS currency"""),
            rows(fact, scope, joins, among=among),
            Sql(f"GROUP BY f.project_id, f.client_id, f.currency, {archived}"),
        ],
    )


_SHOWN = (
    "f.id, ec.name AS client, f.client_id, ep.name AS project, f.project_id, f.archived, f.oldest,"
    " f.entries, f.hours, f.at_stake, f.currency"
)
_ORDER = "f.at_stake DESC NULLS LAST, f.hours DESC, f.project_id, f.id"


def _make_columns(*more: Column) -> tuple[Column, ...]:
    return (
        CLIENT_COLUMN,
        PROJECT_COLUMN,
        *more,
        stake_column("Hours × billable rate of the entries that have a rate; unknown without any."),
        hours_column("Hours", "Billable hours outside fixed-fee projects."),
        Column(id="entries", label="Entries", unit=Unit.COUNT),
        Column(id="oldest", label="Oldest", doc="The day of the oldest of these entries."),
    )


_leak = partial(
    Leak,
    shown=_SHOWN,
    joins=NAMES,
    order=_ORDER,
    path=PROJECT_PATH,
    needs=frozenset({Right.RATES}),
)
STALE_WIP = _leak(
    id="stale_wip",
    label="Time uninvoiced for more than 60 days",
    advice="Invoice it or mark it non-billable.",
    find=stale_wip,
    columns=_make_columns(),
    facts=frozenset(),
)
BILLED_WITHOUT_INVOICE = _leak(
    id="billed_without_invoice",
    label="Marked as invoiced without an invoice",
    advice="Check that it was billed elsewhere.",
    find=billed_without_invoice,
    columns=_make_columns(),
    facts=frozenset({Fact.TIME}),
)
AFTER_ARCHIVE = _leak(
    id="after_archive",
    label="Uninvoiced work on archived projects",
    advice="Restore the project, invoice the work, archive it again.",
    find=after_archive,
    facts=frozenset({Fact.UNINVOICED_TIME}),
    columns=_make_columns(
        Column(id="archived", label="Archived", doc="What of it is archived now.")
    ),
)
