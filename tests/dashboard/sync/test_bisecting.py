"""The days that differ are found for as few requests as was worked out, on an account of a million.

Harvest is a count per day here: the numbers of questions are those of `reliability.md`, section 4.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from dashboard.sync.windows import (
    EARLIEST,
    LATEST,
    Counted,
    DateWindow,
    Days,
    Limits,
    TooManyQuestions,
    find_differing,
)

LAST = date(2026, 11, 20)
EVERY = [LAST - timedelta(days=back) for back in range(1826)]
ALL = DateWindow(EARLIEST, LATEST)


def million() -> Counter[date]:
    chance = random.Random(3)
    return Counter(chance.choices(EVERY, k=1_000_000))


class Harvest:
    """Answers counts, and counts the questions."""

    def __init__(self, rows: Counter[date]) -> None:
        self.days = Days(rows)
        self.questions = 1  # the count of everything

    def ask(self, asked: Sequence[DateWindow]) -> list[int | None]:
        self.questions += len(asked)
        return [self.days.count_records(window) for window in asked]


def found(ours: Counter[date], theirs: Counter[date], leaf: int = 2_000) -> tuple[int, int]:
    """How many requests it takes to read the days that differ, and how many of those were found."""
    harvest = Harvest(theirs)
    total = Counted(ALL, harvest.days.total)
    windows = find_differing([total], Days(ours), harvest.ask, Limits(leaf))
    wrong = [day for day in ours | theirs if ours[day] != theirs[day]]
    met = sum(any(w.first <= day <= w.last for w in windows) for day in wrong)
    assert met == len(wrong) or harvest.questions == 1
    return harvest.questions + len(windows), len(wrong)


def without(rows: Counter[date], number: int, *, days: int = 1826, seed: int = 1) -> Counter[date]:
    left = rows.copy()
    for day in random.Random(seed).choices(EVERY[:days], k=number):
        left[day] -= 1
    return left


def test_nothing_deleted_is_one_question() -> None:
    rows = million()

    assert found(rows, rows) == (1, 0)


def test_one_deletion_in_a_million_is_a_dozen_requests() -> None:
    rows = million()

    for seed in range(20):
        requests, days = found(rows, without(rows, 1, seed=seed))
        assert (requests <= 12, days) == (True, 1)


def test_twenty_deletions_take_some_hundred_and_thirty() -> None:
    rows = million()

    assert found(rows, without(rows, 20))[0] <= 150
    assert found(rows, without(rows, 20, days=60))[0] <= 65
    with pytest.raises(TooManyQuestions):
        found(rows, without(rows, 200))


def test_a_whole_day_is_as_cheap_as_one_entry() -> None:
    rows = million()
    gone = rows.copy()
    del gone[EVERY[400]]

    assert found(rows, gone)[0] <= 12


def test_what_is_here_and_not_there_does_not_hide_what_is_there_and_not_here() -> None:
    ours, theirs = million(), million()
    ours[EVERY[100]] += 1
    theirs[EVERY[1500]] += 1
    harvest = Harvest(theirs)
    months = Days(ours).split_months(ALL)
    counted = [Counted(month, harvest.days.count_records(month)) for month in months]

    windows = find_differing(counted, Days(ours), harvest.ask, Limits())

    assert found(ours, theirs, 10**7)[0] == 1  # as a whole they cancel
    assert 60 <= len(months) <= 62
    assert any(w.first <= EVERY[100] <= w.last for w in windows)
    assert any(w.first <= EVERY[1500] <= w.last for w in windows)


def test_months_cover_every_day_once() -> None:
    months = Days({date(2024, 1, 31): 1, date(2024, 3, 1): 2, date(2026, 2, 2): 3}).split_months(
        ALL
    )

    assert months == [
        DateWindow(EARLIEST, date(2024, 2, 29)),
        DateWindow(date(2024, 3, 1), date(2026, 1, 31)),
        DateWindow(date(2026, 2, 1), LATEST),
    ]


def test_halving_ends_at_a_day_wherever_records_are() -> None:
    chance = random.Random(9)
    for _ in range(200):
        some = Counter(chance.choices(EVERY[:40], k=chance.randrange(1, 60)))
        other = Counter(chance.choices(EVERY[10:90], k=chance.randrange(1, 60)))
        harvest = Harvest(other)
        total = Counted(ALL, harvest.days.total)

        windows = find_differing([total], Days(some), harvest.ask, Limits(leaf=1, questions=10_000))

        if sum(some.values()) != sum(other.values()):
            assert windows
        assert all(w.first <= w.last for w in windows)
