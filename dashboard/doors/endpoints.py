"""Which of the server's addresses are open, and to what.

The pages, Streamlit's own program, our files (`/app/static`), `/export`, `/healthz` and the three
addresses of signing in are. Of Streamlit's internal ones only what its program cannot do without
is. Closed are its metrics, its API for agents, uploads, components, and `/media`, whose files need
no sign-in: nothing of ours is served there.
"""

METHODS = ("GET", "HEAD")

_INTERNAL = "_stcore"
_NEEDED = {"health", "host-config"}
_SOCKET = "/_stcore/stream"
_CLOSED = {"media", "component"}
_LASTING = {("static",), ("app", "static")}  # the same for everybody, and nobody's data


def is_open(path: str, base: str = "") -> bool:
    """Whether something answers a GET there; `base` is where the server is mounted."""
    parts = _parts(path, base)
    if _INTERNAL in parts:
        return "/".join(parts[parts.index(_INTERNAL) + 1 :]) in _NEEDED
    return parts[0] not in _CLOSED


def is_socket(path: str, base: str = "") -> bool:
    return path == base.rstrip("/") + _SOCKET


def may_be_kept(path: str, base: str = "") -> bool:
    """Whether a browser may keep the answer: of the program and the pictures, never of a page."""
    parts = tuple(_parts(path, base))
    return any(parts[: len(lasting)] == lasting for lasting in _LASTING)


def _parts(path: str, base: str) -> list[str]:
    return path.removeprefix(base.rstrip("/")).removeprefix("/").split("/")
