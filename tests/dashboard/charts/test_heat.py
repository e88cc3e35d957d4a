"""People by weeks: what is drawn, what is said of it, and what a selection carries."""

from datetime import date

import pandas as pd

from dashboard.charts.capacity import MOST, capacity_chart
from dashboard.charts.formatting import Formats
from dashboard.charts.heatmap import PEOPLE, WEEKS, heatmap, people_ids
from dashboard.charts.theme import DARK, LIGHT
from dashboard.metrics.catalog import CAPACITY_HOURS, UTILIZATION
from dashboard.metrics.dimensions import USER, WEEK
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.scope import Scope
from dashboard.reports.table import Table

SCOPE = Scope(date(2026, 1, 5), date(2026, 1, 25), today=date(2026, 1, 25))
NAN = float("nan")


def answered(rows: list[tuple[str, int, str, float, float]]) -> QueryResult:
    frame = pd.DataFrame(
        rows, columns=["user", "user_id", "week", "utilization", "capacity_hours"]
    ).astype({"user_id": "Int64"})
    frame["week"] = pd.to_datetime(frame["week"])
    return QueryResult(frame, (UTILIZATION, CAPACITY_HOURS), (USER, WEEK), SCOPE)


TEAM = answered(
    [
        ("<b>Ada</b>", 1, "2026-01-05", 0.5, 40.0),
        ("<b>Ada</b>", 1, "2026-01-19", 1.25, 40.0),
        ("Bo", 2, "2026-01-12", 0.0, 20.0),
        ("No capacity", 3, "2026-01-12", NAN, 0.0),
    ]
)


def test_a_row_per_person_and_a_column_per_week_with_gaps() -> None:
    figure = heatmap(TEAM, LIGHT, Formats())

    assert [list(row) for row in figure.data[0].z] == [[0.5, None, 1.25], [None, 0.0, None]]
    assert list(figure.layout.yaxis.ticktext) == ["&lt;b&gt;Ada&lt;/b&gt;", "Bo"]
    assert list(figure.layout.xaxis.ticktext) == ["5<br>Jan", "12<br>Jan", "19<br>Jan"]
    # The first person is on top.
    assert list(figure.layout.yaxis.range) == [1.5, -0.5]


def test_whoever_never_had_capacity_is_left_to_the_table() -> None:
    assert people_ids(TEAM) == [1, 2]


def test_the_hover_is_written_by_us() -> None:
    hovers = list(heatmap(TEAM, LIGHT, Formats()).data[-1].hovertext)

    assert hovers[0] == (
        "&lt;b&gt;Ada&lt;/b&gt;<br>Week of 5 Jan 2026<br>Utilization 50.0%<br>Capacity 40.00"
    )
    assert hovers[1] == "&lt;b&gt;Ada&lt;/b&gt;<br>Week of 12 Jan 2026<br>No capacity"


def test_a_cell_carries_its_person_and_its_week() -> None:
    carried = list(heatmap(TEAM, LIGHT, Formats()).data[-1].customdata)

    assert list(carried[2]) == [1, "2026-01-19"]
    assert list(carried[3]) == [2, "2026-01-05"]


def test_numbers_are_in_the_ink_that_is_read_on_their_colour() -> None:
    def inks(look: object) -> dict[str, str]:
        figure = heatmap(TEAM, DARK if look is DARK else LIGHT, Formats())
        return {
            text: trace.textfont.color
            for trace in figure.data[1:3]
            for row in trace.text
            for text in row
            if text
        }

    dark, white = "#14171B", "#FFFFFF"
    assert inks(LIGHT) == {"0%": dark, "50%": dark, "125%": white}
    assert inks(DARK) == {"0%": white, "50%": white, "125%": dark}


def test_the_scale_follows_the_reader_s_screen_and_ends_at_the_whole() -> None:
    light, dark = (heatmap(TEAM, look, Formats()).data[0] for look in (LIGHT, DARK))

    assert light.colorscale != dark.colorscale
    assert (light.zmin, light.zmax) == (0, 1)
    assert [place for place, _ in light.colorscale] == [step / 9 for step in range(10)]


def test_only_the_first_people_and_the_last_weeks_are_drawn() -> None:
    many = answered(
        [(f"Person {number:02}", number, "2024-01-01", 0.5, 1.0) for number in range(50)]
        + [("Person 00", 0, "2026-01-05", 1.0, 1.0)]
    )

    figure = heatmap(many, LIGHT, Formats())

    assert len(figure.data[0].z) == PEOPLE
    assert {len(row) for row in figure.data[0].z} == {WEEKS}
    assert figure.data[0].z[0][-1] == 1.0
    # No room for numbers in so many weeks.
    assert not any(trace.text for trace in figure.data[1:3])


def test_nobody_at_all_is_an_empty_frame() -> None:
    empty = QueryResult(TEAM.frame.iloc[:0], TEAM.metrics, TEAM.by, SCOPE)

    figure = heatmap(empty, LIGHT, Formats())

    assert people_ids(empty) == []
    assert not figure.data[0].z


def listed(rooms: list[float]) -> Table:
    count = len(rooms)
    frame = pd.DataFrame(
        {
            "user": [f"<i>Person {number}" for number in range(count)],
            "user_id": pd.array(range(count), dtype="Int64"),
            "utilization": [0.5] * count,
            "target": [0.75] * count,
            "room_hours": rooms,
        }
    )
    return Table(frame, ())


def test_room_is_only_of_those_who_have_some() -> None:
    figure = capacity_chart(listed([12.5, 4.0, 0.0, -3.0, NAN]), LIGHT, Formats())

    assert list(figure.data[0].x) == [12.5, 4.0]
    assert list(figure.data[0].customdata) == [0, 1]
    assert list(figure.data[0].hovertext)[0] == (
        "&lt;i&gt;Person 0<br>Room 12.50<br>Utilization 50.0% of 75.0%"
    )


def test_room_shows_the_first() -> None:
    assert len(capacity_chart(listed([1.0] * 30), DARK, Formats()).data[0].x) == MOST
