"""One report of one window beside our own answer to the same question."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from dashboard.agreement.comparisons import Comparison
from dashboard.metrics.answer import answer
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from harvest_client import Harvest
from harvest_client.parameters import LONGEST_REPORT

Key = tuple[int, str | None]
"""A project and a currency."""

_CENT = Decimal("0.01")
_HALF_A_CENT = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not Harvest's. Amounts are in `currency`, hours in hours."""

    metric: str
    project_id: int
    project: str
    currency: str | None
    ours: Decimal
    theirs: Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """A metric of the whole window in one currency; None in place of what the token may not see."""

    metric: str
    currency: str | None
    ours: Decimal
    theirs: Decimal | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A report of the days `first` to `last`, compared at `at` with version `version`."""

    comparison: str
    first: date
    last: date
    at: datetime
    version: int
    totals: tuple[Total, ...]
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        return not self.differences

    @property
    def whole(self) -> bool:
        """Whether the token could see everything that was to be compared."""
        return all(total.theirs is not None for total in self.totals)


def compare(
    snapshot: Snapshot,
    harvest: Harvest,
    comparison: Comparison,
    first: date,
    last: date,
    *,
    at: datetime,
) -> Compared:
    """Asks Harvest for its report, one request per year and page, and us for the same.

    Equal means to the cent and to the hundredth of an hour, for each project and currency.
    """
    theirs = _theirs(harvest, comparison, first, last)
    ours, names = _ours(snapshot, comparison, first, last)
    totals: dict[tuple[str, str | None], Total] = {}
    differences = []
    for key in sorted(theirs.keys() | ours.keys(), key=repr):
        project_id, currency = key
        for field, metric in comparison.pairs:
            mine = ours.get(key, {}).get(metric.id, Decimal(0))
            row = theirs.get(key)
            said = Decimal(0) if row is None else row[field]
            total = totals.get((metric.id, currency))
            totals[metric.id, currency] = _added(total, metric.id, currency, mine, said)
            if said is not None and abs(mine - said) >= _HALF_A_CENT:
                name = names.get(project_id, f"Project {project_id}")
                differences.append(Difference(metric.id, project_id, name, currency, mine, said))
    return Compared(
        comparison.id, first, last, at, snapshot.meta.version,
        tuple(totals.values()), tuple(differences),
    )  # fmt: skip


def _theirs(
    harvest: Harvest, comparison: Comparison, first: date, last: date
) -> dict[Key, dict[str, Decimal | None]]:
    sums: dict[Key, dict[str, Decimal | None]] = {}
    for start, end in _years(first, last):
        rows = harvest.resource(comparison.report).all(from_=start, to=end, **comparison.parameters)
        for row in rows:
            known = sums.get((row.project_id, row.currency))
            sums[row.project_id, row.currency] = {
                field: _plus(known[field] if known else Decimal(0), getattr(row, field))
                for field, _ in comparison.pairs
            }
    return sums


def _years(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days in windows that a report may have, none longer than `LONGEST_REPORT`."""
    while first <= last:
        end = min(first + timedelta(days=LONGEST_REPORT - 1), last)
        yield first, end
        first = end + timedelta(days=1)


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _ours(
    snapshot: Snapshot, comparison: Comparison, first: date, last: date
) -> tuple[dict[Key, dict[str, Decimal]], dict[int, str]]:
    metrics = [metric for _, metric in comparison.pairs]
    # Harvest counts to the end of the window, whatever day is today.
    scope = Scope(first, last, today=last)
    frame = answer(snapshot, metrics, by=[comparison.by], scope=scope).frame
    sums: dict[Key, dict[str, Decimal]] = {}
    names: dict[int, str] = {}
    for row in frame.to_dict("records"):
        if pd.isna(row["project_id"]):
            continue
        project_id = int(row["project_id"])
        names[project_id] = str(row["project"])
        values = {metric.id: _exact(row[metric.id]) for metric in metrics}
        if any(values.values()):
            sums[project_id, _text(row["currency"])] = values
    return sums, names


def _added(
    total: Total | None, metric: str, currency: str | None, ours: Decimal, theirs: Decimal | None
) -> Total:
    if total is None:
        return Total(metric, currency, ours, theirs)
    return Total(metric, currency, total.ours + ours, _plus(total.theirs, theirs))


def _exact(value: Any) -> Decimal:
    """The cent that a sum means: it was added exactly and became a float at the very end."""
    return (
        Decimal(0) if pd.isna(value) else Decimal(repr(float(value))).quantize(_CENT, ROUND_HALF_UP)
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
