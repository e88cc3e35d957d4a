"""What the tables of leaks share: names, columns, links, and how they are read."""

from collections.abc import Sequence
from datetime import date

import duckdb
import pandas as pd

from dashboard.errors import MetricError
from dashboard.listings.harvest_links import record_url
from dashboard.listings.listing import Column, Listing
from dashboard.metrics.metric import Unit
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, joined

BEGINNING = date(1000, 1, 1)
"""The start of a scope over all there is up to its end."""

PRICED = "f.billable AND NOT f.is_fixed_fee AND f.billable_rate > 0"
"""Entries that are worth what their own rate says; a rate of 0 is none, as for unpriced hours."""

# Not the aliases of a filter's own joins.
NAMES = """\
LEFT JOIN clients AS ec ON ec.id = f.client_id
LEFT JOIN projects AS ep ON ep.id = f.project_id"""

# Two people of one name are told apart, as in answers.
_PEOPLE = """\
LEFT JOIN (
    SELECT e.id AS id, CASE WHEN count(*) OVER (PARTITION BY e.name) > 1
        THEN e.name || ' (' || coalesce(e.email, CAST(e.id AS VARCHAR)) || ')' ELSE e.name
        END AS name
    FROM users AS e
) AS eu ON eu.id = """
PERSON = f"{_PEOPLE}f.user_id"

CLIENT_COLUMN = Column(id="client", label="Client")
PROJECT_COLUMN = Column(id="project", label="Project")
PERSON_COLUMN = Column(id="person", label="Person")
LINK_COLUMN = Column(id="link", label="Harvest", is_link=True)


def person_of(user_id: str) -> str:
    """The join that names as `eu` the person whose id is the column `user_id`."""
    return f"{_PEOPLE}{user_id}"


def hours_column(label: str, doc: str, id: str = "hours") -> Column:
    return Column(id=id, label=label, unit=Unit.HOURS, doc=doc)


def stake_column(doc: str) -> Column:
    return Column(id="at_stake", label="At stake", unit=Unit.MONEY, doc=doc)


def read(snapshot: Snapshot, *pieces: Sql) -> pd.DataFrame:
    """The rows of the pieces, one below the other, with ids as whole numbers that may be missing.

    Raises `MetricError` for a copy that lacks what is asked for.
    """
    try:
        frame = snapshot.frame(*joined("\n", pieces))
    except duckdb.CatalogException:
        raise MetricError(
            "The copy was made before this could be answered.", remedy="Sync once more."
        ) from None
    return frame.astype({str(name): "Int64" for name in frame if str(name).endswith("_id")})


def linked(
    snapshot: Snapshot,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    paths: Sequence[str | None],
    notes: Sequence[str] = (),
) -> Listing:
    """The rows, each with a link to its path in the account; no such column where none is known."""
    meta = snapshot.meta
    links = [record_url(meta, path) if path else None for path in paths]
    shown = tuple(columns)
    if any(links):
        shown += (LINK_COLUMN,)
    return Listing(frame.assign(link=pd.Series(links, frame.index, object)), shown, tuple(notes))


def day_path(day: date, user_id: object) -> str:
    """A person's timesheet of a day."""
    return f"/time/day/{day.year}/{day.month}/{day.day}/{user_id}"


def project_paths(frame: pd.DataFrame) -> list[str | None]:
    """The page of each row's project."""
    return [None if pd.isna(each) else f"/projects/{each}" for each in frame["project_id"]]
