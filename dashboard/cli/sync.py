"""`python -m dashboard sync`: brings the copy up to date once.

As the running dashboard does, it then compares with Harvest's reports, and reads again what
differs.
"""

import argparse
import gc
import json
import sys
from collections.abc import Iterator, Sequence
from threading import Event, Thread

from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings
from dashboard.reconciliation.job import reconcile_windows
from dashboard.store.odd_records import Odd
from dashboard.store.snapshots import current_version
from dashboard.sync.client_factory import connect_client
from dashboard.sync.progress import Progress, ProgressCounter
from dashboard.sync.run import run_sync
from harvest_client import HarvestError
from harvest_client.errors import join_sentences
from harvest_client.terminal import print_json, print_line

_NAMED = 20  # odd records that get a line of their own

# How long to wait for a sync of the running dashboard to end, in seconds.
_PATIENCE = 600.0

# Reports to compare with, of the 100 in a quarter of an hour that Harvest allows all programs.
_REPORTS = 30
_REPORT_PATIENCE = 10.0  # seconds


def add_sync(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("sync", help="bring the copy up to date", description=__doc__)
    parser.add_argument("--full", action="store_true", help="read everything again")
    parser.add_argument(
        "--accept-deletions",
        action="store_true",
        help="believe it when many records are gone, or a field of all records, or when the token"
        " sees something else; for one sync",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print progress on stderr and, as the last line of stdout, what was done as JSON."""
    # What is imported stays: a third of the time went into looking through it again and again.
    gc.collect()
    gc.freeze()
    tally, ended = ProgressCounter(), Event()
    shown = Thread(target=_show_progress, args=(tally, ended), daemon=True)
    shown.start()
    try:
        report = run_sync(
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
        print_line(
            "There are payments left to be read: the next sync goes on with them.", file=sys.stderr
        )
    for line in (*report.mended, *_odd_lines(report.odd), *report.warnings, *report.damaged):
        print_line(line, file=sys.stderr)
    compared = _reconcile_after(settings)
    version = current_version(settings.cache_dir, settings.account_id)
    print_json(json.dumps({**report.as_json(), "version": version, "compared": compared}))
    return 0


def _odd_lines(odd: Sequence[Odd]) -> Iterator[str]:
    """Iterate over lines that name the records which could not be read."""
    for item in odd[:_NAMED]:
        key = f" {item.id}" if item.id is not None else ""
        version = "; an earlier version of it counts" if item.is_stored else ""
        field = item.field or "the record"
        yield f"Left out: {item.entity}{key}: {field}: {item.problem}{version}."
    if len(odd) > _NAMED:
        yield f"Left out: {len(odd) - _NAMED} more; the data page lists all."


def _reconcile_after(settings: Settings) -> dict[str, int]:
    """Compare with Harvest's reports and mend; the sync is good whatever comes of it.

    Returns the number of requests and of the totals that differ.
    """
    differing = 0
    # Whoever runs the command does not wait for the next quarter of an hour.
    with connect_client(settings, patience=_REPORT_PATIENCE) as harvest:
        try:
            result = reconcile_windows(settings, harvest, most=_REPORTS)
        except (HarvestError, DashboardError) as error:
            print_line(
                join_sentences(
                    [f"Not all was compared with Harvest's reports: {error}", error.remedy]
                ),
                file=sys.stderr,
            )
        else:
            differing = sum(len(item.differences) for item in result.compared)
            if differing:
                print_line(
                    f"{differing} totals differ from Harvest's reports: see the data page, or"
                    " run `check`.",
                    file=sys.stderr,
                )
        return {"requests": harvest.requests, "differences": differing}


def _show_progress(tally: ProgressCounter, ended: Event) -> None:
    """A line of progress every second on a terminal, every ten elsewhere."""
    pause = 1.0 if sys.stderr.isatty() else 10.0
    while not ended.wait(pause):
        print_line(_progress_line(tally.get_progress()), file=sys.stderr)


def _progress_line(progress: Progress) -> str:
    total = f" of {progress.total:,}" if progress.total else ""
    remaining = progress.seconds_left
    ahead = f", about {remaining:.0f} s left" if remaining is not None else ""
    return f"{progress.rows:,}{total} rows, {progress.requests} requests{ahead}"
