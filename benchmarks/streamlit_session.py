"""A session with a running Streamlit over its WebSocket: what a browser does, without painting."""

import asyncio
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
    """One run of the script. `elements` are the messages' own types, by kind."""

    milliseconds: float = 0.0
    received: int = 0
    exceptions: list[str] = field(default_factory=list)
    elements: list[Any] = field(default_factory=list)


class StreamlitSession:
    """Opens `url` as a browser would; `run` asks for a page with its query."""

    def __init__(self, url: str, patience: float = 60.0) -> None:
        self._url = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._patience = patience

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

    async def run(self, address: str) -> Run:
        """Runs the page at `address`, such as `hours?period=30d`, and reads to its end."""
        page, _, query = address.partition("?")
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        run, began = Run(), time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            data = await asyncio.wait_for(self._socket.recv(), self._patience)
            run.received += len(data)
            answer = ForwardMsg()
            answer.ParseFromString(data)
            kind = answer.WhichOneof("type")
            if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                run.elements.append(element)
                if element.WhichOneof("type") == "exception":
                    run.exceptions.append(element.exception.message)
            if kind == "script_finished" and answer.script_finished in (
                _FINISHED,
                _FRAGMENT_FINISHED,
            ):
                run.milliseconds = (time.perf_counter() - began) * 1e3
                return run
