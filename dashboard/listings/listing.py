"""A table of rows that still knows what its columns mean."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.access.rights import Right
from dashboard.metrics.answer import QueryResult
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.metric import Fact, Unit
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import require_visible
from dashboard.store.snapshots import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that is shown: its name in the frame and the file, and what it says.

    Text, days and yes-or-no have no `unit`. Money is in the row's `currency`. With `is_link` the
    column holds addresses of the account in Harvest; nobody else's are ever made into links.
    """

    id: str
    label: str
    unit: Unit | None = None
    doc: str = ""
    is_link: bool = False


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
        """The rows over `scope` that are visible; raises `NotVisible` where none may be."""
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
        Column(id=metric.id, label=answer.label_of(metric), unit=metric.unit, doc=metric.doc)
        for metric in answer.metrics
    ]
    return Table(answer.frame, tuple(columns), answer.notes)
