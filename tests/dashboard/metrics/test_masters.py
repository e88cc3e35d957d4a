"""What a project, client, task or person is today counts for all of its work, old copies or not.

The website was Acme's, in euros, when the work was done; now it is Borealis's, in dollars. The
entries and expenses still hold copies of what it was.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import CLIENT, PROJECT, TASK, USER, Dimension
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS, Scope
from dashboard.store.snapshots import Snapshot
from harvest_client.search import parse
from tests.dashboard.metrics.agency_rows import COMPANY, TASKS, entries, person, project
from tests.dashboard.metrics.publishing import published

TODAY = date(2026, 2, 28)
SCOPE = Scope(date(2026, 1, 1), TODAY, today=TODAY)
WAS = {
    "client": {"id": 10, "name": "Acme Old", "currency": "EUR"},
    "project": {"id": 100, "name": "Site Old"},
    "task": {"id": 1, "name": "Design Old"},
    "user": {"id": 1, "name": "Ada Old"},
}
UNKNOWN = {"client": {"id": 30, "name": "Cobalt"}, "project": {"id": 300, "name": "Gone"}}
RECORDS: dict[str, Any] = {
    "company": COMPANY,
    "clients": [
        {"id": 10, "name": "Acme", "is_active": True, "currency": "EUR"},
        {"id": 20, "name": "Borealis", "is_active": True, "currency": "USD"},
    ],
    "tasks": TASKS,
    "users": [person(1, "Ada", 40)],
    "projects": [
        project(100, "Site", "none", client=20),
        project(200, "Launch", "none", is_fixed_fee=True, fee=500),
    ],
    "time_entries": [
        {**row, **more}
        for row, more in zip(
            entries(
                ("2026-01-12", 1, 100, 1, 2, 100),
                ("2026-01-13", 1, 200, 1, 3, 100),
                ("2026-01-14", 1, 300, 1, 4, 100),
            ),
            (WAS, {}, UNKNOWN),
            strict=True,
        )
    ],
    "expenses": [
        {"id": 1, "spent_date": "2026-01-15", "total_cost": 50, "billable": True, **WAS},
        {"id": 2, "spent_date": "2026-01-15", "total_cost": 70, "billable": True, **UNKNOWN},
    ],
}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(published(tmp_path_factory.mktemp("moved"), RECORDS, TODAY)) as snapshot:
        yield snapshot


def by(snapshot: Snapshot, metric: str, dimension: Dimension) -> dict[Any, float]:
    frame = query_metrics(snapshot, [METRICS[metric]], by=[dimension], scope=SCOPE).frame
    keys = zip(frame[dimension.id], frame["currency"], strict=True) if "currency" in frame else ()
    return dict(zip(list(keys) or frame[dimension.id], frame[metric], strict=True))


@pytest.mark.parametrize(
    ("metric", "of_site", "of_gone"),
    [
        ("billable_amount", 200, 400),
        ("uninvoiced_amount", 250, 470),
        ("expense_amount", 50, 70),
        ("uninvoiced_expense_amount", 50, 70),
        ("revenue_amount", 250, 470),
    ],
)
def test_amount_is_of_the_client_whose_project_it_is_now(
    moved: Snapshot, metric: str, of_site: float, of_gone: float
) -> None:
    found = {key: value for key, value in by(moved, metric, CLIENT).items() if value}

    assert found == {("Borealis", "USD"): of_site, ("Cobalt", "EUR"): of_gone}


def test_hours_are_of_the_client_whose_project_it_is_now(moved: Snapshot) -> None:
    assert by(moved, "hours", CLIENT) == {"Borealis": 2, "Acme": 3, "Cobalt": 4}
    only = SCOPE.and_(parse({"eq": {"client.id": 20}}, FIELDS))
    assert query_metrics(moved, [METRICS["hours"]], scope=only).frame["hours"].tolist() == [2]


def test_names_are_those_of_today(moved: Snapshot) -> None:
    assert by(moved, "hours", PROJECT) == {"Gone": 4, "Launch": 3, "Site": 2}
    assert by(moved, "hours", TASK) == {"Design": 9}
    assert by(moved, "hours", USER) == {"Ada": 9}


def test_work_is_of_a_fixed_fee_where_its_project_is_so_now(moved: Snapshot) -> None:
    assert by(moved, "uninvoiced_fees_amount", PROJECT) == {("Launch", "EUR"): 500}
    assert by(moved, "billable_amount", PROJECT)["Launch", "EUR"] == 0
