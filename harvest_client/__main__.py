"""The connector on the command line: `python -m harvest_client ENTITY list|get|search`.

The account is the one that the settings mean, the demo account where there are none. Answers go to
stdout as JSON, everything else to stderr. Exit codes: 0 done, 1 no such record, 2 bad usage or
settings, 3 Harvest, Airbyte or the network failed.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from harvest_client.auth.redaction import install_redaction
from harvest_client.cli import demo, entities
from harvest_client.cli.arguments import Parser
from harvest_client.entities import DETAILS, ENTITIES, REPORTS
from harvest_client.errors import (
    AmbiguousAccount,
    AmbiguousConnector,
    BadSetting,
    HarvestError,
    MissingCredentials,
    NotFound,
    UsageError,
    join_sentences,
)
from harvest_client.machine import find_machine_fault
from harvest_client.terminal import discard_output, prepare_streams, print_line

_OURS = (UsageError, BadSetting, MissingCredentials, AmbiguousAccount, AmbiguousConnector)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    prepare_streams()
    try:
        given = sys.argv[1:] if arguments is None else arguments
        try:
            parsed = parse_arguments([_normalize_option(argument) for argument in given])
            code: int = parsed.run(parsed)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()  # whoever read has read enough
        return 0
    except KeyboardInterrupt:
        discard_output()
        return 130
    except Exception as error:
        fault = find_machine_fault(error)
        if fault is not None:
            discard_output()
            print_line(join_sentences([fault.sentence, fault.remedy]), file=sys.stderr)
            return 2
        if not isinstance(error, HarvestError):
            raise
        print_line(join_sentences([str(error), error.remedy]), file=sys.stderr)
        return 2 if isinstance(error, _OURS) else 1 if isinstance(error, NotFound) else 3
    return code


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser: argparse.ArgumentParser = Parser(
        prog="python -m harvest_client",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    demo.add_demo(commands)
    entities.add_accounts(commands)
    entities_by_name = {**ENTITIES, **REPORTS, **DETAILS}
    known = [*entities_by_name, *commands.choices]
    named = arguments[0] if arguments else ""
    if named and not named.startswith("-") and named not in known:
        parser.error(str(UsageError.unknown_name("there is no entity", named, known)))
    for name, entity in entities_by_name.items():
        # Options are made for the entity that was named: it is one of thirty.
        entities.add_entity(commands, entity, arguments[1:] if name == named else None)
    parsed, unknown = parser.parse_known_args(arguments)
    if unknown:
        _exit_with_usage(vars(parsed).get("parser", parser), unknown[0].partition("=")[0])
    return parsed


def _exit_with_usage(parser: argparse.ArgumentParser, unknown: str) -> NoReturn:
    """End with the nearest right name of an option, or says what is one too many."""
    if not unknown.startswith("-"):
        parser.error(f"{unknown!r} is one argument too many")
    known = [name for name in parser._option_string_actions if name.startswith("--")]
    parser.error(str(UsageError.unknown_name("there is no option", unknown, known)))


def _normalize_option(argument: str) -> str:
    """`--per_page` and `--per-page` are the same option."""
    name, equals, value = argument.partition("=")
    return f"{name.replace('_', '-')}{equals}{value}" if name.startswith("--") else argument


if __name__ == "__main__":
    install_redaction()
    sys.exit(main())
