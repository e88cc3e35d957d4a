"""`python -m dashboard doctor`: verifies every file and says what would mend it.

It changes nothing and may run beside the dashboard. Exit code 0: all files are as they were
written. 1: something is wrong; each line says what, and which command mends it.

With --set-aside it replaces one damaged file that no sync may replace: the list of sign-ins, after
which everybody signs in again, or the audit log. The damaged file is renamed, never deleted.
"""

import argparse
import sys
from datetime import UTC, datetime

from dashboard.access import audit_log, sessions
from dashboard.config.settings import Settings
from dashboard.sync.checkup import Finding, as_json, check_files
from harvest_client.errors import join_sentences
from harvest_client.terminal import print_json, print_line

_FILES = {"sign-ins": sessions.SIGN_IN_FILE, "audit": audit_log.AUDIT_FILE}


def add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("doctor", help="verify every file", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print an array of objects")
    parser.add_argument(
        "--set-aside", choices=list(_FILES), help="replace this damaged file by a new one"
    )
    parser.set_defaults(run=run_doctor)


def run_doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each file, or what was set aside."""
    if arguments.set_aside:
        return _set_aside(arguments.set_aside, settings)
    findings = []
    for finding in check_files(settings):
        findings.append(finding)
        if not arguments.json:
            print_line(_finding_line(finding))
    if arguments.json:
        print_json(as_json(findings))
    return 1 if any(finding.is_bad for finding in findings) else 0


def _finding_line(finding: Finding) -> str:
    command = f"Run `{finding.command}`" if finding.command else ""
    sentences = [text for text in (finding.detail, finding.mending, command) if text]
    return f"{finding.state:<8} {finding.file}  {join_sentences(sentences)}".rstrip()


def _set_aside(name: str, settings: Settings) -> int:
    directory = settings.cache_dir / settings.account_id
    path = str(directory / _FILES[name])
    if not any(item.is_bad for item in check_files(settings) if item.file == path):
        print_line(f"{path} is not damaged: nothing was done.", file=sys.stderr)
        return 1
    if name == "audit":
        aside, entries = audit_log.replace_damaged(directory)
        text = f"{entries} entries can be read there. A new log has begun."
    else:
        aside, bindings = sessions.replace_damaged(directory, datetime.now(UTC))
        text = f"{bindings} bindings were kept. Everybody signs in again."
    print_line(f"The damaged file is now {aside}. {text}", file=sys.stderr)
    return 0
