"""No credential is ever shown: not by an error, a log, an address, nor by a file that is written.

Each credential has a canary in it. Servers repeat all that they are sent, down to the headers.
"""

import asyncio
import logging
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harvest_client import Airbyte, AsyncHarvest, Harvest, HarvestError, OAuth, PersonalToken
from harvest_client.auth.credentials import Credentials
from harvest_client.settings import Reader, read_connection
from tests.canary_server import (
    ACCESS,
    AIRBYTE_SECRET,
    BEARER,
    CLIENT_SECRET,
    REFRESH,
    TOKENS,
    TROUBLE,
    WORD,
    Misbehave,
    canary_server,
)
from tests.harvest_client.clock import Clock
from tests.harvest_client.hosted_demo import unlimited

WAYS: dict[str, Callable[[str], Credentials]] = {
    "token": lambda url: PersonalToken(token=ACCESS, account_id="1", base_url=f"{url}/v2"),
    "OAuth": lambda url: OAuth(
        client_id="us", client_secret=CLIENT_SECRET, refresh_token=REFRESH, account_id="1",
        base_url=f"{url}/v2", id_url=f"{url}/api/v2",
    ),
    "Airbyte": lambda url: Airbyte(
        client_id="us", client_secret=AIRBYTE_SECRET, base_url=url
    ),
    "bearer": lambda url: Airbyte(access_token=BEARER, connector_id="c1", base_url=url),
}  # fmt: skip
every_way = pytest.mark.parametrize("way", WAYS)
both_kinds = pytest.mark.parametrize("kind", ["sync", "async"])


def shown(error: BaseException) -> str:
    """All that a screen or a crash report could show of an error, and of what it came from."""
    told: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        report = traceback.TracebackException.from_exception(seen, capture_locals=True)
        told += [str(seen), repr(seen), repr(vars(seen)), *report.format()]
        seen = seen.__cause__ or seen.__context__
    return "".join(told)


def read(kind: str, way: str, url: str, **more: Any) -> None:
    """Every page of people and the company, and what the client itself shows."""
    options: dict[str, Any] = {
        "budgets": unlimited(Clock()),
        "patience": 0.0,
        "deadline": 0.6,
    } | more
    if kind == "sync":
        with Harvest(WAYS[way](url), **options) as harvest:
            logging.getLogger("test").debug("%r %r", harvest.source, vars(harvest))
            list(harvest.users.all())
            harvest.company.get()
        return

    async def awaited() -> None:
        async with AsyncHarvest(WAYS[way](url), **options) as harvest:
            logging.getLogger("test").debug("%r %r", harvest.source, vars(harvest))
            _ = [user async for user in harvest.users.all()]
            await harvest.company.get()

    asyncio.run(awaited())


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def text_of(log: pytest.LogCaptureFixture) -> str:
    """What was logged, but for lines in which httpcore repeats a server's own headers."""
    return "".join(
        record.getMessage()
        for record in log.records
        if "receive_response_headers.complete" not in record.getMessage()
    )


@both_kinds
@every_way
@pytest.mark.parametrize("data", TROUBLE.values(), ids=TROUBLE)
def test_no_failure_of_a_request_shows_a_credential(
    data: Misbehave, way: str, kind: str, log: pytest.LogCaptureFixture
) -> None:
    with canary_server(data) as server, pytest.raises(HarvestError) as caught:
        read(kind, way, server.url)

    assert WORD not in shown(caught.value)
    assert WORD not in text_of(log)
    assert WORD in server.sent
    assert WORD not in server.first_lines


@both_kinds
@pytest.mark.parametrize("way", ["OAuth", "Airbyte"])
@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_no_failure_to_get_a_token_shows_a_credential(
    token: Misbehave, way: str, kind: str, log: pytest.LogCaptureFixture
) -> None:
    with canary_server(token=token) as server, pytest.raises(HarvestError) as caught:
        read(kind, way, server.url)

    assert WORD not in shown(caught.value)
    assert WORD not in text_of(log)
    assert WORD not in server.first_lines
    assert len(server.heads) == 1


@both_kinds
@every_way
def test_nor_does_success(way: str, kind: str, log: pytest.LogCaptureFixture) -> None:
    with canary_server() as server:
        read(kind, way, server.url)

    assert WORD not in text_of(log)
    assert WORD not in server.first_lines
    assert WORD in server.sent


@pytest.fixture(params=["nobody listens", "no such host", "TLS to a plain port"])
def nowhere(request: pytest.FixtureRequest) -> Iterator[str]:
    """An address at which no answer can be had."""
    match request.param:
        case "no such host":
            yield "https://harvest.invalid"
        case "nobody listens":
            with socket.create_server(("127.0.0.1", 0)) as listener:
                port = listener.getsockname()[1]
            yield f"http://127.0.0.1:{port}"
        case _:
            with canary_server() as server:
                yield server.url.replace("http:", "https:")


@both_kinds
@every_way
def test_nor_does_an_address_without_an_answer(
    nowhere: str, way: str, kind: str, log: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(HarvestError) as caught:
        read(kind, way, nowhere, deadline=0.4)

    assert WORD not in shown(caught.value)
    assert WORD not in text_of(log)


class Stopped(BaseException):
    """As `KeyboardInterrupt`, by whoever counts or sleeps."""


@both_kinds
@every_way
@pytest.mark.parametrize("after", [1, 2, 3])
def test_nor_does_a_stop_between_two_requests(after: int, way: str, kind: str) -> None:
    asked: list[int] = []

    def count() -> None:
        asked.append(1)
        if len(asked) == after:
            raise Stopped

    with canary_server() as server:
        if after > 2 and way in ("token", "bearer"):
            after = 2
        with pytest.raises(Stopped) as caught:
            read(kind, way, server.url, on_request=count)

    assert WORD not in shown(caught.value)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Whoever runs the tests in the background of a shell has them ignore the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@every_way
@pytest.mark.usefixtures("interruptible")
def test_nor_does_a_stop_in_the_middle_of_a_request(way: str) -> None:
    def interrupted(request: str) -> Any:
        def talk(connection: socket.socket) -> None:
            main = threading.main_thread().ident
            assert main
            # While httpcore writes the head of a request, its own variables hold it.
            threading.Event().wait(0.2)
            signal.pthread_kill(main, signal.SIGINT)
            connection.settimeout(5)
            connection.recv(1)

        return talk

    for server_of in ({"data": interrupted}, {"token": interrupted}):
        if "token" in server_of and way in ("token", "bearer"):
            continue
        with canary_server(**server_of) as server, pytest.raises(KeyboardInterrupt) as caught:
            read("sync", way, server.url, deadline=20.0)
        assert WORD not in shown(caught.value)


SPOILED = {
    "line end inside": "c4nary-a\nc4nary-b",
    "umlaut": "c4nary-ä",
    "NUL": "c4nary-\0a",
    "space": "c4nary a",
    "tab": "c4nary\ta",
}
SETTINGS: dict[str, dict[str, str]] = {
    "HARVEST_ACCESS_TOKEN": {"HARVEST_ACCESS_TOKEN": ACCESS, "HARVEST_ACCOUNT_ID": "1"},
    "HARVEST_CLIENT_SECRET": {
        "HARVEST_CLIENT_ID": "us", "HARVEST_CLIENT_SECRET": CLIENT_SECRET,
        "HARVEST_REFRESH_TOKEN": REFRESH, "HARVEST_ACCOUNT_ID": "1",
    },
    "HARVEST_REFRESH_TOKEN": {
        "HARVEST_CLIENT_ID": "us", "HARVEST_CLIENT_SECRET": CLIENT_SECRET,
        "HARVEST_REFRESH_TOKEN": REFRESH, "HARVEST_ACCOUNT_ID": "1",
    },
    "AIRBYTE_CLIENT_SECRET": {
        "AIRBYTE_CLIENT_ID": "us", "AIRBYTE_CLIENT_SECRET": AIRBYTE_SECRET,
    },
    "AIRBYTE_ACCESS_TOKEN": {"AIRBYTE_ACCESS_TOKEN": BEARER},
}  # fmt: skip
every_credential = pytest.mark.parametrize("name", SETTINGS)


@every_credential
@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_setting_that_cannot_be_sent_is_not_shown(
    name: str, spoiled: str, tmp_path: Path
) -> None:
    read = Reader(SETTINGS[name] | {name: SPOILED[spoiled]}, tmp_path / "none.toml")

    with pytest.raises(HarvestError) as caught:
        read_connection(read)

    assert WORD not in shown(caught.value)


def misfit(name: str, number: int) -> dict[str, str]:
    """Settings with that credential which cannot all be meant."""
    direct = "HARVEST" in name
    others = SETTINGS["AIRBYTE_ACCESS_TOKEN" if direct else "HARVEST_ACCESS_TOKEN"]
    addresses = {"HARVEST_BASE_URL": "ftp://x", "AIRBYTE_BASE_URL": "ftp://x"}
    elsewhere = {name: SETTINGS[name][name], "HARVEST_SOURCE": "hosted" if direct else "direct"}
    return [SETTINGS[name] | others, SETTINGS[name] | addresses, elsewhere][number]


@every_credential
@pytest.mark.parametrize("number", range(3), ids=["both", "address", "elsewhere"])
def test_a_setting_that_does_not_fit_the_others_is_not_shown(
    name: str, number: int, tmp_path: Path
) -> None:
    read = Reader(misfit(name, number), tmp_path / "none.toml")

    with pytest.raises(HarvestError) as caught:
        read_connection(read)

    assert WORD not in shown(caught.value)


@pytest.mark.parametrize("text", ["HARVEST_ACCESS_TOKEN = '{}", "= {}", "a = 1\n\0{}", "[{}"])
def test_a_damaged_file_of_settings_is_not_quoted(text: str, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(text.format(ACCESS), "utf-8")

    with pytest.raises(HarvestError, match=r"secrets.toml is not valid TOML") as caught:
        Reader({}, secrets)

    assert WORD not in shown(caught.value)


@every_credential
@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t\n"])
def test_the_line_end_of_a_credential_simply_works(name: str, end: str, tmp_path: Path) -> None:
    with canary_server() as server:
        addresses = {
            "HARVEST_BASE_URL": f"{server.url}/v2", "HARVEST_ID_URL": f"{server.url}/api/v2",
            "AIRBYTE_BASE_URL": server.url, "HARVEST_STORE_URL": f"duckdb:///{tmp_path}/s.duckdb",
        }  # fmt: skip
        given = SETTINGS[name] | addresses | {name: SETTINGS[name][name] + end}
        access = read_connection(Reader(given, tmp_path / "none.toml")).access
        with Harvest(access) as harvest:
            assert harvest.users.list().data[0].first_name == "Ada"

    assert WORD not in server.first_lines


@every_way
@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED)
def test_a_credential_that_cannot_be_sent_is_told_without_it(way: str, spoiled: str) -> None:
    with pytest.raises(HarvestError) as caught:
        with_credential(way, spoiled)

    # Whoever passes it has it in a variable of their own, so variables are not looked at here.
    told = [str(caught.value), repr(vars(caught.value)), *traceback.format_exception(caught.value)]
    assert WORD not in "".join(told)


def with_credential(way: str, credential: str) -> Credentials:
    match way:
        case "token":
            return PersonalToken(token=credential, account_id="1")
        case "OAuth":
            return OAuth(client_id="us", client_secret="s", refresh_token=credential)
        case "Airbyte":
            return Airbyte(client_id="us", client_secret=credential)
    return Airbyte(access_token=credential)
