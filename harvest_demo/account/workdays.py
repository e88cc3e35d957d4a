"""On which days the people of the demo agency work, and how long."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from harvest_demo.account.users import UNDERUSED, Person

_FRIDAY, _SATURDAY = 4, 5
_SHORT_WEEK = 24 * 3600  # below this, people work fewer days rather than shorter ones
_GROWTH_PER_YEAR = 0.04


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """One person at work on one day, for so many minutes in all."""

    day: date
    person: Person
    minutes: int


def working_days(
    rng: random.Random, people: Sequence[Person], *, start: date, today: date
) -> list[WorkingDay]:
    """Return every day that somebody worked, oldest first and then in the order of joining."""
    away = [_away(rng, start, today) for _ in people]
    matches = []
    for offset in range((today - start).days + 1):
        day = start + timedelta(days=offset)
        if _is_holiday(day):
            continue
        pace = 0.9 + _GROWTH_PER_YEAR * offset / 365 - (0.12 if day.month == 8 else 0.0)
        for person, absent in zip(people, away, strict=True):
            if person.works_on(day) and day not in absent and _is_workday(rng, person, day):
                matches.append(WorkingDay(day, person, _minutes(rng, person, day, pace)))
    return matches


def _is_holiday(day: date) -> bool:
    around_new_year = (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 2)
    return around_new_year or (day.month, day.day) in ((5, 1), (10, 3))


def _is_workday(rng: random.Random, person: Person, day: date) -> bool:
    weekday = day.weekday()
    if weekday >= _SATURDAY:
        return weekday == _SATURDAY and rng.random() < 0.012
    if person.row["weekly_capacity"] < _SHORT_WEEK:
        return weekday in (0, 1, 3)
    return rng.random() < 0.965


def _away(rng: random.Random, start: date, today: date) -> frozenset[date]:
    """Return a person's holidays: two or three weeks of August, one of spring, one of autumn."""
    days: set[date] = set()
    for year in range(start.year, today.year + 1):
        summer = date(year, 7, 25) + timedelta(days=rng.randrange(18))
        spring = date(year, 2, 1) + timedelta(days=rng.randrange(100))
        autumn = date(year, 9, 20) + timedelta(days=rng.randrange(55))
        for first, length in ((summer, rng.randrange(14, 22)), (spring, 7), (autumn, 6)):
            days.update(_days(first, length))
    return frozenset(days)


def _days(first: date, length: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(length))


def _minutes(rng: random.Random, person: Person, day: date, pace: float) -> int:
    days_a_week = 3 if person.row["weekly_capacity"] < _SHORT_WEEK else 5
    planned = person.row["weekly_capacity"] / 60 / days_a_week
    if day.weekday() == _FRIDAY:
        pace -= 0.12
    elif day.weekday() == _SATURDAY:
        pace = 0.3
    if person.discipline == UNDERUSED:
        pace -= 0.2
    return max(30, int(planned * pace * (0.85 + 0.3 * rng.random())))
