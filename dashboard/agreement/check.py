"""A period held against Harvest's reports, with the records and the reason of what differs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from dashboard.agreement.compare import Compared, Difference, compare
from dashboard.agreement.comparisons import COMPARISONS, Comparison
from dashboard.agreement.rows import RowDifference, Why, expense_rows, time_rows
from dashboard.errors import CannotCheck
from dashboard.store.snapshots import Snapshot
from harvest_client import Harvest

# Projects whose records are read one by one; more differ at once only when everything does.
_MOST_PROJECTS = 30
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Check:
    """What was compared of the days `first` to `last`, and what explains the differences.

    `rows` are the records that differ, of the first `_MOST_PROJECTS` projects that do. `notes` say
    what could not be compared.
    """

    first: date
    last: date
    compared: tuple[Compared, ...]
    rows: tuple[RowDifference, ...]
    notes: tuple[str, ...]

    @property
    def equal(self) -> bool:
        return all(one.equal for one in self.compared)

    @property
    def differences(self) -> list[Difference]:
        return [difference for one in self.compared for difference in one.differences]

    def cause(self, difference: Difference) -> str:
        """Why a number is not Harvest's, as far as the records tell."""
        return cause(difference, self.rows)


def check(snapshot: Snapshot, harvest: Harvest, first: date, last: date) -> Check:
    """Compares the published copy with Harvest's reports, and names the records that differ.

    A request per report and year, and where a project differs one per 2,000 of its records.
    Raises `CannotCheck` where nothing of the period is complete here.
    """
    notes = []
    since = snapshot.meta.since
    if since and since > first:
        if since > last:
            raise CannotCheck(f"The copy is complete since {since} only.")
        notes.append(f"Days before {since} are not completely here and were not compared.")
        first = since
    now = datetime.now(UTC)
    compared = tuple(
        compare(snapshot, harvest, comparison, first, last, at=now)
        for comparison in comparable(harvest)
    )
    notes += _unseen(compared)
    rows = () if harvest.source.searches else tuple(differing_rows(snapshot, harvest, compared))
    if harvest.source.searches:
        notes.append(
            "Through the hosted connector there is a report of time only, and no list by project: "
            "differing records cannot be named. Rates before the newest entries are derived."
        )
    return Check(first, last, compared, rows, tuple(notes))


def comparable(harvest: Harvest) -> Iterator[Comparison]:
    """What can be compared by way of this source."""
    for comparison in COMPARISONS.values():
        if comparison.hosted or not harvest.source.searches:
            yield comparison


def differing_rows(
    snapshot: Snapshot, harvest: Harvest, compared: Iterable[Compared]
) -> Iterator[RowDifference]:
    """The records of the differing projects that differ themselves, each once."""
    windows = {
        (difference.project_id, one.first, one.last)
        for one in compared
        for difference in one.differences
    }
    for project_id, first, last in sorted(windows)[:_MOST_PROJECTS]:
        yield from time_rows(snapshot, harvest, project_id, first, last)
        yield from expense_rows(snapshot, harvest, project_id, first, last)


def cause(difference: Difference, rows: Iterable[RowDifference]) -> str:
    """Why a number is not Harvest's, as far as these records tell."""
    here = [row for row in rows if row.project_id == difference.project_id]
    if not here:
        return "no record differs: Harvest's report is not the sum of its own records"
    reasons = ", ".join(
        f"{sum(row.why is why for row in here)} {why}" for why in Why if _any(here, why)
    )
    off = difference.theirs - difference.ours
    return reasons if _explained(difference, here, off) else f"{reasons}; not all of it explained"


def _explained(difference: Difference, rows: list[RowDifference], off: Decimal) -> bool:
    """Whether the records' own hours add up to it; amounts are explained by any record at all."""
    if difference.metric == "hours":
        parts = (
            (row.hours_in_harvest or Decimal(0)) - (row.hours or Decimal(0))
            for row in rows
            if row.entity == "time_entries"
        )
        return abs(sum(parts, Decimal(0)) - off) < _CENT
    return True


def _any(rows: list[RowDifference], why: Why) -> bool:
    return any(row.why is why for row in rows)


def _unseen(compared: Iterable[Compared]) -> list[str]:
    """What the token could not see; an amount that nobody compared is not equal."""
    unseen = sorted(
        {total.metric for one in compared for total in one.totals if total.theirs is None}
    )
    if not unseen:
        return []
    return [f"Harvest does not show this token {', '.join(unseen)}: not compared."]
