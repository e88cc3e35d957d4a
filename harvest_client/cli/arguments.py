"""Parser of the command line, and the client of the configured account."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from harvest_client.client.harvest import Harvest
from harvest_client.errors import NoCopy, UsageError
from harvest_client.search.query import LocalSearch
from harvest_client.settings import Connection, Reader, read_connection, reporting_date
from harvest_client.terminal import escape_controls


class Parser(argparse.ArgumentParser):
    """Argument parser that escapes what a terminal obeys, and rejects arguments without a text."""

    def parse_known_args(  # type: ignore[override]  # argparse has an overload for each namespace
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse `args`. Exits with code 2 for bytes that are not UTF-8."""
        given = sys.argv[1:] if args is None else list(args)
        for argument in given:
            try:
                argument.encode()
            except UnicodeEncodeError:
                self.error(f"{argument!r} is not UTF-8 text")
        return super().parse_known_args(given, namespace)

    def error(self, message: str) -> NoReturn:
        """Print usage and message, and exit with code 2."""
        super().error(escape_controls(message))


def connect_client(*, searching: bool = False, seen_by: str | None = None) -> Harvest:
    """Return the client; with a local copy when it is about to search and has to search that.

    Raises `UsageError` for `seen_by`, a person's address, where the hosted copy is searched.
    """
    read = Reader()
    meant = read_connection(read)
    if seen_by and _is_search(meant):
        raise UsageError("--as has no meaning here: Airbyte's copy is searched, not the local one.")
    copy = _open_copy(seen_by) if searching and not _is_search(meant) else None
    if meant.access is not None:
        return Harvest(meant.access, copy=copy)
    # What the demo account needs is not loaded where it is not wanted.
    from harvest_demo.server.in_process import demo_client

    return demo_client(
        seed=meant.demo_seed, entries=meant.demo_entries, today=reporting_date(read), copy=copy
    )


def _is_search(meant: Connection) -> bool:
    return meant.source == "hosted"


def _open_copy(seen_by: str | None) -> LocalSearch:
    # The one place where the connector knows the dashboard: its copy of the account is what there
    # is to be searched. As a library, the connector is handed one (`Harvest(…, copy=…)`).
    try:
        from dashboard.local_search import configured_copy
    except ModuleNotFoundError:
        raise NoCopy("There is no local copy without the dashboard.") from None
    return configured_copy(seen_by)
