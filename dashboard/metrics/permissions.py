"""Metrics, dimensions and filters that a viewer may use.

What the viewer's copy leaves empty would else look like nothing: so it is refused by name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from dashboard.access.rights import COLUMN_NEEDS, Right, Viewer, demand_fields
from dashboard.metrics.dimensions import CONTRACTOR, Dimension
from dashboard.metrics.metric import Fact, Measure, Metric, totals_of
from dashboard.metrics.scope import RoundingBasis, Scope
from harvest_client.search.filter_ast import field_paths

_FACTS: Mapping[Fact, Right] = {
    Fact.INVOICES: Right.INVOICES,
    Fact.PAYMENTS: Right.INVOICES,
    Fact.RECEIVABLES: Right.INVOICES,
    Fact.RETAINERS: Right.INVOICES,
    Fact.ESTIMATES: Right.ESTIMATES,
    Fact.FEES: Right.RATES,
    Fact.FEE_BALANCES: Right.RATES,
}
_DIMENSIONS: Mapping[Dimension, Right] = {CONTRACTOR: Right.ACCOUNT}
_WORD = re.compile(r"\w+")


@cache
def required_rights(metric: Metric) -> frozenset[Right]:
    """The rights without which a part of `metric` is hidden: by its facts, and by its columns."""
    result = {Right.ACCOUNT} if any(total.is_profit for total in totals_of(metric)) else set()
    for measure in metric.measures:
        result |= {_FACTS[measure.fact]} if measure.fact in _FACTS else set()
        result |= {COLUMN_NEEDS[word] for word in _sql_words(measure) if word in COLUMN_NEEDS}
    return frozenset(result)


def visible_metrics(viewer: Viewer, metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """Return those of the metrics that the viewer may ask for."""
    return tuple(metric for metric in metrics if viewer.has_rights(required_rights(metric)))


def hidden_notice(viewer: Viewer, metrics: Iterable[Metric]) -> tuple[str, ...]:
    """Return a sentence that names the others, where there are any."""
    names = [metric.label for metric in metrics if not viewer.has_rights(required_rights(metric))]
    return (f"Not visible to you: {', '.join(names)}.",) if names else ()


def require_visible(
    viewer: Viewer, scope: Scope, metrics: Sequence[Metric] = (), by: Sequence[Dimension] = ()
) -> None:
    """Raise `NotVisible` for the first of what is asked that the viewer may not see."""
    for metric in metrics:
        viewer.require(metric.label, required_rights(metric))
    for dimension in by:
        if dimension in _DIMENSIONS:
            viewer.require(dimension.label, {_DIMENSIONS[dimension]})
    if scope.where:
        demand_fields(viewer, field_paths(scope.where))


def only_people(viewer: Viewer) -> tuple[str, ...]:
    """That capacity is of some people only, where the viewer sees work of others too."""
    if viewer.sees_everything or not viewer.projects:
        return ()
    return ("Capacity and utilization cover you and your team.",)


def _sql_words(measure: Measure) -> set[str]:
    texts = (measure.column, measure.condition, measure.base_filter, measure.day)
    return {
        word
        for text in texts
        for basis in RoundingBasis
        for word in _WORD.findall(text.replace("{basis}", basis))
    }
