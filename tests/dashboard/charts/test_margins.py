"""Bars of margins say how much is left, and how far that is known."""

import pandas as pd
import pytest

from dashboard.charts.bars import margins_chart
from dashboard.charts.formatting import Formats
from dashboard.charts.theme import BILLABLE, LATE, LIGHT


@pytest.mark.parametrize(
    ("share", "coverage", "written"),
    [
        (0.421, 1.0, "1.234 € · 42%"),
        (0.421, 0.956, "1.234 € · 42% (96%)"),
        (0.421, 0.9999, "1.234 € · 42% (99%)"),
        (float("nan"), 0.5, "1.234 € (50%)"),
    ],
)
def test_behind_a_bar_is_its_share_and_what_is_known_if_that_is_not_all(
    share: float, coverage: float, written: str
) -> None:
    german = Formats(decimal=",", thousands=".", sign="after")

    bar, texts = margins_chart(
        rows((1234.4, share, coverage)), "client", LIGHT, german, currency="EUR"
    ).data

    assert list(bar.x) == [1234.4]
    assert list(texts.text) == [f"\u00a0{written}"]


def test_who_costs_more_than_they_bring_is_a_bar_to_the_left() -> None:
    drawn = margins_chart(
        rows((50.0, 0.5, 1.0), (-7.0, -1.4, 1.0)), "client", LIGHT, Formats(), currency=None
    )

    bar, texts = drawn.data
    assert list(bar.marker.color) == [BILLABLE, LATE]
    assert list(texts.x) == [50, 0]
    assert drawn.layout.xaxis.range[0] < -7


def rows(*found: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(f"Client {key}", key, *figures) for key, figures in enumerate(found)],
        columns=["client", "client_id", "gross_margin_amount", "margin_share", "cost_coverage"],
    )
