"""What the browser gets of a table with texts: the same as pandas' own styling makes of it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from dashboard.components.table import formatted_table

FRAME = pd.DataFrame(
    {
        "Name": ["Ada", "Bo", "None"],
        "Hours": [1.5, float("nan"), -2.0],
        "Is paid": [True, False, True],
        "Days": pd.array([1, 2, 3], dtype="Int64"),
    }
)
TEXTS = {"Hours": ["1,50", "—", "−2,00"], "Days": ["1 d", "2 d", "3 d"]}


def sent(styler: Any) -> tuple[pd.DataFrame, str]:
    """The texts of cells and their style sheet."""
    styler.set_uuid("1")
    message = ArrowData()
    marshall_styler(message, styler, "1")
    with pa.ipc.open_stream(message.styler.display_values) as stream:
        return stream.read_all().to_pandas(), message.styler.styles


@pytest.mark.parametrize("bold", [[], [0, 2]])
def test_it_is_what_pandas_would_say(bold: list[int]) -> None:
    styler = FRAME.style.set_properties(subset=pd.IndexSlice[bold, :], **{"font-weight": "600"})
    for label, texts in TEXTS.items():
        each = iter(texts)
        styler = styler.format(partial(_next, each), subset=[label])

    theirs, their_style = sent(styler)
    ours, our_style = sent(formatted_table(FRAME, TEXTS, bold))

    pd.testing.assert_frame_equal(ours, theirs)
    assert rules(our_style) == rules(their_style)


def test_what_is_sorted_stays_a_number() -> None:
    shown: Any = formatted_table(FRAME, TEXTS)

    assert shown.data is FRAME


def test_without_rows_and_without_texts() -> None:
    assert sent(formatted_table(FRAME.iloc[:0], {"Hours": []}))[0].empty
    assert sent(formatted_table(FRAME, {}))[0]["Name"].tolist() == ["Ada", "Bo", "None"]


def rules(style: str) -> set[tuple[str, str]]:
    """Each cell with what is said of it, however cells are put together."""
    pairs = (rule.partition(" {")[::2] for rule in style.splitlines())
    return {(cell, said) for cells, said in pairs for cell in cells.split(", ")}


def _next(texts: Iterator[str], value: object) -> str:
    return next(texts)
