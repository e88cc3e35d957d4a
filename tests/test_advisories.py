"""The look-up of known weaknesses, against a service of our own that speaks OSV."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.advisories import main

WEAKNESS = {
    "id": "PYSEC-2026-1",
    "summary": "weak",
    "aliases": [],
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "weakling", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
        }
    ],
}


@contextmanager
def osv(*weaknesses: object) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.dumps({"vulns": weaknesses} if weaknesses else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def pinned(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(f"weakling==1.0 --hash=sha256:{'0' * 64}\n", "utf-8")
    return path


def test_a_known_weakness_fails_and_is_named(
    pinned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with osv(WEAKNESS) as url:
        code = main(["-s", "osv", "--osv-url", url], pinned)

    assert code == 1
    assert capsys.readouterr().out == "weakling 1.0: PYSEC-2026-1, mended in 1.1\n"


def test_none_is_silence(pinned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with osv() as url:
        code = main(["-s", "osv", "--osv-url", url], pinned)

    assert code == 0
    assert capsys.readouterr().out == ""


def test_nobody_to_ask_is_said_and_does_not_fail(
    pinned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-s", "osv", "--osv-url", "http://127.0.0.1:9/v1/query"], pinned) == 0
    assert "NOT looked up" in capsys.readouterr().out
