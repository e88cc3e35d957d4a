"""Connections whose request does not arrive, with both of uvicorn's protocols."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.serving import ROOT, free_port, wait_for

_PROGRAM = """
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from dashboard.web.security import sockets

sockets.PATIENCE, sockets.MOST_UNFINISHED = 0.2, 5
sockets.limit_unfinished_requests()
sockets.limit_unfinished_requests()
app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("here"))])
uvicorn.run(app, port=int(sys.argv[1]), http=sys.argv[2], log_level="warning")
"""


@pytest.fixture(scope="module", params=["h11", "httptools"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    chosen = free_port()
    command = [sys.executable, "-c", _PROGRAM, str(chosen), str(request.param)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{chosen}/", process)
        yield chosen
    finally:
        process.terminate()
        process.wait(15)


@contextmanager
def connection(port: int, begin: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as opened:
        opened.sendall(begin)
        yield opened


def is_ended(connection: socket.socket) -> bool:
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    "begin", [b"", b"G", HEAD, HEAD + b"\r\n" + HEAD, HEAD + b"Content-Length: 9\r\n\r\n1"]
)
def test_connection_is_closed_whose_request_does_not_arrive(port: int, begin: bytes) -> None:
    with connection(port, begin) as half:
        assert is_ended(half)


def test_oldest_is_closed_where_too_many_wait(port: int) -> None:
    waiting = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(20)]
    try:
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).text == "here"
        assert all(is_ended(one) for one in waiting)
    finally:
        for one in waiting:
            one.close()


def test_head_that_is_too_long_is_cut(port: int) -> None:
    line = b"X-A: " + b"a" * 4096 + b"\r\n"
    with connection(port, HEAD) as endless, pytest.raises(ConnectionError):
        endless.sendall(line * 10_000)


def test_whole_requests_of_one_connection_are_answered(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        assert [client.get("/").text for _ in range(20)] == ["here"] * 20
