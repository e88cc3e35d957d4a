"""Horizontal bars of amounts: parts below 0, and parts that are not known."""

import math

from dashboard.charts.bars import BarSeries, horizontal_bars
from dashboard.charts.formatting import Formats
from dashboard.charts.theme import BILLABLE, LIGHT, NONBILLABLE


def test_parts_of_both_signs_lie_on_both_sides_of_zero() -> None:
    parts = [BarSeries("Billable", BILLABLE, [100.0]), BarSeries("Refunded", NONBILLABLE, [-30.0])]

    drawn = horizontal_bars(["Acme"], parts, ["€70"], LIGHT, Formats(), currency="EUR", ids=[1])

    low, high = drawn.layout.xaxis.range
    assert low < -30
    assert high == 100
    assert drawn.layout.barmode == "relative"
    assert list(drawn.data[-1].x) == [100]  # the text stands behind the longer end


def test_part_that_is_not_known_has_no_length() -> None:
    parts = [BarSeries("Billable", BILLABLE, [math.nan, 50.0])]

    drawn = horizontal_bars(
        ["Acme", "Cobalt"], parts, ["—", "€50"], LIGHT, Formats(), currency=None, ids=[1, 2]
    )

    assert drawn.layout.xaxis.range == (0.0, 50.0)
    assert list(drawn.data[-1].x) == [0, 50]
    assert drawn.data[0].hovertext[0] == "Acme<br>Billable —"
