"""What was compared, when and with what result: kept beside the snapshots."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from dashboard.agreement.compare import Compared, Difference, Total
from dashboard.agreement.rows import RowDifference, Why
from dashboard.store.snapshots import write_atomically


@dataclass(frozen=True, slots=True)
class Agreement:
    """Every comparison that was made, the latest of each window, and the records that differ.

    `settled` are the differences that stay: their records were read again and that changed nothing.
    """

    compared: tuple[Compared, ...] = ()
    rows: tuple[RowDifference, ...] = ()
    settled: tuple[Difference, ...] = ()

    def with_(
        self,
        compared: Iterable[Compared],
        rows: Iterable[RowDifference],
        settled: Iterable[Difference] = (),
    ) -> "Agreement":
        """These comparisons take the place of earlier ones of the same windows."""
        compared, rows = tuple(compared), tuple(rows)
        latest = {_window(one): one for one in (*self.compared, *compared)}
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
        return Agreement(tuple(latest.values()), (*kept, *rows), tuple(stay))


class AgreementFile:
    """The account's agreement as JSON; written by whoever compares, read by every page."""

    def __init__(self, cache_dir: Path, account_id: str) -> None:
        self.path = cache_dir / account_id / "agreement.json"

    def read(self) -> Agreement:
        """Nothing compared, where there is no file or a damaged one: it is made anew."""
        try:
            stored = json.loads(self.path.read_text("utf-8"))
            return Agreement(
                tuple(map(_compared, stored["compared"])),
                tuple(map(_row, stored["rows"])),
                tuple(map(_difference, stored["settled"])),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Agreement()

    def write(self, agreement: Agreement) -> None:
        write_atomically(self.path, json.dumps(asdict(agreement), default=str))


def _window(compared: Compared) -> tuple[str, date, date]:
    return compared.comparison, compared.first, compared.last


def _compared(stored: dict[str, Any]) -> Compared:
    return Compared(
        stored["comparison"],
        date.fromisoformat(stored["first"]),
        date.fromisoformat(stored["last"]),
        datetime.fromisoformat(stored["at"]),
        int(stored["version"]),
        tuple(
            Total(one["metric"], one["currency"], Decimal(one["ours"]), _amount(one["theirs"]))
            for one in stored["totals"]
        ),
        tuple(map(_difference, stored["differences"])),
    )


def _difference(stored: dict[str, Any]) -> Difference:
    numbers = {name: Decimal(stored[name]) for name in ("ours", "theirs")}
    return Difference(**{**stored, **numbers})


def _row(stored: dict[str, Any]) -> RowDifference:
    amounts = ("hours", "hours_in_harvest", "amount", "amount_in_harvest")
    return RowDifference(
        **{
            **stored,
            "day": date.fromisoformat(stored["day"]),
            "why": Why(stored["why"]),
            **{name: _amount(stored[name]) for name in amounts},
        }
    )


def _amount(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)
