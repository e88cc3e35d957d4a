"""`python -m dashboard sync`: brings the copy up to date once."""

import argparse
import gc
import json
import sys
from threading import Event, Thread

from dashboard.config import Settings
from dashboard.sync.progress import Progress, Tally
from dashboard.sync.run import sync

# How long to wait for a sync of the running dashboard to end, in seconds.
_PATIENCE = 600.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("sync", help="bring the copy up to date", description=__doc__)
    parser.add_argument("--full", action="store_true", help="read everything again")
    parser.add_argument(
        "--accept-deletions",
        action="store_true",
        help="believe it when much is gone, or when the token sees something else; for one sync",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Prints progress on stderr and, as the last line of stdout, what was done as JSON."""
    # What is imported stays: a third of the time went into looking through it again and again.
    gc.collect()
    gc.freeze()
    tally, ended = Tally(), Event()
    shown = Thread(target=_show, args=(tally, ended), daemon=True)
    shown.start()
    try:
        report = sync(
            settings,
            full=arguments.full,
            accept=arguments.accept_deletions,
            tally=tally,
            patience=_PATIENCE,
        )
    finally:
        ended.set()
        shown.join()
        gc.unfreeze()  # or DuckDB complains, on its way out, of what was never collected
    if report.more:
        print(
            "There are payments left to be read: the next sync goes on with them.", file=sys.stderr
        )
    print(json.dumps(report.as_json()))
    return 0


def _show(tally: Tally, ended: Event) -> None:
    """A line of progress every second on a terminal, every ten elsewhere."""
    pause = 1.0 if sys.stderr.isatty() else 10.0
    while not ended.wait(pause):
        print(_line(tally.now()), file=sys.stderr)


def _line(progress: Progress) -> str:
    total = f" of {progress.total:,}" if progress.total else ""
    left = progress.seconds_left
    ahead = f", about {left:.0f} s left" if left is not None else ""
    return f"{progress.rows:,}{total} rows, {progress.requests} requests{ahead}"
