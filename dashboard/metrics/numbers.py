"""Numbers in the marks that an account writes them with."""

from dashboard.store.snapshots import Snapshot

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
