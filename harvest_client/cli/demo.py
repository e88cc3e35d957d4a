"""`python -m harvest_client demo`: serves the demo account over HTTP on this machine."""

import argparse
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from harvest_client.errors import BadSetting
from harvest_client.settings import Reader, reporting_date

_MOST_ENTRIES = 5_000_000
_WHERE = ZoneInfo("Europe/Berlin")  # of the agency, as its user says
_NEWEST_COPY_DAYS = 180  # what connector 1.0.6 asks Harvest for, counted from its set-up


def add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    harvest_demo = commands.add_parser(
        "demo",
        help="serve the demo account",
        description="Serves the demo account over HTTP on this machine, as Harvest would.",
    )
    harvest_demo.add_argument(
        "--port", type=_port_argument, default=8088, help="default: %(default)s; 0: any free"
    )
    harvest_demo.add_argument("--entries", type=_entries_argument, default=25_000, metavar="N",
                      help="how many time entries; default: %(default)s")  # fmt: skip
    harvest_demo.add_argument("--seed", type=int, default=7, help="another seed, another agency")
    harvest_demo.add_argument("--today", type=_day_argument, metavar="DATE",
                      help="its last day; default: HARVEST_TODAY, then Berlin's today")  # fmt: skip
    harvest_demo.add_argument("--latency", type=_milliseconds_argument, default=0.0, metavar="MS",
                      help="milliseconds before every answer")  # fmt: skip
    harvest_demo.add_argument("--no-limits", dest="limits", action="store_false",
                      help="answer any number of requests")  # fmt: skip
    harvest_demo.add_argument("--generation", choices=("A", "B", "C"), default="C",
                      help="of the hosted API; default: %(default)s")  # fmt: skip
    harvest_demo.add_argument("--copy-days", type=_days_argument, metavar="N",
                      help="how far back its copy goes; default: 180 for C, else all")  # fmt: skip
    harvest_demo.add_argument("--token-seconds", type=_seconds_argument, default=900, metavar="N",
                      help="how long its tokens live; default: %(default)s")  # fmt: skip
    harvest_demo.set_defaults(run=partial(run, harvest_demo))


def run(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    """Serve until it is told to stop; the exit code."""
    try:
        today = arguments.today or reporting_date(Reader(), _WHERE)
    except BadSetting as error:
        parser.error(str(error))
    # What the demo account needs is not loaded by the other commands.
    import harvest_demo
    from harvest_demo.server.app import listen, serve

    try:
        listening = listen(arguments.port)
    except OSError as error:
        parser.error(f"port {arguments.port} cannot be used: {error.strerror}")
    account = harvest_demo.build(seed=arguments.seed, entries=arguments.entries, today=today)
    days = arguments.copy_days
    if days is None and arguments.generation == "C":
        days = _NEWEST_COPY_DAYS
    application = harvest_demo.app(
        account, latency=arguments.latency / 1000, limits=arguments.limits,
        generation=arguments.generation,
        copy_days=days, token_seconds=arguments.token_seconds,
    )  # fmt: skip
    serve(application, listening)
    return 0


def _day_argument(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-01-31") from None


def _port_argument(text: str) -> int:
    return _number_argument(text, 0, 65_535)


def _entries_argument(text: str) -> int:
    return _number_argument(text, 1, _MOST_ENTRIES)


def _days_argument(text: str) -> int:
    return _number_argument(text, 0, 36_500)


def _seconds_argument(text: str) -> int:
    return _number_argument(text, 1, 86_400)


def _number_argument(text: str, lowest: int, highest: int) -> int:
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {lowest} to {highest}")
    return int(text)


def _milliseconds_argument(text: str) -> float:
    try:
        read = float(text)
    except ValueError:
        read = -1.0
    if not 0 <= read < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of milliseconds")
    return read
