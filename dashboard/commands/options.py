"""Options that several commands take."""

import argparse
from datetime import date, timedelta

from dashboard.errors import MetricError


def add_period(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    usual = "" if required else "; the last 30 days without"
    parser.add_argument(
        "--from", dest="start", required=required, metavar="DATE", help=f"the first day{usual}"
    )
    parser.add_argument(
        "--to", dest="end", required=required, metavar="DATE", help=f"the last day{usual}"
    )


def period(arguments: argparse.Namespace, today: date | None = None) -> tuple[date, date]:
    """`--from` and `--to`; raises `MetricError` for what is no day, or no period."""
    end = _day("--to", arguments.end) if arguments.end or not today else today
    start = (
        _day("--from", arguments.start)
        if arguments.start or not today
        else end - timedelta(days=29)
    )
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
