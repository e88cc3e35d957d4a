"""What is written behind bars has its room on a telephone, and no more than that."""

import pytest

from dashboard.charts.layout import BARS, EDGE, label_margin


@pytest.mark.parametrize("text", ["1.907.049,67 EUR · 64", "499,8k € · 42% (96%)", "₩1,250,000"])
def test_a_text_behind_the_longest_bar_has_its_own_width(text: str) -> None:
    room = label_margin([text], [9.0], [0.0, 9.0])

    assert 5.5 * len(text) < room - EDGE < 8 * len(text)


def test_a_text_behind_a_short_bar_needs_less_and_behind_a_very_short_one_none() -> None:
    rooms = [label_margin(["1,234.56 EUR"], [end], [0.0, 100.0]) for end in (100, 80, 10, 0)]

    assert rooms == sorted(rooms, reverse=True)
    assert rooms[0] > rooms[1] > rooms[2] == rooms[3] == EDGE


def test_what_goes_to_the_left_is_written_where_the_others_begin() -> None:
    of_both = label_margin(["9", "−1,234,567.89 EUR"], [5.0, 0.0], [-5.0, 5.0])

    assert of_both == label_margin(["−1,234,567.89 EUR"], [50.0], [0.0, 100.0])


def test_however_long_a_text_is_there_are_bars() -> None:
    long, longer = (label_margin(["9" * many], [1.0], [0.0, 1.0]) for many in (50, 100))

    assert BARS < long == longer


def test_nothing_written_leaves_the_edge() -> None:
    assert label_margin([], [], [0.0, 1.0]) == EDGE
