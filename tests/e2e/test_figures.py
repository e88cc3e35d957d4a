"""Every figure on every page is what `report` prints, every count what `export` has as rows."""

import asyncio
import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks.streamlit_session import Run, StreamlitSession
from dashboard.__main__ import main
from dashboard.metrics.catalog import (
    COST_COVERAGE,
    GROSS_MARGIN_AMOUNT,
    MARGIN_SHARE,
    METRICS,
    Metric,
)
from dashboard.web.menu import MENU, UNFILTERED
from tests.e2e.conftest import CURRENCY, Site
from tests.e2e.test_hours import FORMATS, SCOPES

# Counts of rows and no metrics: those are held against `export` below.
COUNTED = {"projects", "leaks"}
# Of clients who pay in the currency of cost: there is no margin on others.
COSTED = {GROSS_MARGIN_AMOUNT, MARGIN_SHARE, COST_COVERAGE}
ONLY_COSTED = ["--where", json.dumps({"eq": {"client.currency": CURRENCY}})]
PAGES = [entry.name for entry in MENU if entry.name not in UNFILTERED]
BY_LABEL = {metric.label: metric for metric in METRICS.values()}

Report = Callable[[Metric, date, date], set[str]]
Export = Callable[[str, date, date], list[dict[str, str]]]


@pytest.fixture
def settings(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the site for commands of this process."""
    for name, value in site.settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def report(settings: None, tmp_path: Path) -> Report:
    """What the command prints, written as the account writes it; one for each currency."""

    def printed(metric: Metric, start: date, end: date) -> set[str]:
        out = tmp_path / "report.json"
        days = ["--from", str(start), "--to", str(end)]
        of = ONLY_COSTED if metric in COSTED else []
        assert main(["report", metric.id, *days, *of, "--out", str(out)]) == 0
        return {
            FORMATS.format_headline(_number(row[metric.id]), metric.unit, row.get("currency"))
            for row in json.loads(out.read_text("utf-8"))
        }

    return printed


@pytest.fixture
def export(settings: None, tmp_path: Path) -> Export:
    """The rows of the command's file."""

    def written(table: str, start: date, end: date) -> list[dict[str, str]]:
        out = tmp_path / "export.csv"
        days = ["--from", str(start), "--to", str(end)]
        assert main(["export", table, *days, "--out", str(out)]) == 0
        rows, _, _about = out.read_bytes().decode("utf-8-sig").partition("\r\n\r\n")
        return list(csv.DictReader(io.StringIO(rows, newline="")))

    return written


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


@pytest.mark.parametrize(("start", "end"), SCOPES.values(), ids=SCOPES.keys())
@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_the_command_says(
    site: Site, report: Report, page: str, start: date, end: date
) -> None:
    shown = _run(site, page, start, end).figures

    found = [(BY_LABEL[label], value) for label, value in shown if label in BY_LABEL]
    assert found or page in COUNTED
    for metric, value in found:
        said = report(metric, start, end)
        # Beside other figures a currency without rows has a zero; alone it is not there.
        absent = not _is_some(value) and not any(text[-1] == value[-1] for text in said)
        assert value in said or absent or not any(map(_is_some, {value, *said})), metric.label


@pytest.mark.parametrize(("start", "end"), SCOPES.values(), ids=SCOPES.keys())
def test_projects_counts_the_budgets_that_its_file_has(
    site: Site, export: Export, start: date, end: date
) -> None:
    shown = dict(_run(site, "projects", start, end).figures)

    rows = export("projects", start, end)
    soon = str(end + timedelta(days=30))
    assert rows
    assert shown["Budgets"] == FORMATS.format_number(len(rows))
    for status in ("Over", "At risk", "On track"):
        assert shown[status] == FORMATS.format_number(sum(row["status"] == status for row in rows))
    out = [row["run_out"] for row in rows if row["run_out"] and row["run_out"] <= soon]
    assert shown["Out in 30 days"] == FORMATS.format_number(len(out))


@pytest.mark.parametrize(("start", "end"), SCOPES.values(), ids=SCOPES.keys())
def test_leaks_counts_the_rows_that_the_file_of_each_kind_has(
    site: Site, export: Export, start: date, end: date
) -> None:
    ranked, *_ = _run(site, "leaks", start, end).tables

    kinds = {row["leak"]: row["kind"] for row in export("leaks", start, end)}
    shown: Counter[str] = Counter()
    for row in pa.ipc.open_stream(ranked).read_all().to_pylist():
        shown[kinds[row["Leak"]]] += row["Rows"]
    assert shown
    assert shown == {kind: len(export(f"leaks_{kind}", start, end)) for kind in kinds.values()}


def _is_some(text: str) -> bool:
    return any(mark in "123456789" for mark in text)


def _run(site: Site, page: str, start: date, end: date) -> Run:
    async def opened() -> Run:
        async with StreamlitSession(site.dashboard.url) as session:
            return await session.open(f"{page}?period={start}..{end}")

    run = asyncio.run(opened())
    assert not run.exceptions
    return run
