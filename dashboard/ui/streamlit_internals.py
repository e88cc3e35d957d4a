"""Everything of Streamlit that is used here without being part of its public interface.

`tests/dashboard/ui/test_streamlit_internals.py` says which promise a new release breaks.
"""

from collections.abc import Mapping

from streamlit import auth_util, config, file_util
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

__all__ = [
    "auth_util", "claims_of_cookies", "config", "file_util", "is_fragment_run", "secrets_singleton",
]  # fmt: skip


def is_fragment_run() -> bool:
    """Return whether a fragment runs without its page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def claims_of_cookies(cookies: Mapping[str, str]) -> dict[str, object]:
    """Return the claims of a sign-in cookie with our signature, of the origin of `redirect_uri`.

    Empty where there is no such cookie.
    """
    cookie = starlette_websocket._get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
    origin = auth_util.get_origin_from_redirect_uri()
    if not cookie or not origin:
        return {}
    return starlette_websocket._parse_decoded_user_cookie(cookie, origin)
