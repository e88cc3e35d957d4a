"""`report`, `export` and searches on the command line over days that are not all stored."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import ROOT, command, demo_server, direct, environment

START = "2026-05-01"
SENTENCE = "Time entries before 1 May 2026 are not stored (HARVEST_SYNC_START)"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with demo_server("--entries", "1000", "--today", "2026-11-20", "--no-limits") as server:
        told = direct(
            server, tmp_path_factory.mktemp("store"), HARVEST_TODAY="2026-11-20",
            HARVEST_SYNC_START=START,
        )  # fmt: skip
        done = command("sync", settings=told)
        assert done.returncode == 0, done.stderr
        yield told


def report(
    settings: dict[str, str], *arguments: str, first: str = "2026-03-01", last: str = "2026-06-30"
) -> subprocess.CompletedProcess[str]:
    done = command("report", *arguments, "--from", first, "--to", last, settings=settings)
    assert done.returncode == 0, done.stderr
    return done


def rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_report_marks_each_month_as_complete_or_not(settings: dict[str, str]) -> None:
    done = report(settings, "hours", "--by", "month")

    assert [(row["month"], row["complete"], row["hours"] is None) for row in rows(done)] == [
        ("2026-03-01", False, True),
        ("2026-04-01", False, True),
        ("2026-05-01", True, False),
        ("2026-06-01", True, False),
    ]
    assert SENTENCE in done.stderr


def test_report_marks_a_month_in_part_with_its_number(settings: dict[str, str]) -> None:
    done = report(settings, "hours", "--by", "quarter", first="2026-04-01", last="2026-09-30")

    second, third = rows(done)
    assert (second["complete"], third["complete"]) == (False, True)
    assert second["hours"] == sum(
        row["hours"] for row in rows(report(settings, "hours", "--by", "month", first=START))
    )


def test_report_marks_groups_of_other_dimensions_as_not_complete(settings: dict[str, str]) -> None:
    found = rows(report(settings, "hours", "--by", "client"))

    assert found
    assert {row["complete"] for row in found} == {False}


def test_report_over_days_before_the_start_has_no_number(settings: dict[str, str]) -> None:
    (row,) = rows(report(settings, "hours,expense_amount", first="2026-01-01", last="2026-01-31"))

    assert (row["hours"], row["expense_amount"], row["complete"]) == (None, None, False)


def test_report_over_stored_days_has_no_such_field(settings: dict[str, str]) -> None:
    done = report(settings, "hours", "--by", "month", first=START)

    assert all("complete" not in row for row in rows(done))
    assert "not stored" not in done.stderr


@pytest.mark.parametrize("metric", ["outstanding_amount", "uninvoiced_amount", "budget_spent"])
def test_report_of_a_balance_is_complete(settings: dict[str, str], metric: str) -> None:
    done = report(settings, metric, last="2026-11-20")

    assert all("complete" not in row for row in rows(done))
    assert "not stored" not in done.stderr


def test_report_as_csv_has_a_column_for_it(settings: dict[str, str]) -> None:
    done = report(settings, "hours", "--by", "month", "--format", "csv")

    head, march, *_, june = done.stdout.splitlines()
    assert head.endswith('"month","hours","complete"')
    assert march == '"2026-03-01",,"no"'
    assert june.endswith(',"yes"')


def test_export_says_it_on_stderr_and_in_the_file(settings: dict[str, str], tmp_path: Path) -> None:
    done = command(
        "export", "hours", "--from", "2026-03-01", "--to", "2026-06-30", "--format", "csv",
        "--out", str(tmp_path / "hours.csv"), settings=settings,
    )  # fmt: skip

    assert SENTENCE in done.stderr
    assert f'"# Complete","no: {SENTENCE}' in (tmp_path / "hours.csv").read_text("utf-8")


def test_search_of_the_local_copy_says_it_on_stderr(settings: dict[str, str]) -> None:
    query = json.dumps({"filter": {"lt": {"spent_date": START}}})

    done = subprocess.run(
        [sys.executable, "-m", "harvest_client", "time_entries", "search", "--query", query],
        cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert SENTENCE in done.stderr


def test_help_of_report_names_the_field(settings: dict[str, str]) -> None:
    assert "`complete`" in command("report", "--help", settings=settings).stdout
