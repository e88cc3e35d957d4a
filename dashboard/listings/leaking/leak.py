"""A kind of leak, and the one place where a kind that has no answer says so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard.access.rights import Right
from dashboard.errors import MetricError
from dashboard.listings.listing import Kind, Listing
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot

_ALWAYS = ("id", "hours", "at_stake", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One way to lose money: `advice` is what to do about it, in one sentence.

    `make` may raise `MetricError`, as for a filter that its facts do not know.
    """

    id: str
    label: str
    advice: str
    make: Callable[[Snapshot, Scope], Listing]
    needs: frozenset[Right] = frozenset()

    @property
    def listing(self) -> str:
        """What its rows are called among the listings."""
        return f"leaks_{self.id}"

    def kind(self) -> Kind:
        """Its rows as a listing of their own."""

        def make(snapshot: Snapshot, scope: Scope, also: Mapping[str, str]) -> Listing:
            return found(self, snapshot, scope)

        return Kind(id=self.listing, title=self.label, make=make)


def found(leak: Leak, snapshot: Snapshot, scope: Scope) -> Listing:
    """The rows of a leak; none, no columns and the reason as a note, where there is no answer."""
    try:
        snapshot.viewer.demand(leak.label, leak.needs)
        return leak.make(snapshot, scope)
    except MetricError as error:
        return Listing(pd.DataFrame(columns=list(_ALWAYS)), (), (str(error),))
