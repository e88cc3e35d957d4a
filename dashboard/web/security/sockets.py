"""Limits of connections and WebSocket messages.

A stranger is a client that no page would be drawn for. What strangers need is the page to sign in:
to open it, and to press its button.
"""

import asyncio
import ipaddress
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = logging.getLogger(__name__)

_PAUSE = 60.0  # seconds

_counts: dict[str, tuple[float, int]] = {}


def log_refusal(reason: str) -> None:
    """Log the reason, a fixed sentence, with how often it was not logged since the last time."""
    now = time.monotonic()
    since, skipped = _counts.get(reason, (float("-inf"), 0))
    if now - since < _PAUSE:
        _counts[reason] = (since, skipped + 1)
        return
    _counts[reason] = (now, 0)
    log.warning("%s%s", reason, f" So were {skipped} before." if skipped else "")


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
        item
        for item in connections
        if hasattr(item, "_since") and _is_waiting(item) and not item.transport.is_closing()
    ]


LARGEST = 256 * 1024
"""Bytes of one message of any client."""

OF_STRANGERS = frozenset({"rerun_script"})
NEEDED = OF_STRANGERS | {"stop_script", "app_heartbeat"}
"""The kinds of messages that pass. No widget of ours uploads files or loads data by itself."""

_UNREADABLE, _NOT_BINARY, _TOO_LARGE, _TOO_MANY = 1002, 1003, 1009, 1013


@dataclass(frozen=True, slots=True)
class StrangerLimits:
    """Limits of clients without access: together, and from one address.

    An address is a host, or a network of IPv6. `burst` and `per_second` count new sockets and
    messages of one address; more of them wait.
    """

    sockets: int = 200
    sockets_of_address: int = 50
    message_bytes: int = 64 * 1024
    burst: int = 40
    per_second: float = 10.0
    looked_up_again: float = 10.0
    """Seconds after which access is looked up again for a socket."""


class Pace:
    """Rate limit per address: `burst` at once, then `per_second`."""

    def __init__(self, limits: StrangerLimits) -> None:
        self._limits = limits
        self._left: dict[str, tuple[float, float]] = {}

    def count_attempt(self, address: str, now: float) -> float:
        """Count one more of this address; return the seconds that it has to wait."""
        burst, rate = self._limits.burst, self._limits.per_second
        self._remove_idle(now)
        remaining, since = self._left.pop(address, (float(burst), now))
        remaining = min(burst, remaining + (now - since) * rate) - 1
        self._left[address] = (remaining, now)  # at the end, as the last that was used
        return max(0.0, -remaining / rate)

    def _remove_idle(self, now: float) -> None:
        """Remove addresses that have their whole burst again."""
        burst, rate = self._limits.burst, self._limits.per_second
        for address in [*islice(self._left, 2)]:
            remaining, since = self._left[address]
            if remaining + (now - since) * rate >= burst:
                del self._left[address]


class SocketLimits:
    """ASGI middleware: drops messages that no page sends, and limits what strangers cost.

    `kind` returns the kind of a message and raises `ValueError` for bytes that are none;
    `has_access` returns whether a page would be drawn for the client of a scope.
    """

    def __init__(
        self,
        app: ASGIApp,
        kind: Callable[[bytes], str | None],
        has_access: Callable[[Scope], Awaitable[bool]],
        limits: StrangerLimits | None = None,
    ) -> None:
        self._app = app
        self._kind = kind
        self._has_access = has_access
        self._limits = limits or StrangerLimits()
        self._pace = Pace(self._limits)
        self._strangers: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        socket = _Socket(self, scope, receive, send)
        try:
            if await socket.look_up():
                await self._app(scope, socket.receive, socket.send)
            else:
                log_refusal("A WebSocket was refused: strangers have too many.")
                await send({"type": "websocket.close", "code": _TOO_MANY})
        finally:
            socket.release_place()


class _Socket:
    """One socket, as the program sees it."""

    def __init__(self, all_: SocketLimits, scope: Scope, receive: Receive, send: Send) -> None:
        self._all = all_
        self._limits = all_._limits
        self._scope = scope
        self._receive = receive
        self._send = send
        self._address = address_of(scope)
        self._is_stranger = False
        self._looked_up = float("-inf")
        self._is_closed = False

    async def look_up(self) -> bool:
        """Look up access where that was long ago; return whether there is room for the client."""
        now = time.monotonic()
        if now - self._looked_up < self._limits.looked_up_again:
            return True
        has_access = await self._all._has_access(self._scope)
        self._looked_up = now
        if has_access:
            self.release_place()
            return True
        if not self._is_stranger:
            strangers = self._all._strangers
            if (
                strangers.total() >= self._limits.sockets
                or strangers[self._address] >= self._limits.sockets_of_address
            ):
                return False
            strangers[self._address] += 1
            self._is_stranger = True
        await self._wait_for_turn()
        return True

    def release_place(self) -> None:
        """Give back the place of a stranger."""
        if self._is_stranger:
            self._is_stranger = False
            self._all._strangers[self._address] -= 1
            self._all._strangers += Counter()  # forgets addresses without a socket

    async def receive(self) -> Message:
        """Return the next message that is needed."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if self._is_closed:
                continue  # what was sent before the client left
            if not await self.look_up():
                return await self._close(_TOO_MANY)
            data = message.get("bytes")
            if data is None:
                return await self._close(_NOT_BINARY)
            if len(data) > (self._limits.message_bytes if self._is_stranger else LARGEST):
                return await self._close(_TOO_LARGE)
            try:
                kind = self._all._kind(data)
            except ValueError:
                return await self._close(_UNREADABLE)
            if kind in (OF_STRANGERS if self._is_stranger else NEEDED):
                if self._is_stranger:
                    await self._wait_for_turn()
                return message
            log_refusal(f"A message of the kind {kind} was dropped: no page sends it.")

    async def send(self, message: Message) -> None:
        """Send to the client, and drop what the program still says to one that was closed."""
        if self._is_closed:
            return
        try:
            await self._send(message)
        except (OSError, RuntimeError):
            # The client is gone, or was closed by uvicorn for a frame that is too large. The
            # program reads of it: Streamlit takes an error here for one of its own.
            self._is_closed = True

    async def _close(self, code: int) -> Message:
        self._is_closed = True
        log_refusal(f"A WebSocket was closed with code {code} for what it sent.")
        await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    async def _wait_for_turn(self) -> None:
        await asyncio.sleep(self._all._pace.count_attempt(self._address, time.monotonic()))


def address_of(scope: Scope) -> str:
    """Return the address that limits count: of IPv6 the network, as a host has all of one."""
    host = str((scope.get("client") or ("",))[0])
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
