"""Strangers: their messages, sockets and halves of requests cost the server next to nothing."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dashboard.web.security.sockets import MOST_UNFINISHED, NEEDED, StrangerLimits
from harvest_demo.account.users import ADMINISTRATOR
from tests.serving import Server, command, dashboard, demo_server, direct
from tests.signing_in import Browser, account, provider, secrets

MIB = 1 << 20
MEMORY, THREADS = 20 * MIB, 5
"""By which a server may grow."""
PATIENCE = 60.0
KINDS = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]


@dataclass(frozen=True)
class Asked:
    """A synced dashboard with sign-in, and the browser of its administrator."""

    server: Server
    boss: Browser
    log: Path

    def stranger(self) -> Browser:
        return Browser(self.server.url)

    def size(self) -> tuple[int, int, int]:
        """Return its memory in bytes, its threads and its open files."""
        process = psutil.Process(self.server.pid)
        return process.memory_info().rss, process.num_threads(), process.num_fds()

    def logged(self) -> str:
        return self.log.read_text("utf-8")

    def connection(self, begin: bytes = b"") -> socket.socket:
        parts = urlsplit(self.server.url)
        opened = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
        opened.sendall(begin)
        return opened


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    directory = tmp_path_factory.mktemp("asked")
    with provider() as url, demo_server("--entries", "300", "--no-limits") as harvest:
        secrets(directory / "secrets.toml", {"": url})
        settings = direct(harvest, directory)
        synced = command("sync", settings=settings)
        assert synced.returncode == 0, synced.stderr
        options = ["--secrets.files", str(directory / "secrets.toml")]
        with dashboard(settings, directory / "log", options) as server:
            email = f"person{ADMINISTRATOR + 1}@nordlicht.example"
            account(url, "boss", email=email, email_verified=True)
            boss = Browser(server.url)
            boss.sign_in("boss")
            made = Asked(server, boss, directory / "log")
            with boss.tab() as tab:  # what is made once for all
                for page in ("overview", "hours", "explorer"):
                    assert tab.open(page).has_data
            yield made
        assert "Traceback" not in made.logged()


def message(kind: str) -> BackMsg:
    """Return a message of a kind as a stranger may send it."""
    one = BackMsg()
    if kind == "rerun_script":
        one.rerun_script.query_string = "period=all"
    elif kind == "file_urls_request":
        one.file_urls_request.file_names.append("a")
    elif kind == "backend_operation_request":
        one.backend_operation_request.install_skills.SetInParent()
    else:
        setattr(one, kind, True)
    return one


def test_10_times_300_messages_of_a_stranger_cost_no_memory_and_no_threads(asked: Asked) -> None:
    with asked.stranger().tab() as tab:
        tab.open()
        memory, threads, files = asked.size()
        for _ in range(10):
            for number in range(300):
                tab.send(message(KINDS[number % len(KINDS)]))
            with asked.boss.tab() as own:
                assert own.open("overview").has_data
    after = asked.size()

    assert after[0] - memory < MEMORY
    assert after[1] - threads < THREADS
    assert asked.logged().count("was dropped") == len(KINDS) - 1


def test_no_message_but_those_of_pages_reaches_the_program(asked: Asked) -> None:
    """Also of who may see everything, as a page of another site may speak in their name."""
    with asked.boss.tab() as tab:
        before = tab.open("hours").texts
        for kind in KINDS:
            if kind not in NEEDED:
                tab.send(message(kind))
        assert tab.again().texts == before
        tab.send(message("stop_script"))
        tab.send(message("app_heartbeat"))
        assert tab.again().texts == before


def test_sessions_of_strangers_end_with_their_sockets(asked: Asked) -> None:
    with asked.stranger().tab() as tab:
        tab.open()
    memory, threads, files = asked.size()

    for _ in range(15):
        with asked.stranger().tab() as tab:
            tab.open()
        with asked.stranger().tab():
            pass

    after = asked.size()
    assert after[0] - memory < MEMORY
    assert after[1] - threads < THREADS
    wait_until(lambda: asked.size()[2] <= files + 3)


def test_sockets_of_strangers_are_limited_and_others_have_theirs(asked: Asked) -> None:
    most = StrangerLimits().sockets_of_address
    stranger = asked.stranger()
    with ExitStack() as stack:
        for _ in range(most):
            stack.enter_context(stranger.tab())
        with pytest.raises(InvalidStatus), stranger.tab():
            pass
        with asked.boss.tab() as own:
            assert own.open("overview").has_data
    with stranger.tab() as tab:
        assert "sign_in_default" in tab.open().buttons


@pytest.mark.parametrize(
    "data", [b"\xff" * 10, b"\0" * (StrangerLimits().message_bytes + 1), b"\0" * MIB, "text"]
)
def test_bytes_that_are_no_message_end_the_socket(asked: Asked, data: bytes | str) -> None:
    with asked.stranger().tab() as tab:
        tab.open()
        with pytest.raises(ConnectionClosed):
            tab.send_raw(data)


def test_halves_of_requests_are_closed_while_others_are_answered(asked: Asked) -> None:
    """Of connections without a byte, of half a head, and of a second request after a whole one."""
    host = urlsplit(asked.server.url).netloc.encode()
    half = b"GET /healthz HTTP/1.1\r\nHost: " + host
    files = asked.size()[2]
    with ExitStack() as stack:
        second = stack.enter_context(asked.connection(half + b"\r\n\r\n"))
        assert b"200 OK" in second.recv(4096)
        second.sendall(half)
        halves = [
            stack.enter_context(asked.connection(half if number % 2 else b""))
            for number in range(MOST_UNFINISHED + 20)
        ]

        assert httpx.get(f"{asked.server.url}/healthz", trust_env=False).status_code == 200
        assert all(is_ended(one) for one in [second, *halves])

    wait_until(lambda: asked.size()[2] <= files + 3)


def test_endless_head_is_cut(asked: Asked) -> None:
    line = b"X-A: " + b"a" * 4096 + b"\r\n"
    with (
        asked.connection(b"GET / HTTP/1.1\r\n") as endless,
        pytest.raises(ConnectionError),
    ):
        endless.sendall(line * 10_000)


def is_ended(connection: socket.socket) -> bool:
    """Read to the end; a connection that stays open fails by its timeout."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
