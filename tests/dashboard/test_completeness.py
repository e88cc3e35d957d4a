"""Numbers of an account that is stored in part: equal to the account's own, or with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from dashboard.config.settings import Settings
from dashboard.exports import export
from dashboard.metrics.catalog import (
    BUDGET,
    BUDGET_SPENT,
    HOURS,
    METRICS,
    OUTSTANDING_AMOUNT,
    OVERDUE_AMOUNT,
    UNINVOICED_AMOUNT,
    UNINVOICED_FEES_AMOUNT,
    UNINVOICED_HOURS,
    Metric,
)
from dashboard.metrics.dimensions import DIMENSIONS, MONTH, PROJECT
from dashboard.metrics.execute import QueryResult, query_metrics
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.reports.table import TableSpec
from dashboard.store.completeness import COMPLETE, Completeness
from dashboard.store.snapshots import Snapshot
from dashboard.sync import pipeline
from dashboard.sync.progress import ProgressCounter
from dashboard.sync.pull import Pull, SyncCancelled, Task
from dashboard.sync.windows import EARLIEST, DateWindow
from harvest_client.entities import Entity
from tests.dashboard.sync.agency import TODAY, Agency, Copy

ENTRIES = 3_000
START = date(2026, 5, 1)
EVER = Scope(date(2015, 1, 1), TODAY, today=TODAY)
LATELY = Scope(date(2026, 6, 1), TODAY, today=TODAY)
# What is changed late on a day in UTC is of the next in the account's zone.
TOMORROW = TODAY + timedelta(days=1)
CENT = Decimal("0.01")

Sums = dict[str, Decimal]
"""Amounts by currency, without those of nothing."""


@pytest.fixture
def agency() -> Agency:
    return Agency(entries=ENTRIES)


@pytest.fixture
def whole(agency: Agency, tmp_path: Path) -> Copy:
    """A copy of all history."""
    copy = Copy(agency, tmp_path / "whole", "direct")
    copy.first_sync()
    return copy


@pytest.fixture
def started(agency: Agency, tmp_path: Path) -> Copy:
    """A copy that begins with `START`."""
    copy = Copy(agency, tmp_path / "started", "direct", start=START)
    copy.first_sync()
    return copy


@pytest.fixture
def hosted(agency: Agency, tmp_path: Path) -> Copy:
    """A copy through a connector whose own reaches back 180 days."""
    agency = Agency(entries=ENTRIES, copy_days=180)
    copy = Copy(agency, tmp_path / "hosted")
    copy.first_sync()
    return copy


def amounts(copy: Copy, metric: Metric, scope: Scope = EVER) -> Sums:
    with closing(copy.snapshot()) as snapshot:
        frame = query_metrics(snapshot, [metric], scope=scope).frame
    rows = zip(frame["currency"], frame[metric.id], strict=True)
    return _without_zeros((currency, Decimal(repr(value))) for currency, value in rows)


def hours(copy: Copy, metric: Metric, scope: Scope = EVER) -> Decimal:
    with closing(copy.snapshot()) as snapshot:
        (value,) = query_metrics(snapshot, [metric], scope=scope).frame[metric.id].tolist()
        return Decimal(repr(value))


def owed(agency: Agency, *, overdue: bool = False) -> Sums:
    """What clients owe, by the account's own invoices."""
    return _without_zeros(
        (row["currency"], row["due_amount"])
        for row in agency.account.rows("invoices")
        if row["state"] == "open" and (not overdue or (row["due_date"] or TOMORROW) < TOMORROW)
    )


def uninvoiced_entries(agency: Agency) -> list[Any]:
    return [e for e in agency.account.entries if e.billable and not e.is_billed]


def uninvoiced(agency: Agency) -> Sums:
    """What is on no invoice, by the account's own entries and expenses; no fixed fees."""
    projects = agency.account.tables["projects"]
    of_time = (
        (projects[e.project["id"]]["client"]["currency"], e.rounded_hours * (e.billable_rate or 0))
        for e in uninvoiced_entries(agency)
        if not projects[e.project["id"]]["is_fixed_fee"]
    )
    of_expenses = (
        (row["client"]["currency"], row["total_cost"])
        for row in agency.account.rows("expenses")
        if row["billable"] and not row["is_billed"]
    )
    return _without_zeros([*of_time, *of_expenses])


def _without_zeros(rows: Iterable[tuple[str, Decimal]]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for currency, amount in rows:
        sums[currency] += amount
    rounded = {currency: amount.quantize(CENT) for currency, amount in sums.items()}
    return {currency: amount for currency, amount in rounded.items() if amount}


@pytest.mark.parametrize("copy", ["started", "hosted"])
def test_outstanding_of_a_partial_copy_equals_the_account(
    copy: str, request: pytest.FixtureRequest
) -> None:
    stored: Copy = request.getfixturevalue(copy)
    rows = stored.agency.account.rows("invoices")
    assert any(row["issue_date"] < START for row in rows if row["state"] == "open")

    as_of = replace(EVER, end=TOMORROW, today=TOMORROW)
    assert amounts(stored, OUTSTANDING_AMOUNT, as_of) == owed(stored.agency)
    assert amounts(stored, OVERDUE_AMOUNT, as_of) == owed(stored.agency, overdue=True)


def test_uninvoiced_work_from_before_a_start_day_is_counted(
    agency: Agency, started: Copy, whole: Copy
) -> None:
    older = [e for e in uninvoiced_entries(agency) if e.spent_date < START]
    assert older

    assert amounts(started, UNINVOICED_AMOUNT) == uninvoiced(agency)
    assert hours(started, UNINVOICED_HOURS) == sum(
        entry.rounded_hours for entry in uninvoiced_entries(agency)
    )
    assert amounts(started, UNINVOICED_FEES_AMOUNT) == amounts(whole, UNINVOICED_FEES_AMOUNT)


def budgets(copy: Copy, metric: Metric, scope: Scope = EVER) -> dict[int, float]:
    with closing(copy.snapshot()) as snapshot:
        frame = query_metrics(snapshot, [metric], by=[PROJECT], scope=scope).frame
    return {
        int(project): round(value, 2)
        for project, value in zip(frame["project_id"], frame[metric.id], strict=True)
        if round(value, 2)
    }


def reported(copy: Copy) -> dict[int, float]:
    """Use of budgets by Harvest's own report; a budget without a number is none."""
    with copy.client() as harvest:
        return {
            row.project_id: round(float(row.budget_spent), 2)
            for row in harvest.project_budget.all()
            if row.budget and round(float(row.budget_spent), 2)
        }


@pytest.mark.parametrize("start", [START, date(2026, 11, 10)])
def test_budget_used_of_a_copy_with_a_start_day_equals_the_report(
    agency: Agency, whole: Copy, tmp_path: Path, start: date
) -> None:
    copy = Copy(agency, tmp_path / "copy", "direct", start=start)
    copy.first_sync()

    assert budgets(copy, BUDGET_SPENT) == reported(copy) == budgets(whole, BUDGET_SPENT)
    assert budgets(copy, BUDGET) == budgets(whole, BUDGET)


def test_budget_used_on_a_day_since_the_start_equals_the_whole_copy(
    started: Copy, whole: Copy
) -> None:
    august = replace(EVER, end=date(2026, 8, 15))

    assert budgets(started, BUDGET_SPENT, august) == budgets(whole, BUDGET_SPENT, august)


def test_budget_used_before_the_start_says_where_it_is_from(started: Copy) -> None:
    notes = notes_of(started, BUDGET_SPENT, LATELY)

    assert len(notes) == 1
    assert "used before 1 May 2026 is taken from Harvest's budget report" in notes[0]


def test_budget_used_without_the_report_says_that_it_may_be_more(
    agency: Agency, tmp_path: Path
) -> None:
    agency.forbidden = "/reports/project_budget"
    copy = Copy(agency, tmp_path / "copy", "direct", start=START)

    copy.sync()

    (note,) = notes_of(copy, BUDGET_SPENT, LATELY)
    assert note.startswith("Time and expenses before 1 May 2026 are not stored")
    assert "may be more" in note
    agency.forbidden = ""
    copy.sync()
    assert budgets(copy, BUDGET_SPENT) == reported(copy)


def notes_of(copy: Copy, metric: Metric, scope: Scope) -> tuple[str, ...]:
    with closing(copy.snapshot()) as snapshot:
        return query_metrics(snapshot, [metric], scope=scope).notes


EARLY = Scope(date(2026, 1, 1), date(2026, 8, 31), today=TODAY)
"""Days before and after `START`, and before what a copy of 180 days has."""

REASONS = ("are not stored", "are not all in the connector's", "are still arriving")
"""Words of which one is in each reason."""

GUESSES = ("derived", "estimated")
"""Words of notes on rates and payments that nobody told yet."""


@dataclass(frozen=True)
class Pair:
    """A copy in part, beside one of all history of the same account."""

    part: Snapshot
    whole: Snapshot
    settings: Settings


@pytest.fixture(scope="module", params=["started", "hosted", "arriving"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    directory = tmp_path_factory.mktemp("pair")
    match request.param:
        case "started":
            agency = Agency(entries=ENTRIES)
            part = Copy(agency, directory / "part", "direct", start=START)
            part.sync()
        case "hosted":
            agency = Agency(entries=ENTRIES, copy_days=180)
            part = Copy(agency, directory / "part")
            part.sync()
        case _:
            agency = Agency(entries=6_000)
            part = Copy(agency, directory / "part", "direct")
            interrupt_first_sync(part)
    whole = Copy(agency, directory / "whole", "direct")
    whole.sync()
    with closing(part.snapshot()) as one, closing(whole.snapshot()) as other:
        yield Pair(one, other, part.settings)


def interrupt_first_sync(copy: Copy) -> None:
    """Begin a first sync, and stop it with the first version that it publishes."""
    stop = Event()
    read = Pull._read_window

    def read_oldest_last(pull: Pull, entity: Entity, window: DateWindow) -> list[Task]:
        if window.first == EARLIEST:
            assert stop.wait(60)
        return read(pull, entity, window)

    with (
        pytest.MonkeyPatch.context() as patch,
        copy.records() as records,
        copy.client() as harvest,
    ):
        patch.setattr(pipeline, "_FIRST_WAIT", 0.0)
        patch.setattr(pipeline, "_WORTH_IT", 0.0)
        patch.setattr(Pull, "_read_window", read_oldest_last)
        first = pipeline.SyncPipeline(
            copy.settings, harvest, records, full=False, tally=ProgressCounter(), stop=stop,
            published=lambda version: stop.set(),
        )  # fmt: skip
        with pytest.raises(SyncCancelled):
            first.sync_direct()


def says_why(notes: Iterable[str]) -> bool:
    return any(word in note for note in notes for word in REASONS)


def is_guess(notes: Iterable[str]) -> bool:
    return any(word in note for note in notes for word in GUESSES)


def values(found: QueryResult, metric: Metric) -> dict[tuple[str, ...], float]:
    """The values of an answer by what tells its rows apart, without those of nothing."""
    keys = [name for name in found.frame if name != metric.id]
    rows = found.frame.astype(object).to_dict("records")
    return {
        tuple(str(row[name]) for name in keys): round(float(row[metric.id]), 6)
        for row in rows
        if not pd.isna(row[metric.id]) and round(float(row[metric.id]), 6)
    }


def test_version_in_part_says_since_when_time_is_stored(pair: Pair) -> None:
    gaps = pair.part.completeness.gaps

    assert pair.part.meta.since == gaps["time_entries"].since
    assert pair.whole.completeness == COMPLETE


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
@pytest.mark.parametrize("by", [["month"], [], ["currency"]], ids=str)
def test_metric_over_earlier_days_equals_the_account_or_says_why_not(
    metric: Metric, by: list[str], pair: Pair
) -> None:
    if "currency" in by and not metric.money:
        by = []
    dimensions = [DIMENSIONS[name] for name in by]
    found, truth = (
        query_metrics(one, [metric], by=dimensions, scope=EARLY) for one in (pair.part, pair.whole)
    )

    same = values(found, metric) == values(truth, metric)
    assert same or says_why(found.notes) or is_guess(found.notes)
    assert not says_why(truth.notes)
    complete = found.frame[pd.Series(found.complete, index=found.frame.index, dtype=bool)]
    kept = values(replace(found, frame=complete), metric)
    assert is_guess(found.notes) or kept.items() <= values(truth, metric).items()


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_metric_over_days_since_the_start_is_the_accounts_and_gives_no_reason(
    metric: Metric, pair: Pair
) -> None:
    if pair.part.completeness != Completeness.from_start(START):
        metric = HOURS  # of the others, no number needs other days
    since = max(gap.since for gap in pair.part.completeness.gaps.values())
    lately = replace(LATELY, start=max(LATELY.start, since))
    found, truth = (
        query_metrics(one, [metric], by=[MONTH], scope=lately) for one in (pair.part, pair.whole)
    )

    assert values(found, metric) == values(truth, metric)
    assert found.reasons == ()
    assert all(found.complete)


def read(kind: TableSpec, snapshot: Snapshot) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """The rows of a listing as text, and its notes."""
    listing = kind.read(snapshot, EARLY, {})
    columns = [name for name in listing.frame if name != "read_at"]
    rows = listing.frame[columns].astype(object).itertuples(index=False, name=None)
    return [tuple(map(_text, row)) for row in rows], listing.notes


def _text(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("kind", LISTINGS.values(), ids=LISTINGS)
def test_listing_over_earlier_days_equals_the_account_or_says_why_not(
    kind: TableSpec, pair: Pair
) -> None:
    rows, notes = read(kind, pair.part)
    truth, its_notes = read(kind, pair.whole)

    assert rows == truth or says_why(notes) or is_guess(notes)
    assert not says_why(its_notes)


@pytest.mark.parametrize("table", export.table_names())
@pytest.mark.parametrize("form", export.FORMATS)
def test_file_over_earlier_days_equals_the_account_or_says_why_not(
    table: str, form: str, pair: Pair, tmp_path: Path
) -> None:
    (found, about), (truth, about_whole) = (
        contents(
            export.export_table(table, form, EARLY, {}, pair.settings, snapshot), form, tmp_path
        )
        for snapshot in (pair.part, pair.whole)
    )

    assert found == truth or says_why([about]) or is_guess([about])
    assert not says_why([about_whole])


def contents(file: export.File, form: str, directory: Path) -> tuple[list[str], str]:
    """The rows of a file, and what is written about it."""
    path = directory / f"file.{form}"
    path.write_bytes(b"".join(file.chunks))
    if form == "csv":
        rows, _, about = path.read_text("utf-8").partition('\n\n"#')
        return rows.splitlines(), about
    first, second = (
        [" ".join(map(str, row)) for row in sheet.iter_rows(values_only=True)]
        for sheet in load_workbook(path)
    )
    return first, "\n".join(second)
