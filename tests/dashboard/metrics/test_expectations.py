"""What each metric must be over the account of `account/records.json`, worked out by hand.

`expectations/*.json` hold one question each, with the value, the arithmetic, and what the usual
mistake would give. Without dates a question is about the first quarter of 2026, on its last day.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import DIMENSIONS, Dimension
from dashboard.metrics.execute import QueryResult, query_metrics
from dashboard.metrics.scope import FIELDS, RoundingBasis, Scope
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.conftest import HERE, QUARTER

TODAY = QUARTER.today


@dataclass(frozen=True)
class Expectation:
    """One question and what must come of it: a value, or the sentence that refuses it."""

    metric: str
    why: str
    by: str = ""
    start: date = date(2026, 1, 1)
    end: date = TODAY
    where: Any = None
    basis: str = "rounded"
    value: Any = None
    notes: tuple[str, ...] | None = None
    refused: str = ""

    def __str__(self) -> str:
        return f"{self.metric} by {self.by or 'nothing'} {self.start}..{self.end}"

    def asked(self, snapshot: Snapshot) -> QueryResult:
        by = [DIMENSIONS[name] for name in self.by.split(",") if name]
        where = parse(self.where, FIELDS) if self.where else None
        scope = Scope(self.start, self.end, where, RoundingBasis(self.basis), today=TODAY)
        return query_metrics(snapshot, [METRICS[self.metric]], by=by, scope=scope)


def _read() -> Iterator[Expectation]:
    for path in sorted((HERE / "expectations").glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            start, end = row.pop("from", "2026-01-01"), row.pop("to", str(TODAY))
            days = {"start": date.fromisoformat(start), "end": date.fromisoformat(end)}
            yield Expectation(**(row | days))


EXPECTATIONS = list(_read())


def _label(dimension: Dimension, value: Any) -> str:
    if not dimension.is_period:
        return str(value)
    return f"{value:%Y-%m}" if dimension.id == "month" else f"{value:%Y-%m-%d}"


def _found(answer: QueryResult) -> Any:
    """The answer as an expectation writes it: by label, by currency, null for NaN."""
    (metric,) = answer.metrics
    found: Any = {}
    for row in answer.frame.to_dict("records"):
        value = row[metric.id]
        keys = [_label(dimension, row[dimension.id]) for dimension in answer.by]
        if "currency" in row:
            keys.append(row["currency"])
        inner, last = found, ["", *keys][-1]
        for key in keys[:-1]:
            inner = inner.setdefault(key, {})
        inner[last] = None if math.isnan(value) else value
    return found.get("", found)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return None if value is None else round(value, 6)


answered = pytest.mark.parametrize("expected", [e for e in EXPECTATIONS if not e.refused], ids=str)


@answered
def test_a_number_is_what_it_is_by_hand(account: Snapshot, expected: Expectation) -> None:
    found = expected.asked(account)

    assert _rounded(_found(found)) == _rounded(expected.value), expected.why
    if expected.notes is not None:
        assert len(found.notes) == len(expected.notes)
        assert all(part in note for part, note in zip(expected.notes, found.notes, strict=True))


@pytest.mark.parametrize("expected", [e for e in EXPECTATIONS if e.refused], ids=str)
def test_what_has_no_meaning_is_refused_in_a_sentence(
    account: Snapshot, expected: Expectation
) -> None:
    with pytest.raises(MetricError, match=expected.refused):
        expected.asked(account)


def test_every_metric_is_expected_to_be_something() -> None:
    # Worked out in test_capacity.py and test_budgets.py, on accounts of their own.
    elsewhere = {
        "capacity_hours", "gross_capacity_hours", "worked_hours",
        "utilization", "total_utilization", "harvest_utilization",
        "budget", "budget_spent", "budget_remaining", "budget_used_share",
    }  # fmt: skip

    assert METRICS.keys() - {e.metric for e in EXPECTATIONS} <= elsewhere
    assert len(EXPECTATIONS) >= 40
    assert all(expected.why.endswith(".") for expected in EXPECTATIONS)
