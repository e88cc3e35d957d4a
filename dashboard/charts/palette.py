"""The colours: one meaning each, everywhere; the same values as in the theme.

At least 3:1 against both backgrounds, and apart for the colour-blind.
"""

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
    """The look for the theme that the browser reports; light until it has."""
    return DARK if theme == "dark" else LIGHT
