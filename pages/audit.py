"""Audit log: views of restricted figures, and downloads."""

from urllib.parse import urlencode

import streamlit as st

from dashboard.access.audit_log import AuditLog, HashChain, audit_log
from dashboard.components import queries
from dashboard.components.downloads import download_links
from dashboard.components.report_table import report_table
from dashboard.components.text import md_text
from dashboard.config.settings import Settings, load_settings
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS

_CHAIN = "_audit_chain"
_DAYS = {"1": "Last day", "7": "Last 7 days", "30": "Last 30 days", "365": "Last 365 days"}


def chain_card(settings: Settings) -> None:
    """Return whether the log was changed since it was written."""
    chain, number = (
        _verified_chain(audit_log(queries.get_snapshot().path.parent)),
        queries.get_formats().format_number,
    )
    with st.container(border=True):
        if chain.fault:
            st.error(
                f"This log is not as it was written: {chain.fault} Up to there, "
                f"{number(chain.entries)} entries are as they were.",
                icon=":material/gpp_bad:",
            )
        else:
            st.markdown(
                f":material/verified_user: {number(chain.entries)} entries (a file has two), "
                "each as it was written and where it was."
            )
        text = f"Entries stay for {number(settings.audit_days)} days"
        missing = f"; the first {number(chain.removed_to)} are gone." if chain.removed_to else "."
        st.caption(f"{text}{missing} The newest hash, to be noted elsewhere:")
        st.code(chain.newest or "none yet", language=None, wrap_lines=True)


def entries_card(settings: Settings) -> None:
    """The entries that are asked for, a page at a time, and as a file."""
    log = audit_log(queries.get_snapshot().path.parent)
    with st.container(border=True):
        head = st.container(horizontal=True, vertical_alignment="center")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            person = st.selectbox(
                "Who", _distinct(log.rows("SELECT DISTINCT name FROM entries ORDER BY 1")),
                index=None, key="person", bind="query-params", placeholder="Anybody", width=240,
            )  # fmt: skip
            what = st.selectbox(
                "What", _distinct(log.rows("SELECT DISTINCT what FROM entries ORDER BY 1")),
                index=None, key="what", bind="query-params", placeholder="Anything", width=240,
            )  # fmt: skip
            days = st.selectbox(
                "When", list(_DAYS), index=2, key="days", bind="query-params", width=180,
                format_func=_DAYS.__getitem__,
            )  # fmt: skip
        also = {"person": person or "", "what": what or "", "days": days}
        kind, today = LISTINGS["audit"], queries.current_day()
        listing = kind.read(queries.get_snapshot(), Scope(today, today, today=today), also)
        with head:
            st.subheader(kind.title, anchor=False, width="content")
            st.space("stretch")
            download_links(kind.id, urlencode({name: text for name, text in also.items() if text}))
        for note in listing.notes:
            st.caption(md_text(note))
        if listing.frame.empty:
            st.caption(":material/inbox: No activity.")
        else:
            report_table(listing, key=f"audit_{urlencode(also)}", alt=kind.title, select=False)


def _verified_chain(log: AuditLog) -> HashChain:
    """Read again only after the file was written to: a year's entries take seconds."""
    log.rows("SELECT 1")  # what was noted is written
    parts = (log.path, log.path.with_name(f"{log.path.name}-wal"))
    stats = [part.stat() for part in parts if part.exists()]
    written = [(item.st_ino, item.st_mtime_ns, item.st_size) for item in stats]
    known: tuple[object, HashChain] | None = st.session_state.get(_CHAIN)
    if known is None or known[0] != written:
        st.session_state[_CHAIN] = known = (written, log.verify_chain())
    return known[1]


def _distinct(rows: list[tuple[object, ...]]) -> list[str]:
    return [str(name) for (name,) in rows]


told = load_settings()
chain_card(told)
entries_card(told)
