"""Data: stored records, their age, and the changes of the last syncs."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.formatting import NONE, Formats
from dashboard.components import queries
from dashboard.components.downloads import download_links
from dashboard.components.errors import explain_error
from dashboard.components.queries import (
    currency_names,
    current_day,
    formats_of,
    get_formats,
    get_snapshot,
)
from dashboard.components.reconciliation_badge import agreement_card, readings_card
from dashboard.components.report_table import report_table
from dashboard.components.status import accept_deletions, sync_state, try_again
from dashboard.components.table import table_height
from dashboard.components.text import format_age, md_text, progress_bar
from dashboard.config.errors import SyncRefused
from dashboard.config.settings import Settings, load_settings
from dashboard.metrics.bounds import find_bounds
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.scope import Scope
from dashboard.reports.data import ODD_RECORDS
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.store.sync_log import Attempt, SyncLog
from dashboard.web.page_access import fragment

_SHOWN = 200
_HEIGHT = 400
_KINDS = {"count": "counted", "months": "counted month by month", "records": "read one by one"}


def deleted_card(settings: Settings, snapshot: Snapshot) -> None:
    """The records that Harvest no longer has, noticed last first; they count nowhere."""
    if not snapshot.has_table("tombstones"):
        return  # published before there were any
    rows = snapshot.rows(
        "SELECT entity, day, text, noticed, id FROM tombstones"
        " ORDER BY noticed DESC, entity, day DESC, id DESC LIMIT $1",
        [_SHOWN],
    )
    ((total,),) = snapshot.rows("SELECT count(*) FROM tombstones")
    with st.container(border=True):
        st.subheader("Deleted in Harvest", anchor=False)
        more = (
            f" The newest {_SHOWN} of {formats_of(snapshot).format_number(total)} are shown."
            if total > _SHOWN
            else ""
        )
        st.caption(
            "Kept for reference; not included in any figure."
            f"{more} {_last_comparison(settings)}".strip()
        )
        if not rows:
            return
        st.dataframe(
            pd.DataFrame(
                {
                    "Detected (UTC)": [row[3] for row in rows],
                    "Entity": [KEPT[row[0]].label for row in rows],
                    "Day": [row[1] for row in rows],
                    "Description": [row[2] for row in rows],
                    "ID": [str(row[4]) for row in rows],
                }
            ),
            hide_index=True,
            height=min(table_height(len(rows)), _HEIGHT),
            column_config={
                "Detected (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
                "Description": st.column_config.TextColumn(width="large"),
            },
            key="deleted",
            alt="Records that were deleted in Harvest",
        )


def _last_comparison(settings: Settings) -> str:
    """Return the age and level of the last comparison of time entries."""
    attempts = SyncLog(settings.cache_dir, settings.account_id).read()
    checks = next((item.checks for item in attempts if item.checks), {})
    now = datetime.now(UTC)
    told = [
        f"{word} {format_age(datetime.fromisoformat(checks[kind]), now)}"
        for kind, word in _KINDS.items()
        if kind in checks
    ]
    return f"Time entries were last {', '.join(told)}." if told else ""


def odd_records_card(snapshot: Snapshot) -> None:
    """The records that the last sync left out, with what is wrong with each; nothing without."""
    today = queries.current_day()
    listing = ODD_RECORDS.read(snapshot, Scope(today, today, today=today), {})
    if listing.frame.empty:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(ODD_RECORDS.title, anchor=False, width="content")
            st.space("stretch")
            download_links(ODD_RECORDS.id, "")
        st.caption(
            "Harvest sent a value that its documents do not allow. Each record is read again at"
            " every sync and leaves this list once it is right; correcting the field in Harvest"
            " helps. All other records are complete."
        )
        report_table(listing, key="odd_records", alt=ODD_RECORDS.title, select=False)


_SUMS = ("Hours here", "Hours in Harvest", "Amount here", "Amount in Harvest")
_Write = Callable[[Any], str]
_MOMENT = "%d %b %Y, %H:%M UTC"


def account_card(settings: Settings, snapshot: Snapshot) -> None:
    """Draw the account, its source, the age of its data and its first day."""
    meta = snapshot.meta
    pointer = Snapshots(settings.cache_dir, settings.account_id).get_current()
    synced = pointer.synced_at if pointer else meta.synced_at
    lines = {
        "Account": f"{md_text(meta.account_name)} ({md_text(meta.account_id)})",
        "Source": {
            "demo": "Demo account (sample data)",
            "direct": "Harvest API",
            "hosted": "Harvest via Airbyte",
        }.get(meta.source, md_text(meta.source)),
        "Synced": f"{format_age(synced, datetime.now(UTC))} ({synced:{_MOMENT}})",
        "Reaches back to": _completeness_text(snapshot),
        "Currencies": md_text(currency_names() or NONE),
        "Time zone": md_text(meta.zone or NONE),
        "Version": str(meta.version),
    }
    with st.grid(min_column_width=220):
        for label, value in lines.items():
            with st.container(gap=None):
                st.caption(label)
                st.markdown(value)
    if note := find_bounds(snapshot, current_day()).note:
        st.caption(f":material/event_busy: {md_text(note)}")


def _completeness_text(snapshot: Snapshot) -> str:
    """Since when which entities are complete."""
    days: dict[str, list[str]] = {}
    for name, gap in snapshot.completeness.gaps.items():
        if name in KEPT:
            days.setdefault(day_label(gap.since), []).append(KEPT[name].label)
    if not days:
        return "all history"
    told = "; ".join(f"{' and '.join(names)} since {day}" for day, names in days.items())
    arriving = "; older days are still arriving" if snapshot.completeness.is_arriving else ""
    return f"{told}; else all history{arriving}"


@fragment(run_every=2.0)
def sync_card(settings: Settings) -> None:
    """Sync now, with its progress while it runs; the last error with its remedy."""
    state = sync_state()
    was_running = st.session_state.get("_syncing", False)
    st.session_state["_syncing"] = state.running
    if was_running and not state.running:
        st.rerun()  # the tables below have something new to say
    if state.running and state.progress:
        progress_bar(state.progress, get_formats())
    elif state.error:
        explain_error(state.error)
    for warning in _last_warnings(settings):
        st.warning(md_text(warning), icon=":material/warning:")
    with st.container(horizontal=True, vertical_alignment="center"):
        try_again()
        if isinstance(state.error, SyncRefused):
            accept_deletions()
        if state.next_at:
            st.caption(f"Next by itself at {state.next_at:%H:%M} UTC", width="content")


def _last_warnings(settings: Settings) -> list[str]:
    """Return what the last sync that ended well says about fields that are missing."""
    attempts = SyncLog(settings.cache_dir, settings.account_id).read()
    return next((item.warnings for item in attempts if not item.error), [])


def stored_table(snapshot: Snapshot) -> None:
    """A row per entity: how many records, when they were last read, what Harvest refused."""
    rows = snapshot.rows(
        "SELECT s.entity AS entity, s.rows AS rows, s.parts AS parts, s.read_at AS read_at,"
        " s.refused AS refused FROM entity_state AS s ORDER BY s.rows DESC, s.entity"
    )
    number: _Write = formats_of(snapshot).format_number
    in_part = {"Known in part": [parts for _, _, parts, *_ in rows]}
    any_in_part = any(in_part["Known in part"])
    not_readable = {"Not readable": [refused or "" for *_, refused in rows]}
    st.dataframe(
        pd.DataFrame(
            {
                "Entity": [KEPT[entity].label for entity, *_ in rows],
                "Records": [count for _, count, *_ in rows],
                **(in_part if any_in_part else {}),
                "Last read (UTC)": [read_at for *_, read_at, _ in rows],
                **(not_readable if any(not_readable["Not readable"]) else {}),
            }
        ).style.format(number, subset=["Records", *(in_part if any_in_part else ())]),
        hide_index=True,
        height=table_height(len(rows)),
        column_config={
            "Records": st.column_config.Column(alignment="right"),
            "Known in part": st.column_config.Column(
                alignment="right",
                help="Only the fields that the hosted copy can search: its lists end after the"
                " newest 2,000.",
            ),
            "Last read (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
        },
        key="stored",
        alt="What is stored, per entity",
    )


def derived_card(snapshot: Snapshot) -> None:
    """Draw the error of derived hours and amounts, measured by Harvest's own reports."""
    rows = snapshot.rows(
        "SELECT first_day, last_day, currency, hours, report_hours, amount, report_amount"
        " FROM report_totals ORDER BY first_day DESC, currency"
    )
    if not rows:
        return
    with st.container(border=True):
        st.subheader("Derived from the account's rules", anchor=False)
        st.caption(
            "Of entries older than the newest 2,000, the hosted copy has neither rounded hours nor"
            " rates. Both are derived from the account's rules as they are now. Harvest's own"
            " time report says how far off that is."
        )
        st.dataframe(
            pd.DataFrame(
                {
                    "From": [row[0] for row in rows],
                    "To": [row[1] for row in rows],
                    "Currency": [row[2] or "" for row in rows],
                    "Hours here": [float(row[3]) for row in rows],
                    "Hours in Harvest": [float(row[4]) for row in rows],
                    "Amount here": [float(row[5]) for row in rows],
                    "Amount in Harvest": [_number(row[6]) for row in rows],
                    "Off by": [_share(row[5], row[6]) for row in rows],
                }
            ).style.format(_written(formats_of(snapshot)), na_rep=NONE),
            hide_index=True,
            height=table_height(len(rows)),
            column_config={
                name: st.column_config.Column(alignment="right") for name in (*_SUMS, "Off by")
            },
            key="derived",
            alt="Derived totals beside Harvest's own",
        )


def _written(formats: Formats) -> dict[Any, str | _Write | None]:
    """Return the column configuration of derived totals."""
    return {
        **dict.fromkeys(_SUMS, lambda value: formats.format_number(value, 2)),
        "Off by": formats.format_share,
    }


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _share(ours: Decimal, theirs: Decimal | None) -> float | None:
    return float(ours / theirs - 1) if theirs else None


def attempts_table(settings: Settings) -> None:
    """The last syncs: how long, how much, and what they changed or why they failed."""
    attempts = SyncLog(settings.cache_dir, settings.account_id).read()[:20]
    if not attempts:
        st.caption("None yet.")
        return
    for note in attempts[0].notes:
        st.warning(md_text(note), icon=":material/build:")
    written = get_formats()
    columns: dict[Any, str | _Write | None] = {
        "Requests": written.format_number,
        "Seconds": lambda value: written.format_number(value, 1),
    }
    st.dataframe(
        pd.DataFrame(
            {
                "Started (UTC)": [item.started_at for item in attempts],
                "Result": ["failed" if item.error else "published" for item in attempts],
                "Changed": [_changed(item, written) for item in attempts],
                "Requests": [item.requests for item in attempts],
                "Seconds": [(item.ended_at - item.started_at).total_seconds() for item in attempts],
            }
        ).style.format(columns),
        hide_index=True,
        height=table_height(len(attempts)),
        column_config={
            "Started (UTC)": st.column_config.DatetimeColumn(
                format="YYYY-MM-DD HH:mm:ss", timezone="UTC"
            ),
            "Changed": st.column_config.TextColumn(width="large"),
            "Requests": st.column_config.Column(alignment="right"),
            "Seconds": st.column_config.Column(alignment="right"),
        },
        key="attempts",
        alt="The last syncs",
    )


def _changed(attempt: Attempt, formats: Formats) -> str:
    if attempt.error:
        return f"{attempt.error} {attempt.remedy or ''}".strip()
    parts = []
    for name, counts in attempt.entities.items():
        told = ", ".join(
            f"{formats.format_number(counts[what])} {word}"
            for what, word in (("inserted", "new"), ("updated", "changed"), ("deleted", "deleted"))
            if counts.get(what)
        )
        if told:
            parts.append(f"{KEPT[name].label}: {told}")
    return "; ".join(parts) or "nothing"


told = load_settings()

with st.container(border=True):
    account_card(told, get_snapshot())
    sync_card(told)

stored, syncs = st.columns(2)
with stored.container(border=True, height="stretch"):
    st.subheader("Synced records", anchor=False)
    stored_table(get_snapshot())
with syncs.container(border=True, height="stretch"):
    st.subheader("Last syncs", anchor=False)
    attempts_table(told)

agreement_card(told)
readings_card()
odd_records_card(get_snapshot())
deleted_card(told, get_snapshot())
derived_card(get_snapshot())
