"""Lists: their order, their filters, and pages that lose nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from harvest_client.entities import ENTITIES, Entity, Paging
from harvest_demo import Account, InProcess, app
from harvest_demo.account.account import Row
from tests.harvest_demo.asking import BASE, Asking

LISTED = [e for e in ENTITIES.values() if e.paging is not Paging.NONE and e.sort is not None]
every_list = pytest.mark.parametrize("entity", LISTED, ids=lambda entity: entity.name)


@dataclass(frozen=True)
class Case:
    """A filter with a value, and what must be so for exactly the rows that it keeps."""

    entity: str
    name: str
    value: str
    holds: Callable[[Row], bool]


CASES = [
    *(Case(entity.name, "is_active", "false", lambda r: not r["is_active"]) for entity in LISTED
      if "is_active" in entity.parameter_names),
    *(Case(entity.name, "client_id", "7720101", lambda r: r["client"]["id"] == 7720101)
      for entity in LISTED if "client_id" in entity.parameter_names),
    *(Case(entity.name, "user_id", "4410023", lambda r: r["user"]["id"] == 4410023)
      for entity in LISTED if "user_id" in entity.parameter_names),
    *(Case(entity.name, "is_billed", "true", lambda r: r["is_billed"])
      for entity in LISTED if "is_billed" in entity.parameter_names),
    Case("time_entries", "project_id", "5560202", lambda r: r["project"]["id"] == 5560202),
    Case("time_entries", "task_id", "9930302", lambda r: r["task"]["id"] == 9930302),
    Case("time_entries", "is_running", "true", lambda r: r["is_running"]),
    Case("time_entries", "from", "2026-09-01", lambda r: r["spent_date"] >= "2026-09-01"),
    Case("time_entries", "to", "2024-02-29", lambda r: r["spent_date"] <= "2024-02-29"),
    Case("expenses", "project_id", "5560202", lambda r: r["project"]["id"] == 5560202),
    Case("expenses", "from", "2026-01-31", lambda r: r["spent_date"] >= "2026-01-31"),
    Case("expenses", "to", "2026-01-31", lambda r: r["spent_date"] <= "2026-01-31"),
    Case("invoices", "project_id", "5560202",
         lambda r: any((x["project"] or {}).get("id") == 5560202 for x in r["line_items"])),
    Case("invoices", "state", "open", lambda r: r["state"] == "open"),
    Case("invoices", "from", "2026-01-31", lambda r: r["issue_date"] >= "2026-01-31"),
    Case("invoices", "to", "2026-01-31", lambda r: r["issue_date"] <= "2026-01-31"),
    Case("estimates", "state", "declined", lambda r: r["state"] == "declined"),
    Case("estimates", "from", "2026-01-31", lambda r: r["issue_date"] >= "2026-01-31"),
    Case("estimates", "to", "2026-01-31", lambda r: r["issue_date"] <= "2026-01-31"),
]  # fmt: skip


@pytest.fixture(scope="module")
def whole(asking: Asking) -> dict[str, list[Any]]:
    return {entity.name: asking.all(entity.path or "") for entity in LISTED}


@every_list
def test_pages_hold_every_row_once(
    asking: Asking, whole: dict[str, list[Any]], entity: Entity
) -> None:
    rows = whole[entity.name]
    # Small enough for a first, a middle and a last page.
    size = min(max(len(rows) // 3 - 1, 1), 2000)

    pages = asking.pages(entity.path or "", per_page=size)

    ids = [row["id"] for page in pages for row in page[entity.envelope or ""]]
    assert len(pages) >= 3 or len(rows) < 3
    assert ids == [row["id"] for row in rows]
    assert len(set(ids)) == len(ids) == pages[0]["total_entries"]
    assert {page["total_pages"] for page in pages} == {len(pages)}


@every_list
def test_newest_comes_first(whole: dict[str, list[Any]], entity: Entity) -> None:
    assert entity.sort
    field, direction = entity.sort
    order = [(row[field], row["id"]) for row in whole[entity.name]]

    assert direction == "desc"
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.entity} {case.name}")
def test_a_filter_keeps_exactly_what_it_says(
    asking: Asking, whole: dict[str, list[Any]], case: Case
) -> None:
    path = ENTITIES[case.entity].path or ""

    found = asking.all(path, **{case.name: case.value})

    expected = [row["id"] for row in whole[case.entity] if case.holds(row)]
    assert [row["id"] for row in found] == expected
    assert 0 < len(expected) < len(whole[case.entity])


@pytest.mark.parametrize(
    "entity", [e for e in LISTED if e.updated_since], ids=lambda entity: entity.name
)
def test_updated_since_keeps_its_own_instant_and_what_is_later(
    asking: Asking, whole: dict[str, list[Any]], entity: Entity
) -> None:
    rows = whole[entity.name]
    since = sorted(row["updated_at"] for row in rows)[len(rows) // 2]
    berlin = datetime.fromisoformat(since).astimezone(timezone(timedelta(hours=2))).isoformat()

    found = asking.all(entity.path or "", updated_since=since)

    assert [row["id"] for row in found] == [r["id"] for r in rows if r["updated_at"] >= since]
    assert since in {row["updated_at"] for row in found}
    assert asking.all(entity.path or "", updated_since=berlin) == found


@every_list
def test_every_documented_filter_is_tried(entity: Entity) -> None:
    elsewhere = {"page", "per_page", "cursor", "external_reference_id", "updated_since"}

    tried = {case.name for case in CASES if case.entity == entity.name}

    assert set(entity.parameter_names) - elsewhere == tried


def test_an_external_reference_is_found(asking: Asking, account: Account) -> None:
    entry = next(entry for entry in account.entries if entry.external_reference)
    assert entry.external_reference
    wanted = entry.external_reference["id"]

    found = asking.all("/time_entries", external_reference_id=wanted)

    assert entry.id in {row["id"] for row in found}
    assert {row["external_reference"]["id"] for row in found} == {wanted}


def test_filters_add_up_and_are_repeated_in_links(asking: Asking) -> None:
    query = {"is_billed": "false", "from": "2026-10-01", "to": "2026-10-31", "per_page": 20}

    pages = asking.pages("/time_entries", **query)

    rows = [row for page in pages for row in page["time_entries"]]
    assert {row["is_billed"] for row in rows} == {False}
    assert {row["spent_date"][:7] for row in rows} == {"2026-10"}
    for name in ("first", "next", "last"):
        link = pages[0]["links"][name]
        assert link.startswith(f"{BASE}/time_entries?")
        assert "from=2026-10-01" in link
        assert "is_billed=false" in link


def test_numbered_pages_know_their_neighbours(asking: Asking) -> None:
    first, second, *_, last = asking.pages("/expenses", per_page=100)

    assert (first["previous_page"], first["page"], first["next_page"]) == (None, 1, 2)
    assert (second["previous_page"], second["page"], second["next_page"]) == (1, 2, 3)
    assert (last["next_page"], last["links"]["next"]) == (None, None)
    assert asking.get(second["links"]["previous"]) == first


def test_pages_after_a_cursor_have_no_numbers(asking: Asking) -> None:
    first, second, *_ = asking.pages("/user_assignments", per_page=50)

    assert (first["page"], first["next_page"]) == (1, 2)
    assert second["page"] is second["next_page"] is second["previous_page"] is None
    assert "cursor=" in first["links"]["next"]
    assert asking.get(second["links"]["previous"])["user_assignments"] == first["user_assignments"]


def test_a_page_by_cursor_goes_on_where_the_last_one_ended_after_a_deletion(
    own_account: Account, editing: Asking
) -> None:
    first = editing.get("/contacts", per_page=5)
    expected = editing.get(first["links"]["next"])["contacts"]
    del own_account.tables["contacts"][first["contacts"][-1]["id"]]

    assert editing.get(first["links"]["next"])["contacts"] == expected


def test_a_page_beyond_the_last_is_empty(asking: Asking) -> None:
    page = asking.get("/expenses", page=900)

    assert page["expenses"] == []
    assert page["links"]["next"] is None


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/users", {"per_page": "2001"}),
        ("/users", {"per_page": "0"}),
        ("/users", {"cursor": "nonsense"}),
        ("/users", {"is_active": "maybe"}),
        ("/time_entries", {"from": "2026-02-30"}),
        ("/time_entries", {"updated_since": "yesterday"}),
        ("/time_entries", {"user_id": "me"}),
    ],
)
def test_a_query_that_cannot_be_is_refused(asking: Asking, path: str, query: Row) -> None:
    assert asking.status(path, **query) == 422


@pytest.mark.parametrize("path", ["/nothing", "/users/1", "/time_entries/1", "/user_assignments/1"])
def test_what_is_not_there_is_404(asking: Asking, path: str) -> None:
    assert asking.status(path) == 404


@pytest.mark.parametrize(
    "entity", [e for e in LISTED if e.get_path], ids=lambda entity: entity.name
)
def test_a_single_record_is_the_bare_row_of_the_list(
    asking: Asking, whole: dict[str, list[Any]], entity: Entity
) -> None:
    row = whole[entity.name][len(whole[entity.name]) // 2]

    assert asking.get((entity.get_path or "").format(id=row["id"])) == row


@pytest.mark.parametrize("entity", ["user_assignments", "task_assignments"])
def test_a_project_lists_its_own_assignments_by_number(
    asking: Asking, whole: dict[str, list[Any]], entity: str
) -> None:
    expected = [row for row in whole[entity] if row["project"]["id"] == 5560201]

    pages = asking.pages(f"/projects/5560201/{entity}", per_page=3)
    single = asking.get(f"/projects/5560201/{entity}/{expected[0]['id']}")

    assert [row for page in pages for row in page[entity]] == expected
    assert pages[1]["page"] == 2
    assert single == expected[0]
    assert asking.status(f"/projects/5560202/{entity}/{expected[0]['id']}") == 404


def test_rates_of_a_person_follow_each_other_without_a_gap(asking: Asking) -> None:
    rates = asking.all("/users/4410021/billable_rates")

    assert len(rates) > 1
    assert rates[0]["start_date"] is None
    assert rates[-1]["end_date"] is None
    for before, after in zip(rates, rates[1:], strict=False):
        gap = date.fromisoformat(after["start_date"]) - date.fromisoformat(before["end_date"])
        assert gap.days == 1
    assert rates[-1]["amount"] == asking.get("/users/me")["default_hourly_rate"]


def test_a_filter_is_answered_anew_after_an_edit(own_account: Account) -> None:
    with InProcess(app(own_account, limits=False)) as transport:
        asking = Asking(transport)
        (running, *_) = asking.all("/time_entries", is_running="true")
        asking.send("PATCH", f"/time_entries/{running['id']}/stop")

        left = asking.all("/time_entries", is_running="true")

    assert running["id"] not in {row["id"] for row in left}
