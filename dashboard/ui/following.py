"""Which figures can follow the filter: a page shows those, and says why others are missing."""

from collections.abc import Sequence

import streamlit as st

from dashboard.errors import MetricError
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.facts import followed, unfollowed
from dashboard.metrics.metric import facts
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import hidden
from dashboard.ui import data
from dashboard.ui.text import md_text


def following(groups: Sequence[Sequence[Metric]], scope: Scope) -> list[list[Metric]]:
    """The groups without what is hidden or has no meaning under the filter, empty ones left out.

    Why they are missing is written where this is called.
    """
    every = [metric for group in groups for metric in group]
    for sentence in hidden(data.snapshot().viewer, every):
        st.caption(md_text(sentence))
    groups = [data.may_see(group) for group in groups]
    missing: dict[Metric, str] = {}
    for metric in (metric for group in groups for metric in group):
        for fact in sorted(facts(metric)):
            try:
                _check(metric, fact, scope)
            except MetricError as error:
                missing.setdefault(metric, f"{error} {error.remedy}")
    for sentence in dict.fromkeys(missing.values()):
        st.caption(md_text(sentence))
    kept = [[metric for metric in group if metric not in missing] for group in groups]
    return [group for group in kept if group]


def _check(metric: Metric, fact: Fact, scope: Scope) -> None:
    rest = followed(fact, scope.where).rest
    if rest and fact is not Fact.CAPACITY:
        raise unfollowed(metric.label, fact, rest)
