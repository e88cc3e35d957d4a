"""Instants as DuckDB keeps them: UTC without a zone."""

from datetime import UTC, datetime

DAY_OF = """
-- The day on which an instant is in a zone. Harvest's plain dates are never converted.
CREATE OR REPLACE MACRO day_of(instant, zone) AS
    CAST(timezone(zone, timezone('UTC', instant)) AS DATE);
"""


def naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def aware(stored: object) -> datetime | None:
    return stored.replace(tzinfo=UTC) if isinstance(stored, datetime) else None
