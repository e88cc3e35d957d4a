"""Rounding rule of an account."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any


def round_hours(hours: Any, rule: Mapping[str, Any]) -> Decimal:
    """Return hours by a rule: first whole minutes, then steps of some minutes, nearest or up."""
    if rule["mode"] == "none":
        return Decimal(str(hours))
    minutes = (Decimal(str(hours)) * 60).quantize(Decimal(1), ROUND_HALF_UP)
    mode = ROUND_CEILING if rule["mode"] == "up" else ROUND_HALF_UP
    step = Decimal(rule["minutes"])
    result = (minutes / step).quantize(Decimal(1), mode) * step / 60
    return result.quantize(Decimal("0.01"), ROUND_HALF_UP)
