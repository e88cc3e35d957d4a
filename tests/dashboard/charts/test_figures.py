"""Charts as the JSON that Plotly gets. Written anew with UPDATE_GOLDEN=1; read the diff."""

import json
import os
from datetime import date
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.bars import MOST, ranking_chart, stacked_chart
from dashboard.charts.formatting import Formats
from dashboard.charts.theme import DARK, LIGHT, get_theme
from dashboard.metrics.catalog import BILLABLE_HOURS, NONBILLABLE_HOURS
from dashboard.metrics.dimensions import CLIENT, WEEK, Dimension
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.scope import Scope

GOLDEN = Path(__file__).parent / "golden"
SCOPE = Scope(date(2026, 1, 5), date(2026, 1, 25), today=date(2026, 1, 25))


def answered(by: Dimension, frame: pd.DataFrame) -> QueryResult:
    return QueryResult(frame, (BILLABLE_HOURS, NONBILLABLE_HOURS), (by,), SCOPE)


WEEKS = answered(
    WEEK,
    pd.DataFrame(
        {
            "week": pd.to_datetime(["2026-01-05", "2026-01-19"]),
            "billable_hours": [20.0, 8.5],
            "nonbillable_hours": [4.25, 0.0],
        }
    ),
)
CLIENTS = answered(
    CLIENT,
    pd.DataFrame(
        {
            "client": ["<b>R&D</b>", "No client", "Website"],
            "client_id": pd.array([7, None, 9], dtype="Int64"),
            "billable_hours": [1.0, 0.0, 12.0],
            "nonbillable_hours": [2.0, 1.5, 0.0],
        }
    ),
)


@pytest.mark.parametrize("name", ["stacked", "ranking"])
def test_the_json_is_the_contract(name: str) -> None:
    draw, answer = {"stacked": (stacked_chart, WEEKS), "ranking": (ranking_chart, CLIENTS)}[name]
    drawn = json.loads(draw(answer, LIGHT, Formats()).to_json())

    path = GOLDEN / f"{name}.json"
    if "UPDATE_GOLDEN" in os.environ:
        path.write_text(json.dumps(drawn, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert drawn == json.loads(path.read_text("utf-8"))
    go.Figure(drawn)  # raises for what Plotly does not know


def test_a_week_without_time_leaves_a_gap() -> None:
    figure = stacked_chart(WEEKS, LIGHT, Formats())

    assert figure.layout.xaxis.type == "date"
    assert list(figure.data[0].x) == ["2026-01-05", "2026-01-19"]


def test_the_longest_bar_is_on_top_and_knows_its_id() -> None:
    figure = ranking_chart(CLIENTS, LIGHT, Formats())

    assert list(figure.layout.yaxis.ticktext) == [
        "Website",
        "&lt;b&gt;R&amp;D&lt;/b&gt;",
        "No client",
    ]
    assert list(figure.data[0].customdata) == [9, 7, None]


def test_only_the_first_are_drawn() -> None:
    many = pd.DataFrame(
        {
            "client": [f"Client {number:02}" for number in range(40)],
            "client_id": pd.array(range(40), dtype="Int64"),
            "billable_hours": [float(number) for number in range(40)],
            "nonbillable_hours": 0.0,
        }
    )

    figure = ranking_chart(answered(CLIENT, many), LIGHT, Formats())

    assert list(figure.data[0].customdata) == list(range(39, 39 - MOST, -1))


@pytest.mark.parametrize("draw", [stacked_chart, ranking_chart])
def test_nothing_at_all_is_an_empty_frame(draw: object) -> None:
    answer = WEEKS if draw is stacked_chart else CLIENTS
    empty = QueryResult(answer.frame.iloc[:0], answer.metrics, answer.by, SCOPE)

    figure = (
        stacked_chart(empty, LIGHT, Formats())
        if draw is stacked_chart
        else ranking_chart(empty, LIGHT, Formats())
    )

    assert not any(len(trace.y) for trace in figure.data)


def test_the_look_follows_the_reader_s_screen() -> None:
    assert get_theme("dark") is DARK
    assert get_theme(None) is get_theme("light") is LIGHT
    assert stacked_chart(WEEKS, DARK, Formats()).layout.font.color == DARK.text
