"""What the download links serve: files made from the same question as the page.

Our own route and not Streamlit's download button: that one tells files apart by samples of their
bytes, and can hand one reader the file of another.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from dashboard.config import Settings
from dashboard.errors import MetricError
from dashboard.files.csv import csv_chunks
from dashboard.metrics.answer import answer
from dashboard.metrics.catalog import BILLABLE_AMOUNT, BILLABLE_HOURS, BILLABLE_SHARE, HOURS
from dashboard.metrics.dimensions import CLIENT, DIMENSIONS, PROJECT, Dimension
from dashboard.metrics.entries import ENTRY_COLUMNS, entry_batches
from dashboard.metrics.lookup import named
from dashboard.store.snapshots import Snapshot
from dashboard.ui.question import Question, question

_METRICS = (HOURS, BILLABLE_HOURS, BILLABLE_SHARE, BILLABLE_AMOUNT)
_FIRST_DAY = "SELECT min(f.day) AS day FROM time_facts AS f"


@dataclass(frozen=True, slots=True)
class File:
    """A file to be: its name, and its bytes a piece at a time."""

    name: str
    chunks: Iterator[bytes]


def export(name: str, asked: Mapping[str, str], settings: Settings, snapshot: Snapshot) -> File:
    """The file called `name`, one of `FILES`, for the query parameters of a page.

    Raises `MetricError` or `SearchError` for what has no answer, before the first byte.
    """
    ((first_day,),) = snapshot.rows(_FIRST_DAY)
    read = question(asked, settings, week_start=snapshot.meta.week_start, first_day=first_day)
    stem, ending = name.split(".")
    days = f"{read.scope.start.isoformat()}-to-{read.scope.end.isoformat()}"
    return File(f"{stem}-{days}.{ending}", FILES[name](read, asked, snapshot))


def _hours(asked: Question, also: Mapping[str, str], snapshot: Snapshot) -> Iterator[bytes]:
    """The lines of the table without its subtotals, so that they add up to the total."""
    outer = _dimension(also.get("outer"), CLIENT)
    inner = _dimension(also.get("inner"), PROJECT)
    if outer is inner:
        raise MetricError("The same thing is asked for twice.", remedy="Name two dimensions.")
    found = answer(snapshot, _METRICS, by=[outer, inner], scope=asked.scope).frame
    return csv_chunks([str(column) for column in found], found.itertuples(index=False, name=None))


def _entries(asked: Question, also: Mapping[str, str], snapshot: Snapshot) -> Iterator[bytes]:
    batches = entry_batches(snapshot, asked.scope)
    # The first batch now: what goes wrong must do so while there still is a status to send.
    first = next(batches, [])
    return csv_chunks(ENTRY_COLUMNS, chain(first, chain.from_iterable(batches)))


def _dimension(name: str | None, default: Dimension) -> Dimension:
    return named(DIMENSIONS, name, "dimension") if name else default


FILES: dict[str, Callable[[Question, Mapping[str, str], Snapshot], Iterator[bytes]]] = {
    "hours.csv": _hours,
    "entries.csv": _entries,
}
