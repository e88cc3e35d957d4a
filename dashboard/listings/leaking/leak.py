"""A kind of leak, and the one place where a kind that has no answer says so."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import duckdb
import pandas as pd

from dashboard.access.rights import Right
from dashboard.errors import MetricError
from dashboard.listings.harvest_links import record_url
from dashboard.listings.leaking.table import LINK_COLUMN
from dashboard.listings.listing import Column, Kind, Listing
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, around, joined

_ALWAYS = ("id", "hours", "at_stake", "currency")


class Found(NamedTuple):
    """What a kind finds: a SELECT of `_ALWAYS` and of ids, without names; and what to say of it."""

    rows: Sql
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
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
    find: Callable[[Snapshot, Scope], Found]
    shown: str
    joins: str
    order: str
    path: str
    columns: tuple[Column, ...]
    facts: frozenset[Fact]
    needs: frozenset[Right] = frozenset()

    @property
    def listing(self) -> str:
        """What its rows are called among the listings."""
        return f"leaks_{self.id}"

    def kind(self) -> Kind:
        """Its rows as a listing of their own."""

        def make(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
            return listed(self, snapshot, scope)

        return Kind(id=self.listing, title=self.label, make=make, facts=self.facts)


def listed(leak: Leak, snapshot: Snapshot, scope: Scope) -> Listing:
    """The rows of a leak, each with a link to its page in the account where that is known.

    None, no columns and the reason as a note, where there is no answer.
    """
    try:
        with _readable(snapshot):
            found = _find(leak, snapshot, scope)
            root = record_url(snapshot.meta, "")
            frame = snapshot.frame(
                *joined(
                    "\n",
                    [
                        Sql(
                            f"SELECT {leak.shown}, CAST(? AS VARCHAR) || {leak.path} AS link",
                            (root,),
                        ),
                        around("FROM (\n", found.rows, f"\n) AS f\n{leak.joins}"),
                        Sql(f"ORDER BY {leak.order}"),
                    ],
                )
            )
    except MetricError as error:
        return Listing(pd.DataFrame(columns=list(_ALWAYS)), (), (str(error),))
    frame = frame.astype({str(name): "Int64" for name in frame if str(name).endswith("_id")})
    linked = (LINK_COLUMN,) if frame["link"].notna().any() else ()
    return Listing(frame, leak.columns + linked, found.notes)


def summed(leak: Leak, snapshot: Snapshot, scope: Scope) -> tuple[list[Sum], tuple[str, ...]]:
    """The rows of a leak added up in the store, and its notes; the reason where there is none."""
    try:
        with _readable(snapshot):
            found = _find(leak, snapshot, scope)
            sums = snapshot.rows(*around(f"{_SUMS} FROM (\n", found.rows, f"\n) AS f {_GROUPED}"))
    except MetricError as error:
        return [], (str(error),)
    return [Sum(*row) for row in sums], found.notes


_SUMS = (
    "SELECT f.currency, CAST(sum(f.hours) AS DOUBLE), CAST(sum(f.at_stake) AS DOUBLE), count(*),"
    " count(*) - count(f.at_stake)"
)
_GROUPED = "GROUP BY 1 ORDER BY 1 NULLS LAST"


def _find(leak: Leak, snapshot: Snapshot, scope: Scope) -> Found:
    snapshot.viewer.demand(leak.label, leak.needs)
    return leak.find(snapshot, scope)


@contextmanager
def _readable(snapshot: Snapshot) -> Iterator[None]:
    """Raise `MetricError` if the copy is too old to have what is read."""
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException):
        if snapshot.is_complete:
            raise
        raise MetricError(
            "The copy was made before this could be answered.", remedy="Sync once more."
        ) from None
