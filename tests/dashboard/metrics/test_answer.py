"""The numbers that README.md works out by hand, and the questions that have none."""

import math
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import (
    AVERAGE_RATE,
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    BILLABLE_SHARE,
    CAPACITY_HOURS,
    COST_AMOUNT,
    EFFECTIVE_RATE,
    HOURS,
    NONBILLABLE_HOURS,
    RAW_HOURS,
    TOTAL_UTILIZATION,
    UNPRICED_HOURS,
    UTILIZATION,
    Metric,
)
from dashboard.metrics.dimensions import (
    BILLABLE,
    CLIENT,
    CONTRACTOR,
    CURRENCY,
    PROJECT,
    ROLE,
    TASK,
    USER,
    WEEK,
    Dimension,
)
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import RoundingBasis, Scope, time_filter
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.conftest import TWO_WEEKS, Studio

RAW = replace(TWO_WEEKS, basis=RoundingBasis.RAW)
LONG_AGO = replace(TWO_WEEKS, start=date(2020, 1, 1), end=date(2020, 1, 31))


def only(studio: Snapshot, metric: Metric, scope: Scope = TWO_WEEKS) -> float:
    (value,) = query_metrics(studio, [metric], scope=scope).frame[metric.id]
    return float(value)


def per(
    studio: Snapshot, metric: Metric, dimension: Dimension, scope: Scope = TWO_WEEKS
) -> dict[str, float]:
    frame = query_metrics(studio, [metric], by=[dimension], scope=scope).frame
    return dict(zip(frame[dimension.id], frame[metric.id], strict=True))


def filtered(document: object) -> Scope:
    return replace(TWO_WEEKS, where=time_filter(document))


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (HOURS, 26.5),
        (RAW_HOURS, 26.1),
        (BILLABLE_HOURS, 24.0),
        (NONBILLABLE_HOURS, 2.5),
        (BILLABLE_SHARE, 24 / 26.5),
        (UNPRICED_HOURS, 3.0),
        (COST_AMOUNT, 535.0),
        (CAPACITY_HOURS, 198.0),
        (UTILIZATION, 18 / 198),
        (TOTAL_UTILIZATION, 20.5 / 198),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_the_two_weeks_are_what_they_are_by_hand(
    studio: Snapshot, metric: Metric, expected: float
) -> None:
    assert only(studio, metric) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("metric", "euros", "dollars"),
    [
        (BILLABLE_AMOUNT, 480.0, 720.0),
        (AVERAGE_RATE, 480 / 7, 80.0),
        (EFFECTIVE_RATE, 48.0, 720 / 11.5),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_currencies_are_rows_and_are_never_added(
    studio: Snapshot, metric: Metric, euros: float, dollars: float
) -> None:
    frame = query_metrics(studio, [metric], scope=TWO_WEEKS).frame

    assert frame["currency"].tolist() == ["EUR", "USD"]
    assert frame[metric.id].tolist() == pytest.approx([euros, dollars])


def test_on_the_raw_basis_hours_and_amounts_are_as_tracked(studio: Snapshot) -> None:
    assert only(studio, HOURS, RAW) == pytest.approx(26.1)
    assert only(studio, BILLABLE_HOURS, RAW) == pytest.approx(23.5)
    assert per(studio, BILLABLE_AMOUNT, CURRENCY, RAW) == {"EUR": 447.0, "USD": 732.0}


def test_tracked_hours_ignore_the_basis(studio: Snapshot) -> None:
    assert only(studio, RAW_HOURS, RAW) == only(studio, RAW_HOURS, TWO_WEEKS)


def test_team_utilization_is_not_the_mean_of_peoples(studio: Snapshot) -> None:
    people = per(studio, UTILIZATION, USER)

    assert list(people.values()) == pytest.approx([10.5 / 72, 6.5 / 36, 0.0, 1 / 18])
    assert only(studio, UTILIZATION) == pytest.approx(18 / 198)


def test_idle_people_have_capacity_and_no_hours(studio: Snapshot) -> None:
    frame = query_metrics(studio, [HOURS, CAPACITY_HOURS], by=[USER], scope=TWO_WEEKS).frame

    cleo = frame[frame["user_id"] == 3]
    assert cleo[["hours", "capacity_hours"]].to_numpy().tolist() == [[0.0, 72.0]]


def test_hours_ahead_count_as_hours_but_not_as_utilization(studio: Snapshot) -> None:
    frame = query_metrics(studio, [BILLABLE_HOURS, UTILIZATION], scope=TWO_WEEKS).frame

    assert frame["billable_hours"].tolist() == [24.0]
    assert frame["utilization"].tolist() == pytest.approx([18 / 198])


def test_weeks_have_their_own_capacity(studio: Snapshot) -> None:
    frame = query_metrics(studio, [UTILIZATION], by=[WEEK], scope=TWO_WEEKS).frame

    assert frame["week"].tolist() == [pd.Timestamp(2026, 1, 5), pd.Timestamp(2026, 1, 12)]
    assert frame["utilization"].tolist() == pytest.approx([14 / 110, 4 / 88])


def test_a_week_that_begins_on_sunday_takes_the_sunday_with_it(studio_after: Studio) -> None:
    studio = studio_after("UPDATE meta SET week_start = 6")

    weeks = query_metrics(studio, [HOURS], by=[WEEK], scope=TWO_WEEKS).frame

    assert weeks["week"].tolist() == [pd.Timestamp(2026, 1, 4), pd.Timestamp(2026, 1, 11)]
    assert weeks["hours"].tolist() == [15.0, 11.5]


def test_people_of_one_name_stay_two_and_get_two_labels(studio: Snapshot) -> None:
    frame = query_metrics(studio, [HOURS], by=[USER], scope=TWO_WEEKS).frame

    assert frame["user"].tolist() == [
        "Ada Berg (ada@studio.example)",
        "Ada Berg (berg@studio.example)",
        "Dan Moss",
    ]
    assert frame["user_id"].tolist() == [1, 2, 4]
    assert frame["hours"].tolist() == [11.5, 12.5, 2.5]


def test_a_name_is_left_alone_where_nobody_shares_it(studio: Snapshot) -> None:
    scope = filtered({"eq": {"user.id": 2}})

    assert per(studio, HOURS, USER, scope) == {"Ada Berg": 12.5}


def test_namesakes_whose_clients_do_not_tell_them_apart_are_told_by_id(
    studio_after: Studio,
) -> None:
    studio = studio_after("UPDATE projects SET name = 'Website' WHERE id = 101")

    assert per(studio, HOURS, PROJECT) == {
        "Internal": 1.5,
        "Website (100)": 8.5,
        "Website (101)": 5.0,
        "Website (Borealis)": 11.5,
    }


def test_what_has_no_client_or_role_has_a_row_that_says_so(studio: Snapshot) -> None:
    assert per(studio, HOURS, CLIENT) == {"Acme": 13.5, "Borealis": 11.5, "No client": 1.5}
    assert per(studio, HOURS, ROLE) == {"Designer": 11.5, "Developer": 12.5, "No role": 2.5}


def test_a_yes_or_no_is_labelled_in_words(studio: Snapshot) -> None:
    assert per(studio, HOURS, BILLABLE) == {"Billable": 24.0, "Non-billable": 2.5}
    assert per(studio, CAPACITY_HOURS, CONTRACTOR) == {"Contractor": 36.0, "Employee": 162.0}


def test_labels_are_ordered_as_people_order_them(studio_after: Studio) -> None:
    studio = studio_after(
        "UPDATE tasks SET name = 'Ärger' WHERE id = 1000;"
        "UPDATE tasks SET name = 'apples' WHERE id = 1001;"
        "UPDATE tasks SET name = 'Zen' WHERE id = 1002"
    )

    assert list(per(studio, HOURS, TASK)) == ["apples", "Ärger", "Zen"]


def test_an_amount_stays_in_its_currency_in_every_group(studio: Snapshot) -> None:
    frame = query_metrics(studio, [BILLABLE_AMOUNT, HOURS], by=[TASK], scope=TWO_WEEKS).frame

    assert frame[["task", "currency", "billable_amount", "hours"]].to_numpy().tolist() == [
        ["Design", "EUR", 200.0, 7.5],
        ["Design", "USD", 360.0, 6.0],
        ["Development", "EUR", 200.0, 4.0],
        ["Development", "USD", 360.0, 5.5],
        ["Meetings", "EUR", 80.0, 3.5],
    ]


def test_cost_is_in_the_accounts_currency_whatever_the_client_pays_in(studio: Snapshot) -> None:
    frame = query_metrics(studio, [COST_AMOUNT, HOURS], by=[CLIENT], scope=TWO_WEEKS).frame

    assert frame[["client", "currency", "cost_amount", "hours"]].to_numpy().tolist() == [
        ["Acme", "EUR", 370.0, 13.5],
        ["Borealis", "EUR", 120.0, 11.5],
        ["No client", "EUR", 45.0, 1.5],
    ]


def test_amounts_and_cost_side_by_side_do_not_mix_their_currencies(studio: Snapshot) -> None:
    scope = filtered({"eq": {"client.id": 20}})

    frame = query_metrics(studio, [BILLABLE_AMOUNT, COST_AMOUNT], scope=scope).frame

    assert frame["currency"].tolist() == ["EUR", "USD"]
    assert frame["billable_amount"].tolist() == [0.0, 720.0]
    assert frame["cost_amount"].tolist()[0] == 120.0
    assert math.isnan(frame["cost_amount"].tolist()[1])


def test_cost_without_any_known_rate_is_unknown_and_not_nothing(studio: Snapshot) -> None:
    costs = per(studio, COST_AMOUNT, USER)

    assert costs["Ada Berg (ada@studio.example)"] == 460.0
    assert math.isnan(costs["Ada Berg (berg@studio.example)"])


def test_a_ratio_over_nothing_is_nan(studio: Snapshot) -> None:
    frame = query_metrics(studio, [AVERAGE_RATE], by=[TASK, USER], scope=TWO_WEEKS).frame

    unpriced = frame[(frame["task"] == "Development") & (frame["user_id"] == 2)]
    assert math.isnan(unpriced[unpriced["currency"] == "USD"]["average_rate"].item())


def test_over_no_entries_there_is_still_one_row(studio: Snapshot) -> None:
    frame = query_metrics(studio, [HOURS, BILLABLE_AMOUNT, BILLABLE_SHARE], scope=LONG_AGO).frame

    assert frame.drop(columns="billable_share").to_dict("records") == [
        {"currency": "EUR", "hours": 0.0, "billable_amount": 0.0}
    ]
    assert math.isnan(frame["billable_share"].item())
    assert query_metrics(studio, [HOURS], scope=LONG_AGO).frame.to_dict("records") == [
        {"hours": 0.0}
    ]


def test_over_no_entries_there_is_no_group(studio: Snapshot) -> None:
    frame = query_metrics(studio, [HOURS], by=[CLIENT], scope=LONG_AGO).frame

    assert frame.empty
    assert frame.columns.tolist() == ["client", "client_id", "hours"]


def test_columns_have_the_types_that_are_promised(studio: Snapshot) -> None:
    frame = query_metrics(
        studio, [HOURS, BILLABLE_AMOUNT], by=[WEEK, CLIENT], scope=TWO_WEEKS
    ).frame

    assert frame.columns.tolist() == [
        "week",
        "client",
        "client_id",
        "currency",
        "hours",
        "billable_amount",
    ]
    assert pd.api.types.is_datetime64_any_dtype(frame["week"])
    assert str(frame["client_id"].dtype) == "Int64"
    people = query_metrics(studio, [HOURS], by=[USER], scope=TWO_WEEKS).frame
    assert str(people["user_id"].dtype) == "Int64"  # although none is missing
    assert {str(frame[metric].dtype) for metric in ("hours", "billable_amount")} == {"float64"}


def test_a_filter_on_people_restricts_capacity_too(studio: Snapshot) -> None:
    scope = filtered({"and": [{"array_contains": {"user.roles": "Developer"}}]})

    found = query_metrics(studio, [UTILIZATION], scope=scope)

    assert found.frame["utilization"].tolist() == pytest.approx([17 / 108])
    assert found.label_of(UTILIZATION) == "Utilization"


def test_a_filter_on_work_leaves_capacity_whole_and_says_so(studio: Snapshot) -> None:
    scope = filtered(
        {"and": [{"eq": {"client.name": "Acme"}}, {"eq": {"user.is_contractor": False}}]}
    )

    found = query_metrics(studio, [UTILIZATION], scope=scope)

    assert found.frame["utilization"].tolist() == pytest.approx([8.5 / 162])
    assert found.label_of(UTILIZATION) == "Billable share of capacity spent on this selection"
    assert found.notes == (
        "Share of capacity spent on this selection: capacity is not recorded per client.name, "
        "so all of it counts.",
        "Capacity and what is divided by it count up to 15 Jan 2026.",
    )


def test_questions_without_capacity_carry_no_note_about_it(studio: Snapshot) -> None:
    assert query_metrics(studio, [HOURS], scope=filtered({"eq": {"client.id": 10}})).notes == ()


def test_a_condition_that_mixes_people_and_work_is_refused_for_capacity(studio: Snapshot) -> None:
    scope = filtered({"or": [{"eq": {"user.id": 1}}, {"eq": {"client.id": 10}}]})

    assert only(studio, HOURS, scope) == 11.5 + 4 + 1
    with pytest.raises(MetricError, match="not recorded per client.id"):
        query_metrics(studio, [UTILIZATION], scope=scope)


@pytest.mark.parametrize("dimension", [CLIENT, PROJECT, TASK, CURRENCY, BILLABLE])
def test_utilization_of_what_has_no_capacity_is_refused(
    studio: Snapshot, dimension: Dimension
) -> None:
    sentence = f"Utilization by {dimension.label.lower()} has no meaning: capacity is not recorded"

    with pytest.raises(MetricError, match=sentence):
        query_metrics(studio, [HOURS, UTILIZATION], by=[dimension], scope=TWO_WEEKS)


def test_capacity_beside_amounts_in_several_currencies_is_refused(studio: Snapshot) -> None:
    with pytest.raises(MetricError, match=r"amounts in several \(EUR, USD\)"):
        query_metrics(studio, [BILLABLE_AMOUNT, UTILIZATION], scope=TWO_WEEKS)


def test_capacity_stands_beside_amounts_in_the_one_currency_in_scope(studio: Snapshot) -> None:
    scope = filtered({"eq": {"client.currency": "USD"}})

    frame = query_metrics(studio, [BILLABLE_AMOUNT, CAPACITY_HOURS], by=[USER], scope=scope).frame

    assert frame["currency"].tolist() == ["USD"] * 4
    assert frame["billable_amount"].tolist() == [360.0, 360.0, 0.0, 0.0]
    assert frame["capacity_hours"].tolist() == [72.0, 36.0, 72.0, 18.0]


def test_capacity_stands_beside_cost_which_has_one_currency_only(studio: Snapshot) -> None:
    frame = query_metrics(studio, [COST_AMOUNT, CAPACITY_HOURS], scope=TWO_WEEKS).frame

    assert frame.to_dict("records") == [
        {"currency": "EUR", "cost_amount": 535.0, "capacity_hours": 198.0}
    ]


def test_capacity_beside_amounts_and_cost_in_different_currencies_is_refused(
    studio: Snapshot,
) -> None:
    scope = filtered({"eq": {"client.currency": "USD"}})

    with pytest.raises(MetricError, match=r"amounts in several \(EUR, USD\)"):
        query_metrics(studio, [BILLABLE_AMOUNT, COST_AMOUNT, CAPACITY_HOURS], scope=scope)


def test_capacity_beside_the_amount_of_no_entries_is_in_the_accounts_currency(
    studio: Snapshot,
) -> None:
    idle = filtered({"eq": {"user.id": 3}})

    frame = query_metrics(studio, [BILLABLE_AMOUNT, CAPACITY_HOURS], scope=idle).frame

    assert frame.to_dict("records") == [
        {"currency": "EUR", "billable_amount": 0.0, "capacity_hours": 72.0}
    ]


@pytest.mark.parametrize(
    ("metrics", "by", "sentence"),
    [
        ([], [], "No metric"),
        ([HOURS, HOURS], [], "twice"),
        ([HOURS], [CLIENT, CLIENT], "twice"),
    ],
)
def test_questions_about_nothing_or_about_one_thing_twice_are_refused(
    studio: Snapshot, metrics: list[Metric], by: list[Dimension], sentence: str
) -> None:
    with pytest.raises(MetricError, match=sentence):
        query_metrics(studio, metrics, by=by, scope=TWO_WEEKS)


def test_what_was_derived_is_said_beside_every_number_it_is_part_of(studio_after: Studio) -> None:
    studio = studio_after("UPDATE meta SET derived_until = DATE '2026-01-07'")
    since = replace(TWO_WEEKS, start=date(2026, 1, 8), end=date(2026, 1, 9))

    (note,) = query_metrics(studio, [HOURS], scope=replace(since, start=date(2026, 1, 7))).notes

    assert "derived from the account's rules" in note
    assert query_metrics(studio, [HOURS], scope=since).notes == ()
