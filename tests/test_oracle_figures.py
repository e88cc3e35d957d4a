"""Every metric of the catalogue equals the oracle's, per currency, for three scopes.

`SOAK` asks about larger accounts, and about tracked hours for every metric.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import DIMENSIONS
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import RoundingBasis, Scope
from dashboard.store.snapshots import Snapshot
from tests.against_witness import TOKEN, WitnessCopy
from tests.oracle.metrics import METRICS as KNOWN
from tests.oracle.metrics import Oracle, supported_dimensions
from tests.oracle.readings import Readings
from tests.soak import SOAK
from tests.witness.server import Witness
from tests.witness.switches import Switches
from tests.witness_accounts import VARIANTS, build_account

pytestmark = pytest.mark.longer("metrics against the oracle")

TODAY = date(2026, 11, 30)
SCOPES = {
    "a month": (date(2026, 9, 1), date(2026, 9, 30)),
    "a year that is not over": (date(2026, 1, 1), date(2026, 12, 31)),
    "all days": (date(2019, 1, 1), date(2027, 12, 31)),
}
BY: tuple[tuple[str, ...], ...] = (
    (), ("client",), ("project",), ("user",), ("month",), ("task",), ("billable",),
    ("invoice_state",), ("age_bucket",), ("expense_category",), ("estimate_state",),
    ("week", "user"), ("quarter", "client"), ("year", "currency"), ("contractor",),
)  # fmt: skip
LEAVE = "Vacation"
ENTRIES = 3_000 if SOAK else 300
RAW = ("hours", "billable_amount", "cost_amount", "utilization", "budget_spent")
CASES = [
    (variant, metric, scope, basis)
    for place, variant in enumerate(VARIANTS)
    for basis in RoundingBasis
    for row, metric in enumerate(METRICS)
    if basis is RoundingBasis.ROUNDED or metric in RAW or SOAK
    for column, scope in enumerate(SCOPES)
    # A Latin square: each metric over each scope once, and of each account once.
    if SOAK or place == (row + column) % len(VARIANTS)
]
IDS = ("client", "project", "task", "user", "expense_category")
RATIO_DIGITS, CENTS = Decimal("1e-9"), Decimal("1e-6")


@dataclass(frozen=True)
class Pair:
    snapshot: Snapshot
    oracle: Oracle


Pairs = Callable[[str], Pair]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pairs]:
    """A synced account and its oracle for each variant, made once."""
    with ExitStack() as stack:

        @cache
        def make(variant: str) -> Pair:
            pair = build_pair(variant, tmp_path_factory.mktemp(variant))
            stack.enter_context(closing(pair.snapshot))
            return pair

        yield make


def build_pair(variant: str, directory: Path) -> Pair:
    account = build_account(seed=4, entries=ENTRIES, variant=variant)
    currency = str(account["company"]["currency"])[-3:]
    copy = WitnessCopy(
        Witness(account, Switches(), token=TOKEN),
        directory,
        {"HARVEST_CURRENCY": currency, "HARVEST_LEAVE_TASKS": LEAVE},
    )
    while copy.sync().more:
        pass
    oracle = Oracle(
        account, Readings(retainer_draw="payment"), TODAY,
        leave_tasks=frozenset({LEAVE}), company_currency=currency,
    )  # fmt: skip
    return Pair(copy.snapshot(), oracle)


def ours(snapshot: Snapshot, metric: str, by: tuple[str, ...], scope: Scope) -> dict[Any, Any]:
    """Return the values by the oracle's keys: ids, first days, flags; the currency last."""
    dimensions = [DIMENSIONS[name] for name in by]
    frame = query_metrics(snapshot, [METRICS[metric]], by=dimensions, scope=scope).frame
    columns = [f"{name}_id" if name in IDS else name for name in by]
    if "currency" in frame and "currency" not in by:
        columns.append("currency")
    return {
        tuple(_key(name, row[name]) for name in columns): _value(row[metric])
        for row in frame.to_dict("records")
    }


def _key(name: str, value: Any) -> Any:
    if name in ("billable", "contractor"):
        return value in ("Billable", "Contractor")
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return int(value) if name.endswith("_id") else value


def _value(value: Any) -> Decimal | None:
    return None if pd.isna(value) else Decimal(repr(float(value)))


def differing(theirs: Mapping[Any, Any], found: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the keys whose values are not equal; a key without a value is 0, or unknown."""
    return {
        key: (found.get(key), theirs.get(key))
        for key in theirs.keys() | found.keys()
        if not _same(found.get(key), theirs.get(key))
    }


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return not one and not other
    return abs(one - other) <= max(CENTS, abs(other) * RATIO_DIGITS)


def test_oracle_knows_every_metric_of_the_catalogue() -> None:
    assert KNOWN.keys() == METRICS.keys()


@pytest.mark.parametrize(("variant", "metric", "days", "basis"), CASES)
def test_metric_equals_the_oracle(
    pairs: Pairs, variant: str, metric: str, days: str, basis: RoundingBasis
) -> None:
    pair = pairs(variant)
    first, last = SCOPES[days]
    scope = Scope(first, last, basis=basis, today=TODAY)
    wrong = {}
    for by in BY:
        if set(by) <= supported_dimensions(metric):
            theirs = pair.oracle.value(metric, first, last, by=by, basis=basis)
            if bad := differing(theirs, ours(pair.snapshot, metric, by, scope)):
                wrong[by] = dict(list(bad.items())[:5])

    assert wrong == {}
