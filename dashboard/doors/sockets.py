"""Limits of the page's WebSocket: which messages pass, and what a client costs without access.

A stranger is a client that no page would be drawn for. What strangers need is the page to sign in:
to open it, and to press its button.
"""

import asyncio
import ipaddress
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.doors.refusal_log import log_refusal

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
        left, since = self._left.pop(address, (float(burst), now))
        left = min(burst, left + (now - since) * rate) - 1
        self._left[address] = (left, now)  # at the end, as the last that was used
        return max(0.0, -left / rate)

    def _remove_idle(self, now: float) -> None:
        """Remove addresses that have their whole burst again."""
        burst, rate = self._limits.burst, self._limits.per_second
        for address in [*islice(self._left, 2)]:
            left, since = self._left[address]
            if left + (now - since) * rate >= burst:
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
