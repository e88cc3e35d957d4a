"""What is used of Streamlit without being public is in one module, and does what is expected.

A test that fails here after an update names what the update changed.
"""

import ast
from inspect import signature
from pathlib import Path

import pytest
from streamlit.dataframe.lazy_df_source import AUTO_LAZY_ROW_THRESHOLD
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from dashboard.web.security.sockets import NEEDED
from dashboard.web.streamlit_private import kind_of_message

ROOT = Path(__file__).parents[3]
OWNER = "streamlit_private.py"
PUBLIC = {"streamlit"}


def test_one_module_imports_internals_of_streamlit() -> None:
    found = set()
    for path in [*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PUBLIC:
                found.add(path.name)
            if isinstance(node, ast.Import):
                found |= {path.name for name in node.names if name.name.startswith("streamlit.")}

    assert found == {OWNER}


def test_kinds_of_messages_are_those_that_were_judged() -> None:
    """A new kind is dropped: whether a page needs it is decided here, on an update."""
    assert {one.name for one in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields} == NEEDED | {
        "clear_cache", "set_run_on_save", "load_git_info", "debug_disconnect_websocket",
        "debug_shutdown_runtime", "file_urls_request", "backend_operation_request",
    }  # fmt: skip


def test_kind_of_a_message_is_read() -> None:
    message = BackMsg(stop_script=True)

    assert kind_of_message(message.SerializeToString()) == "stop_script"
    assert kind_of_message(b"") is None
    with pytest.raises(ValueError, match="no message"):
        kind_of_message(b"\xff")


def test_no_widget_needs_another_kind_of_message() -> None:
    """Large tables are sent whole: only frames of more rows than any page shows load by chunks."""
    assert AUTO_LAZY_ROW_THRESHOLD > 100_000


def test_sessions_end_by_the_mechanism_of_signing_out() -> None:
    parameters = {
        name: list(signature(getattr(WebsocketSessionManager, name)).parameters)
        for name in ("disconnect_session", "mark_session_nonresumable", "get_active_session_info")
    }

    assert set(map(tuple, parameters.values())) == {("self", "session_id")}
