"""`python -m dashboard report`: the same numbers as the pages, headless.

Where not all records of a row's days are stored, rows have a field `complete`, true or false, and
stderr says since when they are. A period of which nothing is stored has a row without numbers.
"""

import argparse
import json
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.cli.arguments import add_as, add_scope, open_snapshot, read_scope
from dashboard.config.errors import MetricError
from dashboard.config.settings import Settings
from dashboard.exports import file_formats
from dashboard.exports.file_formats import csv_chunks
from dashboard.metrics.bounds import note_strays
from dashboard.metrics.catalog import METRICS, Unit
from dashboard.metrics.completeness import unknown_periods
from dashboard.metrics.dimensions import DIMENSIONS
from dashboard.metrics.execute import QueryResult, query_metrics
from dashboard.metrics.labels import find_by_name
from dashboard.store.snapshots import Snapshot
from harvest_client.terminal import (
    escape_controls,
    escape_json,
    leads_to_terminal,
    print_line,
    write_document,
)


def add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("report", help="print numbers", description=__doc__)
    parser.add_argument("metrics", metavar="METRIC[,METRIC…]", help=", ".join(METRICS))
    parser.add_argument("--by", default="", metavar="DIM[,DIM…]", help=", ".join(DIMENSIONS))
    add_scope(parser)
    add_as(parser)
    parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
    parser.add_argument("--out", type=Path, metavar="FILE", help="instead of stdout")
    parser.set_defaults(run=run_report)


def run_report(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the answer, or writes it to `--out`."""
    if arguments.format == "xlsx" and (arguments.out is None or leads_to_terminal(arguments.out)):
        raise MetricError("--format xlsx needs --out FILE.", remedy="Name a file to write to.")
    metrics = [find_by_name(METRICS, name, "metric") for name in _split_names(arguments.metrics)]
    by = [find_by_name(DIMENSIONS, name, "dimension") for name in _split_names(arguments.by)]
    with open_snapshot(settings, arguments.seen_by) as snapshot:
        scope = read_scope(arguments, settings, snapshot)
        result = with_unknown(query_metrics(snapshot, metrics, by=by, scope=scope), snapshot)
        notes = (*result.notes, *note_strays(snapshot, scope))
    for note in notes:
        print_line(note, file=sys.stderr)
    _write(result, arguments.format, arguments.out)
    return 0


def with_unknown(result: QueryResult, snapshot: Snapshot) -> QueryResult:
    """Return the answer with a row for each period of which nothing is stored."""
    if len(result.by) != 1 or not result.by[0].is_period or not result.lacking:
        return result
    (period,) = result.by
    lacking = [item for shortfalls in result.lacking.values() for item in shortfalls]
    known = {day.date() for day in result.frame[period.id]}
    days = unknown_periods(period, result.scope, lacking, snapshot.meta.week_start)
    rows = pd.DataFrame({period.id: pd.to_datetime([day for day in days if day not in known])})
    if rows.empty:
        return result
    rows = rows.reindex(columns=result.frame.columns).astype(result.frame.dtypes)
    return replace(result, frame=pd.concat([rows, result.frame], ignore_index=True))


def _split_names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _write(result: QueryResult, form: str, out: Path | None) -> None:
    columns = [str(column) for column in result.frame.columns]
    counts = {metric.id: "Int64" for metric in result.metrics if metric.unit is Unit.COUNT}
    frame = result.frame.astype(counts)
    complete = result.complete
    if not all(complete):
        frame["complete"], columns = complete, [*columns, "complete"]
    if form == "json":
        rows = [dict(zip(columns, map(_json_value, row), strict=True)) for row in _rows(frame)]
        text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
        write_document(escape_json(text).encode(), out)
    elif form == "csv":
        lines = _rows(frame)
        if leads_to_terminal(out):
            lines = [tuple(map(_visible_cell, line)) for line in lines]
        write_document(b"".join(csv_chunks(columns, lines)), out)
    else:
        assert out is not None
        amounts = [metric.id for metric in result.metrics if metric.unit.is_amount]
        file_formats.write(out, columns, _rows(frame), amounts=amounts)


def _visible_cell(value: object) -> object:
    """Return a cell for a terminal. Files and pipes get texts unchanged."""
    return escape_controls(value) if isinstance(value, str) else value


def _rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(frame.astype(object).itertuples(index=False, name=None))


def _json_value(value: object) -> object:
    """A value as JSON has it: ISO dates, null for what is missing, no noise after the cent."""
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # Sums are exact to six places at rest; anything after that is the float's.
    return round(value, 6) if isinstance(value, float) else value
