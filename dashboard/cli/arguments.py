"""Options that several commands take."""

import argparse
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta

from dashboard.access.user_mapping import is_address_sql, normalize_address
from dashboard.config.errors import MetricError, NoAccess
from dashboard.config.settings import Settings
from dashboard.metrics.scope import FIELDS, RoundingBasis, Scope
from dashboard.store.snapshots import Snapshot, open_current
from dashboard.store.viewers import viewer_by_email
from harvest_client.search import parse_text

PEOPLE = """\
SELECT u.id AS id, trim(concat_ws(' ', u.first_name, u.last_name)) AS name, u.email AS email
FROM records.users AS u"""
"""Id, name and e-mail address of each person, also of those who are archived."""

_LONGEST_ID = 18  # digits: what DuckDB and SQLite hold


def add_scope(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the options that `read_scope` reads; without `required`, days have a default."""
    add_period(parser, required=required)
    parser.add_argument("--where", metavar="JSON", help="a filter of the connector's language")
    parser.add_argument(
        "--basis", choices=[basis.value for basis in RoundingBasis], default="rounded"
    )


def read_scope(arguments: argparse.Namespace, settings: Settings, snapshot: Snapshot) -> Scope:
    """Return the scope of a command's options, as of today in the account's zone.

    Raises `MetricError` or `SearchError` for what cannot be understood.
    """
    today = settings.today_in(snapshot.meta.timezone)
    start, end = period_of_options(arguments, today)
    return Scope(
        start,
        end,
        where=parse_text(arguments.where, FIELDS) if arguments.where else None,
        basis=RoundingBasis(arguments.basis),
        today=today,
        fiscal_start=settings.fiscal_start,
    )


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
def open_snapshot(settings: Settings, seen_by: str | None = None) -> Iterator[Snapshot]:
    """Yield the current copy, as the person with the address `seen_by` sees it; whole without one.

    Raises `NoAccess` for an address that is nobody's.
    """
    with closing(open_current(settings.cache_dir, settings.account_id)) as snapshot:
        yield snapshot.for_viewer(viewer_by_email(snapshot, seen_by)) if seen_by else snapshot


def period_of_options(
    arguments: argparse.Namespace, today: date | None = None
) -> tuple[date, date]:
    """Return `--from` and `--to`, or the last 30 days up to `today` for what was left out.

    Raises `MetricError` for what is no day, or no period.
    """
    end = today if today and arguments.end is None else _day_option("--to", arguments.end)
    ago = end - timedelta(days=29)
    start = ago if today and arguments.start is None else _day_option("--from", arguments.start)
    if end < start:
        raise MetricError(
            f"The end date ({end}) is before the start date ({start}).",
            remedy="Swap the two dates.",
        )
    return start, end


def _day_option(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MetricError(
            f"{option} must be a date such as 2026-01-31, not {text!r}.", remedy=""
        ) from None


def user_id(snapshot: Snapshot, person: str) -> int:
    """The id of whoever `person`, an address or an id, is. Raises `NoAccess` for nobody's."""
    if person.isascii() and person.isdecimal() and len(person) <= _LONGEST_ID:
        return int(person)
    rows = snapshot.rows(
        f"{PEOPLE} WHERE {is_address_sql('u.email')}", (normalize_address(person),)
    )
    if len(rows) != 1:
        raise NoAccess(f"{person} is no person of this Harvest account.", remedy="Give the id.")
    return int(rows[0][0])
