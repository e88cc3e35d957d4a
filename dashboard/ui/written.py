"""A frame whose numbers are shown as texts and sorted as numbers."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

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
    said: dict[str, Any] = {
        "body": body,
        "cellstyle": [{"props": _BOLD, "selectors": cells}] if cells else [],
    }
    styler = frame.style
    setattr(styler, "_translate", lambda *_: said)  # noqa: B010
    return styler
