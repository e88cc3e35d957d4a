"""Instants as DuckDB keeps them: UTC without a zone."""

from datetime import UTC, datetime

DAY_OF = """
-- The day on which an instant is in a zone. Harvest's plain dates are never converted. A zone moves
-- the ends of all time to years that Python cannot read: those stay on the first and the last day.
CREATE OR REPLACE MACRO day_of(instant, zone) AS
    CASE WHEN instant IS NOT NULL THEN
        greatest(
            least(CAST(timezone(zone, timezone('UTC', instant)) AS DATE), DATE '9999-12-31'),
            DATE '0001-01-01'
        )
    END;
"""


def to_naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def to_aware(stored: object) -> datetime | None:
    return stored.replace(tzinfo=UTC) if isinstance(stored, datetime) else None
