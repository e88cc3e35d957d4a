"""Labels at the ends of horizontal bars, and the margin they need."""

import math
from collections.abc import Sequence
from typing import Any

from dashboard.charts.palette import Theme

EDGE = 8  # pixels between a plot and the edge of its chart
BARS = 24  # pixels that bars keep, whatever is written
_TELEPHONE = 170  # pixels that the longest labels leave beside them
_WIDTHS = {
    **dict.fromkeys("0123456789", 7.5),
    **dict.fromkeys(".,:·'’ \u00a0\u202f", 3.6),
    **dict.fromkeys("()", 4.4),
    **dict.fromkeys("%M₩—", 12.0),
}  # pixels at the font size of the charts
_WIDTH = 8.6  # of other characters of numbers and currencies


def bar_labels(
    texts: Sequence[str], ends: Sequence[float], rows: Sequence[int], look: Theme
) -> dict[str, Any]:
    """The texts at the `ends` of bars; their own text is lost where the last part is zero."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": list(ends),
        "y": list(rows),
        "text": [f"\u00a0{text}" for text in texts],
        "textposition": "middle right",
        "textfont": {"color": look.text},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def label_margin(texts: Sequence[str], ends: Sequence[float], across: Sequence[float]) -> int:
    """Pixels to leave on the right of an axis from one end of `across` to the other.

    They are those of a telephone: where there is more width, a text needs no more than there.
    """
    first, last = across
    needed = float(EDGE)
    for text, end in zip(texts, ends, strict=True):
        part = (end - first) / (last - first)
        if part > 0:
            # What is left of the width is shared by this part of the plot and the text behind it.
            needed = max(needed, _TELEPHONE - (_TELEPHONE - _text_width(text)) / part)
    return math.ceil(min(needed, _TELEPHONE - BARS))


def _text_width(text: str) -> float:
    return EDGE + sum(_WIDTHS.get(character, _WIDTH) for character in text)
