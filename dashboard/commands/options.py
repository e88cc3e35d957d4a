"""Options that several commands take."""

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta

from dashboard.config import Settings
from dashboard.errors import MetricError
from dashboard.store.snapshots import Snapshot, current
from dashboard.store.viewers import viewer_by_email


def add_period(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    usual = "" if required else "; the last 30 days without"
    parser.add_argument(
        "--from", dest="start", required=required, metavar="DATE", help=f"the first day{usual}"
    )
    parser.add_argument(
        "--to", dest="end", required=required, metavar="DATE", help=f"the last day{usual}"
    )


def add_as(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as", dest="seen_by", metavar="EMAIL", help="what this person of the account may see"
    )


@contextmanager
def opened(settings: Settings, seen_by: str | None = None) -> Iterator[Snapshot]:
    """The current copy, as the person with the address `seen_by` sees it; whole without one.

    Raises `NoAccess` for an address that is nobody's.
    """
    with closing(current(settings.cache_dir, settings.account_id)) as snapshot:
        yield snapshot.seen_by(viewer_by_email(snapshot, seen_by)) if seen_by else snapshot


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
