"""Metrics that support the filter; a page shows those, and explains why others are missing."""

from collections.abc import Sequence

import streamlit as st

from dashboard.errors import MetricError
from dashboard.metrics.catalog import Fact, Metric
from dashboard.metrics.facts import split_filter, unsupported_filter_error
from dashboard.metrics.metric import metric_facts
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import hidden_notice
from dashboard.ui import data
from dashboard.ui.text import md_text


def supported_groups(groups: Sequence[Sequence[Metric]], scope: Scope) -> list[list[Metric]]:
    """The groups without what is hidden or has no meaning under the filter, empty ones left out.

    Why they are missing is written where this is called.
    """
    every = [metric for group in groups for metric in group]
    for sentence in hidden_notice(data.get_snapshot().viewer, every):
        st.caption(md_text(sentence))
    groups = [data.visible_to_viewer(group) for group in groups]
    missing: dict[Metric, str] = {}
    for metric in (metric for group in groups for metric in group):
        for fact in sorted(metric_facts(metric)):
            try:
                _check_supported(metric, fact, scope)
            except MetricError as error:
                missing.setdefault(metric, f"{error} {error.remedy}")
    for sentence in dict.fromkeys(missing.values()):
        st.caption(md_text(sentence))
    kept = [[metric for metric in group if metric not in missing] for group in groups]
    return [group for group in kept if group]


def _check_supported(metric: Metric, fact: Fact, scope: Scope) -> None:
    rest = split_filter(fact, scope.where).rest
    if rest and fact is not Fact.CAPACITY:
        raise unsupported_filter_error(metric.label, fact, rest)
