"""The Overview page: its figures, its charts, and what needs somebody."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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
from dashboard.listings.overview import (
    OVERVIEW,
    Sources,
    count_late_invoices,
    of_old,
    put_together,
    shown,
    values_of,
)
from dashboard.listings.projects import PROJECTS, attention
from dashboard.metrics.against import Against
from dashboard.metrics.answer import Answer
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
from dashboard.metrics.dimensions import USER
from dashboard.metrics.period import grain
from dashboard.metrics.pivot import Course
from dashboard.metrics.scope import Scope
from dashboard.ui import cards, data, kpis
from dashboard.ui.completeness import NotCompared, not_compared, notes_below, without_partial
from dashboard.ui.filters import compared
from dashboard.ui.kept import Wanted
from dashboard.ui.listing import listing_table
from dashboard.ui.pictures import chart
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
    return [
        _wanted_budgets(scope),
        *(_wanted_group(group, scope) for group in _groups()),
        _wanted_old(scope),
        *kpis.wanted_before(_groups(), scope, compare=compared()),
        _wanted_late(scope),
        data.wanted([UTILIZATION], by=[USER], scope=scope),
    ]


def _groups() -> list[tuple[Metric, ...]]:
    return shown(data.snapshot().viewer)


def _wanted_group(group: tuple[Metric, ...], scope: Scope) -> Wanted[Course]:
    # The chart of hours is drawn of the same question as their figures.
    metrics = (*group, *_PARTS) if HOURS in group else group
    return data.wanted_course(metrics, grain(scope.start, scope.end), scope=scope)


def _wanted_budgets(scope: Scope) -> Wanted[Listing]:
    return data.wanted_listing(PROJECTS.id, scope=scope)


def _wanted_old(scope: Scope) -> Wanted[Answer]:
    return data.wanted([UNINVOICED_AMOUNT], scope=of_old(scope))


def _wanted_late(scope: Scope) -> Wanted[int]:
    return data.wanted_keep("late invoices", partial(count_late_invoices, scope=scope), scope=scope)


def listed(scope: Scope) -> Listing:
    """The overview's listing, made of what the page asks for anyway."""
    sources = Sources(
        group=lambda metrics: data.answered(_wanted_group(metrics, scope)).total,
        late=lambda: data.answered(_wanted_late(scope)),
        budgets=lambda: data.answered(_wanted_budgets(scope)),
        old=lambda: data.answered(_wanted_old(scope)),
    )
    return data.keep(OVERVIEW.id, lambda stored: put_together(sources, stored.viewer), scope=scope)


def figures(scope: Scope) -> None:
    """Six figures at most, in one currency; the others are written below, never added."""
    listing, compare = listed(scope), compared()
    now = values_of(listing)
    labels = dict(zip(listing.frame["metric"], listing.frame["label"], strict=True))
    steps = _by_metric([_wanted_group(group, scope) for group in _groups()])
    before, partial = _before(scope, compare)
    main, *others = _currencies(listing)
    metrics = [metric for metric in _SHOWN if metric.id in labels][:_CARDS]
    with st.grid(min_column_width=cards.WIDTH):
        for metric in metrics:
            currency = main if metric.unit is Unit.MONEY else None
            cards.figure_card(
                metric,
                labels[metric.id],
                currency,
                value=now.get((metric.id, currency)),
                was=kpis.value(before.get(metric), metric, currency),
                compared=metric in before,
                course=kpis.drawn(steps[metric], metric, currency),
            )
    amounts = [metric for metric in metrics if metric.unit is Unit.MONEY]
    with st.container(gap=None):
        for currency in others:
            words = [
                cards.in_words(
                    metric,
                    metric.label,
                    currency,
                    now.get((metric.id, currency)),
                    kpis.value(before.get(metric), metric, currency),
                )
                for metric in amounts
            ]
            cards.line(currency, words)
        for note in notes_below([*not_compared(partial), *listing.notes]):
            st.caption(md_text(note))


def _before(scope: Scope, compare: Against) -> tuple[dict[Metric, kpis.Values], list[NotCompared]]:
    """The values of each metric in the period before, and why some are not compared."""
    found: dict[Metric, kpis.Values] = {}
    partial: list[NotCompared] = []
    for wanted in kpis.wanted_before(_groups(), scope, compare=compare):
        with suppress(MetricError):
            answer = data.answered(wanted)
            labels = {metric: metric.label for metric in answer.metrics}
            was, lacking = without_partial(answer, labels)
            found |= dict.fromkeys(was.metrics, kpis.values(was))
            partial += lacking
    return found, partial


def _by_metric(wanted: Sequence[Wanted[Any]]) -> dict[Metric, kpis.Values]:
    """The values of each metric, or their courses; without those that the filter leaves none."""
    found: dict[Metric, kpis.Values] = {}
    for one in wanted:
        with suppress(MetricError):
            made: Answer | Course = data.answered(one)
            answer = made.steps if isinstance(made, Course) else made
            found |= dict.fromkeys(answer.metrics, kpis.values(answer))
    return found


def hours_card(scope: Scope) -> None:
    """Billable and non-billable hours over time."""
    step = grain(scope.start, scope.end)
    st.subheader(f"Hours per {step.id}", anchor=False)
    with _possible():
        steps = data.answered(_wanted_group(_groups()[0], scope)).steps
        answer = replace(steps, metrics=_PARTS)
        if answer.frame.empty:
            st.caption(":material/inbox: No time entries match.")
            return
        chart(
            stacked(answer, look(st.context.theme.type), data.formats()),
            alt=f"Billable and non-billable hours by {step.id}",
        )


def receivables_card(scope: Scope) -> None:
    """What became of invoices, per currency."""
    st.subheader("Receivables", anchor=False)
    if not data.may_see([OUTSTANDING_AMOUNT]):
        st.caption(f":material/lock: Not visible to you. It needs {Right.INVOICES}.")
        return
    found = listed(scope)
    several = currencies(found)
    if not several:
        st.caption(":material/inbox: There is nothing here.")
        return
    chart(
        receivables(found, look(st.context.theme.type), data.formats()),
        alt="Amounts of invoices that are draft, sent, late and paid",
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
        found = attention(data.answered(_wanted_budgets(scope)))
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
        chart(
            ranking(replace(answer, frame=some), look(st.context.theme.type), data.formats()),
            alt="Utilization by person",
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


def _currencies(listing: Listing) -> list[str | None]:
    """The currencies of the figures, the account's own first; None where there are none."""
    lines = zip(listing.frame["unit"].tolist(), listing.frame["currency"].tolist(), strict=True)
    return cards.own_first(
        currency if isinstance(currency, str) else None
        for unit, currency in lines
        if unit == Unit.MONEY
    )
