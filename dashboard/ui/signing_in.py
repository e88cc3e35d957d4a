"""Who is asking: of a page that is drawn, and of a request for a file.

Where `[auth]` of the secrets is not configured nobody signs in: whoever reaches the server, from
this machine alone, holds the token itself and sees everything.
"""

from starlette.requests import Request
from streamlit import auth_util

from dashboard.access.rights import EVERYTHING, Viewer
from dashboard.errors import NoAccess
from dashboard.store.snapshots import Snapshot


def is_configured() -> bool:
    """Whether people sign in here."""
    return bool(auth_util.get_secrets_auth_section())


def current_viewer(snapshot: Snapshot) -> Viewer:
    """Who the page is drawn for. Raises `NoAccess`."""
    if is_configured():
        raise NoAccess("Sign-in is configured, and this version cannot do it yet.")
    return EVERYTHING


def viewer_of_request(request: Request, snapshot: Snapshot) -> Viewer:
    """Who sent the request. Raises `NoAccess`."""
    return current_viewer(snapshot)
