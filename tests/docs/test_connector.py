"""The connector guide does what it says, block by block, on the demo account."""

import asyncio
import inspect
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

import httpx
import pytest

from dashboard.local_search import configured_copy
from docs.generate import HERE
from harvest_client import AsyncHarvest, Harvest
from harvest_client.__main__ import main
from harvest_client.entities import ENTITIES
from harvest_client.errors import HarvestError, join_sentences
from harvest_demo import ACCOUNT_ID, TOKEN, app, build
from harvest_demo.server.in_process import demo_client
from tests.harvest_client.cli.running import BLANK

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Block:
    """A block of code of the guide, and the heading above it."""

    heading: str
    language: str
    text: str
    line: int

    @property
    def name(self) -> str:
        return f"{self.heading}, line {self.line}"


def blocks(text: str) -> Iterator[Block]:
    heading = ""
    for part in re.finditer(r"^#+ ([^\n]+)$|^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if part[1]:
            heading = part[1]
        else:
            yield Block(heading, part[2], part[3], text.count("\n", 0, part.start()) + 1)


def commands(block: Block) -> list[list[str]]:
    """The arguments of each call of the connector in a block, without what it is piped to."""
    lines = block.text.replace("\\\n", " ").splitlines()
    words = [shlex.split(line) for line in lines if "-m harvest_client" in line]
    return [line[3 : line.index("|") if "|" in line else None] for line in words]


BLOCKS = list(blocks((HERE / "connector.md").read_text("utf-8")))
PYTHON = [block for block in BLOCKS if block.language == "python"]
COMMANDS = [
    arguments for block in BLOCKS if block.language == "sh" for arguments in commands(block)
]


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harvest]:
    """The demo account and its copy, as the guide opens them."""
    directory = tmp_path_factory.mktemp("guide")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in BLANK.items():
            patch.setenv(name, value)
        patch.setenv("HARVEST_TODAY", str(TODAY))
        patch.setenv("HARVEST_STORE_URL", f"duckdb:///{directory / 'store.duckdb'}")
        patch.chdir(directory)
        with demo_client(seed=7, entries=25_000, today=TODAY, copy=configured_copy()) as harvest:
            yield harvest


@pytest.mark.parametrize("block", PYTHON, ids=[block.name for block in PYTHON])
def test_a_python_block_runs_as_printed_and_has_something_to_show(
    harvest: Harvest, block: Block
) -> None:
    names: dict[str, Any] = {"harvest": harvest}
    code = compile("\n" * block.line + block.text, str(HERE / "connector.md"), "exec")

    with redirect_stdout(StringIO()) as printed:
        exec(code, names)
        for value in list(names.values()):
            if inspect.iscoroutinefunction(value):
                asyncio.run(awaited(value))

    assert printed.getvalue().strip() not in ("", "[]", "Counter()")


@pytest.mark.parametrize("arguments", COMMANDS, ids=[" ".join(given[:2]) for given in COMMANDS])
def test_a_command_runs_as_printed(
    harvest: Harvest, arguments: list[str], capsysbinary: "pytest.CaptureFixture[bytes]"
) -> None:
    code = main(arguments)

    out, err = capsysbinary.readouterr()
    assert (code, err) == (0, b"")
    assert b'":' in out


def test_every_entity_has_an_example_that_calls_it() -> None:
    shown = {block.heading for block in PYTHON if f"harvest.{block.heading}." in block.text}

    assert set(ENTITIES) <= shown


def test_every_error_is_explained() -> None:
    def below(kind: type[HarvestError]) -> Iterator[type[HarvestError]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    said = (HERE / "connector.md").read_text("utf-8")
    kinds = {kind.__name__ for kind in below(HarvestError) if "harvest_client" in kind.__module__}
    groups = {"BadAnswer", "ApiError"}

    assert {name for name in kinds - groups if f"`{name}`" not in said} == set()


@pytest.mark.parametrize("page", ["docs/connector.md", "README.md"])
def test_every_setting_of_the_connector_is_named(page: str) -> None:
    settings = (HERE.parent / "harvest_client" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'"((?:HARVEST|AIRBYTE)_[A-Z_]+)"', settings))
    said = (HERE.parent / page).read_text("utf-8")

    assert len(read) > 10
    assert {name for name in read if name not in said} <= {
        "HARVEST_STORE_URL", "HARVEST_DEMO_SEED", "HARVEST_DEMO_ENTRIES",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentences", "whole"),
    [
        (["404 Not Found", "Check the id."], "404 Not Found. Check the id."),
        (["Did you mean this?", "Try."], "Did you mean this? Try."),
        (["Said.", ""], "Said."),
        ([" a ", "b"], "a. b."),
    ],
)
def test_sentences_end_before_the_next_begins(sentences: list[str], whole: str) -> None:
    assert join_sentences(sentences) == whole


async def awaited(look: Any) -> None:
    """Runs a coroutine of the guide with a client of the demo account."""
    account = build(seed=7, entries=500, today=TODAY)
    async with AsyncHarvest(
        token=TOKEN,
        account_id=ACCOUNT_ID,
        base_url="http://localhost/v2",
        contact="tests@example.com",
        transport=httpx.ASGITransport(app(account, limits=False, hosted=False)),
    ) as harvest:
        await look(harvest)
