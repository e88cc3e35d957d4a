"""Commands of the command line: each is run here, and every fault becomes one line."""

import argparse
import logging
import sys

from dashboard.cli import check, doctor, export, forget, report, sessions, sync
from dashboard.config.errors import DashboardError, machine_error
from dashboard.config.settings import load_settings
from harvest_client import HarvestError, UsageError
from harvest_client.cli.arguments import Parser
from harvest_client.errors import join_sentences
from harvest_client.terminal import discard_output, print_line


def run_command(arguments: list[str] | None, description: str | None) -> int:
    """Run one command; the exit code. Every fault that has a name is one line on stderr."""
    try:
        try:
            return _run(arguments, description)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()  # whoever read has read enough
        return 0
    except KeyboardInterrupt:
        discard_output()
        print_line("Stopped. What was stored is kept.", file=sys.stderr)
        return 130
    except Exception as error:
        fault = machine_error(error)
        if fault is not None:
            discard_output()
            return _print_error(fault, fault.remedy, fault.exit_code)
        if isinstance(error, DashboardError):
            return _print_error(error, error.remedy, error.exit_code)
        if isinstance(error, UsageError):
            return _print_error(error, error.remedy, 2)
        if isinstance(error, HarvestError):
            return _print_error(error, f"{error.remedy} What was stored before is kept.", 3)
        raise


def _run(arguments: list[str] | None, description: str | None) -> int:
    parser: argparse.ArgumentParser = Parser(prog="python -m dashboard", description=description)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    sync.add_sync(commands)
    report.add_report(commands)
    export.add_export(commands)
    check.add_check(commands)
    sessions.add_sign_ins(commands)
    forget.add_forget(commands)
    doctor.add_doctor(commands)
    parsed = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    code: int = parsed.run(parsed, load_settings())
    return code


def _print_error(error: Exception, remedy: str, code: int) -> int:
    print_line(join_sentences([str(error), remedy]), file=sys.stderr)
    return code
