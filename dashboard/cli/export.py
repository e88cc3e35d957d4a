"""The table behind a page as a file, as its download button gives it."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

from dashboard.access.audit_log import AuditActor, audit_log
from dashboard.cli.arguments import add_as, add_scope, open_snapshot, read_scope
from dashboard.config.errors import MetricError
from dashboard.config.settings import Settings
from dashboard.exports import export
from dashboard.exports.audit_events import AuditedDownload
from harvest_client.terminal import leads_to_terminal, print_line


def add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("export", help="write a page's table", description=__doc__)
    parser.add_argument("table", metavar="PAGE", choices=export.table_names())
    add_scope(parser, required=False)
    add_as(parser)
    parser.add_argument("--format", choices=list(export.FORMATS), default="csv")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True)
    parser.set_defaults(run=run_export)


def run_export(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the file, and its name to stderr."""
    if leads_to_terminal(arguments.out):
        raise MetricError("--out is a terminal.", remedy="Name a file to write to.")
    with open_snapshot(settings, arguments.seen_by) as snapshot:
        scope = read_scope(arguments, settings, snapshot)
        file = export.export_table(arguments.table, arguments.format, scope, {}, settings, snapshot)
        who = (
            AuditActor("command line", seen_as=f"{arguments.seen_by} ({snapshot.viewer.user_id})")
            if arguments.seen_by
            else AuditActor("command line")
        )
        taken = AuditedDownload(file, audit_log(snapshot.path.parent), who)
        with arguments.out.open("wb") as out, closing(taken):
            out.writelines(taken)
    for reason in file.reasons:
        print_line(reason, file=sys.stderr)
    print_line(f"{file.name} is in {arguments.out}.", file=sys.stderr)
    return 0
