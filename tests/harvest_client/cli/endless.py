"""Harvest with as many time entries as a test wants, page after page over HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from harvest_client.entities import ENTITIES
from tests.harvest_client.fake_harvest import sample

PAGE = 2_000
_SAMPLES = sample(ENTITIES["time_entries"])


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    rows: str
    pages: int | None
    refused_from: int | None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
        if self.server.refused_from and page >= self.server.refused_from:
            self._answer(403, b'{"message": "Not any more"}')
            return
        last = self.server.pages is not None and page >= self.server.pages
        following = f"http://{self.headers['Host']}/v2/time_entries?page={page + 1}"
        links = json.dumps({"next": None if last else following})
        self._answer(200, f'{{"time_entries": {self.server.rows}, "links": {links}}}'.encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def listing(
    *, pages: int | None = None, refused_from: int | None = None, rows: int = PAGE
) -> Iterator[str]:
    """The base URL of a server with that many pages, endless when None, of `rows` each."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.rows = json.dumps([_SAMPLES[number % len(_SAMPLES)] for number in range(rows)])
        server.pages, server.refused_from = pages, refused_from
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v2"
        finally:
            server.shutdown()
            thread.join()
