"""Durations in words: age and time left."""

from datetime import datetime, timedelta


def format_age(then: datetime, now: datetime) -> str:
    """Such as "4 min ago"; to the minute, the hour or the day."""
    age = max(now - then, timedelta())
    if age < timedelta(minutes=1):
        return "just now"
    return f"{_duration_text(age)} ago"


def format_remaining(seconds: float) -> str:
    """Such as "about 2 min left"."""
    if seconds < 60:
        return "less than a minute left"
    return f"about {_duration_text(timedelta(seconds=seconds))} left"


def _duration_text(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h"
    return f"{hours // 24} days"
