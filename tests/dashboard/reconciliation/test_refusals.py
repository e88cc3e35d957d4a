"""A report that the token may not read is named; all others are compared and mended."""

from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from dashboard.config.errors import CannotCheck
from dashboard.reconciliation.reports import REPORTS
from dashboard.reconciliation.status import ReconciliationStatus, period_status
from tests.dashboard.reconciliation.test_check import YEAR, checked, entries
from tests.dashboard.reconciliation.test_job import kept
from tests.dashboard.sync.agency import Agency, Copy

PATHS = {
    "time": "/reports/time/projects",
    "expenses": "/reports/expenses/projects",
    "uninvoiced": "/reports/uninvoiced",
    "budgets": "/reports/project_budget",
}


class Refusing(Agency):
    """An agency whose token may not read some paths."""

    def __init__(self) -> None:
        super().__init__(entries=1_000)
        self.refused: set[str] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if any(request.url.path.endswith(path) for path in self.refused):
            return httpx.Response(403, json={"message": "Forbidden"})
        return super().handle_request(request)


@pytest.fixture
def agency() -> Refusing:
    return Refusing()


@pytest.fixture
def copy(agency: Refusing, tmp_path: Path) -> Copy:
    synced = Copy(agency, tmp_path, "direct")
    synced.first_sync()
    return synced


@pytest.mark.parametrize("report", list(PATHS))
def test_check_compares_the_other_reports_when_one_is_refused(
    agency: Refusing, copy: Copy, report: str
) -> None:
    agency.refused.add(PATHS[report])

    found = checked(copy)

    assert found.equal
    assert {one.report for one in found.compared if one.refused} == {report}
    assert {one.report for one in found.compared if one.whole} == REPORTS.keys() - {report}
    assert any(note.startswith(REPORTS[report].label) for note in found.notes)


def test_check_without_any_report_cannot_check(agency: Refusing, copy: Copy) -> None:
    agency.refused.update(PATHS.values())

    with pytest.raises(CannotCheck, match="No report can be read"):
        checked(copy)


@pytest.mark.parametrize("report", list(PATHS))
def test_reconcile_mends_what_the_other_reports_show(
    agency: Refusing, copy: Copy, report: str
) -> None:
    agency.refused.add(PATHS[report])
    repriced = entries(agency)[0]
    repriced.billable_rate += Decimal("12.50")
    agency.account.version += 1

    result, _ = kept(copy)

    assert period_status(result, report, *YEAR).standing is ReconciliationStatus.REFUSED
    others = [one for one in result.compared if one.report != report]
    assert others
    assert all(one.equal for one in others)
    assert copy.ask(f"SELECT billable_rate FROM time_facts WHERE id = {repriced.id}") == [
        (repriced.billable_rate,)
    ]


def test_reconcile_compares_again_when_the_right_is_granted(agency: Refusing, copy: Copy) -> None:
    agency.refused.add(PATHS["budgets"])
    kept(copy)
    agency.refused.clear()

    result, _ = kept(copy)

    assert period_status(result, "budgets", *YEAR).standing is ReconciliationStatus.EQUAL
