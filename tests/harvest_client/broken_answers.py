"""Answers that no HTTP library would send, and the error that each must end in."""

import gzip
import socket
import struct
import time
import zlib
from dataclasses import dataclass
from functools import cache

from harvest_client import HarvestError, InvalidResponse, Redirected, TooLarge, TooSlow, Unreachable
from tests.harvest_client.raw_server import Talk

DEADLINE = 0.6  # seconds, where it is to pass; silence is noticed after half of it
NO_DEADLINE = 60.0  # more than a busy machine needs for any answer

PAGE = b'{"users": [{"id": 1, "first_name": "Ada"}], "links": {"next": null}, "total_entries": 1}'
ZIPPED = gzip.compress(PAGE)


def answer(body: bytes, *headers: str, length: int | None = None, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    if not any(header.startswith("Content-Type") for header in headers):
        head.append("Content-Type: application/json; charset=utf-8")
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


def says(*parts: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return talk


def reset(connection: socket.socket) -> None:
    connection.sendall(answer(PAGE, length=len(PAGE) + 100))
    # Lingering for no time makes the system send a reset instead of an orderly end.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection: socket.socket) -> None:
    connection.settimeout(5 * DEADLINE)
    connection.recv(1)  # returns when the client hangs up


def trickle(connection: socket.socket) -> None:
    connection.sendall(answer(b"", length=len(PAGE)))
    for byte in PAGE:
        connection.sendall(bytes([byte]))
        time.sleep(DEADLINE / 6)


@cache
def _bomb() -> bytes:
    squeeze = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    blanks = b" " * 1024 * 1024
    return b"".join(squeeze.compress(blanks) for _ in range(150)) + squeeze.flush()


def bomb(connection: socket.socket) -> None:
    """A hundred and fifty megabytes of blanks, sent as less than one."""
    connection.sendall(answer(_bomb(), "Content-Encoding: gzip"))


def flood(connection: socket.socket) -> None:
    connection.sendall(answer(b"", length=80 * 1024 * 1024))
    blanks = b" " * 1024 * 1024
    for _ in range(80):
        connection.sendall(blanks)


@dataclass(frozen=True)
class Broken:
    """How an answer breaks, the one error class it becomes, and some words of its message."""

    talk: Talk
    error: type[HarvestError]
    said: str
    deadline: float = NO_DEADLINE


_bomb()  # made beforehand, because making it takes longer than the client waits

BROKEN: dict[str, Broken] = {
    "short body": Broken(says(answer(PAGE[:40], length=len(PAGE))), Unreachable, "cut off"),
    "cut chunked": Broken(
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1f\r\n", PAGE[:10]),
        Unreachable,
        "cut off",
    ),
    "reset": Broken(reset, Unreachable, "broken connection"),
    "hang up": Broken(says(), Unreachable, "cut off"),
    "garbage status line": Broken(says(b"HELO harvest\r\n\r\n"), Unreachable, "not HTTP"),
    "silence": Broken(silence, Unreachable, "silence", DEADLINE),
    "trickle": Broken(trickle, TooSlow, "not complete after 0.6 s", DEADLINE),
    "corrupt gzip": Broken(
        says(answer(ZIPPED[:20] + b"\xff\x00\xff\x00" + ZIPPED[24:], "Content-Encoding: gzip")),
        InvalidResponse,
        "damaged",
    ),
    "truncated gzip": Broken(
        says(answer(ZIPPED[:-12], "Content-Encoding: gzip")), InvalidResponse, "cut off"
    ),
    "gzip and more": Broken(
        says(answer(ZIPPED + b"more", "Content-Encoding: gzip")), InvalidResponse, "damaged"
    ),
    "unknown encoding": Broken(
        says(answer(PAGE, "Content-Encoding: br")), InvalidResponse, "did not ask for"
    ),
    "gzip bomb": Broken(bomb, TooLarge, "67,108,864"),
    "too large": Broken(flood, TooLarge, "67,108,864"),
    "web page": Broken(
        says(answer(b"<html>Welcome to the hotel wifi", "Content-Type: text/html")),
        InvalidResponse,
        "web page",
    ),
    "web page as JSON": Broken(says(answer(b"\n<!doctype html>")), InvalidResponse, "web page"),
    "empty": Broken(says(answer(b"")), InvalidResponse, "empty"),
    "no content": Broken(says(b"HTTP/1.1 204 No Content\r\n\r\n"), InvalidResponse, "204"),
    "cut JSON": Broken(says(answer(PAGE[:40])), InvalidResponse, "not whole JSON"),
    "two answers": Broken(says(answer(PAGE + PAGE)), InvalidResponse, "not whole JSON"),
    "not UTF-8": Broken(
        says(answer(PAGE.replace(b"Ada", b"\xff\xfe"))), InvalidResponse, "not whole JSON"
    ),
    "NaN": Broken(
        says(answer(b'{"users": [{"id": 1, "cost_rate": NaN}]}')), InvalidResponse, "not whole JSON"
    ),
    "nested without end": Broken(
        says(answer(b'{"x": ' + b"[" * 200_000)), InvalidResponse, "nested without end"
    ),
    "wrong top level": Broken(says(answer(b"[]")), InvalidResponse, "`object`, got `array`"),
    "no list": Broken(says(answer(b'{"clients": []}')), InvalidResponse, "`users`"),
    "wrong type in a field": Broken(
        says(answer(PAGE.replace(b'"id": 1', b'"id": "one"'))), InvalidResponse, "$.users[0].id"
    ),
    "no key": Broken(says(answer(PAGE.replace(b'"id": 1, ', b""))), InvalidResponse, "$.users[0]"),
    "no day": Broken(
        says(answer(PAGE.replace(b'"first_name": "Ada"', b'"updated_at": "yesterday"'))),
        InvalidResponse,
        "$.users[0].updated_at",
    ),
    "redirect": Broken(
        says(answer(b"", "Location: https://evil.example/", status="302 Found")),
        Redirected,
        "302",
    ),
}
