"""A comparison with Harvest's reports names a record that could not be read, and goes on."""

from contextlib import closing
from datetime import date
from pathlib import Path

from dashboard.reconciliation.check import check_account
from dashboard.reconciliation.record_diff import Why
from tests.dashboard.sync.agency import TODAY, Copy
from tests.dashboard.sync.odd_agency import OddAgency


def test_check_names_the_record_that_could_not_be_read(tmp_path: Path) -> None:
    agency = OddAgency(entries=1_500)
    agency.account.tables["invoices"].clear()  # each costs a request for its payments
    copy = Copy(agency, tmp_path, "direct")
    bad = agency.account.entries.ordered[1_300]
    agency.odd["time_entries", bad.id] = {"hours": '"many"'}
    copy.sync()

    with closing(copy.snapshot()) as snapshot, copy.client() as harvest:
        found = check_account(snapshot, harvest, date(2025, 11, 21), TODAY, today=TODAY)

    assert not found.equal
    assert [(row.id, row.why) for row in found.rows] == [(bad.id, Why.ODD)]
    assert {one.project_id for one in found.differences} == {bad.project["id"]}
    assert all("1 could not be read" in found.explain(one) for one in found.differences)


def test_report_with_an_odd_row_is_named_and_the_others_are_compared(tmp_path: Path) -> None:
    agency = OddAgency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    agency.odd["results", None] = {"billable_hours": '"many"'}

    with closing(copy.snapshot()) as snapshot, copy.client() as harvest:
        found = check_account(snapshot, harvest, date(2025, 11, 21), TODAY, today=TODAY)

    assert {one.report for one in found.compared if one.refused} == {"time"}
    assert any("billable_hours: Expected a number, got text" in note for note in found.notes)
