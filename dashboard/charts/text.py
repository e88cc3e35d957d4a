"""Text that came from Harvest, made safe for the place where it is shown: one function per sink."""

import html
import re

# Characters that reorder or hide what follows: a name may not disguise its neighbours.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LONGEST_LABEL = 40


def visible_text(text: str) -> str:
    """One visible line: runs of white space become one blank, invisible controls go."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def plotly_text(text: str, longest: int = _LONGEST_LABEL) -> str:
    """For labels, ticks and hovers: Plotly reads tags, links among them, in all of them."""
    shown = visible_text(text)
    if len(shown) > longest:
        shown = f"{shown[: longest - 1].rstrip()}…"
    return html.escape(shown, quote=False)
