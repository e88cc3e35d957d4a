"""The Utilization page and its table, against the answers they are made of."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.page_params import read_filter
from dashboard.components.queries import formats_of
from dashboard.components.text import md_text
from dashboard.config.errors import MetricError
from dashboard.config.settings import Settings
from dashboard.metrics.catalog import (
    BILLABLE_HOURS,
    CAPACITY_HOURS,
    HARVEST_UTILIZATION,
    TOTAL_UTILIZATION,
    UTILIZATION,
)
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.store.snapshots import Snapshot
from harvest_client.search import Compare, Operator
from tests.dashboard.components.conftest import HOSTILE, TWO_WEEKS, publish

SCOPE = Scope(date(2026, 1, 5), date(2026, 1, 18), today=date(2026, 1, 15))
SHOWN = (UTILIZATION, TOTAL_UTILIZATION, HARVEST_UTILIZATION, BILLABLE_HOURS, CAPACITY_HOURS)
ON_ACME = '{"eq": {"client.id": 10}}'
MIXED = '{"or": [{"eq": {"user.id": 4}}, {"eq": {"client.id": 20}}]}'


def opened(app: AppTest, **parameters: str) -> AppTest:
    app.switch_page("../pages/utilization.py")
    for name, value in {"period": TWO_WEEKS, **parameters}.items():
        app.query_params[name] = value
    return app.run()


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption).replace("\\", "")


def titles(app: AppTest) -> list[str]:
    return [one.value for one in app.subheader]


def test_the_figures_are_the_answers(app: AppTest, studio: Snapshot) -> None:
    opened(app)

    assert not app.exception
    assert not app.error
    found, formats = query_metrics(studio, SHOWN, scope=SCOPE).frame.iloc[0], formats_of(studio)
    figures = [(metric.label, metric.value) for metric in app.metric]
    assert figures[:5] == [
        (metric.label, formats.format_headline(float(found[metric.id]), metric.unit))
        for metric in SHOWN
    ]
    # 18 billable of 198 h, 20.5 of them worked; no leave, so Harvest's basis is the same.
    assert [value for _, value in figures[:5]] == ["9.1%", "10.4%", "10.4%", "24.00", "198.00"]


def test_a_month_has_too_little_to_be_told_from(app: AppTest, published: Settings) -> None:
    opened(app)

    assert ("Forecast of billable hours, Jan 2026", "—") in [
        (metric.label, metric.value) for metric in app.metric
    ]
    # 2 + 4 + 3 + 5 + 2.5 + 0.5 before Thursday the 15th, 12 working days from it on.
    assert (
        "Not enough data for a forecast: 17.00 before 15 Jan 2026, then 12 working days"
        in captions(app)
    )


def test_the_table_has_the_most_room_first(studio: Snapshot) -> None:
    frame = LISTINGS["utilization"].make(studio, SCOPE, {}).frame

    # (0.75 − utilization) × capacity: of 72, 72, 36 and 18 h, with 0, 10.5, 6.5 and 1 billable.
    assert frame["user_id"].tolist() == [3, 1, 2, 4]
    assert frame["room_hours"].tolist() == pytest.approx([54, 43.5, 20.5, 12.5])
    assert frame["target"].tolist() == [0.75] * 4
    assert frame["contractor"].tolist() == [False, False, True, False]
    assert frame["role"].fillna("").tolist() == ["", "Designer", "Developer", ""]


def test_a_role_may_have_a_target_of_its_own(
    studio: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVEST_UTILIZATION_TARGET", "0.5, Developer: 0.9")

    frame = LISTINGS["utilization"].make(studio, SCOPE, {}).frame.set_index("user_id")

    assert frame["room_hours"][1] == pytest.approx(0.5 * 72 - 10.5)
    assert frame["room_hours"][2] == pytest.approx(0.9 * 36 - 6.5)


def test_without_capacity_there_is_no_telling_of_room(app: AppTest, told: Settings) -> None:
    publish(told.cache_dir, sql="DELETE FROM capacity_facts")

    opened(app)

    assert not app.exception
    assert [metric.value for metric in app.metric][:3] == ["—", "—", "—"]
    assert "Everyone is at or above target" in captions(app)


def test_a_filter_on_work_renames_the_share_and_sets_it_against_no_target(
    app: AppTest, studio: Snapshot
) -> None:
    opened(app, where=ON_ACME)

    assert not app.exception
    assert app.metric[0].label == "Billable share of capacity spent on this selection"
    assert app.metric[0].value == "6.3%"
    assert "Billable share of capacity spent on this selection by person and week" in titles(app)
    assert "Targets apply to all of a person's work" in captions(app)
    listing = LISTINGS["utilization"].make(
        studio, SCOPE.and_(Compare(Operator.EQ, "client.id", 10)), {}
    )
    assert "room_hours" not in listing.frame
    assert listing.columns[1].label == "Billable share of capacity spent on this selection"


def test_a_filter_that_capacity_cannot_follow_leaves_what_can_be_said(
    app: AppTest, studio: Snapshot
) -> None:
    opened(app, where=MIXED)

    assert not app.exception
    assert not app.error
    assert [metric.label for metric in app.metric] == [
        "Billable hours", "Forecast of billable hours, Jan 2026",
    ]  # fmt: skip
    assert "Capacity cannot be filtered" in captions(app)
    mixed = read_filter(MIXED)
    with pytest.raises(MetricError, match="Capacity cannot be filtered"):
        LISTINGS["utilization"].make(studio, SCOPE.and_(mixed), {})


def test_a_selected_cell_shows_its_time_entries(app: AppTest, published: Settings) -> None:
    opened(app)
    point = {"curve_number": 3, "point_index": 0, "customdata": [1, "2026-01-05"]}

    app.session_state["heat_0"] = {"selection": {"points": [point]}}
    app.run()

    # Ada's 2, 1, 3 and 5 h.
    assert "4 entries · 11.00 hours" in captions(app)
    assert "Week of 5 Jan 2026" in app.button(key="clear_selection").label

    app.button(key="clear_selection").click().run()
    assert "10 entries · 26.50 hours" in captions(app)


def test_a_selected_bar_shows_its_person(app: AppTest, published: Settings) -> None:
    opened(app)

    app.session_state["room_0"] = {"selection": {"points": [{"customdata": 4}]}}
    app.run()

    assert app.button(key="clear_selection").label == "Dan Moss"
    assert "2 entries · 2.50 hours" in captions(app)


def test_a_cell_of_another_question_selects_nothing(app: AppTest, published: Settings) -> None:
    opened(app)

    point = {"customdata": [99, "2020-01-06"]}
    app.session_state["heat_0"] = {"selection": {"points": [point]}}
    app.run()

    assert not app.exception
    assert "10 entries · 26.50 hours" in captions(app)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_names_are_never_markup(app: AppTest, told: Settings, name: str) -> None:
    quoted = name.replace("'", "''")
    publish(told.cache_dir, sql=f"UPDATE users SET name = '{quoted}' WHERE id = 4")
    opened(app)

    app.session_state["room_0"] = {"selection": {"points": [{"customdata": 4}]}}
    app.run()

    assert not app.exception
    assert app.button(key="clear_selection").label == md_text(name)
    assert "2 entries · 2.50 hours" in captions(app)
