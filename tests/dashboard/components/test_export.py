"""Downloads: the bytes, what they add up to, and what is refused before the first of them."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from dashboard.components.downloads import export_file
from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings
from dashboard.store.snapshots import Snapshot, Snapshots
from harvest_client import HarvestError
from tests.dashboard.components.conftest import TWO_WEEKS, publish

GOLDEN = Path(__file__).parent / "golden"


def written(name: str, told: Settings, studio: Snapshot, **asked: str) -> bytes:
    return b"".join(export_file(name, {"period": TWO_WEEKS, **asked}, told, studio).chunks)


def rows(data: bytes) -> list[dict[str, str]]:
    table, _, _about = data.decode("utf-8-sig").partition("\r\n\r\n")
    return list(csv.DictReader(io.StringIO(table, newline="")))


@pytest.mark.parametrize("name", ["hours.csv", "entries.csv"])
def test_the_bytes_are_the_contract(name: str, published: Settings, studio: Snapshot) -> None:
    assert written(name, published, studio) == (GOLDEN / name).read_bytes()


def test_the_file_says_what_it_is(published: Settings, studio: Snapshot) -> None:
    file = export_file("entries.csv", {"period": "7d"}, published, studio)

    assert file.name == "entries-2026-01-09-to-2026-01-15.csv"


@pytest.mark.parametrize(("outer", "inner"), [("client", "project"), ("user", "task")])
def test_the_lines_add_up_to_the_total(
    published: Settings, studio: Snapshot, outer: str, inner: str
) -> None:
    lines = rows(written("hours.csv", published, studio, outer=outer, inner=inner))

    assert sum(float(line["hours"]) for line in lines) == 26.5
    dollars = [line for line in lines if line["currency"] == "USD"]
    assert sum(float(line["billable_amount"]) for line in dollars) == 720


def test_entries_add_up_to_the_figures_on_the_page(published: Settings, studio: Snapshot) -> None:
    lines = rows(written("entries.csv", published, studio, basis="raw"))

    assert round(sum(float(line["hours"]) for line in lines), 2) == 26.1
    euros = [line for line in lines if line["currency"] == "EUR"]
    assert round(sum(float(line["amount"] or 0) for line in euros), 2) == 447


def test_a_filter_narrows_the_file(published: Settings, studio: Snapshot) -> None:
    lines = rows(written("entries.csv", published, studio, where='{"eq": {"client.id": 20}}'))

    assert {line["client"] for line in lines} == {"Borealis"}


def test_nothing_that_a_spreadsheet_would_run(published: Settings) -> None:
    publish(
        published.cache_dir,
        version=2,
        sql="UPDATE clients SET name = '=1+1' WHERE id = 10; UPDATE time_facts SET notes = '\t=1'",
    )
    hostile = Snapshots(published.cache_dir, "1").open_current()

    lines = rows(written("entries.csv", published, hostile))

    assert {line["client"] for line in lines} == {"'=1+1", "Borealis", ""}
    assert {line["notes"] for line in lines} == {"'\t=1"}
    hostile.close()


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "never"},
        {"where": "{"},
        {"basis": "exact"},
        {"outer": "planet"},
        {"outer": "client", "inner": "client"},
    ],
)
def test_what_has_no_answer_is_refused_before_the_first_byte(
    published: Settings, studio: Snapshot, asked: dict[str, str]
) -> None:
    with pytest.raises((DashboardError, HarvestError)):
        export_file("hours.csv", asked, published, studio)


def test_all_time_begins_with_the_first_entry(published: Settings, studio: Snapshot) -> None:
    file = export_file("entries.csv", {"period": "all"}, published, studio)

    assert file.name.startswith(f"entries-{date(2025, 12, 31).isoformat()}-to-")
