"""The Overview page: its figures, its charts, and what needs somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from dashboard.access.rights import Right
from dashboard.charts.formats import NONE
from dashboard.charts.palette import look
from dashboard.charts.ranking import MOST, ranking
from dashboard.charts.receivables import MOST as CURRENCIES
from dashboard.charts.receivables import currencies, receivables
from dashboard.charts.stacked import stacked
from dashboard.errors import MetricError
from dashboard.listings.listing import Listing
from dashboard.listings.overview import OVERVIEW, earlier_figures
from dashboard.listings.projects import PROJECTS, attention
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    HOURS,
    NONBILLABLE_HOURS,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    UNINVOICED_AMOUNT,
    UNPRICED_HOURS,
    UTILIZATION,
    Metric,
    Unit,
)
from dashboard.metrics.dimensions import USER, Dimension
from dashboard.metrics.period import grain
from dashboard.metrics.scope import Scope
from dashboard.ui import cards, data
from dashboard.ui.filters import compared
from dashboard.ui.kept import Wanted
from dashboard.ui.kpis import earlier
from dashboard.ui.listing import listing_table
from dashboard.ui.pictures import picture_config
from dashboard.ui.text import md_text

_CARDS = 6
# In order; those without a meaning under the filter make room for the next.
_SHOWN: tuple[Metric, ...] = (
    HOURS, UTILIZATION, BILLABLE_AMOUNT, UNINVOICED_AMOUNT, OUTSTANDING_AMOUNT, OVERDUE_AMOUNT,
    BILLABLE_SHARE, UNPRICED_HOURS,
)  # fmt: skip
_BUDGETS = 8
_PARTS = (BILLABLE_HOURS, NONBILLABLE_HOURS)


def wanted_ahead(scope: Scope) -> list[Wanted[Any]]:
    """What the page will ask, slowest first."""
    step = grain(scope.start, scope.end)
    compare = compared()
    return [
        data.wanted_listing(OVERVIEW.id, scope=scope),
        *([_wanted_before(earlier(scope, compare))] if compare else []),
        *(
            data.wanted([metric], by=[step], scope=scope)
            for metric in data.may_see(_SHOWN)[:_CARDS]
        ),
        data.wanted(_PARTS, by=[step], scope=scope),
        data.wanted_listing(PROJECTS.id, scope=scope),
        data.wanted([UTILIZATION], by=[USER], scope=scope),
    ]


def _wanted_before(scope: Scope) -> Wanted[Listing]:
    return data.wanted_keep("figures before", partial(earlier_figures, scope=scope), scope=scope)


def figures(scope: Scope) -> None:
    """Six figures at most, in one currency; the others are written below, never added."""
    compare = compared()
    now = data.ask_listing(OVERVIEW.id, scope=scope)
    before = data.answered(_wanted_before(earlier(scope, compare))) if compare else None
    main, *others = _currencies(now)
    have = set(now.frame["metric"])
    shown = [metric for metric in _SHOWN if metric.id in have][:_CARDS]
    with st.grid(min_column_width=cards.WIDTH):
        for metric in shown:
            _card(metric, main if metric.unit is Unit.MONEY else None, now, before, scope)
    with st.container(gap=None):
        for currency in others:
            cards.line(currency, _words(now, before, shown, currency))
        for note in now.notes:
            st.caption(md_text(note))


def hours_card(scope: Scope) -> None:
    """Billable and non-billable hours over time."""
    step = grain(scope.start, scope.end)
    st.subheader(f"Hours per {step.id}", anchor=False)
    with _possible():
        answer = data.ask(_PARTS, by=[step], scope=scope)
        if answer.frame.empty:
            st.caption(":material/inbox: No time entries match.")
            return
        _plot(
            stacked(answer, look(st.context.theme.type), data.formats()),
            f"Billable and non-billable hours by {step.id}",
        )


def receivables_card(scope: Scope) -> None:
    """What became of invoices, per currency."""
    st.subheader("Receivables", anchor=False)
    if not data.may_see([OUTSTANDING_AMOUNT]):
        st.caption(f":material/lock: Not visible to you. It needs {Right.INVOICES}.")
        return
    found = data.ask_listing(OVERVIEW.id, scope=scope)
    several = currencies(found)
    if not several:
        st.caption(":material/inbox: There is nothing here.")
        return
    _plot(
        receivables(found, look(st.context.theme.type), data.formats()),
        "Amounts of invoices that are draft, sent, late and paid",
    )
    rest = ", ".join(currency or NONE for currency in several[CURRENCIES:])
    st.caption(
        "Drafts and payments of the period; sent and late as of its end."
        + (md_text(f" Also in {rest}: see the file of the overview.") if rest else "")
    )


def budgets_card(scope: Scope) -> None:
    """The budgets that are over or at risk."""
    st.subheader("Budgets that need attention", anchor=False)
    with _possible():
        found = attention(data.ask_listing(PROJECTS.id, scope=scope))
        if found.frame.empty:
            st.caption(":material/check_circle: All budgets are on track.")
            return
        first = replace(found, frame=found.frame.head(_BUDGETS))
        listing_table(first, key="attention", alt="Budgets that need attention", select=False)
        if len(found.frame) > _BUDGETS:
            st.caption(f"The first {_BUDGETS} of {len(found.frame)}; the Projects page has all.")


def utilization_card(scope: Scope) -> None:
    """Who is how busy on paid work; people without capacity have no share."""
    st.subheader("Utilization by person", anchor=False)
    with _possible():
        answer = data.ask([UTILIZATION], by=[USER], scope=scope)
        some = answer.frame.dropna(subset=[UTILIZATION.id])
        if some.empty:
            st.caption(":material/inbox: Nobody has capacity here.")
            return
        _plot(
            ranking(replace(answer, frame=some), look(st.context.theme.type), data.formats()),
            "Utilization by person",
        )
        if len(some) > MOST:
            st.caption(f"The first {MOST} of {len(some)}; the Utilization page has all.")


@contextmanager
def _possible() -> Iterator[None]:
    """Says in the card why it has no answer under the filter; the others stay."""
    try:
        yield
    except MetricError as error:
        st.caption(md_text(f"{error} {error.remedy}"))


def _plot(figure: Any, alt: str) -> None:
    st.plotly_chart(figure, theme=None, config=picture_config(), alt=alt)


def _card(
    metric: Metric, currency: str | None, now: Listing, before: Listing | None, scope: Scope
) -> None:
    cards.figure_card(
        metric,
        str(now.frame["label"][now.frame["metric"] == metric.id].iloc[0]),
        currency,
        value=value_of(now, metric.id, currency),
        was=value_of(before, metric.id, currency) if before else None,
        compared=before is not None,
        course=_course(metric, currency, grain(scope.start, scope.end), scope),
    )


def value_of(listing: Listing, metric: str, currency: str | None = None) -> float | None:
    """The figure in the overview's listing; None where it is missing or has no value."""
    frame = listing.frame[listing.frame["metric"] == metric]
    same = frame["currency"].isna() if currency is None else frame["currency"] == currency
    values = frame["value"][same].dropna().tolist()
    return float(values[0]) if values else None


def _course(metric: Metric, currency: str | None, step: Dimension, scope: Scope) -> list[float]:
    frame = data.ask([metric], by=[step], scope=scope).frame
    if "currency" in frame:
        frame = frame[
            frame["currency"].isna() if currency is None else frame["currency"] == currency
        ]
    values: list[float] = frame[metric.id].dropna().tolist()
    return values


def _currencies(listing: Listing) -> list[str | None]:
    """The currencies of the figures, the account's own first; None where there are none."""
    frame = listing.frame[listing.frame["unit"] == Unit.MONEY]
    return cards.own_first(one if isinstance(one, str) else None for one in frame["currency"])


def _words(
    listing: Listing, before: Listing | None, shown: list[Metric], currency: str | None
) -> list[str]:
    return [
        cards.in_words(
            metric,
            metric.label,
            currency,
            value_of(listing, metric.id, currency),
            value_of(before, metric.id, currency) if before else None,
        )
        for metric in shown
        if metric.unit is Unit.MONEY
    ]
