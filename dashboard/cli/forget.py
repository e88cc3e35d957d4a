"""`python -m dashboard forget`: erases the notes of one person's time entries and expenses.

They leave the stored records and every published version, damaged files that were set aside are
removed, and what Harvest says of them later is left out: hours and amounts stay. In Harvest itself
nothing changes. Without --yes it only says how many there are. Exit code 1: nothing was erased.
"""

import argparse
import sys
from contextlib import closing

from dashboard.access.audit_log import AuditAction, AuditActor, Event, audit_log
from dashboard.cli.arguments import user_id
from dashboard.config.settings import Settings
from dashboard.store.database import rewrite_file, set_aside_of
from dashboard.store.erasure import erase_versions, record_erasure
from dashboard.store.snapshots import Snapshots, open_current
from dashboard.sync.run import opened_records
from harvest_client.terminal import print_line

_PATIENCE = 600.0  # seconds, for a sync of the running dashboard to end


def add_forget(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("forget", help="erase a person's notes", description=__doc__)
    parser.add_argument("person", metavar="EMAIL_OR_ID", help="whose notes: as in Harvest")
    parser.add_argument("--yes", action="store_true", help="erase them; they cannot be had back")
    parser.set_defaults(run=run_forget)


def run_forget(arguments: argparse.Namespace, settings: Settings) -> int:
    """Return what was erased, or what would be."""
    with closing(open_current(settings.cache_dir, settings.account_id)) as snapshot:
        person = user_id(snapshot, arguments.person)
    snapshots = Snapshots(settings.cache_dir, settings.account_id)
    with opened_records(settings, _PATIENCE) as records:
        if not arguments.yes:
            count = records.forgetting.count_notes(person)
            print_line(
                f"{arguments.person} ({person}) has {count} notes. --yes erases them for good.",
                file=sys.stderr,
            )
            return 1
        audit_log(snapshots.directory).record_event(
            Event(who=AuditActor("command line"), did=AuditAction.ERASED, what=f"notes of {person}")
        )
        record_erasure(settings.store, settings.account_id, person)
        count = records.forgetting.erase_notes(person)
        known = records.get_published()
        assert known is not None
        records.publish(
            synced_at=known.synced_at, today=settings.today_in(records.get_timezone()),
            completeness=known.completeness,
        )  # fmt: skip
        erase_versions(snapshots, person)
    rewrite_file(settings.store, patience=_PATIENCE)
    for path in set_aside_of(settings.store):
        path.unlink()
        print_line(f"{path} was removed: it may have held some.", file=sys.stderr)
    print_line(f"{count} notes of {arguments.person} ({person}) are erased.", file=sys.stderr)
    return 0
