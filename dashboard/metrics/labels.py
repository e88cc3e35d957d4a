"""Labels of a result, made distinct where names are equal."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

import pandas as pd

from dashboard.config.errors import MetricError
from dashboard.metrics.dimensions import Dimension, LabelSource
from dashboard.store.snapshots import Snapshot
from harvest_client.errors import nearest_match

T = TypeVar("T")


def find_by_name(table: Mapping[str, T], name: str, what: str) -> T:
    """Return the row of `table` called `name`; raises `MetricError` that says what there is."""
    if name in table:
        return table[name]
    nearest = nearest_match(name, table)
    remedy = f"Did you mean {nearest}?" if nearest else f"There are: {', '.join(table)}."
    raise MetricError(f"There is no {what} called {name[:60]!r}.", remedy=remedy)


MINUS = "−"
DECIMAL, THOUSANDS = ".", ","
"""The marks where Harvest tells none."""


def decimal_marks(decimal: str | None, thousands: str | None) -> tuple[str, str]:
    """Return the decimal and thousands separators; an empty thousands separator is a setting."""
    return decimal or DECIMAL, THOUSANDS if thousands is None else thousands


def format_number(value: float, digits: int, *, decimal: str, thousands: str) -> str:
    """With so many `digits` behind the decimal mark; what rounds to zero has no sign."""
    rounded = f"{abs(value):,.{digits}f}"
    sign = MINUS if value < 0 and float(rounded.replace(",", "")) else ""
    whole, _, part = rounded.partition(".")
    return f"{sign}{whole.replace(',', thousands)}{f'{decimal}{part}' if part else ''}"


def number_text(snapshot: Snapshot, value: float, digits: int = 0) -> str:
    """As the account of `snapshot` writes it."""
    decimal, thousands = decimal_marks(
        snapshot.meta.decimal_symbol, snapshot.meta.thousands_separator
    )
    return format_number(value, digits, decimal=decimal, thousands=thousands)


_Labels = dict[int, str]


def disambiguate_labels(
    snapshot: Snapshot, frame: pd.DataFrame, by: Sequence[Dimension]
) -> pd.DataFrame:
    """`frame` with a label of its own for each entity, and rows ordered by their labels.

    It comes with names in the place of labels, ordered by them. Names that are equal get what
    qualifies their entity, and where that is equal too, the id.
    """
    for position, dimension in enumerate(by):
        if dimension.naming:
            labels = _find_labels(snapshot, frame, dimension, dimension.naming)
            if labels:
                frame = _replace_labels(frame, dimension, by[:position], labels)
    return frame


def _find_labels(
    snapshot: Snapshot, frame: pd.DataFrame, dimension: Dimension, naming: LabelSource
) -> _Labels:
    """Return the labels of the ids whose names do not do, which is seldom."""
    pairs = set(zip(frame[f"{dimension.id}_id"], frame[dimension.id], strict=True))
    # No id is no entity, and a subtotal over entities has no name.
    names = {int(id): name for id, name in pairs if pd.notna(id) and pd.notna(name)}
    alike = _find_duplicates(names)
    if not alike:
        return {}
    apart = _find_qualifiers(snapshot, naming, alike)
    labels = {id: f"{names[id]} ({apart.get(id, id)})" for id in alike}
    return labels | {id: f"{names[id]} ({id})" for id in _find_duplicates(names | labels)}


def _find_duplicates(names: Mapping[int, str]) -> list[int]:
    counts = Counter(names.values())
    return [id for id, name in names.items() if counts[name] > 1]


def _find_qualifiers(snapshot: Snapshot, naming: LabelSource, ids: Sequence[int]) -> _Labels:
    if naming.qualifier is None:
        return {}
    rows = snapshot.cached_rows(
        f"SELECT e.id, {naming.qualifier} FROM {naming.table} AS e WHERE e.name IN"
        f" (SELECT s.name FROM {naming.table} AS s GROUP BY s.name HAVING count(*) > 1)"
    )
    wanted = set(ids)
    return {id: apart for id, apart in rows if id in wanted and apart is not None}


def _replace_labels(
    frame: pd.DataFrame, dimension: Dimension, outer: Sequence[Dimension], labels: _Labels
) -> pd.DataFrame:
    ids, names = frame[f"{dimension.id}_id"].tolist(), frame[dimension.id].tolist()
    told = [labels.get(id, name) for id, name in zip(ids, names, strict=True)]
    # Rows of one name are below each other, within what they are broken down from.
    within = zip(names, *(frame[item.id].tolist() for item in outer), strict=True)
    run, last, keys = 0, None, []
    for group, id, label in zip(within, ids, told, strict=True):
        run, last = run + (group != last), group
        keys.append((run, *((_sort_key(label), label, id) if id in labels else ())))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return frame.assign(**{dimension.id: told}).iloc[order].reset_index(drop=True)


def _sort_key(label: str) -> str:
    """As the store sorts: neither case nor accents first."""
    lower = label.lower()
    if lower.isascii():
        return lower
    parts = unicodedata.normalize("NFD", lower)
    return "".join(part for part in parts if not unicodedata.combining(part))
