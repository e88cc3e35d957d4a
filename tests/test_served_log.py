"""What strangers send to a server reaches its log as visible text, one line each."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests import signing_in
from tests.serving import ROOT, Server, dashboard, environment, free_port, wait_for

HOSTILE = "A\x1b[2J\x1b]0;own\x07\r\nFORGED \x9b31m\u202egnp\u2066\u2028\u200f\x00\x7f"
SENT = quote(HOSTILE)
OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f]"
)
UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)
RAW = HOSTILE.replace("\r\n", " ").encode()
# Heads of requests, without the line of the host.
HEADS = [
    f"GET /oauth2callback?error={SENT}&error_description={SENT}".encode(),
    f"GET /oauth2callback?code={SENT}&state={SENT}".encode(),
    f"GET /auth/login?provider={SENT}".encode(),
    f"GET /auth/logout?next={SENT}".encode(),
    f"GET /export/{SENT}.csv".encode(),
    f"GET /export/hours.csv?for={SENT}&period={SENT}".encode(),
    f"GET /app/static/{SENT}".encode(),
    f"GET /static/{SENT}".encode(),
    f"GET /{SENT}".encode(),
    f"GET /_stcore/{SENT}".encode(),
    f"PUT /{SENT}".encode(),
    b"GET /" + RAW,
    RAW + b" /",
    b"GET /%ff%fe?%ff",
]
HEADERS = [
    b"User-Agent: x\x9b31m\xe2\x80\xae",
    b"User-Agent: " + RAW,
    b"X-Forwarded-For: \x9b31m\xe2\x80\xae\r\nX-Forwarded-Proto: \xc2\x9b31m",
    b"Cookie: _streamlit_user=\x9b31m; _streamlit_xsrf=\xe2\x80\xae; wanted_page=\x9b",
    b"Origin: http://\xe2\x80\xae\x9b31m",
    b"Referer: http://127.0.0.1/\x9b31m",
    UPGRADE + b"Sec-WebSocket-Protocol: streamlit, \x9b31m\xe2\x80\xae",
    UPGRADE + b"Origin: http://\xe2\x80\xae\x9b31m",
]


def send(server: Server, head: bytes, *headers: bytes, host: bytes | None = None) -> bytes:
    """Send the bytes as they are, and return the first of the answer."""
    there = urlsplit(server.url)
    lines = [
        head + b" HTTP/1.1", b"Host: " + (host or there.netloc.encode()), *headers,
        b"Connection: close" if UPGRADE not in b"".join(headers) + b"\r\n" else b"X: y",
    ]  # fmt: skip
    with socket.create_connection((there.hostname, there.port), timeout=20) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        return connection.recv(4096)


@contextmanager
def by_uvicorn(settings: Mapping[str, str], log: Path, directory: Path) -> Iterator[Server]:
    """`uvicorn app:app` with the `.streamlit` of the directory, which logs each request."""
    port = free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--app-dir", ROOT],
            cwd=directory, stdout=output, stderr=output, env=environment(settings),
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/_stcore/health", process)
            yield Server(url, process.pid)
        finally:
            process.terminate()
            process.wait(20)


@pytest.mark.parametrize("program", ["streamlit", "uvicorn"])
def test_strangers_write_no_line_and_no_command_into_the_log(program: str, tmp_path: Path) -> None:
    secrets, log = tmp_path / ".streamlit" / "secrets.toml", tmp_path / "log"
    shutil.copytree(ROOT / ".streamlit", secrets.parent, ignore=shutil.ignore_patterns("secrets*"))
    signing_in.secrets(secrets, {"": "http://127.0.0.1:9"})  # nobody answers there
    settings = {
        "HARVEST_SOURCE": "demo",
        "HARVEST_STORE_URL": f"duckdb:///{tmp_path / 'store.duckdb'}",
        "HARVEST_SYNC_MINUTES": "0",
    }
    running = (
        dashboard(settings, log, ["--secrets.files", str(secrets)])
        if program == "streamlit"
        else by_uvicorn(settings, log, tmp_path)
    )

    with running as server:
        for head in HEADS:
            assert send(server, head).startswith(b"HTTP/1.1 ")
        for header in HEADERS:
            assert send(server, b"GET /", header).startswith(b"HTTP/1.1 ")
            assert send(server, b"GET /_stcore/stream", header).startswith(b"HTTP/1.1 ")
        assert send(server, b"GET /", host=b"evil\x9b31m\xe2\x80\xae").startswith(b"HTTP/1.1 ")

    text = log.read_bytes().decode()
    assert r"Error during authentication: A\x1b[2J\x1b]0;own\x07FORGED \x9b31m\u202e" in text
    assert not OBEYED.search(text)
    assert not re.search(r"^\s*FORGED", text, re.MULTILINE)


def test_traceback_of_a_page_goes_to_the_log_and_not_around_it(tmp_path: Path) -> None:
    code = (
        "import app\n"
        "from streamlit import error_util\n"
        "try: raise RuntimeError('A\\x1b[2J\\nFORGED access_token=c4naryc4nary')\n"
        "except RuntimeError as error: error_util._log_uncaught_app_exception(error)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env=environment({"HARVEST_SOURCE": "demo", "STREAMLIT_LOGGER_ENABLE_RICH": "true"}),
    )  # fmt: skip

    assert done.stdout == ""
    assert "  RuntimeError: A\\x1b[2J\n  FORGED access_token=***" in done.stderr
    assert not OBEYED.search(done.stderr)
