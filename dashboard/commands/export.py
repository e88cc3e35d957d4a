"""The table behind a page as a file, as its download button gives it."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

from dashboard import exports
from dashboard.access.audit import Who, audit_log
from dashboard.commands.options import add_as, add_period, opened, period
from dashboard.config import Settings
from dashboard.metrics.scope import FIELDS, Basis, Scope
from dashboard.recording import Taken
from harvest_client.search import parse_text
from harvest_client.terminal import print_line


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("export", help="write a page's table", description=__doc__)
    parser.add_argument("table", metavar="PAGE", choices=exports.names())
    add_period(parser, required=False)
    parser.add_argument("--where", metavar="JSON", help="a filter of the connector's language")
    parser.add_argument("--basis", choices=[basis.value for basis in Basis], default="rounded")
    add_as(parser)
    parser.add_argument("--format", choices=list(exports.FORMATS), default="csv")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Writes the file, and its name to stderr."""
    start, end = period(arguments, settings.today)
    scope = Scope(
        start=start,
        end=end,
        where=parse_text(arguments.where, FIELDS) if arguments.where else None,
        basis=Basis(arguments.basis),
        today=settings.today,
    )
    with opened(settings, arguments.seen_by) as snapshot:
        file = exports.export(arguments.table, arguments.format, scope, {}, settings, snapshot)
        who = (
            Who("command line", seen_as=f"{arguments.seen_by} ({snapshot.viewer.user_id})")
            if arguments.seen_by
            else Who("command line")
        )
        taken = Taken(file, audit_log(snapshot.path.parent), who)
        with arguments.out.open("wb") as out, closing(taken):
            out.writelines(taken)
    print_line(f"{file.name} is in {arguments.out}.", file=sys.stderr)
    return 0
