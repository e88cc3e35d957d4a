"""The connector on the command line: `python -m harvest_client ENTITY list|get|search`.

The account is the one that the settings mean, the demo account where there are none. Answers go to
stdout as JSON, everything else to stderr. Exit codes: 0 done, 1 no such record, 2 bad usage or
settings, 3 Harvest, Airbyte or the network failed.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from harvest_client.commands import accounts, demo, entities
from harvest_client.entities import ENTITIES, REPORTS
from harvest_client.errors import (
    AmbiguousAccount,
    AmbiguousConnector,
    BadSetting,
    HarvestError,
    MissingCredentials,
    NotFound,
    UnknownName,
    UsageError,
)

_OURS = (UsageError, BadSetting, MissingCredentials, AmbiguousAccount, AmbiguousConnector)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parsed = _parser(given).parse_args(given)
        code: int = parsed.run(parsed)
        sys.stdout.flush()
    except HarvestError as error:
        print(f"{error} {error.remedy}".strip(), file=sys.stderr)
        return 2 if isinstance(error, _OURS) else 1 if isinstance(error, NotFound) else 3
    except BrokenPipeError:
        # Whoever read has read enough. What is left in the buffer must not be tried again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m harvest_client",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    demo.add(commands)
    accounts.add(commands)
    everything = {**ENTITIES, **REPORTS}
    named = given[0] if given else ""
    if named and not named.startswith("-") and named not in (*everything, *commands.choices):
        raise UnknownName.unknown("there is no entity", named, [*everything, *commands.choices])
    for name, entity in everything.items():
        # Options are made for the entity that was named: it is one of twenty-six.
        entities.add(commands, entity, whole=name == named)
    return parser


if __name__ == "__main__":
    sys.exit(main())
