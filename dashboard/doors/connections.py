"""Limits of connections whose request does not arrive, which no ASGI program gets to see.

uvicorn waits for the rest of a request for ever, and holds a connection, a file and what has
arrived so far. These limits are put around its two protocols of HTTP.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dashboard.doors.refusal_log import log_refusal
from dashboard.doors.sockets import LARGEST

PATIENCE = 5.0
"""Seconds between two looks at a connection: one that waits at both, for the same, is closed."""

MOST_UNFINISHED = 200
"""Connections that wait for the rest of a request at the same time."""

LONGEST_HEAD = 64 * 1024
"""Bytes of a request before its body."""

_LIMITED = "_insights_limited"


def limit_unfinished_requests() -> None:
    """Put the limits around uvicorn's protocols, once."""
    for protocol in (H11Protocol, HttpToolsProtocol):
        if not hasattr(protocol, _LIMITED):
            _limit_connections(protocol)
            setattr(protocol, _LIMITED, True)


def _limit_connections(protocol: Any) -> None:
    begin, receive = protocol.connection_made, protocol.data_received

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        self.config.ws_max_size = min(self.config.ws_max_size, LARGEST)
        begin(self, transport)
        self._since, self._head, self._head_bytes = self.loop.time(), None, 0
        if len(waiting := _waiting_connections(self.connections)) > MOST_UNFINISHED:
            # The oldest: requests of people are whole within moments.
            log_refusal("A connection was closed: too many wait for a request.")
            min(waiting, key=lambda one: one._since).transport.abort()
        self.loop.call_later(PATIENCE, _close_idle, self, None)

    def data_received(self: Any, data: bytes) -> None:
        if self.cycle is not self._head:
            self._head, self._head_bytes = self.cycle, 0
        receive(self, data)
        self._head_bytes += len(data)
        if (
            self._head_bytes > LONGEST_HEAD
            and self.cycle is self._head
            and _is_waiting(self)
            and not self.transport.is_closing()
        ):
            log_refusal("A connection was closed: the head of its request is too long.")
            self.transport.abort()

    protocol.connection_made, protocol.data_received = connection_made, data_received


def _close_idle(connection: Any, seen: object) -> None:
    """Close a connection that waits for the same request as at the last look, or look later."""
    transport = connection.transport
    if transport.is_closing() or transport.get_protocol() is not connection:
        return  # closed, or a WebSocket by now
    waits_for = (connection.cycle, True) if _is_waiting(connection) else None
    if waits_for is not None and waits_for == seen:
        log_refusal("A connection was closed: its request did not arrive.")
        transport.abort()
        return
    connection.loop.call_later(PATIENCE, _close_idle, connection, waits_for)


def _is_waiting(connection: Any) -> bool:
    """Return whether the next request has not arrived, whole up to its body."""
    return connection.cycle is None or connection.cycle.response_complete


def _waiting_connections(connections: set[Any]) -> list[Any]:
    """Return the connections that wait for a request; none while there are few connections."""
    if len(connections) <= MOST_UNFINISHED:
        return []
    return [
        one
        for one in connections
        if hasattr(one, "_since") and _is_waiting(one) and not one.transport.is_closing()
    ]
