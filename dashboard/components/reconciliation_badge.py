"""Beside the period on every page: whether its totals are Harvest's own, and what differs."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.access.rights import Right
from dashboard.charts.formatting import NONE
from dashboard.components import queries
from dashboard.components.text import format_age, md_text
from dashboard.config.settings import Settings
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import day_label
from dashboard.reconciliation.check import explain_difference, label_of, readings_of
from dashboard.reconciliation.compare import CLIENT, Difference
from dashboard.reconciliation.readings import READINGS
from dashboard.reconciliation.reports import REPORTS
from dashboard.reconciliation.status import (
    PeriodReconciliation,
    Reconciliation,
    ReconciliationFile,
    ReconciliationStatus,
    compared_since,
    period_status,
)
from dashboard.store.snapshots import Snapshot
from dashboard.sync.scheduler import current_job
from dashboard.web.page_access import callback, fragment
from harvest_client.entities import ENTITIES

_LOOKS = {
    ReconciliationStatus.EQUAL: (":material/verified:", "Matches Harvest"),
    ReconciliationStatus.PARTLY: (":material/rule:", "Partly checked"),
    ReconciliationStatus.DIFFERENT: (":material/report:", "Does not match Harvest"),
    ReconciliationStatus.UNKNOWN: (":material/help:", "Not checked yet"),
    ReconciliationStatus.REFUSED: (":material/lock:", "Not shown to this token"),
}
_PARTIAL = ":material/history_toggle_off:"
_SUMS = ("Hours here", "Hours in Harvest", "Amount here", "Amount in Harvest")
_WORST = (
    ReconciliationStatus.DIFFERENT,
    ReconciliationStatus.UNKNOWN,
    ReconciliationStatus.PARTLY,
    ReconciliationStatus.EQUAL,
    ReconciliationStatus.REFUSED,
)


Since = Mapping[str, date]
"""The first day from which on a report can be compared, of those that cannot on all days."""


def since_of(snapshot: Snapshot, first: date) -> Since:
    """Return the reports of which some days from `first` on are not stored."""
    days = {name: compared_since(snapshot, report, first) for name, report in REPORTS.items()}
    return {name: day for name, day in days.items() if day is not None}


@fragment(run_every=15.0)
def agreement_badge(settings: Settings, first: date, last: date, since: Since) -> None:
    """A badge that opens to what was compared, when, and the records that differ.

    Days before `since` are not stored: nothing is equal to them.
    """
    result = ReconciliationFile(settings.cache_dir, settings.account_id).read()
    verdicts = {
        name: period_status(result, name, start, last)
        for name in REPORTS
        if (start := since.get(name, first)) <= last
    }
    values = {
        name: item
        for name, item in verdicts.items()
        if item.standing is not ReconciliationStatus.UNKNOWN
        or name == "time"
        or item.covered_by_longer_window
    }
    standings = [item.standing for item in values.values()]
    standing = min(standings, key=_WORST.index, default=ReconciliationStatus.UNKNOWN)
    icon, label = _LOOKS[standing]
    if (
        standing is ReconciliationStatus.UNKNOWN
        and values
        and all(item.covered_by_longer_window for item in values.values())
    ):
        icon, label = ":material/verified:", "Matches Harvest (full months)"
    if since and standing is not ReconciliationStatus.DIFFERENT:
        icon, label = _PARTIAL, f"Complete since {day_label(max(since.values()))}"
    with st.popover(label, icon=icon, type="tertiary", width="content"):
        st.markdown(f"**{day_label(first)} – {day_label(last)}, checked against Harvest reports**")
        for name, report in REPORTS.items():
            st.caption(f"{report.label}: {_of_report(verdicts.get(name), since.get(name))}")
        _difference_table(verdicts)
        _compare_now(first, last)


def _of_report(item: PeriodReconciliation | None, since: date | None) -> str:
    only = f"complete since {day_label(since)} only" if since else ""
    if item is None:
        return f"{only}; these days cannot be checked."
    return f"{only}; from then on {_status_sentence(item)}" if only else _status_sentence(item)


def _status_sentence(item: PeriodReconciliation) -> str:
    when = f" (checked {format_age(item.at, datetime.now(UTC))})" if item.at else ""
    if item.not_visible_to_token:
        hidden = ", ".join(
            METRICS[metric].label.lower() for metric in sorted(item.not_visible_to_token)
        )
        when += f"; this token may not see {hidden}"
    if item.unknown:
        when += f"; {item.unknown} projects have numbers that only Harvest knows"
    match item.standing:
        case ReconciliationStatus.EQUAL:
            return f"matches for every project, to the cent{when}."
        case ReconciliationStatus.PARTLY:
            until = day_label(item.until) if item.until else ""
            return f"matches up to {until}{when}; later days have not been checked."
        case ReconciliationStatus.DIFFERENT:
            return f"{len(item.differences)} totals of projects differ{when}."
        case ReconciliationStatus.REFUSED:
            return f"not checked: this token may not read it{when}."
        case _ if item.covered_by_longer_window:
            return (
                f"the full months containing these days match{when};"
                " the exact range has not been checked."
            )
    return f"not checked yet{when}."


def _difference_table(verdicts: dict[str, PeriodReconciliation]) -> None:
    differing = [
        (name, difference, item)
        for name, item in verdicts.items()
        for difference in item.differences
    ]
    if not differing:
        return
    st.dataframe(
        pd.DataFrame(
            {
                "Project": [difference.project for _, difference, _ in differing],
                "Number": [label_of(difference) for _, difference, _ in differing],
                "Here": [
                    _difference_value(difference, ours=True) for _, difference, _ in differing
                ],
                "In Harvest": [
                    _difference_value(difference, ours=False) for _, difference, _ in differing
                ],
                "Currency": [difference.currency or "" for _, difference, _ in differing],
                "Because": [
                    explain_difference(difference, item.rows) for _, difference, item in differing
                ],
            }
        ),
        hide_index=True,
        key="agreement_differences",
        alt="Totals that do not match Harvest",
    )
    rows = sorted({row for item in verdicts.values() for row in item.rows}, key=lambda row: row.id)
    for row in rows[:20]:
        st.caption(
            f"{ENTITIES[row.entity].label} {row.id}, {day_label(row.day)}, "
            f"{md_text(row.person)}: {row.why}"
        )


def _compare_now(first: date, last: date) -> None:
    running = current_job()
    busy = running is not None and (running.get_state().running or running.get_state().comparing)
    st.button(
        "Check now",
        key="compare_days",
        icon=":material/sync:",
        disabled=running is None or busy,
        on_click=callback(running.compare_days, needs={Right.ACCOUNT}) if running else None,
        args=(first, last),
        help="Compares this exact range with Harvest's own reports.",
    )


def agreement_card(settings: Settings) -> None:
    """Every window that was compared, newest first, and the records that differ."""
    result = ReconciliationFile(settings.cache_dir, settings.account_id).read()
    if not result.compared:
        return
    made = sorted(result.compared, key=lambda one: (one.first, one.last), reverse=True)
    with st.container(border=True):
        st.subheader("Reconciliation with Harvest", anchor=False)
        equal, formats = sum(item.equal for item in made), queries.get_formats()
        st.caption(
            f"{formats.format_number(equal)} of {formats.format_number(len(made))} checks match to"
            " the cent for every project. Differences are read again before they are reported."
        )
        st.dataframe(
            pd.DataFrame(
                {
                    "Report": [REPORTS[item.report].label for item in made],
                    "From": [item.first for item in made],
                    "To": [item.last for item in made],
                    "Result": ["equal" if item.equal else "differs" for item in made],
                    "Totals that differ": [len(item.differences) for item in made],
                    "Compared (UTC)": [item.at for item in made],
                }
            ),
            hide_index=True,
            height=300,
            column_config={
                "Compared (UTC)": st.column_config.DatetimeColumn(
                    format="YYYY-MM-DD HH:mm", timezone="UTC"
                )
            },
            key="compared",
            alt="Comparisons with Harvest's reports",
        )
        _rows_table(result)


def _rows_table(result: Reconciliation) -> None:
    rows, number = result.rows, queries.get_formats().format_number
    if not rows:
        return
    written: dict[Any, str | Callable[[Any], str] | None] = {
        name: lambda value: number(value, 2) for name in _SUMS
    }
    st.dataframe(
        pd.DataFrame(
            {
                "Record": [f"{ENTITIES[row.entity].label} {row.id}" for row in rows],
                "Day": [row.day for row in rows],
                "Person": [row.person for row in rows],
                "Why": [str(row.why) for row in rows],
                "Hours here": [_to_float(row.hours) for row in rows],
                "Hours in Harvest": [_to_float(row.hours_in_harvest) for row in rows],
                "Amount here": [_to_float(row.amount) for row in rows],
                "Amount in Harvest": [_to_float(row.amount_in_harvest) for row in rows],
            }
        ).style.format(written, na_rep=NONE),
        column_config={name: st.column_config.Column(alignment="right") for name in _SUMS},
        hide_index=True,
        key="differing_records",
        alt="Records that are not as Harvest has them",
    )


def readings_card() -> None:
    """Draw a table of the readings of Harvest's documents that this account follows."""
    result = readings_of(queries.get_snapshot())
    with st.container(border=True):
        st.subheader("How Harvest counts on this account", anchor=False)
        st.caption(
            "Harvest's documents leave these points open. The reports of this account show"
            " how it counts; the dashboard follows them."
        )
        st.dataframe(
            pd.DataFrame(
                {
                    "Point": [reading.label for reading in READINGS.values()],
                    "Reading": [
                        reading.values[result[id].value if id in result else reading.default]
                        for id, reading in READINGS.items()
                    ],
                    "Seen in rows of reports": [
                        result[id].evidence if id in result else 0 for id in READINGS
                    ],
                }
            ),
            hide_index=True,
            key="readings",
            alt="How Harvest counts on this account",
        )


def _difference_value(difference: Difference, *, ours: bool) -> str:
    if difference.metric == CLIENT:
        return difference.our_text if ours else difference.their_text
    value = difference.ours if ours else difference.theirs
    return queries.get_formats().format_number(float(value), 2)


def _to_float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
