"""Lifespan of the server: warm imports, the open snapshot, the background sync."""

import gc
import importlib
import logging
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from anyio import to_thread

from dashboard.access.audit import audit_log
from dashboard.config import Settings, load_settings
from dashboard.errors import ConfigError, DashboardError
from dashboard.reconciliation.job import reconcile_after_sync
from dashboard.sync.job import Days, start

log = logging.getLogger(__name__)

# What the first reader's page would import, a second and a half of it.
_HEAVY = (
    "pandas.io.formats.style",
    "plotly.graph_objects",
    "pyarrow.parquet",
    "streamlit.elements.arrow",
    "streamlit.elements.metric",
    "streamlit.elements.plotly_chart",
    "dashboard.ui.explore",
    "dashboard.ui.kpis",
    "dashboard.ui.states",
    "dashboard.ui.syncing",
)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    await to_thread.run_sync(_warm_up)
    try:
        told = load_settings()
        await to_thread.run_sync(_forget_old_entries, told)
        job = start(told, after=partial(_after_sync, told))
    except ConfigError as error:
        # The pages say it to whoever opens them; a server that does not start says nothing.
        log.error("%s %s", error, error.remedy)
        yield
        return
    try:
        yield
    finally:
        await to_thread.run_sync(job.stop)
        gc.unfreeze()  # or DuckDB complains, on its way out, of what was never collected


def _after_sync(told: Settings, asked: frozenset[Days]) -> None:
    _forget_old_entries(told)
    reconcile_after_sync(told, asked)


def _forget_old_entries(told: Settings) -> None:
    try:
        directory = told.cache_dir / told.account_id
        audit_log(directory).remove_entries(datetime.now(UTC) - timedelta(days=told.audit_days))
    except (DashboardError, sqlite3.Error, OSError) as error:
        log.error("Old entries stay in the audit log: %s", error)


def _warm_up() -> None:
    for name in _HEAVY:
        importlib.import_module(name)
    from dashboard.ui.data import current_snapshot
    from dashboard.ui.page_access import has_viewer
    from dashboard.ui.streamlit_internals import end_sessions_on_disconnect

    end_sessions_on_disconnect(unless=has_viewer)
    with suppress(DashboardError):
        current_snapshot(load_settings())
    # A thread whose answer has come waits this long for a page that is being drawn, not 5 ms.
    sys.setswitchinterval(0.001)
    # The collection after every script run then skips all this: 50 ms less a run.
    gc.collect()
    gc.freeze()
