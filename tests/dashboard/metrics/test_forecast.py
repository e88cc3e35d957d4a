"""The forecast of the month, by hand.

Billable hours on every weekday: 8 in March and April 2026, 6 in May, 10 from June on. Today is
Wednesday 8 July, the 6th working day; 5 are over and 23−5 = 18 are left.
"""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from dashboard.metrics.forecast import TOO_LITTLE, count_workdays, forecast_hours
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from harvest_client.search import Compare, Operator
from tests.dashboard.metrics.conftest import Studio, build

TODAY = date(2026, 7, 8)


def asked(today: date = TODAY) -> Scope:
    return Scope(today, today, today=today)


def tracked(first: str, *, last: str = "2026-07-08") -> str:
    return f"""
    DELETE FROM time_facts;
    INSERT INTO time_facts BY NAME
    SELECT '1' AS account_id, CAST(epoch(d.day) AS BIGINT) AS id, CAST(d.day AS DATE) AS day,
        1 AS user_id, 10 AS client_id, true AS billable, false AS is_leave,
        CASE month(d.day) WHEN 5 THEN 6 WHEN 6 THEN 10 WHEN 7 THEN 10 ELSE 8 END AS rounded_hours,
        1 AS raw_hours
    FROM generate_series(DATE '{first}', DATE '{last}', INTERVAL 1 DAY) AS d(day)
    WHERE isodow(d.day) <= 5;
    INSERT INTO time_facts BY NAME
    SELECT '1' AS account_id, 1 AS id, DATE '2026-07-02' AS day, 2 AS user_id, 20 AS client_id,
        false AS billable, false AS is_leave, 100 AS rounded_hours, 100 AS raw_hours;
    """


@pytest.fixture
def spring(studio_after: Studio) -> Snapshot:
    return studio_after(tracked("2026-03-02"))


def test_the_rest_of_the_month_goes_on_as_the_last_four_weeks(spring: Snapshot) -> None:
    told = forecast_hours(spring, asked())

    assert (told.month, told.first, told.last) == (date(2026, 7, 1), TODAY, date(2026, 7, 31))
    # 1 to 7 July, without today's 10 and the 100 that are not billable.
    assert told.so_far == 50
    assert told.workdays == 18
    # 10 June to 7 July: 20 weekdays of 10.
    assert told.pace == 10
    assert told.hours == 50 + 18 * 10


def test_the_error_is_that_of_the_same_working_day_of_earlier_months(spring: Snapshot) -> None:
    told = forecast_hours(spring, asked())

    # March is not tried: of the four weeks before its 6th working day nothing is known.
    april, may, june = told.tried
    # The 8th of April: 5×8, then 17 at 8.
    assert (april.forecast, april.actual) == (176, 176)
    # The 8th of May: 5×6, then 16 at (15×8 + 5×6)/20 = 7.5; there came 21×6.
    assert (may.forecast, may.actual) == (150, 126)
    # The 8th of June: 5×10, then 17 at (15×6 + 5×10)/20 = 7; there came 22×10.
    assert (june.forecast, june.actual) == (169, 220)
    # The median of 0, 24/126 and 51/220.
    assert told.error == pytest.approx(24 / 126)


def test_two_months_to_try_are_too_few(studio_after: Studio) -> None:
    told = forecast_hours(studio_after(tracked("2026-04-10")), asked())

    assert [one.month.month for one in told.tried] == [5, 6]
    assert told.hours is None
    assert told.error is None
    assert told.why == TOO_LITTLE


def test_without_any_time_there_is_too_little_data(studio_after: Studio) -> None:
    told = forecast_hours(studio_after("DELETE FROM time_facts"), asked())

    assert (told.so_far, told.pace, told.hours, told.why) == (0, 0, None, TOO_LITTLE)


def test_a_holiday_ahead_is_no_working_day(spring: Snapshot) -> None:
    assert forecast_hours(spring, asked(), (date(2026, 7, 9),)).hours == 50 + 17 * 10


def test_a_holiday_behind_makes_the_other_days_count_more(spring: Snapshot) -> None:
    # The 10 h of the 3rd were worked all the same: 200 h on 19 working days.
    told = forecast_hours(spring, asked(), (date(2026, 7, 3),))

    assert told.pace == pytest.approx(200 / 19)
    assert told.hours == pytest.approx(50 + 18 * 200 / 19)


def test_on_the_last_weekend_nothing_is_left_to_tell(studio_after: Studio) -> None:
    told = forecast_hours(studio_after(tracked("2026-01-01")), asked(date(2026, 5, 31)))

    assert told.workdays == 0
    assert told.hours == told.so_far == 21 * 6
    assert [one.month.month for one in told.tried] == [1, 2, 3, 4]
    assert told.error == 0


def test_a_shorter_month_is_tried_on_its_last_working_day(studio_after: Studio) -> None:
    # Friday 31 July: 22 working days are over; June has only 22, so its 30th is the day.
    found = studio_after(
        tracked("2026-01-01", last="2026-07-31")
        + "UPDATE time_facts SET rounded_hours = 21 WHERE day = DATE '2026-06-30'"
    )

    june = forecast_hours(found, asked(date(2026, 7, 31))).tried[-1]

    # 21×10, then the mean of 2 to 29 June; there came 11 more.
    assert (june.forecast, june.actual) == (220, 231)


def test_the_filter_and_the_basis_count_and_the_days_asked_for_do_not(spring: Snapshot) -> None:
    far = Scope(date(2020, 1, 1), date(2020, 1, 2), today=TODAY)
    nobody = asked().and_(Compare(Operator.EQ, "user.id", 2))

    assert forecast_hours(spring, far) == forecast_hours(spring, asked())
    # Whoever did nothing that is billable has no months to try.
    assert forecast_hours(spring, nobody).why == TOO_LITTLE


def test_working_days_are_weekdays_that_are_not_free() -> None:
    assert count_workdays(date(2026, 7, 1), date(2026, 7, 31)) == 23
    assert count_workdays(date(2026, 7, 1), date(2026, 6, 30)) == 0
    assert count_workdays(date(2026, 7, 4), date(2026, 7, 6), frozenset({date(2026, 7, 6)})) == 0


@pytest.mark.parametrize(
    ("since", "hours"), [(date(2026, 3, 2), 230), (date(2026, 6, 20), None), (None, 230)]
)
def test_forecast_over_days_that_are_not_stored_gives_none_and_says_why(
    tmp_path: Path, since: date | None, hours: float | None
) -> None:
    with closing(build(tmp_path, tracked("2026-03-02"), since)) as snapshot:
        told = forecast_hours(snapshot, asked())

    assert told.hours == hours
    assert told.why == ("" if hours else TOO_LITTLE)
    # The six months that it is tried on begin before.
    assert any("are not stored" in note for note in told.notes) == (since is not None)
