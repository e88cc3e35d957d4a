"""Ages in words."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.components.text import format_age, format_remaining

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=4, seconds=59), "4 min ago"),
        (timedelta(minutes=60), "1 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_ages(age: timedelta, said: str) -> None:
    assert format_age(NOW - age, NOW) == said


def test_what_is_left_is_said_roughly() -> None:
    assert format_remaining(20) == "less than a minute left"
    assert format_remaining(150) == "about 2 min left"
