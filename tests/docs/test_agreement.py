"""The page on doubts names every reading and every value that it may have."""

import re
from pathlib import Path

from dashboard.reconciliation.readings import READINGS

PAGE = Path("docs/agreement.md")
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)


def test_page_lists_every_reading_with_its_values() -> None:
    rows = dict(ROW.findall(PAGE.read_text("utf-8")))

    assert {id: tuple(text.split("; ")) for id, text in rows.items()} == {
        id: tuple(reading.values) for id, reading in READINGS.items()
    }
