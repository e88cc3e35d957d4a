"""`python -m dashboard sign-ins`: who is signed in, and whose account at a provider is whose.

`--end` ends every sign-in of a person at once, in all their tabs. `--forget` removes the binding of
their account, so that they can sign in with another or under an address that was somebody else's;
it ends their sign-ins, too. Without either, both lists are printed. Exit code 1: no such binding.
"""

import argparse
import sys
from contextlib import closing
from datetime import UTC, datetime

from dashboard.access.sessions import SignIns
from dashboard.cli.arguments import PEOPLE, user_id
from dashboard.config.settings import Settings
from dashboard.store.snapshots import Snapshot, open_current
from harvest_client.terminal import print_line


def add_sign_ins(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "sign-ins", help="who is signed in; end a sign-in", description=__doc__
    )
    what = parser.add_mutually_exclusive_group()
    person = "an e-mail address or an id in Harvest"
    what.add_argument("--end", metavar="PERSON", help=f"end the sign-ins of: {person}")
    what.add_argument("--forget", metavar="PERSON", help=f"remove the binding of: {person}")
    parser.set_defaults(run=run_sign_ins)


def run_sign_ins(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what there is, or does what was asked and says so."""
    now = datetime.now(UTC)
    with (
        closing(open_current(settings.cache_dir, settings.account_id)) as snapshot,
        closing(SignIns(settings.cache_dir / settings.account_id)) as sign_ins,
    ):
        if person := arguments.end or arguments.forget:
            whose = user_id(snapshot, person)
            sign_ins.revoke_all(whose, now)
            if arguments.end:
                print_line(f"Every sign-in of {person} has ended.", file=sys.stderr)
                return 0
            known = sign_ins.unbind_user(whose)
            text = "is removed" if known else "there was none"
            print_line(f"The binding of {person}: {text}.", file=sys.stderr)
            return 0 if known else 1
        _print_sessions(snapshot, sign_ins, now)
    return 0


def _print_sessions(snapshot: Snapshot, sign_ins: SignIns, now: datetime) -> None:
    named = {id: f"{name} <{email}>" for id, name, email in snapshot.rows(PEOPLE)}
    for item in sign_ins.list_sessions(now):
        who = named.get(item.user_id, str(item.user_id))
        print_line(f"signed in  {item.started_at:%Y-%m-%d %H:%M} UTC  {who}  {item.account}")
    for bound in sign_ins.list_bindings():
        who = named.get(bound.user_id, str(bound.user_id))
        print_line(f"bound      {bound.bound_at:%Y-%m-%d %H:%M} UTC  {who}  {bound.account}")
