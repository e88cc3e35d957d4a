"""Tables of results in the account's formats; numbers and days sort as such."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from dashboard.charts.formatting import NONE, Formats
from dashboard.charts.theme import visible_text
from dashboard.components import queries
from dashboard.components.selection import Narrowing, selection_from_row
from dashboard.metrics.entries import Entries
from dashboard.metrics.execute import QueryResult
from dashboard.metrics.metric import Unit


def number_column(
    frame: pd.DataFrame, name: str, unit: Unit, formats: Formats
) -> tuple[pd.Series, list[str]]:
    """Return the column `name` of `frame`, and its numbers as text.

    Amounts are in the currency of their row. They sort by their number.
    """
    values = frame[name]
    if not unit.is_amount:
        return values, [formats.format_value(value, unit) for value in values.tolist()]
    currencies = [None if code != code else code for code in frame["currency"].tolist()]
    return values, [
        formats.format_value(value, unit, currency)
        for value, currency in zip(values.tolist(), currencies, strict=True)
    ]


def day_column(values: pd.Series, formats: Formats) -> tuple[pd.Series, list[str]]:
    """Return a column of days as dates, and its days as text; missing days sort apart."""
    dates = pd.Series(
        [None if pd.isna(value) else pd.Timestamp(value).date() for value in values],
        index=values.index,
        dtype=object,
    )
    return dates, [NONE if day is None else formats.format_day(day) for day in dates]


def has_days(values: pd.Series) -> bool:
    """Return whether the column holds days: dates or timestamps."""
    return any(hasattr(value, "strftime") for value in values.dropna().head(1))


if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_BOLD = [("font-weight", "600")]


def formatted_table(
    frame: pd.DataFrame, texts: Mapping[str, Sequence[str]], bold: Collection[int] = ()
) -> "Styler":
    """`frame` with `texts`, by column, in the place of what its cells say; rows `bold` are so.

    What Streamlit reads of a Styler is said at once, as pandas takes most of the time of a table to
    work out styles for each of its cells, of which there are none.
    """
    places = [list(frame.columns).index(label) for label in texts]
    body = [
        [
            {"id": f"row{row}_col{place}", "display_value": text}
            for place, text in zip(places, line, strict=True)
        ]
        for row, line in enumerate(zip(*texts.values(), strict=True))
    ]
    cells = [f"row{row}_col{place}" for row in sorted(bold) for place in range(frame.shape[1])]
    values: dict[str, Any] = {
        "body": body,
        "cellstyle": [{"props": _BOLD, "selectors": cells}] if cells else [],
    }
    styler = frame.style
    setattr(styler, "_translate", lambda *_: values)  # noqa: B010
    return styler


ENTRIES = 50  # rows a page
ROWS = 25  # rows a page
SEEN = 15  # rows before a table scrolls
_ROW, _HEADER = 33, 38  # pixels, at the font size of the theme


def two_level_table(answer: QueryResult, *, key: str) -> Narrowing | None:
    """Groups with their parts below, a page of them at a time; what the selected row stands for."""
    outer, inner = answer.by
    formats = queries.get_formats()
    page = _page(len(answer.frame), key)
    frame = answer.frame.iloc[(page - 1) * ROWS : page * ROWS].reset_index(drop=True)
    whole = frame["level"] == 0
    shown = pd.DataFrame(
        {
            outer.label: frame[outer.id].map(visible_text),
            inner.label: frame[inner.id]
            .where(~whole, f"All {_plural(inner.label)}")
            .map(visible_text),
        }
    )
    texts: dict[str, list[str]] = {}
    for metric in answer.metrics:
        label = answer.label_of(metric)
        shown[label], texts[label] = number_column(frame, metric.id, metric.unit, formats)
    event: Any = st.dataframe(
        formatted_table(
            shown, texts, bold=[row for row, result in enumerate(whole.tolist()) if result]
        ),
        hide_index=True,
        height=table_height(min(len(shown), SEEN)),
        # A row is known by its place on its page.
        key=f"{key}_{page}",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            outer.label: st.column_config.TextColumn(width="medium"),
            inner.label: st.column_config.TextColumn(width="medium"),
            **{
                answer.label_of(metric): st.column_config.Column(help=metric.doc, alignment="right")
                for metric in answer.metrics
            },
        },
        alt=f"Table: {outer.label.lower()} and {inner.label.lower()}",
    )
    rows = event["selection"]["rows"]
    if not rows or rows[0] >= len(frame):
        return None
    row = frame.iloc[rows[0]].to_dict()
    dimensions = (outer,) if row["level"] == 0 else (outer, inner)
    return selection_from_row(row, dimensions, queries.get_snapshot())


def entries_table(entries: Entries, *, key: str) -> None:
    """Time entries, a row each."""
    frame, formats = entries.frame, queries.get_formats()
    amounts = {}
    if "amount" in frame:  # which not everybody sees
        amounts["Amount"] = [
            formats.format_money(amount, currency)
            for amount, currency in zip(
                frame["amount"].astype(float), frame["currency"].fillna(""), strict=True
            )
        ]
    # Paged and ordered by the store: a click on a header has only these rows to sort.
    st.dataframe(
        pd.DataFrame(
            {
                "Day": frame["day"],
                "Client": frame["client"].map(_text),
                "Project": frame["project"].map(_text),
                "Person": frame["person"].map(_text),
                "Task": frame["task"].map(_text),
                "Hours": [formats.format_hours(hours) for hours in frame["hours"].astype(float)],
                "Billable": frame["billable"],
                "Invoiced": frame["billed"],
                **amounts,
                "Notes": frame["notes"].map(_text),
            }
        ),
        hide_index=True,
        height=table_height(min(len(frame), SEEN)),
        key=key,
        column_config={
            "Day": st.column_config.DateColumn(format="YYYY-MM-DD"),
            "Hours": st.column_config.TextColumn(alignment="right"),
            "Amount": st.column_config.TextColumn(alignment="right"),
            "Notes": st.column_config.TextColumn(width="large"),
        },
        alt="Time entries",
    )


def _page(rows: int, key: str) -> int:
    pages = -(-rows // ROWS)
    return st.pagination(pages, key=f"{key}_page") if pages > 1 else 1


def _text(value: object) -> str:
    return visible_text(value) if isinstance(value, str) else NONE


def _plural(label: str) -> str:
    return "people" if label == "Person" else f"{label.lower()}s"


def table_height(rows: int) -> int:
    """Pixels that a table of so many rows fills."""
    return _HEADER + _ROW * max(rows, 1) + 2
