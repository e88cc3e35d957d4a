"""Numbers are those of Harvest's reports for each person; what is hidden is refused by its name."""

import pytest

from dashboard.access.rights import Right, Viewer, field_needs
from dashboard.config.errors import NotVisible
from dashboard.metrics.catalog import (
    BILLABLE_AMOUNT,
    BILLABLE_HOURS,
    CAPACITY_HOURS,
    EXPENSE_AMOUNT,
    HOURS,
    METRICS,
    UTILIZATION,
)
from dashboard.metrics.dimensions import CURRENCY, DIMENSIONS, PROJECT
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.permissions import required_rights
from dashboard.metrics.scope import FIELDS
from dashboard.store.search import search_snapshot
from dashboard.store.snapshots import Snapshot
from harvest_client.entities import ENTITIES
from harvest_client.search import parse, read_search
from tests.dashboard.access.kinds import SCOPE
from tests.harvest_demo.asking import Asking

DAYS = {"from": "20260101", "to": "20261120"}


def test_metrics_are_harvests_reports_for_this_person(
    seen: Snapshot, viewer: Viewer, theirs: Asking
) -> None:
    reported: dict[tuple[int, str | None], list[float]] = {}
    for row in theirs.all("/reports/time/projects", **DAYS, include_fixed_fee="false"):
        key = row["project_id"], row["currency"]
        reported[key] = [float(row["total_hours"]), float(row["billable_hours"])]
        if viewer.has_rights({Right.RATES}):
            reported[key].append(float(row["billable_amount"]))
    metrics = [HOURS, BILLABLE_HOURS] + [BILLABLE_AMOUNT] * viewer.has_rights({Right.RATES})
    frame = query_metrics(seen, metrics, by=[PROJECT], scope=SCOPE).frame
    ours = {
        (row["project_id"], row.get("currency")): [row[m.id] for m in metrics]
        for row in frame.to_dict("records")
    }

    assert ours.keys() == reported.keys()
    for key, values in ours.items():
        assert values == pytest.approx(reported[key], abs=0.005)


def test_expenses_are_harvests_report_for_this_person(
    seen: Snapshot, viewer: Viewer, theirs: Asking
) -> None:
    reported: dict[str | None, float] = {}
    for row in theirs.all("/reports/expenses/team", **DAYS):
        known = reported.get(row["currency"], 0.0)
        reported[row["currency"]] = known + float(row["total_amount"])
    frame = query_metrics(seen, [EXPENSE_AMOUNT], by=[CURRENCY], scope=SCOPE).frame

    found = {row["currency"]: row["expense_amount"] for row in frame.to_dict("records")}
    if viewer.has_rights({Right.RATES}):
        assert found == pytest.approx(reported)
    else:  # whose report has no currencies
        assert sum(found.values()) == pytest.approx(reported[None])


def test_utilization_is_of_people_whose_whole_work_is_seen_and_hours_of_all(
    seen: Snapshot, viewer: Viewer
) -> None:
    found = query_metrics(seen, [HOURS, UTILIZATION, CAPACITY_HOURS], scope=SCOPE)
    (row,) = found.frame.to_dict("records")
    alone = query_metrics(seen, [HOURS], scope=SCOPE).frame["hours"].iloc[0]
    people = sorted(viewer.people)
    theirs = SCOPE.and_(parse({"in": {"user.id": people}}, FIELDS) if people else None)
    (part,) = query_metrics(seen, [BILLABLE_HOURS, UTILIZATION], scope=theirs).frame.to_dict(
        "records"
    )

    assert row["hours"] == alone
    assert row["utilization"] == pytest.approx(part["billable_hours"] / row["capacity_hours"])
    assert row["utilization"] == pytest.approx(part["utilization"])
    said = "Capacity and utilization cover you and your team."
    assert (said in found.notes) is bool(viewer.projects)


def test_every_metric_answers_or_says_what_is_missing(seen: Snapshot, viewer: Viewer) -> None:
    for metric in METRICS.values():
        if viewer.has_rights(required_rights(metric)):
            query_metrics(seen, [metric], scope=SCOPE)
            continue
        with pytest.raises(NotVisible, match=f"^Not visible to you: {metric.label}\\. "):
            query_metrics(seen, [metric], scope=SCOPE)


@pytest.mark.parametrize("path", ["cost_rate", "billable_rate", "user.is_contractor"])
def test_a_filter_by_what_is_hidden_is_refused(seen: Snapshot, viewer: Viewer, path: str) -> None:
    document = {"eq": {path: True}} if path == "user.is_contractor" else {"gt": {path: 1}}
    scope = SCOPE.and_(parse(document, FIELDS))

    if viewer.has_rights(field_needs(path)):
        query_metrics(seen, [HOURS], scope=scope)
        return
    with pytest.raises(NotVisible, match=f"Not visible to you: the field {path}"):
        query_metrics(seen, [HOURS], scope=scope)
    if path != "user.is_contractor":
        for query in ({"filter": document}, {"sort": [{path: "asc"}]}):
            asked = read_search(ENTITIES["time_entries"], {"query": query})
            with pytest.raises(NotVisible, match=path):
                search_snapshot(seen, asked)


def test_a_group_by_contract_is_for_administrators(seen: Snapshot, viewer: Viewer) -> None:
    contractor = DIMENSIONS["contractor"]
    if viewer.sees_everything:
        assert len(query_metrics(seen, [HOURS], by=[contractor], scope=SCOPE).frame) == 2
        return
    with pytest.raises(NotVisible, match="Contractor"):
        query_metrics(seen, [HOURS], by=[contractor], scope=SCOPE)
