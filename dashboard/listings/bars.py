"""Invoices and estimates narrowed to what one bar of their page counts."""

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.metrics.dimensions import AGE_BUCKET
from dashboard.metrics.lookup import find_by_name

NO_CURRENCY = "none"
_NAMES = ("age", "state", "currency")


def filter_by_bars(
    frame: pd.DataFrame, also: Mapping[str, str], states: Sequence[str]
) -> pd.DataFrame:
    """The rows that the bars named in `also` count.

    `age` are those of which something is outstanding, by how late they are; `state` those issued
    in the period, by what became of them; `currency` a code or `none`, of two with a comma both.
    Raises `MetricError` for an age or a state that there is not.
    """
    if age := also.get("age"):
        find_by_name(dict.fromkeys(AGE_BUCKET.values), age, "age")
        frame = frame[(frame["age_bucket"] == age) & (frame["outstanding"] > 0)]
    if state := also.get("state"):
        find_by_name(dict.fromkeys(states), state, "state")
        frame = frame[(frame["state"] == state) & frame["issued_in_period"]]
    for code in filter(None, also.get("currency", "").split(",")):
        found = frame["currency"]
        frame = frame[found.isna() if code == NO_CURRENCY else found == code]
    return frame.reset_index(drop=True)


def bars_note(also: Mapping[str, str]) -> tuple[str, ...]:
    """Return a note on the rows that were left out."""
    said = [f"{name} {also[name]}" for name in _NAMES if also.get(name)]
    return (f"Only those of {', '.join(said)}, as selected.",) if said else ()
