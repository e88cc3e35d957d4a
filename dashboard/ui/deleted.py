"""Card of records deleted in Harvest, and the time of the last search for them."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.config import Settings
from dashboard.store.log import SyncLog
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshot
from dashboard.ui.ages import format_age
from dashboard.ui.data import formats_of
from dashboard.ui.table import table_height

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
            f"Kept here, but in no sum and no search.{more} {_last_comparison(settings)}".strip()
        )
        if not rows:
            return
        st.dataframe(
            pd.DataFrame(
                {
                    "Noticed (UTC)": [row[3] for row in rows],
                    "Entity": [KEPT[row[0]].label for row in rows],
                    "Day": [row[1] for row in rows],
                    "What it was": [row[2] for row in rows],
                    "ID": [str(row[4]) for row in rows],
                }
            ),
            hide_index=True,
            height=min(table_height(len(rows)), _HEIGHT),
            column_config={
                "Noticed (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
                "What it was": st.column_config.TextColumn(width="large"),
            },
            key="deleted",
            alt="Records that were deleted in Harvest",
        )


def _last_comparison(settings: Settings) -> str:
    """Return the age and level of the last comparison of time entries."""
    attempts = SyncLog(settings.cache_dir, settings.account_id).read()
    checks = next((one.checks for one in attempts if one.checks), {})
    now = datetime.now(UTC)
    told = [
        f"{word} {format_age(datetime.fromisoformat(checks[kind]), now)}"
        for kind, word in _KINDS.items()
        if kind in checks
    ]
    return f"Time entries were last {', '.join(told)}." if told else ""
