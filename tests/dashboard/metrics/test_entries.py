"""The entries behind a figure: all of them, in order, and adding up to it."""

from dataclasses import replace

import pytest

from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import BILLABLE_AMOUNT, HOURS
from dashboard.metrics.dimensions import CURRENCY
from dashboard.metrics.entries import ENTRY_COLUMNS, entry_batches, entry_count, query_entries
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import RoundingBasis, Scope, time_filter
from dashboard.store.snapshots import Snapshot
from tests.dashboard.metrics.conftest import TWO_WEEKS

ACME = replace(TWO_WEEKS, where=time_filter({"eq": {"client.name": "Acme"}}))
RAW = replace(TWO_WEEKS, basis=RoundingBasis.RAW)
every_scope = pytest.mark.parametrize("scope", [TWO_WEEKS, ACME, RAW], ids=["all", "acme", "raw"])


def ids(studio: Snapshot, scope: Scope = TWO_WEEKS, **order: object) -> list[int]:
    frame = query_entries(studio, scope, **order).frame  # type: ignore[arg-type]
    return [int(number) for number in frame["id"]]


def test_entries_are_newest_first_unless_asked_otherwise(studio: Snapshot) -> None:
    assert ids(studio) == [9, 8, 7, 6, 5, 4, 3, 10, 2, 1]
    assert ids(studio, descending=False) == [1, 2, 10, 3, 4, 5, 6, 7, 8, 9]


def test_entries_alike_in_the_sorted_column_are_ordered_by_day(studio: Snapshot) -> None:
    assert ids(studio, sort="person", descending=False) == [1, 2, 10, 3, 4, 6, 7, 9, 5, 8]


def test_missing_values_come_last_either_way(studio: Snapshot) -> None:
    assert ids(studio, sort="amount")[-4:] == [6, 5, 4, 10]
    assert ids(studio, sort="amount", descending=False)[-4:] == [10, 4, 5, 6]


@every_scope
@pytest.mark.parametrize("sort", ENTRY_COLUMNS)
def test_pages_are_the_whole_list_in_pieces(studio: Snapshot, scope: Scope, sort: str) -> None:
    whole = ids(studio, scope, sort=sort)

    pages = [ids(studio, scope, sort=sort, limit=3, offset=offset) for offset in range(0, 12, 3)]

    assert sum(pages, []) == whole
    assert len(whole) == entry_count(studio, scope)[0]


def test_an_entry_is_shown_with_the_names_it_goes_by(studio: Snapshot) -> None:
    frame = query_entries(studio, TWO_WEEKS, descending=False, limit=1).frame

    assert frame.columns.tolist() == list(ENTRY_COLUMNS)
    assert frame.drop(columns=["approval_status"]).iloc[0].to_dict() == {
        "id": 1,
        "day": frame["day"].iloc[0],
        "client": "Acme",
        "client_id": 10,
        "project": "Website",
        "project_id": 100,
        "task": "Design",
        "task_id": 1000,
        "person": "Ada Berg",
        "person_id": 1,
        "role": "Designer",
        "billable": True,
        "billed": True,
        "running": False,
        "fixed_fee": False,
        "hours": 2.0,
        "raw_hours": 1.8,
        "billable_rate": 100.0,
        "amount": 200.0,
        "currency": "EUR",
        "invoice_id": 5001,
        "notes": "100% done",
    }


@every_scope
def test_the_lines_add_up_to_the_figure_they_are_behind(studio: Snapshot, scope: Scope) -> None:
    lines = query_entries(studio, scope).frame
    figures = query_metrics(studio, [HOURS, BILLABLE_AMOUNT], by=[CURRENCY], scope=scope).frame

    assert lines["hours"].sum() == pytest.approx(figures["hours"].sum())
    count, hours = entry_count(studio, scope)
    assert count == len(lines)
    assert hours == pytest.approx(lines["hours"].sum())
    by_currency = lines.groupby("currency")["amount"].sum()
    assert by_currency.to_dict() == dict(
        zip(figures["currency"], figures["billable_amount"], strict=True)
    )


def test_a_fixed_fee_entry_has_no_amount_of_its_own(studio: Snapshot) -> None:
    lines = query_entries(studio, TWO_WEEKS).frame

    fixed = lines[lines["fixed_fee"]]
    assert fixed["id"].tolist() == [4]
    assert fixed["amount"].isna().all()


@every_scope
def test_the_stream_has_every_entry_once_oldest_first(studio: Snapshot, scope: Scope) -> None:
    streamed = [row for batch in entry_batches(studio, scope) for row in batch]

    assert [row[0] for row in streamed] == ids(studio, scope, descending=False)
    assert {len(row) for row in streamed} == {len(ENTRY_COLUMNS)}


def test_a_column_nobody_knows_is_refused(studio: Snapshot) -> None:
    with pytest.raises(MetricError, match="no column called 'notes; --'"):
        query_entries(studio, TWO_WEEKS, sort="notes; --")


def test_over_no_entries_there_is_nothing_to_show(studio: Snapshot) -> None:
    nobody = TWO_WEEKS.and_(time_filter({"eq": {"user.id": 3}}))

    assert query_entries(studio, nobody).frame.empty
    assert entry_count(studio, nobody) == (0, 0.0)
    assert list(entry_batches(studio, nobody)) == []
