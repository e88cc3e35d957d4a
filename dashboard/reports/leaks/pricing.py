"""Billable work that no rate gives an amount."""

from dataclasses import replace

from dashboard.access.rights import Right
from dashboard.metrics.catalog import predicates
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.labels import number_text
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.reports.leaks.leak import (
    BEGINNING,
    CLIENT_COLUMN,
    DAY_PATH,
    NAMES,
    PERSON,
    PERSON_COLUMN,
    PROJECT_COLUMN,
    Leak,
    LeakRows,
    hours_column,
    stake_column,
)
from dashboard.reports.table import Column
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join


def unpriced_rows(snapshot: Snapshot, scope: Scope) -> LeakRows:
    """A row per billable entry outside fixed-fee projects that has no rate, or a rate of 0."""
    hours, amount = f"f.{scope.basis}_hours", f"f.{scope.basis}_amount"
    ever = replace(scope, start=BEGINNING, end=scope.last)
    pieces = (
        Sql(f"WITH rates AS (SELECT f.project_id AS project_id, f.currency AS currency,"
            f" sum({amount}) / nullif(sum({hours}), 0) AS rate"),
        rows(Fact.TIME, ever, among=predicates.PRICED),
        Sql("GROUP BY 1, 2)"),
        Sql(f"""\
SELECT
    f.id AS id,
    f.day AS day,
    f.client_id AS client_id,
    f.project_id AS project_id,
    f.user_id AS user_id,
    CAST({hours} AS DOUBLE) AS hours,
    CAST({hours} * x.rate AS DOUBLE) AS at_stake,
    f.currency AS currency"""),
        rows(
            Fact.TIME,
            scope,
            "LEFT JOIN rates AS x ON x.project_id = f.project_id"
            " AND x.currency IS NOT DISTINCT FROM f.currency",
            among=predicates.UNPRICED,
        ),
    )  # fmt: skip
    lacking = incomplete_reasons(snapshot, [Fact.TIME], ever)
    return LeakRows(sql_join("\n", pieces), (*lacking, *_rate_notes(snapshot, scope)))


def _rate_notes(snapshot: Snapshot, scope: Scope) -> tuple[str, ...]:
    """That some rates are not visible: such work is not among what has none."""
    hours = Sql(f"SELECT CAST(sum(f.{scope.basis}_hours) AS DOUBLE)")
    among = f"{predicates.BILLABLE_HOURLY} AND f.is_rate_hidden"
    ((hidden,),) = snapshot.rows(*sql_join("\n", [hours, rows(Fact.TIME, scope, among=among)]))
    if not hidden:
        return ()
    return (
        f"The access token may not see the rates of {number_text(snapshot, hidden)}"
        " billable hours.",
    )


_COLUMNS = (
    Column(id="day", label="Day"),
    CLIENT_COLUMN,
    PROJECT_COLUMN,
    PERSON_COLUMN,
    hours_column("Hours", "Billable hours without a rate; fixed-fee projects are left out."),
    stake_column(
        "Hours × what a billable hour with a rate was worth on the project on average, up to the"
        " end of the period and under the same filter. Unknown where there was none."
    ),
)

UNPRICED = Leak(
    id="unpriced",
    label="Billable hours without a rate",
    advice="Add a billable rate to the project, task or person.",
    find=unpriced_rows,
    shown="CAST(f.id AS VARCHAR) AS id, f.day, ec.name AS client, f.client_id, ep.name AS project,"
    " f.project_id, eu.name AS person, f.user_id AS person_id, f.hours, f.at_stake, f.currency",
    joins=f"{NAMES}\n{PERSON}",
    order="f.at_stake DESC NULLS LAST, f.day DESC, f.id",
    path=DAY_PATH,
    columns=_COLUMNS,
    facts=frozenset({Fact.TIME}),
    needs=frozenset({Right.RATES}),
)
