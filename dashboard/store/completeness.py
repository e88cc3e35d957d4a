"""Completeness of a copy: the first day from which each set of records is stored in full."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

TIME = "time_entries"
EXPENSES = "expenses"
INVOICES = "invoices"
ESTIMATES = "estimates"
UNINVOICED_TIME = "uninvoiced_time_entries"
UNINVOICED_EXPENSES = "uninvoiced_expenses"

LIMITED = {TIME: UNINVOICED_TIME, EXPENSES: UNINVOICED_EXPENSES}
"""Entities that HARVEST_SYNC_START limits, and their records that are stored of any day.

Balances need every invoice and estimate, which are few: those are always read in full.
"""


class Cause(StrEnum):
    """Reason for records not to be stored in full."""

    START = "start"  # HARVEST_SYNC_START leaves out the days before
    ARRIVING = "arriving"  # the first sync has not read them yet
    COPY = "copy"  # the connector's lists end after 2,000 records, and its copy begins somewhere


@dataclass(frozen=True, slots=True)
class Gap:
    """Days before `since` are not stored in full."""

    since: date
    cause: Cause


@dataclass(frozen=True, slots=True)
class Completeness:
    """Gaps by set of records: an entity, or its uninvoiced records. Other sets are whole."""

    gaps: Mapping[str, Gap] = field(default_factory=dict)

    @classmethod
    def from_start(cls, start: date | None) -> "Completeness":
        """Return the completeness of an account that is read from `start` on, None: all of it."""
        return cls({entity: Gap(start, Cause.START) for entity in LIMITED} if start else {})

    @classmethod
    def from_json(cls, pointer: Mapping[str, Any]) -> "Completeness":
        """Read the completeness from a pointer. Pointers of older versions have one day for all."""
        if "gaps" in pointer:
            return cls(
                {
                    records: Gap(date.fromisoformat(gap["since"]), Cause(gap["cause"]))
                    for records, gap in pointer["gaps"].items()
                }
            )
        if not pointer["since"]:
            return cls()
        since = date.fromisoformat(pointer["since"])
        gap = Gap(since, Cause.ARRIVING if pointer["partial"] else Cause.START)
        return cls(dict.fromkeys([*LIMITED, *LIMITED.values(), INVOICES, ESTIMATES], gap))

    def as_json(self) -> dict[str, Any]:
        """Return the gaps as `from_json` reads them."""
        return {
            records: {"since": gap.since.isoformat(), "cause": gap.cause.value}
            for records, gap in self.gaps.items()
        }

    def complete_since(self, *sets: str) -> date | None:
        """Return the first day from which all these sets are stored in full; None for all days."""
        days = [self.gaps[records].since for records in sets if records in self.gaps]
        return max(days, default=None)

    @property
    def is_arriving(self) -> bool:
        """Return whether the first sync is still reading."""
        return any(gap.cause is Cause.ARRIVING for gap in self.gaps.values())


COMPLETE = Completeness()
"""The completeness of a copy of all history."""
