"""The account's rounding of time, which no API tells: found out from entries that have both."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from dashboard.store.tables import Tables

# So many different hours that agree with only one rule by chance are not to be expected.
_ENOUGH = 10
_STEPS = (1, 5, 6, 10, 15, 20, 30, 60)  # minutes
_HOUR = 60
_CENT = Decimal("0.01")


class RoundingMode(StrEnum):
    UP = "up"
    NEAREST = "nearest"
    DOWN = "down"


_PYTHON = {
    RoundingMode.UP: ROUND_CEILING,
    RoundingMode.NEAREST: ROUND_HALF_UP,
    RoundingMode.DOWN: ROUND_FLOOR,
}

MACRO = """
-- Hours rounded as `Rounding.of` does; the same in SQL.
CREATE OR REPLACE MACRO rounded_hours_of(hours, minutes, way) AS
    CASE
        WHEN minutes = 0 THEN CAST(hours AS DECIMAL(18, 6))
        -- What has no room when it is rounded is not known.
        ELSE TRY_CAST(round(
            CASE way
                WHEN 'up' THEN ceil(round(hours * 60) / minutes)
                WHEN 'down' THEN floor(round(hours * 60) / minutes)
                ELSE floor(round(hours * 60) / minutes + 0.5)
            END * minutes / 60.0, 2
        ) AS DECIMAL(18, 6))
    END;
"""


@dataclass(frozen=True, slots=True)
class Rounding:
    """Hours are rounded to whole steps of `minutes`, `way`; 0 minutes: not at all."""

    minutes: int = 0
    way: RoundingMode = RoundingMode.NEAREST

    def round_hours(self, hours: Decimal) -> Decimal:
        """`hours` rounded, to two places as Harvest keeps them."""
        if not self.minutes:
            return hours
        minutes = (hours * _HOUR).to_integral_value(ROUND_HALF_UP)
        steps = (minutes / self.minutes).to_integral_value(_PYTHON[self.way])
        return (steps * self.minutes / _HOUR).quantize(_CENT, ROUND_HALF_UP)


def rounding_of(tables: Tables) -> Rounding | None:
    """The rule that every entry with tracked and rounded hours follows; None for none or too few.

    The coarsest of several that fit: what fits a quarter of an hour fits five minutes as well.
    """
    pairs = tables.query(
        "SELECT DISTINCT hours, rounded_hours FROM time_entries"
        " WHERE account_id = ? AND hours IS NOT NULL AND rounded_hours IS NOT NULL"
        " AND NOT coalesce(is_running, false)"
    )
    return fit_rule([(hours, rounded) for hours, rounded in pairs])


def fit_rule(pairs: list[tuple[Decimal, Decimal]]) -> Rounding | None:
    """Return the rule that turns the first of each pair into the second."""
    if len(pairs) < _ENOUGH:
        return None
    rules = [Rounding(minutes, way) for minutes in reversed(_STEPS) for way in RoundingMode]
    for rule in (*rules, Rounding()):
        if all(rule.round_hours(hours) == rounded for hours, rounded in pairs):
            return rule
    return None
