"""One report of one window beside what our records say that it must show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from dashboard.config.currencies import currency_decimals
from dashboard.reconciliation.reports import Report
from dashboard.reconciliation.sums import ZERO, Key, Project, Sums, Values, merge_sums, projects_of
from dashboard.store.schema import is_storable
from dashboard.store.snapshots import Snapshot
from harvest_client import Forbidden, Harvest, InvalidResponse, NotFound, Record

CLIENT = "client"
"""The `metric` of a difference in whose project it is."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One number that is not Harvest's. Amounts are in `currency`, hours in hours.

    Of the client of a project, `ours` and `theirs` are ids and the texts are names.
    """

    metric: str
    project_id: int
    project: str
    currency: str | None
    ours: Decimal
    theirs: Decimal
    our_text: str = ""
    their_text: str = ""


@dataclass(frozen=True, slots=True)
class ReportTotal:
    """A metric of the whole window in one currency; None in place of what the token may not see."""

    metric: str
    currency: str | None
    ours: Decimal
    theirs: Decimal | None


@dataclass(frozen=True, slots=True)
class WindowResult:
    """A report of the days `first` to `last`, compared at `at` with version `version`.

    `refused` is the reason why the token could not read the report. `omitted` counts projects
    that the report does not list, `unknown` those with a number that our copy cannot know.
    """

    report: str
    first: date
    last: date
    at: datetime
    version: int
    totals: tuple[ReportTotal, ...] = ()
    differences: tuple[Difference, ...] = ()
    refused: str = ""
    omitted: int = 0
    unknown: int = 0

    @property
    def equal(self) -> bool:
        return not self.differences and not self.refused

    @property
    def whole(self) -> bool:
        """Return whether the token could see everything that was to be compared."""
        return not self.refused and all(total.theirs is not None for total in self.totals)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a report: Harvest's, for a project and currency of ours.

    `fields` is empty where the report has no such row.
    """

    sums: Sums
    fields: dict[str, Decimal | None]
    client_id: int | None = None
    client: str = ""

    @property
    def is_listed(self) -> bool:
        return bool(self.fields)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of a report in a window, ours beside Harvest's."""

    report: Report
    first: date
    last: date
    rows: tuple[Row, ...] = ()
    refused: str = ""


_OUT_OF_RANGE = "Harvest's report {} has a number out of range."


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a row; None on either side where the value is not known or not shown."""

    row: Row
    field: str
    ours: Decimal | None
    theirs: Decimal | None

    @property
    def differs(self) -> bool:
        if self.ours is None or self.theirs is None:
            return False
        digits = 2 if "hours" in self.field else min(2, currency_decimals(self.row.sums.currency))
        return abs(self.ours - self.theirs) >= Decimal(5).scaleb(-digits - 1)


def gather_sums(
    snapshot: Snapshot, harvest: Harvest, report: Report, first: date, last: date
) -> Gathered:
    """Read Harvest's report, one request per page, and our sums of the same days.

    Without the right to read it, or with an odd row in it, the reason comes instead. Raises
    `HarvestError`.
    """
    window = {"from_": first, "to": last} if report.has_window else {}
    try:
        theirs = list(harvest.get_resource(report.report).all(**window, **report.parameters))
    except (Forbidden, NotFound) as error:
        return Gathered(report, first, last, refused=f"{error} {error.remedy}")
    except InvalidResponse as error:
        if error.odd is None:
            raise
        return Gathered(report, first, last, refused=f"{error} {error.remedy}")
    numbers = (getattr(record, name) for record in theirs for name in report.metrics)
    if not all(number is None or is_storable(number) for number in numbers):
        return Gathered(report, first, last, refused=_OUT_OF_RANGE.format(report.report))
    return Gathered(
        report,
        first,
        last,
        tuple(_rows(snapshot, report, theirs, report.sums(snapshot, first, last))),
    )


def compare_rows(gathered: Gathered, values: Values, *, at: datetime, version: int) -> WindowResult:
    """Compare the rows under these readings, for each project, currency and field."""
    report, first, last = gathered.report, gathered.first, gathered.last
    totals: dict[tuple[str, str | None], ReportTotal] = {}
    differences = []
    unknown: set[int] = set()
    for row in gathered.rows:
        for cell in row_cells(report, row, values):
            metric = report.metrics[cell.field]
            if cell.ours is None and cell.theirs is not None:
                unknown.add(row.sums.project.id)
                continue
            key = (metric, "hours" if "is_hours" in row.sums.stopped else row.sums.currency)
            totals[key] = _add_total(totals.get(key), *key, cell.ours or ZERO, cell.theirs)
            if cell.differs and cell.ours is not None and cell.theirs is not None:
                project = row.sums.project
                differences.append(
                    Difference(metric, project.id, project.name, key[1], cell.ours, cell.theirs)
                )
        differences += _client_difference(row)
    return WindowResult(
        report.id, first, last, at, version, tuple(totals.values()),
        tuple(dict.fromkeys(differences)), gathered.refused,
        sum(report.hides_archived(row.sums, values) for row in gathered.rows if not row.is_listed),
        len(unknown),
    )  # fmt: skip


def row_cells(report: Report, row: Row, values: Values) -> Iterator[Cell]:
    """Iterate over the fields of a row; none of a project that the report need not list."""
    if not row.is_listed and not report.has_row(row.sums, values):
        return
    for name, ours in report.expect(row.sums, values).items():
        yield Cell(row, name, ours, row.fields[name] if row.is_listed else ZERO)


def contradicts_row(report: Report, row: Row, values: Values) -> bool:
    """Return whether a row has values although these readings leave it out of the report."""
    return any(row.fields.values()) and report.excludes_project(row.sums, values)


def _rows(
    snapshot: Snapshot, report: Report, theirs: Sequence[Record], ours: dict[Key, Sums]
) -> Iterator[Row]:
    projects = projects_of(snapshot)
    by_key: dict[Key, list[Record]] = {}
    for record in theirs:
        key = (record.project_id, getattr(record, "currency", None))
        by_key.setdefault(key, []).append(record)
    remaining = dict(ours)
    for (project_id, currency), records in by_key.items():
        sums = _take_sums(remaining, project_id, currency)
        if sums is None:
            project = projects.get(project_id) or _unknown_project(records[0])
            sums = Sums(project, currency)
        fields = {name: _sum_records(records, name) for name in report.metrics}
        yield Row(sums, fields, records[0].client_id, records[0].client_name or "")
    for sums in remaining.values():
        yield Row(sums, {})


def _take_sums(remaining: dict[Key, Sums], project_id: int, currency: str | None) -> Sums | None:
    """Remove our sums of a row from `left`; a row without a currency has those of any."""
    if currency is not None:
        return remaining.pop((project_id, currency), None)
    keys = [key for key in remaining if key[0] == project_id]
    matches = [remaining.pop(key) for key in keys]
    return merge_sums(matches) if matches else None


def _unknown_project(record: Record) -> Project:
    """Return the project of a row that our copy does not have."""
    return Project(
        record.project_id, record.project_name or f"Project {record.project_id}",
        record.client_id, record.client_name or "", False, True, True, False,
    )  # fmt: skip


def _sum_records(records: Sequence[Record], name: str) -> Decimal | None:
    parts = [getattr(record, name) for record in records]
    return None if None in parts else sum(parts, ZERO)


def _client_difference(row: Row) -> Iterator[Difference]:
    project = row.sums.project
    if row.client_id is None or project.client_id is None or row.client_id == project.client_id:
        return
    yield Difference(
        CLIENT, project.id, project.name, None, Decimal(project.client_id), Decimal(row.client_id),
        project.client, row.client,
    )  # fmt: skip


def _add_total(
    total: ReportTotal | None,
    metric: str,
    currency: str | None,
    ours: Decimal,
    theirs: Decimal | None,
) -> ReportTotal:
    if total is None:
        return ReportTotal(metric, currency, ours, theirs)
    both = None if total.theirs is None or theirs is None else total.theirs + theirs
    return ReportTotal(metric, currency, total.ours + ours, both)
