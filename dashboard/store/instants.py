"""Instants as DuckDB keeps them: UTC without a zone."""

from datetime import UTC, datetime


def naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def aware(stored: object) -> datetime | None:
    return stored.replace(tzinfo=UTC) if isinstance(stored, datetime) else None
