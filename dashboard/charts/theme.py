"""Colours of charts, with one meaning each, and text that is safe in them.

At least 3:1 against both backgrounds, and apart for the colour-blind.
"""

import html
import re
from dataclasses import dataclass

BILLABLE = "#2F6FED"
NONBILLABLE = "#8793A5"
DRAFT = "#D18105"  # written but not sent, done but not invoiced
SENT = BILLABLE
PAID = "#30A66B"  # or accepted
LATE = "#D10536"  # or over budget
GIVEN_UP = "#9A5FB5"  # written off, declined

METRIC_COLOURS = {
    "billable_hours": BILLABLE,
    "billable_amount": BILLABLE,
    "billable_share": BILLABLE,
    "nonbillable_hours": NONBILLABLE,
    "hours": BILLABLE,
    "utilization": BILLABLE,
}

INVOICE_STATES = {
    "draft": DRAFT,
    "open": SENT,
    "late": LATE,
    "paid": PAID,
    "written off": GIVEN_UP,
}
ESTIMATE_STATES = {"draft": DRAFT, "sent": SENT, "accepted": PAID, "declined": GIVEN_UP}


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours that depend on the theme: light or dark."""

    text: str
    muted: str
    grid: str
    raised: str
    scale: tuple[str, ...]  # from little to much


LIGHT = Theme(
    text="#14171B", muted="#5B6470", grid="#E3E6EA", raised="#FFFFFF",
    scale=(
        "#EAF1FE", "#D3E2FD", "#B3CDFB", "#8FB4F8", "#6A99F4",
        "#4A82F0", "#2F6FED", "#2459C4", "#1B459B", "#133274",
    ),
)  # fmt: skip
DARK = Theme(
    text="#E8EBEF", muted="#9AA4B2", grid="#2A3038", raised="#181C22",
    scale=(
        "#14213D", "#19305F", "#1E3F82", "#234FA6", "#2860CB",
        "#2F6FED", "#5488F0", "#7BA3F4", "#A4C0F8", "#D0DFFC",
    ),
)  # fmt: skip


def get_theme(theme: str | None) -> Theme:
    """Return the look for the theme that the browser reports; light until it has."""
    return DARK if theme == "dark" else LIGHT


# Characters that reorder or hide what follows: a name may not disguise its neighbours.
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LONGEST_LABEL = 40


def visible_text(text: str) -> str:
    """Return one visible line: runs of white space become one blank, invisible controls go."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def plotly_text(text: str, longest: int = _LONGEST_LABEL) -> str:
    """For labels, ticks and hovers: Plotly reads tags, links among them, in all of them."""
    shown = visible_text(text)
    if len(shown) > longest:
        shown = f"{shown[: longest - 1].rstrip()}…"
    return html.escape(shown, quote=False)
