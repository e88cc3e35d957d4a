"""Path that the server is mounted at, whether requests come with it or a proxy strips it."""

from urllib.parse import quote

from starlette.types import Scope

CALLBACK = "/oauth2callback"


def base_path(configured: str, redirect_uri_path: str) -> str:
    """Return the path before ours, such as `/insights`, or an empty text.

    `configured` is Streamlit's `server.baseUrlPath`; without it, people come back from signing in
    to the path of `redirect_uri`, which ends in `/oauth2callback`.
    """
    path = configured.strip("/")
    if not path and redirect_uri_path.endswith(CALLBACK):
        path = redirect_uri_path.removesuffix(CALLBACK).strip("/")
    return f"/{path}" if path else ""


def add_base(scope: Scope, base: str) -> Scope:
    """Return the scope of a request with `base` before its path, if a proxy stripped it."""
    root: str = scope.get("root_path", "")
    inner: str = scope["path"].removeprefix(root)
    if not base or inner == base or inner.startswith(f"{base}/"):
        return scope
    path = f"{root}{base}{inner}"
    return {**scope, "path": path, "raw_path": quote(path).encode("ascii")}


def local_path(scope: Scope, base: str) -> str:
    """Return the path below `base` of a scope that `add_base` returned."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).removeprefix(base)


def tidy_path(path: str) -> str | None:
    """Return a relative address without the slashes that end `path`, or None if it has none.

    It is right below any path before ours. `path` is a local one; an empty one lacks its slash.
    """
    if not path.strip("/") or not path.endswith("/") or path.startswith(("//", "/\\")):
        return None
    bare = path.rstrip("/")
    return "../" * (len(path) - len(bare)) + quote(bare.rsplit("/", 1)[-1])
