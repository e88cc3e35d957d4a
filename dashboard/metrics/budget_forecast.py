"""Date on which a budget is used up at the pace of the last four weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, floor

from dashboard.metrics.completeness import complete_since
from dashboard.metrics.metric import Fact
from dashboard.store.snapshots import Snapshot

_WEEKS = 4
_ENOUGH = 3  # weeks with work in them, below which a pace is no pace
_WORKDAYS = 5
_LOW, _HIGH = 0.2, 0.8
_FAR = 2_600  # workdays: ten years, beyond which no day is worth naming


@dataclass(frozen=True, slots=True)
class BurnForecast:
    """Rest of one project's budget, and the day on which it is used up.

    `currency` is that of the budget, or 'hours'; None where nobody tells it. `burn` is what a
    workday used on average over the last four weeks; leave and holidays are ignored. `day` is the
    workday on which the rest is used, `early` and `late` are the same at the pace of a strong and a
    weak week (the 80th and the 20th percentile of the four). They are None where there is no
    telling; `why` then says the reason. `remaining` is at most so much where some of the rates are
    not visible.
    """

    project_id: int
    project: str
    currency: str | None
    budget: float
    remaining: float
    burn: float
    day: date | None = None
    early: date | None = None
    late: date | None = None
    why: str = ""


def burn_forecasts(snapshot: Snapshot, *, on: date) -> tuple[BurnForecast, ...]:
    """Return each active project with a budget as of `on`, those used up first before others.

    A monthly budget begins anew with the next month, which a day after its end leaves out. Where
    not all of the four weeks are stored there is no pace.
    """
    since = complete_since(snapshot, Fact.BUDGETS)
    is_stored = since is None or since <= on - timedelta(weeks=_WEEKS) + timedelta(days=1)
    matches = [_run_out(on, weeks if is_stored else [], *row) for weeks, row in _rows(snapshot, on)]
    return tuple(
        sorted(matches, key=lambda one: (one.day or date.max, one.project, one.project_id))
    )


def workday_after(day: date, workdays: int) -> date:
    """Return the day so many weekdays after `day`, a weekend counting as the Friday before it."""
    day -= timedelta(days=max(0, day.weekday() - _WORKDAYS + 1))
    weeks, rest = divmod(workdays, _WORKDAYS)
    weekend = 2 if day.weekday() + rest >= _WORKDAYS else 0
    return day + timedelta(days=7 * weeks + rest + weekend)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie, between two of them by proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low, high = floor(place), ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _rows(snapshot: Snapshot, on: date) -> Iterator[tuple[list[float], tuple[object, ...]]]:
    ends = [on - timedelta(weeks=number) for number in range(_WEEKS, -1, -1)]
    weeks = ", ".join(
        "coalesce(CAST(sum(f.burned) FILTER (f.day > ? AND f.day <= ?) AS DOUBLE), 0)"
        for _ in range(_WEEKS)
    )
    rows = snapshot.rows(
        f"SELECT {weeks}, f.project_id, any_value(p.name), f.currency,"
        " CAST(sum(f.budget) AS DOUBLE), CAST(sum(f.budget - f.spent) AS DOUBLE),"
        " coalesce(sum(f.fee_hours) FILTER (f.is_hidden), 0) > 0"
        " FROM budget_facts AS f JOIN projects AS p ON p.id = f.project_id"
        " WHERE f.day <= ? AND p.is_active GROUP BY f.project_id, f.currency"
        # A project whose budget is in another unit by now has none in this one.
        " HAVING sum(f.budget) <> 0",
        [day for pair in pairwise(ends) for day in pair] + [on],
    )
    for row in rows:
        yield list(row[:_WEEKS]), row[_WEEKS:]


def _run_out(
    on: date,
    weeks: list[float],
    project_id: object,
    project: object,
    currency: object,
    budget: object,
    remaining: object,
    is_hidden: object,
) -> BurnForecast:
    assert isinstance(project_id, int)
    assert isinstance(budget, float)
    assert isinstance(remaining, float)
    assert isinstance(currency, str | None)
    burn = sum(weeks) / (_WEEKS * _WORKDAYS)
    day = early = late = None
    why = ""
    if remaining <= 0:
        why = "used up"
    elif is_hidden:
        why = "rates not visible"
    elif sum(week > 0 for week in weeks) < _ENOUGH:
        why = "Not enough data"
    else:
        day = _used_up(on, remaining, burn)
        early = _used_up(on, remaining, percentile(weeks, _HIGH) / _WORKDAYS)
        late = _used_up(on, remaining, percentile(weeks, _LOW) / _WORKDAYS)
        why = "" if day else "More than 10 years"
    return BurnForecast(
        project_id, str(project), currency, budget, remaining, burn, day, early, late, why
    )


def _used_up(on: date, remaining: float, burn: float) -> date | None:
    if burn <= 0 or remaining / burn > _FAR:
        return None
    return workday_after(on, ceil(round(remaining / burn, 6)))
