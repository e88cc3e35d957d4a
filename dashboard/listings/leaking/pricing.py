"""Billable work that no rate gives an amount."""

from dataclasses import replace

from dashboard.access.rights import Right
from dashboard.listings.leaking.leak import Leak
from dashboard.listings.leaking.table import (
    BEGINNING,
    CLIENT_COLUMN,
    NAMES,
    PERSON,
    PERSON_COLUMN,
    PRICED,
    PROJECT_COLUMN,
    day_path,
    hours_column,
    linked,
    read,
    stake_column,
)
from dashboard.listings.listing import Column, Listing
from dashboard.metrics.facts import rows
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql


def unpriced(snapshot: Snapshot, scope: Scope) -> Listing:
    """A row per billable entry outside fixed-fee projects that has no rate, or a rate of 0."""
    hours, amount = f"f.{scope.basis}_hours", f"f.{scope.basis}_amount"
    frame = read(
        snapshot,
        Sql(f"WITH rates AS (SELECT f.project_id AS project_id, f.currency AS currency,"
            f" sum({amount}) / nullif(sum({hours}), 0) AS rate"),
        rows(Fact.TIME, replace(scope, start=BEGINNING, end=scope.last), among=PRICED),
        Sql("GROUP BY 1, 2)"),
        Sql(f"""\
SELECT
    CAST(f.id AS VARCHAR) AS id,
    f.day AS day,
    ec.name AS client,
    f.client_id AS client_id,
    ep.name AS project,
    f.project_id AS project_id,
    eu.name AS person,
    f.user_id AS person_id,
    CAST({hours} AS DOUBLE) AS hours,
    CAST({hours} * x.rate AS DOUBLE) AS at_stake,
    f.currency AS currency"""),
        rows(
            Fact.TIME,
            scope,
            f"{NAMES}\n{PERSON}\nLEFT JOIN rates AS x ON x.project_id = f.project_id"
            " AND x.currency IS NOT DISTINCT FROM f.currency",
            among="f.billable AND NOT f.is_fixed_fee AND coalesce(f.billable_rate, 0) = 0",
        ),
        Sql("ORDER BY at_stake DESC NULLS LAST, f.day DESC, f.id"),
    )  # fmt: skip
    days = [day.date() for day in frame["day"]]
    paths = [day_path(day, user) for day, user in zip(days, frame["person_id"], strict=True)]
    return linked(snapshot, frame, _COLUMNS, paths)


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
    advice="Give the project, its tasks or its people a rate.",
    make=unpriced,
    needs=frozenset({Right.RATES}),
)
