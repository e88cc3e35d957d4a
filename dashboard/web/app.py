"""ASGI application: its middleware, and its lifespan with the background sync."""

import gc
import importlib
import logging
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.middleware import Middleware

from dashboard.access.audit_log import audit_log
from dashboard.config.errors import ConfigError, DashboardError
from dashboard.config.settings import Settings, load_settings
from dashboard.reconciliation.job import reconcile_after_sync
from dashboard.sync.scheduler import Days, start
from dashboard.web.security.bind_check import bind_refusal_reason
from dashboard.web.security.middleware import (
    SecurityConfig,
    SecurityMiddleware,
    allowed_names,
    base_path,
    content_policy,
)
from dashboard.web.security.sockets import SocketLimits, limit_unfinished_requests
from dashboard.web.sign_in import has_access, is_configured
from dashboard.web.streamlit_private import auth_util, config, file_util, kind_of_message
from harvest_client.auth.redaction import Secret
from harvest_client.terminal import exit_with_error

log = logging.getLogger(__name__)

# What the first reader's page would import, a second and a half of it.
_HEAVY = (
    "pandas.io.formats.style",
    "plotly.graph_objects",
    "pyarrow.parquet",
    "streamlit.elements.arrow",
    "streamlit.elements.metric",
    "streamlit.elements.plotly_chart",
    "dashboard.charts.bars",
    "dashboard.components.cards",
    "dashboard.components.report_table",
    "dashboard.components.selection",
    "dashboard.components.status",
)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    await to_thread.run_sync(_warm_up)
    try:
        settings = load_settings()
        await to_thread.run_sync(_forget_old_entries, settings)
        job = start(settings, after=partial(_after_sync, settings))
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


def _after_sync(settings: Settings, requested: frozenset[Days]) -> None:
    _forget_old_entries(settings)
    reconcile_after_sync(settings, requested)


def _forget_old_entries(settings: Settings) -> None:
    try:
        directory = settings.cache_dir / settings.account_id
        audit_log(directory).remove_entries(datetime.now(UTC) - timedelta(days=settings.audit_days))
    except (DashboardError, sqlite3.Error, OSError) as error:
        log.error("Old entries stay in the audit log: %s", error)


def _warm_up() -> None:
    for name in _HEAVY:
        importlib.import_module(name)
    from dashboard.components.queries import current_snapshot
    from dashboard.web.page_access import has_viewer
    from dashboard.web.streamlit_private import end_sessions_on_disconnect

    end_sessions_on_disconnect(unless=has_viewer)
    with suppress(DashboardError):
        current_snapshot(load_settings())
    # A thread whose answer has come waits this long for a page that is being drawn, not 5 ms.
    sys.setswitchinterval(0.001)
    # The collection after every script run then skips all this: 50 ms less a run.
    gc.collect()
    gc.freeze()


_KEPT: list[Secret] = []  # Streamlit's own settings, in no log from now on


def make_middleware() -> list[Middleware]:
    """Return the middleware that goes around everything.

    Ends the process with a sentence where it must not listen at the address it was given.
    """
    auth = _auth_settings()
    # Its tracebacks go to stdout as they are, past every handler of the log.
    config.set_option("logger.enableRich", False)
    _KEPT[:] = [Secret(value) for value in _auth_secrets(auth)]
    if reason := bind_refusal_reason(config.get_option("server.address"), auth):
        exit_with_error(reason)
    index = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    house = SecurityConfig(
        policy=content_policy(index),
        hosts=allowed_names(config.get_option("server.allowedHosts") or [], auth),
        sign_in=bool(auth),
        base=read_base_path(),
    )
    limit_unfinished_requests()
    return [
        Middleware(SecurityMiddleware, house),
        Middleware(SocketLimits, kind=kind_of_message, has_access=has_access),
    ]


def read_base_path() -> str:
    """Return the path before ours, and let Streamlit build its own addresses below it, too.

    Empty, or such as `/insights`.
    """
    callback = urlsplit(str(_auth_settings().get("redirect_uri") or "")).path
    path = base_path(str(config.get_option("server.baseUrlPath") or ""), callback)
    config.set_option("server.baseUrlPath", path.strip("/"))
    return path


def _auth_settings() -> dict[str, Any]:
    """Return `[auth]` of the secrets. Ends the process where they cannot be read."""
    try:
        return auth_util.get_secrets_auth_section().to_dict() if is_configured() else {}
    except ConfigError as error:
        exit_with_error(f"{error} {error.remedy}")


def _auth_secrets(auth: dict[str, Any]) -> Iterator[str]:
    """Yield the secrets in `[auth]`, in it or in the section of a provider."""
    for name, value in auth.items():
        if isinstance(value, dict):
            yield from _auth_secrets(value)
        elif name.endswith("secret"):
            yield str(value)
