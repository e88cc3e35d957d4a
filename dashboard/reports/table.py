"""Tables of rows with typed columns."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

import pandas as pd

from dashboard.access.rights import Right
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.dimensions import AGE_BUCKET
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.labels import find_by_name
from dashboard.metrics.metric import Fact, Ratio, Unit
from dashboard.metrics.permissions import require_visible
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Meta, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that is shown: its name in the frame and the file, and what it says.

    Text, days and yes-or-no have no `unit`. Money is in the row's `currency`. With `is_link` the
    column holds addresses of the account in Harvest; nobody else's are ever made into links.
    `adds_up` marks values of which a total has a meaning.
    """

    id: str
    label: str
    unit: Unit | None = None
    doc: str = ""
    is_link: bool = False
    adds_up: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows in the order they are shown.

    `frame` has every column of `columns`, and may have more (ids, the currency), which files hold
    too. `notes` are sentences that must be shown with the numbers. `more_amounts` are the columns
    beyond `columns` that are in the row's currency.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    more_amounts: tuple[str, ...] = ()

    @property
    def amounts(self) -> frozenset[str]:
        """Every column of the frame that is in the row's currency."""
        units = {column.id: column.unit for column in self.columns}
        shown = {name for name, unit in units.items() if unit and unit.is_amount}
        return frozenset(shown.union(self.more_amounts))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A listing by its name. `make` is also given the page's other query parameters.

    Whoever lacks one of the rights it `needs` sees nothing of it. `facts` are what its numbers are
    made of: where not all of that is stored for the days in scope, the notes say so.
    """

    id: str
    title: str
    make: Callable[[Snapshot, Scope, Mapping[str, str]], Table]
    needs: frozenset[Right] = frozenset()
    facts: frozenset[Fact] = frozenset()

    def read(self, snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Table:
        """Return the rows over `scope` that are visible; raises `NotVisible` where none may be."""
        snapshot.viewer.require(self.title, self.needs)
        require_visible(snapshot.viewer, scope)
        listing = self.make(snapshot, scope, also)
        notes = (*incomplete_reasons(snapshot, self.facts, scope), *listing.notes)
        return replace(listing, notes=tuple(dict.fromkeys(notes)))


def table_of_result(answer: QueryResult) -> Table:
    """The answer's dimensions and metrics as columns; its ids and currency stay in the frame."""
    columns = [Column(id=dimension.id, label=dimension.label) for dimension in answer.by]
    if "currency" in answer.frame and "currency" not in {column.id for column in columns}:
        columns.append(Column(id="currency", label="Currency"))
    columns += [
        Column(
            id=metric.id,
            label=answer.label_of(metric),
            unit=metric.unit,
            doc=metric.doc,
            adds_up=not isinstance(metric, Ratio),
        )
        for metric in answer.metrics
    ]
    return Table(answer.frame, tuple(columns), answer.notes)


# One label: what comes before it would be another account, what comes after another site.
_ACCOUNT = re.compile(
    r"https://[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.harvestapp\.com/?", re.ASCII | re.IGNORECASE
)


def record_url(meta: Meta, path: str) -> str | None:
    """Return the address of a `path` in the Harvest account, such as `/invoices/7`.

    None where the account's address is not known or is not one of Harvest's own: the address is a
    record like any other, and no link follows it elsewhere.
    """
    base = meta.base_uri
    if base is None or not _ACCOUNT.fullmatch(base):
        return None
    return f"{base.removesuffix('/').lower()}/{quote(path.lstrip('/'))}"


NO_CURRENCY = "none"
_NAMES = ("age", "state", "currency")


def filter_by_bars(
    frame: pd.DataFrame, also: Mapping[str, str], states: Sequence[str]
) -> pd.DataFrame:
    """Return the rows that the bars named in `also` count.

    `age` are those of which something is outstanding, by how late they are; `state` those issued
    in the period, by what became of them; `currency` a code or `none`, of two with a comma both.
    Raises `MetricError` for an age or a state that there is not.
    """
    if age := also.get("age"):
        find_by_name(dict.fromkeys(AGE_BUCKET.values), age, "age")
        frame = frame[(frame["age_bucket"] == age) & (frame["outstanding"] > 0)]
    if state := also.get("state"):
        find_by_name(dict.fromkeys(states), state, "state")
        frame = frame[(frame["state"] == state) & frame["issued_in_period"]]
    for code in filter(None, also.get("currency", "").split(",")):
        result = frame["currency"]
        frame = frame[result.isna() if code == NO_CURRENCY else result == code]
    return frame.reset_index(drop=True)


def bars_note(also: Mapping[str, str]) -> tuple[str, ...]:
    """Return a note on the rows that were left out."""
    texts = [f"{name} {also[name]}" for name in _NAMES if also.get(name)]
    return (f"Only those of {', '.join(texts)}, as selected.",) if texts else ()
