"""The server's own addresses, beside the pages: `/healthz` and `/export/…`.

What brings Streamlit's caches is imported on first use: the server reads this module before
Streamlit runs.
"""

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard.access.audit_log import audit_log
from dashboard.config.errors import (
    Damaged,
    DashboardError,
    MachineError,
    NoAccess,
    NoSnapshot,
    NotRecorded,
    NotVisible,
    SignInNeeded,
    machine_error,
)
from dashboard.config.settings import load_settings
from dashboard.exports.audit_events import AuditedDownload
from dashboard.sync.scheduler import current_job
from harvest_client import HarvestError

log = logging.getLogger(__name__)

_PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def health_route(request: Request) -> Response:
    """200 when a snapshot answers a question, or while the first sync is under way; else 503."""
    from dashboard.components.queries import current_snapshot

    try:
        version = current_snapshot(load_settings()).meta.version
    except NoSnapshot:
        syncing = (running := current_job()) is not None and running.get_state().running
        status = "first sync" if syncing else "no data"
        return JSONResponse({"status": status}, 200 if syncing else 503, headers=_PRIVATE)
    except DashboardError as error:
        return JSONResponse({"status": type(error).__name__}, 503, headers=_PRIVATE)
    return JSONResponse({"status": "ok", "version": version}, headers=_PRIVATE)


def export_route(request: Request) -> Response:
    """A file, streamed while it is made; a sentence and a fitting status when there is none."""
    from dashboard.components import downloads as files
    from dashboard.components.queries import current_snapshot
    from dashboard.exports import export
    from dashboard.web.sign_in import (
        MADE_FOR,
        demand_cookie,
        demand_own_link,
        viewer_of_request,
        who_of_request,
    )

    try:
        demand_cookie(request)
    except SignInNeeded as error:
        return _text_response(f"{error} {error.remedy}", 401)
    name = request.path_params["name"]
    table, _, form = name.rpartition(".")
    if table not in export.table_names() or form not in export.FORMATS:
        there = ", ".join(export.table_names())
        return _text_response(
            f"There is no file {name!r}; there are {there}, as .csv and .xlsx.", 404
        )
    try:
        demand_own_link(request)
        settings = load_settings()
        stored = current_snapshot(settings)
        seen = stored.for_viewer(viewer_of_request(request, settings, stored))
        query = {key: text for key, text in request.query_params.items() if key != MADE_FOR}
        file = files.export_file(name, query, settings, seen)
        headers = _PRIVATE | {"Content-Disposition": f'attachment; filename="{file.name}"'}
        if request.method == "HEAD":  # nothing is taken
            return Response(media_type=file.media_type, headers=headers)
        taken = AuditedDownload(
            file, audit_log(seen.path.parent), who_of_request(request, seen.viewer)
        )
    except (NoSnapshot, NotRecorded, Damaged, MachineError) as error:
        return _text_response(f"{error} {error.remedy}", 503)
    except SignInNeeded as error:
        return _text_response(f"{error} {error.remedy}", 401)
    except (NoAccess, NotVisible) as error:
        return _text_response(f"{error} {error.remedy}", 403)
    except (HarvestError, DashboardError) as error:
        return _text_response(f"{error} {error.remedy}", 400)
    except Exception as error:
        fault = machine_error(error)
        if fault is None:
            raise
        return _text_response(f"{fault} {fault.remedy}", 503)
    return _Recorded(taken, file.media_type, headers)


class _Recorded(StreamingResponse):
    """A file on its way, of which the audit log is told when it has ended, however that was."""

    def __init__(self, taken: AuditedDownload, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(taken, media_type=media_type, headers=headers)
        self._taken = taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except Damaged as error:
            # What was sent cannot be taken back: the answer ends early, which a browser shows.
            log.error("a file ended early: %s", error)
        finally:
            self._taken.close()


def _text_response(sentence: str, status: int) -> Response:
    return PlainTextResponse(f"{sentence.strip()}\n", status, headers=_PRIVATE)


ROUTES = [Route("/healthz", health_route), Route("/export/{name}", export_route)]


def make_routes(base: str) -> list[Route]:
    """Return our routes below the path `base`, which is empty or such as `/insights`."""
    return [Route(f"{base}{item.path}", item.endpoint) for item in ROUTES]
