"""Revenue leaks, ranked by the amount at stake."""

from typing import Any

import streamlit as st

from dashboard.components import queries
from dashboard.components.filter_bar import current_params, scope_line
from dashboard.components.page_params import PageParams
from dashboard.components.queries import Query, prefetch
from dashboard.components.report_table import report_card
from dashboard.config.settings import load_settings
from dashboard.metrics.scope import Scope
from dashboard.reports.leaks.summary import LEAKS, rows_of
from dashboard.web.page_access import fragment

_NONE = "No leaks found."
_SHOWN = "_leak_shown"


def section_queries(scope: Scope) -> list[Query[Any]]:
    """Return the queries of the sections; the selected leak is that of the run before."""
    names = [LEAKS.id]
    if _SHOWN in st.session_state:
        names.append(rows_of(st.session_state[_SHOWN]))
    return [queries.report_query(name, scope=scope) for name in names]


@fragment()
def leak_sections(params: PageParams) -> None:
    """The kinds with what is at stake; below, the rows of the one selected, else of the first."""
    row = report_card(
        LEAKS.id, params, empty=_NONE, caption="Select a row to see what is behind it."
    )
    ranked = queries.get(queries.report_query(LEAKS.id, scope=params.scope)).frame
    if not ranked.empty:
        kind = st.session_state[_SHOWN] = row["kind"] if row else ranked["kind"].iloc[0]
        report_card(rows_of(kind), params)


params = current_params(load_settings())
prefetch(*section_queries(params.scope))
scope_line(params.scope, with_comparison=False)

leak_sections(params)
