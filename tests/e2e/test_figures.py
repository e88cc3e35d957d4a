"""Every figure on every page is what `report` prints for the same days."""

import asyncio
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from benchmarks.streamlit_session import StreamlitSession
from dashboard.__main__ import main
from dashboard.metrics.catalog import METRICS, Metric
from dashboard.ui.menu import MENU, UNFILTERED
from tests.e2e.conftest import Site
from tests.e2e.test_hours import FORMATS, SCOPES

# Counts of rows and no metrics: what they count is tested with their tables.
COUNTED = {"projects", "leaks"}
PAGES = [entry.name for entry in MENU if entry.name not in UNFILTERED]
BY_LABEL = {metric.label: metric for metric in METRICS.values()}

Report = Callable[[Metric, date, date], set[str]]


@pytest.fixture
def report(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Report:
    """What the command prints, written as the account writes it; one for each currency."""
    for name, value in site.settings.items():
        monkeypatch.setenv(name, value)

    def printed(metric: Metric, start: date, end: date) -> set[str]:
        out = tmp_path / "report.json"
        days = ["--from", str(start), "--to", str(end)]
        assert main(["report", metric.id, *days, "--out", str(out)]) == 0
        return {
            FORMATS.headline(_number(row[metric.id]), metric.unit, row.get("currency"))
            for row in json.loads(out.read_text("utf-8"))
        }

    return printed


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


@pytest.mark.parametrize(("start", "end"), SCOPES.values(), ids=SCOPES.keys())
@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_the_command_says(
    site: Site, report: Report, page: str, start: date, end: date
) -> None:
    shown = asyncio.run(_figures(site.dashboard.url, f"{page}?period={start}..{end}"))

    found = [(BY_LABEL[label], value) for label, value in shown if label in BY_LABEL]
    assert found or page in COUNTED
    for metric, value in found:
        said = report(metric, start, end)
        # Beside other figures a currency without rows has a zero; alone it is not there.
        absent = not _is_some(value) and not any(text[-1] == value[-1] for text in said)
        assert value in said or absent or not any(map(_is_some, {value, *said})), metric.label


def _is_some(text: str) -> bool:
    return any(mark in "123456789" for mark in text)


async def _figures(url: str, address: str) -> list[tuple[str, str]]:
    async with StreamlitSession(url) as session:
        run = await session.open(address)
    assert not run.exceptions
    return run.figures
