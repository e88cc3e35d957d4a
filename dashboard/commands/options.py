"""Options that several commands take."""

import argparse
from datetime import date

from dashboard.errors import MetricError


def add_period(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", required=True, metavar="DATE")
    parser.add_argument("--to", dest="end", required=True, metavar="DATE")


def period(arguments: argparse.Namespace) -> tuple[date, date]:
    """`--from` and `--to`; raises `MetricError` for what is no day, or no period."""
    start, end = _day("--from", arguments.start), _day("--to", arguments.end)
    if end < start:
        raise MetricError(
            f"The period ends ({end}) before it starts ({start}).", remedy="Swap the two dates."
        )
    return start, end


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MetricError(
            f"{option} must be a date such as 2026-01-31, not {text!r}.", remedy=""
        ) from None
