"""The dashboard on the command line: `python -m dashboard COMMAND --help`.

Exit codes: 0 done, 1 a negative answer, 2 bad usage or configuration, 3 Harvest or the network
failed. Everything but the answer goes to stderr.
"""

import argparse
import logging
import sys

from dashboard.commands import check, export, forget, report, sign_ins, sync
from dashboard.config import settings
from dashboard.errors import DashboardError
from harvest_client import HarvestError, UsageError
from harvest_client.commands.parser import Parser
from harvest_client.privacy import keep_private
from harvest_client.sentences import joined
from harvest_client.terminal import print_line


def main(arguments: list[str] | None = None) -> int:
    parser: argparse.ArgumentParser = Parser(prog="python -m dashboard", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    sync.add(commands)
    report.add(commands)
    export.add(commands)
    check.add(commands)
    sign_ins.add(commands)
    forget.add(commands)
    parsed = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    try:
        code: int = parsed.run(parsed, settings())
    except DashboardError as error:
        return _said(error, error.remedy, error.exit_code)
    except UsageError as error:
        return _said(error, error.remedy, 2)
    except HarvestError as error:
        return _said(error, f"{error.remedy} What was stored before is kept.", 3)
    except KeyboardInterrupt:
        print_line("Stopped. What was stored is kept.", file=sys.stderr)
        return 130
    return code


def _said(error: Exception, remedy: str, code: int) -> int:
    print_line(joined([str(error), remedy]), file=sys.stderr)
    return code


if __name__ == "__main__":
    keep_private()
    sys.exit(main())
