"""Servers under test, as processes of their own: the demo account over real HTTP, the dashboard."""

import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from dashboard.__main__ import main
from harvest_demo import ACCOUNT_ID, TOKEN

ROOT = Path(__file__).parents[1]
_TURN = 0.1  # seconds


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and the id to stop or measure it by."""

    url: str
    pid: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def demo_server(*arguments: str, log: Path | None = None) -> Iterator[Server]:
    """`python -m harvest_client demo` on a free port, ready to answer; `url` ends in /v2."""
    port = free_port()
    command = [sys.executable, "-m", "harvest_client", "demo", "--port", str(port), *arguments]
    with _process(command, {}, log) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/v2/users/me", process)
        yield Server(f"{url}/v2", process.pid)


@contextmanager
def dashboard(
    settings: Mapping[str, str],
    log: Path | None = None,
    options: Sequence[str] = (),
    *,
    port: int | None = None,
) -> Iterator[Server]:
    """`streamlit run app.py` with these settings, on a free port or that one, ready to answer.

    `options` are Streamlit's own.
    """
    port = port or free_port()
    command = [
        sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
        *options,
    ]  # fmt: skip
    with _process(command, settings, log) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/_stcore/health", process)
        yield Server(url, process.pid)


def command(*arguments: str, settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`python -m dashboard …`, run to its end in this process, with its own streams.

    What is logged is not in its stderr.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    told = environment(settings)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - told.keys():
            patch.delenv(name)
        for name, value in told.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            code: int | str | None = main(list(arguments))
        except SystemExit as ended:  # argparse
            code = ended.code
    texts = (_text(stream) for stream in (out, err))
    return subprocess.CompletedProcess(arguments, int(code or 0), *texts)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


def program(
    *arguments: str, settings: Mapping[str, str], timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """`python -m dashboard …`, run to its end in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dashboard", *arguments],
        cwd=ROOT, env=environment(settings), capture_output=True, text=True,
        timeout=timeout, check=False,
    )  # fmt: skip


@contextmanager
def throttled(pid: int, share: float) -> Iterator[None]:
    """The process runs for only that `share` of the time, as on a machine with too much to do."""
    over = threading.Event()

    def hold() -> None:
        while not over.is_set():
            os.kill(pid, signal.SIGSTOP)
            over.wait(_TURN * (1 - share))
            os.kill(pid, signal.SIGCONT)
            over.wait(_TURN * share)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        yield
    finally:
        over.set()
        holding.join()


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with only the given settings of ours."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HARVEST_", "AIRBYTE_"))}
    return kept | dict(settings)


def direct(server: Server, directory: Path, **more: str) -> dict[str, str]:
    """Settings that read the demo server as if it were Harvest, into a store of their own."""
    return {
        "HARVEST_ACCESS_TOKEN": TOKEN,
        "HARVEST_ACCOUNT_ID": ACCOUNT_ID,
        "HARVEST_BASE_URL": server.url,
        "HARVEST_CONTACT": "tests@example.com",
        "HARVEST_STORE_URL": f"duckdb:///{directory / 'store.duckdb'}",
        "HARVEST_SYNC_MINUTES": "0",
        **more,
    }


def wait_for(url: str, process: "subprocess.Popen[bytes]", patience: float = 120.0) -> None:
    """Returns when `url` answers anything; raises when the process ends first."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with code {process.returncode}")
        try:
            httpx.get(url, timeout=2, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"no answer from {url} within {patience} s")


@contextmanager
def _process(
    command: list[str], settings: Mapping[str, str], log: Path | None
) -> Iterator["subprocess.Popen[bytes]"]:
    with (log or Path(os.devnull)).open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(settings), stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
