"""A session with a running Streamlit over its WebSocket: what a browser does, without painting."""

import asyncio
import hashlib
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Subprotocol

# A run ends with one of these; a third state announces that another run follows at once.
_FINISHED, _FRAGMENT_FINISHED = 0, 3


@dataclass
class Run:
    """One run of the script: how long until its last message, how much was sent, and what.

    `is_part` says that only a fragment was drawn. `figures` are the labels and values of its
    metrics, and a digest of each table; `tables` are
    those tables as Arrow has them.
    """

    milliseconds: float = 0.0
    is_part: bool = False
    received: int = 0
    exceptions: list[str] = field(default_factory=list)
    figures: list[tuple[str, str]] = field(default_factory=list)
    tables: list[bytes] = field(default_factory=list)


class StreamlitSession:
    """Opens `url` as a browser would: `open` a page, then `write` into its text fields or `choose`
    with its controls.

    What the server sends is kept in `heard` where that is given.
    """

    def __init__(self, url: str, patience: float = 60.0, heard: list[bytes] | None = None) -> None:
        self._heard = heard
        self._url = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._patience = patience
        self._asked = BackMsg()
        self._ids: dict[str, str] = {}  # of text fields and controls, by key
        self._parts: dict[str, str] = {}  # the fragments that controls are in, by key
        self._several: set[str] = set()  # the keys of those that hold a list
        self._held: dict[str, dict[str, Any]] = {}  # what they hold, by id

    async def __aenter__(self) -> Self:
        self._socket = await websockets.connect(
            self._url, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()

    async def open(self, address: str) -> Run:
        """Runs the page at `address`, such as `hours?period=30d`, to its end."""
        page, _, query = address.partition("?")
        self._asked.rerun_script.page_name = page
        self._asked.rerun_script.query_string = query
        return await self._run()

    async def write(self, key: str, text: str) -> Run:
        """Writes into the text field `key` and reads what comes of it."""
        self._held[self._ids[key]] = {"string_value": text}
        return await self._run()

    async def choose(self, key: str, option: str) -> Run:
        """Chooses with the control `key`, which draws the part of the page that it is in again."""
        value = {"string_array_value": {"data": [option]}}
        self._held[self._ids[key]] = value if key in self._several else {"string_value": option}
        return await self._run(self._parts[key])

    async def _run(self, part: str = "") -> Run:
        message = BackMsg()
        message.CopyFrom(self._asked)
        message.rerun_script.fragment_id = part
        for id, value in self._held.items():
            message.rerun_script.widget_states.widgets.add(id=id, **value)
        run, began = Run(), time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            data = await asyncio.wait_for(self._socket.recv(), self._patience)
            run.received += len(data)
            if self._heard is not None and isinstance(data, bytes):
                self._heard.append(data)
            answer = ForwardMsg()
            answer.ParseFromString(data)
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self._notice(answer.delta.new_element, answer.delta.fragment_id, run)
            if kind == "script_finished" and answer.script_finished in (
                _FINISHED,
                _FRAGMENT_FINISHED,
            ):
                run.is_part = answer.script_finished == _FRAGMENT_FINISHED
                run.milliseconds = (time.perf_counter() - began) * 1e3
                return run

    def _notice(self, element: Any, part: str, run: Run) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            run.exceptions.append(element.exception.message)
        if kind == "metric":
            run.figures.append((element.metric.label, element.metric.body))
        if kind == "dataframe":
            table = element.dataframe.arrow_data.data
            run.figures.append(("table", hashlib.sha256(table).hexdigest()))
            run.tables.append(table)
        if kind in ("text_input", "selectbox", "button_group"):
            id = getattr(element, kind).id
            key = id.rpartition("-")[2]
            self._ids[key], self._parts[key] = id, part
            if kind == "button_group":
                self._several.add(key)
