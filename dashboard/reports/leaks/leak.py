"""A kind of leak: its rows, its total, and its table."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import duckdb
import pandas as pd

from dashboard.access.rights import Right
from dashboard.config.errors import MetricError
from dashboard.metrics.metric import Fact, Unit
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Column, Table, TableSpec, record_url
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join, sql_wrap

_ALWAYS = ("id", "hours", "at_stake", "currency")


class LeakRows(NamedTuple):
    """Rows of a leak: a SELECT of `_ALWAYS` and of ids, without names; and its notes."""

    rows: Sql
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeakTotal:
    """The rows of one currency; a sum of unknowns is None."""

    currency: str | None
    hours: float | None
    at_stake: float | None
    count: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One way to lose money: `advice` is what to do about it, in one sentence.

    `facts` are those that its rows of the days in scope are made of; what else it looks at is in
    its notes. `find` may raise `MetricError`, as for a filter that its facts do not know. What it
    finds is `f` in the SQL of the rest: the columns of a row, the joins that name its ids, the
    order, and its page in the account.
    """

    id: str
    label: str
    advice: str
    find: Callable[[Snapshot, Scope], LeakRows]
    shown: str
    joins: str
    order: str
    path: str
    columns: tuple[Column, ...]
    facts: frozenset[Fact]
    needs: frozenset[Right] = frozenset()

    @property
    def listing(self) -> str:
        """Return the name of the leak's table among the reports."""
        return f"leaks_{self.id}"

    def to_spec(self) -> TableSpec:
        """Its rows as a listing of their own."""

        def make_table(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
            return leak_table(self, snapshot, scope)

        return TableSpec(id=self.listing, title=self.label, make=make_table, facts=self.facts)


def leak_table(leak: Leak, snapshot: Snapshot, scope: Scope) -> Table:
    """Return the rows of a leak, each with a link to its page in the account where that is known.

    None, no columns and the reason as a note, where there is no answer.
    """
    try:
        with _readable_errors(snapshot):
            rows = _find_rows(leak, snapshot, scope)
            root = record_url(snapshot.meta, "")
            frame = snapshot.query_frame(
                *sql_join(
                    "\n",
                    [
                        Sql(
                            f"SELECT {leak.shown}, CAST(? AS VARCHAR) || {leak.path} AS link",
                            (root,),
                        ),
                        sql_wrap("FROM (\n", rows.rows, f"\n) AS f\n{leak.joins}"),
                        Sql(f"ORDER BY {leak.order}"),
                    ],
                )
            )
    except MetricError as error:
        return Table(pd.DataFrame(columns=list(_ALWAYS)), (), (str(error),))
    frame = frame.astype({str(name): "Int64" for name in frame if str(name).endswith("_id")})
    linked = (LINK_COLUMN,) if frame["link"].notna().any() else ()
    return Table(frame, leak.columns + linked, rows.notes)


def leak_totals(
    leak: Leak, snapshot: Snapshot, scope: Scope
) -> tuple[list[LeakTotal], tuple[str, ...]]:
    """The rows of a leak added up in the store, and its notes; the reason where there is none."""
    try:
        with _readable_errors(snapshot):
            rows = _find_rows(leak, snapshot, scope)
            sums = snapshot.rows(*sql_wrap(f"{_SUMS} FROM (\n", rows.rows, f"\n) AS f {_GROUPED}"))
    except MetricError as error:
        return [], (str(error),)
    return [LeakTotal(*row) for row in sums], rows.notes


_SUMS = (
    "SELECT f.currency, CAST(sum(f.hours) AS DOUBLE), CAST(sum(f.at_stake) AS DOUBLE), count(*),"
    " count(*) - count(f.at_stake)"
)
_GROUPED = "GROUP BY 1 ORDER BY 1 NULLS LAST"


def _find_rows(leak: Leak, snapshot: Snapshot, scope: Scope) -> LeakRows:
    snapshot.viewer.require(leak.label, leak.needs)
    return leak.find(snapshot, scope)


@contextmanager
def _readable_errors(snapshot: Snapshot) -> Iterator[None]:
    """Raise `MetricError` if the copy is too old to have what is read."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException):
        if snapshot.is_complete:
            raise
        raise MetricError("This figure needs a newer sync.", remedy="Sync once more.") from None


BEGINNING = date(1000, 1, 1)
"""The start of a scope over all there is up to its end."""

# Not the aliases of a filter's own joins.
NAMES = """\
LEFT JOIN clients AS ec ON ec.id = f.client_id
LEFT JOIN projects AS ep ON ep.id = f.project_id"""

# Two people of one name are told apart, as in answers.
PERSON = """\
LEFT JOIN (
    SELECT e.id AS id, CASE WHEN count(*) OVER (PARTITION BY e.name) > 1
        THEN e.name || ' (' || coalesce(e.email, CAST(e.id AS VARCHAR)) || ')' ELSE e.name
        END AS name
    FROM users AS e
) AS eu ON eu.id = f.user_id"""

CLIENT_COLUMN = Column(id="client", label="Client")
PROJECT_COLUMN = Column(id="project", label="Project")
PERSON_COLUMN = Column(id="person", label="Person")
LINK_COLUMN = Column(id="link", label="Harvest", is_link=True)


def hours_column(label: str, doc: str, id: str = "hours") -> Column:
    return Column(id=id, label=label, unit=Unit.HOURS, adds_up=True, doc=doc)


def stake_column(doc: str) -> Column:
    return Column(id="at_stake", label="At stake", unit=Unit.MONEY, adds_up=True, doc=doc)


DAY_PATH = "concat_ws('/', 'time/day', year(f.day), month(f.day), day(f.day), f.user_id)"
"""A person's timesheet of a day."""
PROJECT_PATH = "'projects/' || f.project_id"
