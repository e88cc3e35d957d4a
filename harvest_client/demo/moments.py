"""Instants and seeded chance: the same on every machine, in every process."""

import random
from datetime import UTC, date, datetime, time, timedelta


def chance(seed: int, purpose: str) -> random.Random:
    """A source of chance of its own for each purpose, so that one part can change alone.

    Only `random`, `randrange` and what is built on them may be drawn: `gauss` and friends go
    through the platform's mathematics library.
    """
    return random.Random(f"{seed} {purpose}")


def instant(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), UTC)


def end_of(day: date) -> datetime:
    """The last instant of `day` that is still that day where the agency is, in Berlin."""
    return instant(day, 21, 59, 59)


def some_time(rng: random.Random, day: date) -> datetime:
    """An instant in the working hours of `day`."""
    return instant(day, rng.randrange(7, 18), rng.randrange(60), rng.randrange(60))


def soon_after(rng: random.Random, moment: datetime, today: date, *, days: int) -> datetime:
    """An instant up to `days` later, but never after the end of `today`."""
    later = moment + timedelta(seconds=rng.randrange(60, days * 86_400))
    return min(later, end_of(today))


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
