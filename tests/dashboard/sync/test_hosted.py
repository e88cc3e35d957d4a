"""Through the hosted connector: nothing is lost, nothing is invented, nothing is claimed."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from dashboard.config.errors import SuspiciousDeletions
from dashboard.metrics.catalog import OUTSTANDING_AMOUNT, UNINVOICED_HOURS
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.store.completeness import Cause, Gap
from dashboard.store.schema import STORED
from harvest_client import InvalidResponse
from harvest_demo.server.airbyte.replica import Table
from tests.dashboard.sync.agency import TODAY, Agency, Copy
from tests.soak import sized

ENTRIES = 2_600
LISTED = 2_000  # what one hosted list can hand out

HOURS = (
    "SELECT day, user_id, project_id, task_id, rounded_hours, raw_hours, billable"
    " FROM time_facts ORDER BY ALL"
)


@pytest.fixture
def agency() -> Agency:
    return Agency(entries=ENTRIES)


@pytest.fixture
def copy(agency: Agency, tmp_path: Path) -> Copy:
    return Copy(agency, tmp_path / "hosted")


@pytest.fixture
def direct(agency: Agency, tmp_path: Path) -> Copy:
    return Copy(agency, tmp_path / "direct", "direct")


@pytest.mark.longer("API versions")
@pytest.mark.parametrize(
    ("generation", "entries"), [("A", ENTRIES), ("B", ENTRIES), ("C", sized(ENTRIES, 20_000))]
)
def test_every_hour_is_the_direct_sources_to_the_hundredth(
    tmp_path: Path, generation: str, entries: int
) -> None:
    agency = Agency(entries=entries, generation=generation)
    copy, direct = Copy(agency, tmp_path / "h"), Copy(agency, tmp_path / "d", "direct")

    assert copy.sync().since is None
    direct.sync()

    hours = copy.ask(HOURS)
    assert len(hours) == entries
    assert hours == direct.ask(HOURS)


def test_what_was_listed_is_whole_and_the_rest_is_marked(copy: Copy, direct: Copy) -> None:
    copy.first_sync()
    direct.first_sync()

    ((parts,),) = copy.stored(
        "SELECT count(*) FILTER (basis IS NOT NULL) FROM time_entries WHERE account_id = ?"
    )
    assert parts == ENTRIES - LISTED
    for name, entity in STORED.items():
        columns = ", ".join(f'"{field.name}"' for field in entity.fields)
        whole = f"SELECT {columns} FROM {name} WHERE account_id = ? AND basis IS NULL"
        assert set(map(repr, copy.stored(whole))) <= set(map(repr, direct.stored(whole)))
    unknown = (
        "SELECT count(rounded_hours), count(billable_rate), count(approval_status)"
        " FROM time_entries WHERE account_id = ? AND basis IS NOT NULL"
    )
    assert copy.stored(unknown) == [(0, 0, 0)]


def test_nothing_is_read_past_the_end_of_a_list(copy: Copy) -> None:
    copy.sync()

    listed = [params for _, action, params in copy.agency.actions if action == "list"]
    assert all(set(params) <= {"per_page", "from", "to"} for params in listed)
    searched = {name for name, action, _ in copy.agency.actions if "search" in action}
    assert searched == {"company", "time_entries"}  # the former to tell the generation


def test_amounts_before_the_list_are_derived_and_said_to_be(copy: Copy, direct: Copy) -> None:
    copy.first_sync()
    direct.first_sync()
    amounts = (
        "SELECT is_derived, day >= DATE '2026-06-01', currency, sum(rounded_amount)"
        " FROM time_facts GROUP BY ALL ORDER BY ALL"
    )

    derived = {row[:3]: row[3] for row in copy.ask(amounts)}
    assert {key[0] for key in derived} == {True, False}
    until = copy.ask("SELECT derived_until FROM meta")[0][0]
    ((oldest_whole,),) = copy.ask("SELECT min(day) FROM time_facts WHERE NOT is_derived")
    assert oldest_whole - timedelta(days=1) <= until <= oldest_whole
    # Nobody's rate changed since June, so what is derived since then is right.
    new = "SELECT sum(rounded_amount) FROM time_facts WHERE day >= DATE '2026-06-01'"
    assert copy.ask(new) == direct.ask(new)
    assert direct.ask("SELECT derived_until FROM meta") == [(None,)]


def test_harvests_reports_stand_beside_what_was_derived(copy: Copy) -> None:
    copy.first_sync()

    totals = copy.ask("SELECT hours, report_hours, amount, report_amount FROM report_totals")
    assert totals
    assert all(hours == report for hours, report, _, _ in totals)
    assert any(amount != report for _, _, amount, report in totals)
    assert sum(hours for hours, *_ in totals) == sum(
        row[0] for row in copy.ask("SELECT rounded_hours FROM time_facts")
    )


def test_a_copy_of_half_a_year_is_complete_since_a_day_and_shows_no_day_before(
    tmp_path: Path,
) -> None:
    agency = Agency(entries=20_000, copy_days=180)  # of which the list has the last three months
    copy, direct = Copy(agency, tmp_path / "h"), Copy(agency, tmp_path / "d", "direct")

    since = copy.sync().since
    direct.sync()

    assert since is not None
    assert date(2026, 5, 20) <= since <= date(2026, 6, 1)
    assert copy.ask(HOURS) == [row for row in direct.ask(HOURS) if row[0] >= since]


@pytest.mark.parametrize("day", ["2206-01-05", "0026-01-05"])
def test_reach_of_copy_is_not_stretched_by_slip_of_the_pen(tmp_path: Path, day: str) -> None:
    agency = Agency(entries=3_000, copy_days=180)
    copy = Copy(agency, tmp_path)
    copy.first_sync()
    usual = copy.sync().since
    row = next(iter(agency.account.entries.ordered))
    agency.edit(
        "POST", "/time_entries", project_id=row.project["id"], task_id=row.task["id"],
        user_id=row.user["id"], spent_date=day, hours=1,
    )  # fmt: skip
    asked = len(agency.actions)

    since = copy.sync().since

    reports = [entity for entity, _, _ in agency.actions[asked:] if entity == "time_projects"]
    assert usual is not None
    assert since == usual
    assert len(reports) < 12


def test_without_a_rounding_rule_nothing_before_the_list_is_promised(copy: Copy) -> None:
    def no_rounded_hours(asked: dict[str, Any], response: httpx.Response) -> httpx.Response:
        if (asked["entity"], asked["action"]) != ("time_entries", "list"):
            return response
        body = msgspec.json.decode(response.content)
        for row in body["result"]:
            row["rounded_hours"] = None
        return httpx.Response(200, content=msgspec.json.encode(body))

    copy.agency.tamper = no_rounded_hours

    since = copy.sync().since

    ((oldest,),) = copy.stored(
        "SELECT min(spent_date) FROM time_entries WHERE account_id = ? AND basis IS NULL"
    )
    assert since == oldest + timedelta(days=1)


def test_a_second_sync_reads_of_the_copy_what_changed(copy: Copy) -> None:
    copy.first_sync()
    before = len(copy.agency.actions)

    done = copy.sync()

    searches = [
        params
        for name, action, params in copy.agency.actions[before:]
        if name == "time_entries" and "search" in action
    ]
    assert len(searches) == 1
    assert "updated_at" in searches[0]["query"]["filter"]["gte"]
    assert not any(one.inserted or one.updated or one.deleted for one in done.changes.values())


def entry_ids(copy: Copy, order: str) -> list[int]:
    rows = copy.ask(f"SELECT id FROM time_facts WHERE NOT is_running ORDER BY day {order}, id")
    return [id for (id,) in rows]


def test_an_edit_of_a_listed_entry_is_seen_at_once(copy: Copy) -> None:
    copy.first_sync()
    entry = entry_ids(copy, "DESC")[50]

    copy.agency.edit("PATCH", f"/time_entries/{entry}", notes="seen at once")
    done = copy.sync()

    assert done.changes["time_entries"].updated == 1
    assert copy.ask(f"SELECT notes FROM time_facts WHERE id = {entry}") == [("seen at once",)]


def test_an_edit_of_an_older_entry_is_seen_once_it_was_replicated(copy: Copy) -> None:
    copy.first_sync()
    entry = entry_ids(copy, "ASC")[50]
    notes = f"SELECT notes FROM time_facts WHERE id = {entry}"

    copy.agency.edit("PATCH", f"/time_entries/{entry}", notes="replicated")
    copy.sync()
    assert copy.ask(notes) != [("replicated",)]
    copy.agency.replicate()
    copy.sync()

    assert copy.ask(notes) == [("replicated",)]


def test_the_copy_that_lags_does_not_undo_what_the_list_said(copy: Copy) -> None:
    copy.first_sync()
    entry = entry_ids(copy, "DESC")[50]
    copy.agency.edit("PATCH", f"/time_entries/{entry}", notes="from the list")
    copy.sync()

    copy.sync(full=True)

    assert copy.ask(f"SELECT notes FROM time_facts WHERE id = {entry}") == [("from the list",)]


def test_an_entry_deleted_among_the_listed_days_goes_though_the_copy_still_has_it(
    copy: Copy,
) -> None:
    copy.first_sync()
    entry = entry_ids(copy, "DESC")[50]

    copy.agency.edit("DELETE", f"/time_entries/{entry}")
    done = copy.sync(full=True)

    assert done.changes["time_entries"].deleted == 1
    assert entry not in entry_ids(copy, "DESC")
    ((noticed,),) = copy.stored(
        f"SELECT deleted_at FROM time_entries WHERE account_id = ? AND id = {entry}"
    )
    assert noticed is not None


def test_an_older_entry_that_was_deleted_ends_what_is_promised(copy: Copy) -> None:
    """The copy does not forget it, but Harvest's report no longer has its hours."""
    copy.first_sync()
    entry = entry_ids(copy, "ASC")[300]
    ((day,),) = copy.ask(f"SELECT day FROM time_facts WHERE id = {entry}")

    copy.agency.edit("DELETE", f"/time_entries/{entry}")
    since = copy.sync().since

    assert since is not None
    assert day < since <= day + timedelta(days=62)


def test_an_entry_moved_out_of_the_listed_days_is_counted_where_it_went(copy: Copy) -> None:
    copy.first_sync()
    entry = entry_ids(copy, "DESC")[50]

    copy.agency.edit("PATCH", f"/time_entries/{entry}", spent_date="2024-11-20")
    copy.agency.replicate()
    copy.sync()

    assert copy.ask(f"SELECT day FROM time_facts WHERE id = {entry}") == [(date(2024, 11, 20),)]


def test_a_record_that_left_a_whole_list_is_deleted(copy: Copy) -> None:
    copy.first_sync()
    ((expense,),) = copy.stored(
        "SELECT max(id) FROM expenses WHERE account_id = ? AND NOT is_locked"
    )

    copy.agency.edit("DELETE", f"/expenses/{expense}")
    done = copy.sync()

    assert done.changes["expenses"].deleted == 1
    assert copy.ask(f"SELECT 1 FROM records.expenses WHERE id = {expense}") == []


def answering(entity: str, rows: list[Any]) -> Any:
    def tamper(asked: dict[str, Any], response: httpx.Response) -> httpx.Response:
        if (asked["entity"], asked["action"]) != (entity, "list"):
            return response
        return httpx.Response(200, json={"result": rows})

    return tamper


def test_a_list_that_is_suddenly_empty_deletes_nothing_until_that_is_accepted(copy: Copy) -> None:
    copy.first_sync()
    copy.agency.tamper = answering("user_assignments", [])
    live = "SELECT count(*) FROM user_assignments WHERE account_id = ? AND deleted_at IS NULL"

    with pytest.raises(SuspiciousDeletions, match="User Assignments"):
        copy.sync()

    assert copy.stored(live) > [(50,)]
    copy.sync(accept=True)
    assert copy.stored(live) == [(0,)]


def shortened(entity: str, rows: int) -> Any:
    """A list that ends early, as those of more than two thousand records do."""

    def tamper(asked: dict[str, Any], response: httpx.Response) -> httpx.Response:
        if (asked["entity"], asked["action"]) != (entity, "list"):
            return response
        body = msgspec.json.decode(response.content)
        body["result"] = body["result"][:rows]
        body["connector_metadata"] = {"next_link": "https://api.harvestapp.com/v2/users?page=2"}
        return httpx.Response(200, content=msgspec.json.encode(body))

    return tamper


@pytest.mark.parametrize("entity", ["invoices", "estimates", "expenses"])
def test_short_list_is_complete_since_the_day_after_its_oldest(tmp_path: Path, entity: str) -> None:
    agency = Agency(entries=ENTRIES, copy_days=180)
    copy = Copy(agency, tmp_path)
    agency.tamper = shortened(entity, 20)

    gaps = copy.sync().completeness.gaps

    date_field = STORED[entity].date_field or ""
    days = sorted((row[date_field] for row in agency.account.rows(entity)), reverse=True)
    assert gaps[entity] == Gap(days[19] + timedelta(days=1), Cause.COPY)
    others = {"invoices", "estimates", "expenses"} - {entity}
    assert not others & gaps.keys()


def test_outstanding_of_a_short_list_says_that_invoices_are_missing(tmp_path: Path) -> None:
    agency = Agency(entries=ENTRIES, copy_days=180)
    copy = Copy(agency, tmp_path)
    agency.tamper = shortened("invoices", 20)
    copy.sync()

    with closing(copy.snapshot()) as snapshot:
        found = query_metrics(
            snapshot, [OUTSTANDING_AMOUNT], scope=Scope(TODAY, TODAY, today=TODAY)
        )

    (reason,) = found.reasons
    assert reason.startswith("Invoices issued before")
    assert "not all in the connector's lists and copy" in reason
    assert found.notes[0] == reason
    assert not any(found.complete)


def test_uninvoiced_work_before_the_copy_begins_is_known_in_part(tmp_path: Path) -> None:
    agency = Agency(entries=20_000, copy_days=180)
    copy = Copy(agency, tmp_path)
    since = copy.sync().since
    assert since is not None
    ever = Scope(date(2015, 1, 1), TODAY, today=TODAY)

    with closing(copy.snapshot()) as snapshot:
        found = query_metrics(snapshot, [UNINVOICED_HOURS], scope=ever)
        lately = query_metrics(snapshot, [UNINVOICED_HOURS], scope=replace(ever, start=since))

    assert found.reasons[0].startswith("Uninvoiced time entries before")
    assert lately.reasons == ()


@pytest.mark.parametrize("entries", [1_000, ENTRIES], ids=["whole list", "short list"])
def test_older_entry_of_a_copy_with_a_start_leaves_once_it_is_invoiced(
    tmp_path: Path, entries: int
) -> None:
    agency = Agency(entries=entries)
    copy = Copy(agency, tmp_path, start=date(2026, 10, 1))
    copy.sync()
    older = "SELECT id FROM older_time_facts ORDER BY day, id"
    (entry, *_) = [id for (id,) in copy.ask(older)]

    agency.now += timedelta(hours=1)
    (row,) = [row for row in agency.account.entries if row.id == entry]
    row.is_billed, row.updated_at = True, agency.now
    agency.account.version += 1
    agency.replicate()
    copy.sync()

    assert (entry,) not in copy.ask(older)


def test_gaps_of_a_short_list_are_filled_one_by_one(tmp_path: Path) -> None:
    agency = Agency(entries=ENTRIES, copy_days=0)  # a copy that has nothing yet
    copy, direct = Copy(agency, tmp_path / "h"), Copy(agency, tmp_path / "d", "direct")
    direct.first_sync()
    agency.tamper = shortened("users", 5)

    copy.sync()

    worked = "SELECT DISTINCT user_id FROM time_facts ORDER BY 1"
    assert copy.ask(worked)
    names = (
        "SELECT u.id, u.name, u.weekly_hours FROM users AS u"
        f" WHERE u.id IN ({worked.replace(' ORDER BY 1', '')}) ORDER BY 1"
    )
    known = {row[0]: row for row in direct.ask(names)}
    assert copy.ask(names) == [known[row[0]] for row in copy.ask(names)]
    assert any(action == "get" for name, action, _ in agency.actions if name == "users")


def test_a_reference_to_nobody_is_survived(copy: Copy) -> None:
    def nobody(asked: dict[str, Any], response: httpx.Response) -> httpx.Response:
        if (asked["entity"], asked["action"]) == ("users", "get"):
            return httpx.Response(404, json={"message": "Not Found"})
        return shortened("users", 5)(asked, response)  # type: ignore[no-any-return]

    copy.agency.tamper = nobody
    copy.agency.app.state.replica.tables["users"] = Table(STORED["users"])

    copy.sync()

    assert copy.ask("SELECT count(*) FROM time_facts") == [(ENTRIES,)]
    assert copy.ask(
        "SELECT count(*) FROM time_facts AS f LEFT JOIN users AS u ON u.id = f.user_id"
        " WHERE u.name IS NULL"
    ) == [(0,)]


def test_a_refused_entity_is_noted_and_the_rest_is_read(copy: Copy) -> None:
    def refuse(asked: dict[str, Any], response: httpx.Response) -> httpx.Response:
        if asked["entity"] == "invoices":
            return httpx.Response(403, json={"message": "not for you"})
        return response

    copy.agency.tamper = refuse

    copy.sync()

    ((refused,),) = copy.ask("SELECT refused FROM entity_state WHERE entity = 'invoices'")
    assert "not for you" in refused
    assert copy.ask("SELECT count(*) FROM time_facts") == [(ENTRIES,)]


@pytest.mark.parametrize("share", [1, LISTED])
def test_texts_that_were_cut_are_not_stored(copy: Copy, share: int) -> None:
    copy.first_sync()
    version = copy.snapshot().meta.version

    def cut(asked: dict[str, Any], response: httpx.Response) -> httpx.Response:
        if (asked["entity"], asked["action"]) != ("time_entries", "list"):
            return response
        body = msgspec.json.decode(response.content)
        for record in body["result"][-share:]:
            record["notes"] = "x" * 200 + "... [truncated 40 characters]"
        return httpx.Response(200, content=msgspec.json.encode(body))

    copy.agency.tamper = cut

    if share == 1:
        copy.sync()
        named = copy.ask("SELECT field, problem, is_stored FROM odd_records")
        assert named == [("notes", "the text was cut at 200 characters", True)]
    else:
        with pytest.raises(
            InvalidResponse, match=r"notes: the text was cut at 200 characters\. That is"
        ):
            copy.sync()
        assert copy.snapshot().meta.version == version

    assert copy.stored(
        "SELECT count(*) FROM time_entries WHERE account_id = ? AND contains(notes, 'truncated')"
    ) == [(0,)]


def test_only_days_that_are_to_be_kept_are_stored(agency: Agency, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path, start=date(2026, 1, 1))

    since = copy.sync().since

    assert since == date(2026, 1, 1)
    ((first,),) = copy.ask("SELECT min(day) FROM time_facts")
    assert date(2026, 1, 1) <= first <= date(2026, 1, 7)
