"""Allowed paths of the server, and their methods.

The pages, Streamlit's own program, our files (`/app/static`), `/export`, `/healthz` and the three
addresses of signing in are. Of Streamlit's internal ones only what its program cannot do without
is. Closed are its metrics, its API for agents, uploads, components, and `/media`, whose files need
no sign-in: nothing of ours is served there.
"""

METHODS = ("GET", "HEAD")
HEALTH = "/healthz"

_INTERNAL = "_stcore"
_NEEDED = {"health", "host-config"}
_SOCKET = "/_stcore/stream"
_CLOSED = {"media", "component"}
_LASTING = {("static",), ("app", "static")}  # the same for everybody, and nobody's data


def is_open(path: str) -> bool:
    """Return whether something answers a GET at that path below where the server is mounted."""
    parts = _path_parts(path)
    if _INTERNAL in parts:
        return "/".join(parts[parts.index(_INTERNAL) + 1 :]) in _NEEDED
    return parts[0] not in _CLOSED


def is_socket(path: str) -> bool:
    return path == _SOCKET


def is_for_any_name(path: str) -> bool:
    """Return whether requests for any host name are answered, as load balancers ask by address."""
    return path == HEALTH


def may_be_kept(path: str) -> bool:
    """Return whether a browser may store the response: static files and images, never pages."""
    parts = tuple(_path_parts(path))
    return any(parts[: len(lasting)] == lasting for lasting in _LASTING)


def _path_parts(path: str) -> list[str]:
    return path.removeprefix("/").split("/")
