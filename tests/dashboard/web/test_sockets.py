"""Limits of the page's WebSocket, in one process."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from dashboard.web.security.sockets import (
    LARGEST,
    LONGEST_HEAD,
    MOST_UNFINISHED,
    NEEDED,
    OF_STRANGERS,
    PATIENCE,
    Pace,
    SocketLimits,
    StrangerLimits,
    address_of,
)

LIMITS = StrangerLimits(sockets=3, sockets_of_address=2, message_bytes=20, burst=4, per_second=2)


def kind(data: bytes) -> str:
    if data == b"\xff":
        raise ValueError("This is no message.")
    return data.decode().strip()


def passed(
    messages: Iterable[bytes | str], *, has_access: bool, host: str = "192.0.2.1"
) -> tuple[list[bytes], list[dict[str, Any]]]:
    """Return the messages that reach the program, and what the client is sent."""
    sent: list[dict[str, Any]] = []
    received: list[bytes] = []

    async def program(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            received.append(message["bytes"])
        await send({"type": "websocket.send", "bytes": b"bye"})

    async def run() -> None:
        queue = [
            {"type": "websocket.receive", "text" if isinstance(one, str) else "bytes": one}
            for one in messages
        ]
        queue.append({"type": "websocket.disconnect"})

        async def receive() -> dict[str, Any]:
            return queue.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        async def look_up(scope: Any) -> bool:
            return has_access

        limited = SocketLimits(program, kind, look_up, LIMITS)
        await limited({"type": "websocket", "client": (host, 1)}, receive, send)

    asyncio.run(run())
    return received, sent


@pytest.mark.parametrize(("has_access", "needed"), [(True, NEEDED), (False, OF_STRANGERS)])
def test_only_needed_kinds_reach_the_program(has_access: bool, needed: frozenset[str]) -> None:
    kinds = ["rerun_script", "stop_script", "app_heartbeat", "clear_cache", "load_git_info", ""]

    received, sent = passed([one.encode() for one in kinds], has_access=has_access)

    assert {one.decode() for one in received} == needed
    assert sent == [{"type": "websocket.send", "bytes": b"bye"}]


@pytest.mark.parametrize(
    ("message", "has_access", "code"),
    [
        (b"\xff", True, 1002),
        ("text", True, 1003),
        (b"a" * (LARGEST + 1), True, 1009),
        (b"a" * 21, False, 1009),
    ],
)
def test_socket_that_sends_something_else_is_closed(
    message: bytes | str, has_access: bool, code: int
) -> None:
    received, sent = passed([message, b"rerun_script"], has_access=has_access)

    assert received == []
    assert sent == [{"type": "websocket.close", "code": code}]


def test_strangers_have_few_sockets_and_the_others_theirs() -> None:
    async def run() -> list[bool]:
        entered: list[bool] = []
        leave = asyncio.Event()

        async def program(scope: Any, receive: Any, send: Any) -> None:
            entered[scope["number"]] = True
            await leave.wait()

        async def look_up(scope: Any) -> bool:
            return bool(scope["number"] == 5)

        async def ignore(message: Any = None) -> None:
            return None

        limited = SocketLimits(program, kind, look_up, LIMITS)
        hosts = ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.1"]
        tasks = []
        for number, host in enumerate(hosts):
            entered.append(False)
            scope = {"type": "websocket", "client": (host, 1), "number": number}
            tasks.append(asyncio.create_task(limited(scope, ignore, ignore)))  # type: ignore[arg-type]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        leave.set()
        await asyncio.gather(*tasks)
        return entered

    # The third is one too many of its address, the fifth one too many of all.
    assert asyncio.run(run()) == [True, True, False, True, False, True]


def test_pace_waits_after_the_burst_and_per_address() -> None:
    pace = Pace(LIMITS)

    assert [pace.count_attempt("a", 0.0) for _ in range(6)] == [0.0, 0.0, 0.0, 0.0, 0.5, 1.0]
    assert pace.count_attempt("b", 0.0) == 0.0
    assert pace.count_attempt("a", 1.0) == 0.5
    assert pace.count_attempt("a", 100.0) == 0.0


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_address_of_ipv6_is_its_network(host: str, address: str) -> None:
    assert address_of({"type": "websocket", "client": (host, 1)}) == address


def test_documented_limits_are_those_of_the_program() -> None:
    text = Path(__file__).parents[3].joinpath("docs", "sign-in.md").read_text("utf-8")
    limits, kib = StrangerLimits(), 1024

    for line in (
        f"without access, together | {limits.sockets} |",
        f"without access, from one address | {limits.sockets_of_address} |",
        f"| {limits.burst} at once, then {limits.per_second:.0f} a second;",
        f"of a client without access | {limits.message_bytes // kib} KiB |",
        f"of anybody | {LARGEST // kib} KiB |",
        f"| {MOST_UNFINISHED}; then the oldest is closed |",
        f"closed after {PATIENCE:.0f} to {2 * PATIENCE:.0f} seconds |",
        f"the head of a request | {LONGEST_HEAD // kib} KiB |",
    ):
        assert line in text
