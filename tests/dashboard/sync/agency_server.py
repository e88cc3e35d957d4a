"""An agency behind a real HTTP server in this process, for the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread

import httpx
import pytest

from harvest_demo import ACCOUNT_ID, TOKEN
from tests.dashboard.sync.agency import TODAY, Agency


def configure(monkeypatch: pytest.MonkeyPatch, url: str, directory: Path) -> None:
    """Set the environment so that commands read the agency at `url` into a store of their own."""
    for name, value in {
        "HARVEST_SOURCE": "direct",
        "HARVEST_ACCESS_TOKEN": TOKEN,
        "HARVEST_ACCOUNT_ID": ACCOUNT_ID,
        "HARVEST_BASE_URL": url,
        "HARVEST_TODAY": TODAY.isoformat(),
        "HARVEST_SYNC_MINUTES": "0",
        "HARVEST_STORE_URL": f"duckdb:///{directory / 'store.duckdb'}",
    }.items():
        monkeypatch.setenv(name, value)


@contextmanager
def serving(agency: Agency) -> Iterator[str]:
    """Runs the server; yields the base URL of Harvest's API."""
    one_at_a_time = Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = f"http://{self.headers['Host']}{self.path}"
            with one_at_a_time:
                answer = agency.handle_request(
                    httpx.Request("GET", url, headers=dict(self.headers))
                )
            self.send_response_only(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.content)))
            self.send_header("Date", answer.headers["Date"])
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v2"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
