"""The demo account as a real HTTP server."""

import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from harvest_client.demo.account import ACCOUNT_ID, TOKEN
from harvest_client.demo.hosted.gate import PREFIX
from harvest_client.demo.hosted.identity import CLIENT_ID, CLIENT_SECRET, CONNECTOR_ID
from harvest_client.terminal import print_line

_HOST = "127.0.0.1"


class _Announcing(uvicorn.Server):
    """Says when it is ready to answer."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def listen(port: int) -> socket.socket:
    """A socket of this machine only; raises `OSError` when the port is taken."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((_HOST, port))
    except OSError:
        found.close()
        raise
    return found


def serve(application: ASGIApp, listening: socket.socket) -> None:
    """Answers on `listening` until SIGTERM or SIGINT.

    As soon as it is answered, stderr says where and how to ask: as Harvest in the first line,
    through the hosted API in the second.
    """
    url = f"http://{_HOST}:{listening.getsockname()[1]}"

    def announce() -> None:
        harvest = f"{url}/v2 account {ACCOUNT_ID} token {TOKEN}"
        hosted = f"{url}{PREFIX} client {CLIENT_ID} secret {CLIENT_SECRET} connector {CONNECTOR_ID}"
        for line in (harvest, hosted):
            print_line(line, file=sys.stderr)

    # The app dates its answers itself, as it must inside a process, too.
    config = uvicorn.Config(
        application, access_log=False, log_level="warning", date_header=False, lifespan="off"
    )
    # uvicorn stops cleanly and then raises the signal once more: being told to stop is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with listening:
        _Announcing(config, announce).run(sockets=[listening])
