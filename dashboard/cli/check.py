"""`python -m dashboard check`: whether the copy's totals are Harvest's own.

Compares the copy as it is with Harvest's time, expense, uninvoiced and budget reports, per project
and currency, and names the records that differ. Exit code 0: equal to the cent; 1: not; 2: it could
not be checked. `--explain` also prints the readings of Harvest's documents that the account
follows: no figure and no name, so that it can be shown to others.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

from dashboard.cli.arguments import add_period, period_of_options
from dashboard.config.errors import DashboardError
from dashboard.config.settings import Settings
from dashboard.reconciliation.check import Check, check_account, label_of
from dashboard.reconciliation.compare import CLIENT, Difference
from dashboard.reconciliation.readings import READINGS
from dashboard.reconciliation.status import ReconciliationFile
from dashboard.store.snapshots import open_current
from dashboard.sync.client_factory import connect_client
from harvest_client import HarvestError
from harvest_client.errors import join_sentences
from harvest_client.terminal import print_json, print_line


def add_check(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "check", help="compare with Harvest's own reports", description=__doc__
    )
    add_period(parser)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument(
        "--explain",
        action="store_true",
        help="print the readings of Harvest's documents in place of figures",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what was compared and what differs."""
    first, last = period_of_options(arguments)
    try:
        with (
            closing(open_current(settings.cache_dir, settings.account_id)) as snapshot,
            connect_client(settings) as harvest,
        ):
            today = settings.today_in(snapshot.meta.timezone)
            check = check_account(snapshot, harvest, first, last, today=today)
    except (HarvestError, DashboardError) as error:
        print_line(
            join_sentences([f"It could not be checked: {error}", error.remedy]), file=sys.stderr
        )
        return 2
    # Pages say it, too.
    file = ReconciliationFile(settings.cache_dir, settings.account_id)
    file.write(file.read().with_results(check.compared, check.rows))
    if arguments.explain:
        for line in _explain(check):
            print_line(line)
        return 0 if check.equal else 1
    for note in check.notes:
        print_line(note, file=sys.stderr)
    if arguments.format == "json":
        text = json.dumps(_to_document(check), ensure_ascii=False, indent=1, default=str)
        print_json(text)
    else:
        for line in _to_lines(check):
            print_line(line)
    return 0 if check.equal else 1


def _explain(check: Check) -> Iterator[str]:
    """Iterate over lines that hold neither a figure nor a name of the account."""
    for id, reading in READINGS.items():
        shown = check.detection.shown.get(id)
        value = shown.value if shown else check.detection.values[id]
        how = "shown by the reports" if shown else "assumed: no row tells"
        yield f"{id}: {value} ({how}). {reading.values[value]}"
    for item in {compared.report: compared for compared in check.compared}.values():
        refused = "not readable with this token" if item.refused else "compared"
        yield f"report {item.report}: {refused}"
    yield "result: equal" if check.equal else "result: not equal"


def _to_document(check: Check) -> dict[str, Any]:
    return {
        "from": check.first,
        "to": check.last,
        "equal": check.equal,
        "totals": [
            {"report": item.report, **_row_numbers(asdict(total))}
            for item in check.compared
            for total in item.totals
        ],
        "differences": [
            {"report": item.report, **_row_numbers(asdict(difference)),
             "cause": check.explain(difference)}
            for item in check.compared
            for difference in item.differences
        ],
        "records": [_row_numbers(asdict(row)) for row in check.rows],
        "readings": {
            id: {"value": value, "shown": id in check.detection.shown}
            for id, value in check.detection.values.items()
        },
        "notes": list(check.notes),
    }  # fmt: skip


def _row_numbers(row: dict[str, Any]) -> dict[str, Any]:
    amounts = ("ours", "theirs", "hours", "hours_in_harvest", "amount", "amount_in_harvest")
    return {
        name: float(value) if name in amounts and value is not None else value
        for name, value in row.items()
    }


def _to_lines(check: Check) -> list[str]:
    lines = []
    for item in check.compared:
        for total in item.totals:
            text = "not visible" if total.theirs is None else f"{total.theirs:,.2f}"
            mark = "=" if text == f"{total.ours:,.2f}" else "≠"
            lines.append(
                f"{item.report:<10} {total.metric:<26} {total.currency or '':<3} "
                f"{total.ours:>16,.2f} {mark} {text:>16}"
            )
    lines += [
        f"{difference.project} ({difference.project_id}): {label_of(difference).lower()} here "
        f"{_difference_text(difference)}: {check.explain(difference)}"
        for difference in check.differences
    ]
    lines += [
        f"  {row.entity} {row.id}, {row.day}, {row.person}: {row.why}"
        f" ({_compare_text(row.hours, row.hours_in_harvest, 'h')}"
        f"{_compare_text(row.amount, row.amount_in_harvest, '')})"
        for row in check.rows
    ]
    verdict = "Equal to Harvest's reports." if check.equal else "Not equal to Harvest's reports."
    return [*lines, verdict]


def _difference_text(difference: Difference) -> str:
    if difference.metric == CLIENT:
        return f"{difference.our_text}, in Harvest {difference.their_text}"
    ours, theirs = f"{difference.ours:,.2f}", f"{difference.theirs:,.2f}"
    return f"{ours}, in Harvest {theirs} {difference.currency or ''}".rstrip()


def _compare_text(here: object, there: object, unit: str) -> str:
    if here is None and there is None:
        return ""
    return f" {here if here is not None else '–'} / {there if there is not None else '–'} {unit}"
