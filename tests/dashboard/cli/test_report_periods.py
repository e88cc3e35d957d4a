"""The days that `python -m dashboard report` is about."""

import json
from typing import Any

import pytest

from dashboard.__main__ import main
from dashboard.config.settings import Settings


def rows_of(
    capfd: pytest.CaptureFixture[str], metrics: str, by: str, start: str, end: str
) -> list[dict[str, Any]]:
    assert main(["report", metrics, "--by", by, "--from", start, "--to", end]) == 0
    found: list[dict[str, Any]] = json.loads(capfd.readouterr().out)
    return found


def test_report_by_quarter_follows_fiscal_year(
    published: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    days = ("2025-12-01", "2026-02-28")
    calendar = rows_of(capfd, "hours", "quarter", *days)
    monkeypatch.setenv("HARVEST_FISCAL_YEAR_START", "2")
    fiscal = rows_of(capfd, "hours", "quarter", *days)
    years = rows_of(capfd, "hours", "fiscal_year", *days)
    calendar_years = rows_of(capfd, "hours", "year", *days)

    assert [row["quarter"] for row in calendar] == ["2025-10-01", "2026-01-01"]
    assert [row["quarter"] for row in fiscal] == ["2025-11-01"]
    assert fiscal[0]["hours"] == sum(row["hours"] for row in calendar)
    assert [row["fiscal_year"] for row in years] == ["2025-02-01"]
    assert [row["year"] for row in calendar_years] == ["2025-01-01", "2026-01-01"]
