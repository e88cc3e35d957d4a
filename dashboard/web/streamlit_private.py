"""Everything of Streamlit that is used here without being part of its public interface.

`tests/dashboard/components/test_streamlit_internals.py` says which promise a new release breaks.
"""

import logging
from collections.abc import Callable, Mapping

from google.protobuf.message import DecodeError
from streamlit import auth_util, config, file_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.secrets import secrets_singleton
from streamlit.runtime.state import SessionState
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

__all__ = [
    "SessionState", "auth_util", "claims_of_cookies", "config", "end_sessions_on_disconnect",
    "file_util", "is_fragment_run", "kind_of_message", "log_failed_sign_ins_in_one_line",
    "secrets_singleton",
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
    try:
        return starlette_websocket._parse_decoded_user_cookie(cookie, origin)
    except (AttributeError, RecursionError, ValueError):  # a number that is too long, no object
        return {}


def kind_of_message(data: bytes) -> str | None:
    """Return the kind of a message of a client, None for one that is empty.

    Raises `ValueError` for bytes that are no message.
    """
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise ValueError("This is no message.") from error
    return message.WhichOneof("type")


def end_sessions_on_disconnect(unless: Callable[[SessionState], bool]) -> None:
    """End the session of a closed socket at once, `unless` its state says that it is kept.

    Streamlit keeps 128 sessions for two minutes otherwise, each with an event loop, for whoever
    opened a socket.
    """
    disconnect = WebsocketSessionManager.disconnect_session

    def disconnect_session(self: WebsocketSessionManager, session_id: str) -> None:
        active = self.get_active_session_info(session_id)
        if active is not None and not unless(active.session.session_state):
            self.mark_session_nonresumable(session_id)
        disconnect(self, session_id)

    WebsocketSessionManager.disconnect_session = disconnect_session  # type: ignore[method-assign]


def log_failed_sign_ins_in_one_line() -> None:
    """Log a sign-in that fails without its trace: whoever has a browser can make it fail."""
    logging.getLogger(starlette_auth_routes.__name__).addFilter(_without_trace)


def _without_trace(record: logging.LogRecord) -> bool:
    if record.exc_info and (error := record.exc_info[1]):
        record.msg, record.args = "%s %s: %s", (record.getMessage(), type(error).__name__, error)
        record.exc_info = None
    return True
