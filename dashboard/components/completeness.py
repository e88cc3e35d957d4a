"""Completeness of a page: a line under the period where not all of its records are stored."""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from dashboard.components import queries
from dashboard.components.text import md_text
from dashboard.metrics.catalog import Metric
from dashboard.metrics.completeness import incomplete_reasons
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.metric import Fact
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS

_SHOWN = "_reasons_shown"


def completeness_line(page: str, scope: Scope | None) -> None:
    """Draw why numbers of the page, which has a listing of its name, are not complete.

    A page without a scope has no numbers of a period.
    """
    result = (
        incomplete_reasons(queries.get_snapshot(), LISTINGS[page].facts, scope) if scope else ()
    )
    st.session_state[_SHOWN] = result
    for reason in result:
        st.markdown(f":material/history_toggle_off: {md_text(reason)}")


def time_captions(scope: Scope) -> None:
    """Draw why not all time entries of the scope are there."""
    for reason in notes_below(incomplete_reasons(queries.get_snapshot(), [Fact.TIME], scope)):
        st.caption(md_text(reason))


def notes_below(notes: Iterable[str]) -> list[str]:
    """Return each note once, without those in the line under the period."""
    shown = st.session_state.get(_SHOWN, ())
    return [note for note in dict.fromkeys(notes) if note not in shown]


@dataclass(frozen=True)
class NotCompared:
    """Metrics of an earlier period of which not all is stored, and why."""

    labels: tuple[str, ...]
    reasons: tuple[str, ...]


def without_partial(
    before: QueryResult, labels: dict[Metric, str]
) -> tuple[QueryResult, list[NotCompared]]:
    """Return an earlier answer without metrics of which not all is stored, and those."""
    partial = [metric for metric in before.metrics if metric in before.lacking]
    if not partial:
        return before, []
    frame = before.frame.drop(columns=[metric.id for metric in partial])
    whole = tuple(metric for metric in before.metrics if metric not in before.lacking)
    kept = QueryResult(frame, whole, before.by, before.scope)
    return kept, [NotCompared(tuple(labels[metric] for metric in partial), before.reasons)]


def not_compared(result: Iterable[NotCompared]) -> list[str]:
    """Return a sentence for all that is missing for the same reasons.

    Reasons in the line under the period are not repeated.
    """
    labels: dict[tuple[str, ...], dict[str, None]] = {}
    for item in result:
        labels.setdefault(item.reasons, {}).update(dict.fromkeys(item.labels))
    return [
        " ".join([f"{', '.join(names)}: not compared with an earlier period.", *notes_below(why)])
        for why, names in labels.items()
    ]
