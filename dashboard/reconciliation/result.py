"""Results of the comparisons with Harvest's reports, stored beside the snapshots."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from dashboard.reconciliation.compare import Difference, ReportTotal, WindowResult
from dashboard.reconciliation.records import RowDifference, Why
from dashboard.reconciliation.reports import REPORTS
from dashboard.store.sealed import read_sealed, write_sealed


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every comparison, the latest of each window, and the records that differ.

    `settled` are the differences that stay: their records were read again and that changed nothing.
    """

    compared: tuple[WindowResult, ...] = ()
    rows: tuple[RowDifference, ...] = ()
    settled: tuple[Difference, ...] = ()

    def with_results(
        self,
        compared: Iterable[WindowResult],
        rows: Iterable[RowDifference],
        settled: Iterable[Difference] = (),
    ) -> "Reconciliation":
        """These comparisons take the place of earlier ones of the same windows."""
        compared, rows = tuple(compared), tuple(rows)
        latest = {_window_key(one): one for one in (*self.compared, *compared)}
        touched = {difference.project_id for one in compared for difference in one.differences} | {
            row.project_id for row in rows
        }
        differences = {difference for one in latest.values() for difference in one.differences}
        differing = {difference.project_id for difference in differences}
        kept = [
            row
            for row in self.rows
            if row.project_id in differing and row.project_id not in touched
        ]
        stay = {one: None for one in (*self.settled, *settled) if one in differences}
        return Reconciliation(tuple(latest.values()), (*kept, *rows), tuple(stay))


class ReconciliationFile:
    """Results of one account as JSON; written after each comparison, read by every page."""

    def __init__(self, cache_dir: Path, account_id: str) -> None:
        self.path = cache_dir / account_id / "reconciliation.json"

    def read(self) -> Reconciliation:
        """Return what is stored; nothing where there is no file, or a damaged one."""
        try:
            stored = read_sealed(self.path)
            return Reconciliation(
                tuple(map(_read_result, stored["compared"])),
                tuple(map(_read_row, stored["rows"])),
                tuple(map(_read_difference, stored["settled"])),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Reconciliation()

    def write(self, reconciliation: Reconciliation) -> None:
        write_sealed(self.path, json.loads(json.dumps(asdict(reconciliation), default=str)))


def _window_key(compared: WindowResult) -> tuple[str, date, date]:
    if not REPORTS[compared.report].has_window:
        return compared.report, date.min, date.max
    return compared.report, compared.first, compared.last


def _read_result(stored: dict[str, Any]) -> WindowResult:
    return WindowResult(
        stored["report"],
        date.fromisoformat(stored["first"]),
        date.fromisoformat(stored["last"]),
        datetime.fromisoformat(stored["at"]),
        int(stored["version"]),
        tuple(
            ReportTotal(
                one["metric"], one["currency"], Decimal(one["ours"]), _read_amount(one["theirs"])
            )
            for one in stored["totals"]
        ),
        tuple(map(_read_difference, stored["differences"])),
        stored["refused"],
        stored["omitted"],
        stored["unknown"],
    )


def _read_difference(stored: dict[str, Any]) -> Difference:
    numbers = {name: Decimal(stored[name]) for name in ("ours", "theirs")}
    return Difference(**{**stored, **numbers})


def _read_row(stored: dict[str, Any]) -> RowDifference:
    amounts = ("hours", "hours_in_harvest", "amount", "amount_in_harvest")
    return RowDifference(
        **{
            **stored,
            "day": date.fromisoformat(stored["day"]),
            "why": Why(stored["why"]),
            **{name: _read_amount(stored[name]) for name in amounts},
        }
    )


def _read_amount(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)
