"""Three accounts for the command line: the demo inside the process, and two over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest_demo import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, TOKEN
from tests.harvest_client.cli.running import TODAY, CommandLine
from tests.serving import Server, demo_server


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the demo account's copy is; the first search makes it."""
    return f"duckdb:///{tmp_path_factory.mktemp('demo') / 'store.duckdb'}"


@pytest.fixture
def demo(
    store: str, capsysbinary: "pytest.CaptureFixture[bytes]", monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    return CommandLine(
        capsysbinary, monkeypatch, HARVEST_DEMO_ENTRIES="300", HARVEST_STORE_URL=store
    )


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The demo account over HTTP, larger than a hosted list, with a copy of all of it."""
    arguments = ("--entries", "2500", "--today", TODAY, "--copy-days", "36500", "--no-limits")
    with demo_server(*arguments) as running:
        yield running


@pytest.fixture
def direct(
    server: Server,
    tmp_path: Path,
    capsysbinary: "pytest.CaptureFixture[bytes]",
    monkeypatch: pytest.MonkeyPatch,
) -> CommandLine:
    return CommandLine(
        capsysbinary,
        monkeypatch,
        HARVEST_ACCESS_TOKEN=TOKEN,
        HARVEST_ACCOUNT_ID=ACCOUNT_ID,
        HARVEST_BASE_URL=server.url,
        HARVEST_ID_URL=server.url.removesuffix("/v2") + "/api/v2",
        HARVEST_STORE_URL=f"duckdb:///{tmp_path / 'store.duckdb'}",
    )


@pytest.fixture
def hosted(
    server: Server,
    tmp_path: Path,
    capsysbinary: "pytest.CaptureFixture[bytes]",
    monkeypatch: pytest.MonkeyPatch,
) -> CommandLine:
    return CommandLine(
        capsysbinary,
        monkeypatch,
        AIRBYTE_CLIENT_ID=CLIENT_ID,
        AIRBYTE_CLIENT_SECRET=CLIENT_SECRET,
        AIRBYTE_BASE_URL=server.url.removesuffix("/v2"),
        HARVEST_STORE_URL=f"duckdb:///{tmp_path / 'store.duckdb'}",
    )
