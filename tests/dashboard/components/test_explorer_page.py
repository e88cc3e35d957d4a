"""The explorer, on the demo account as it is published."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.access.audit_log import audit_log
from dashboard.config.settings import Settings, load_settings
from dashboard.exports import export
from dashboard.metrics.scope import Scope
from dashboard.reports.entities import count_records, records_frame, search_of_link
from dashboard.store.search import search_snapshot
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.sync.run import run_sync
from harvest_client.entities import ENTITIES, Action, Entity
from harvest_demo.server.in_process import demo_client
from tests.dashboard.components.conftest import HOSTILE, ROOT

ENTITY = [(name, action.value) for name, entity in ENTITIES.items() for action in entity.actions]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a small demo account, synced."""
    directory: Path = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {
            "HARVEST_SOURCE": "demo",
            "HARVEST_DEMO_ENTRIES": "1500",
            "HARVEST_STORE_URL": f"duckdb:///{directory / 'store.duckdb'}",
            "HARVEST_SYNC_MINUTES": "0",
            "HARVEST_TODAY": "2026-11-20",
        }.items():
            patched.setenv(name, value)
        patched.delenv("HARVEST_CACHE_DIR", raising=False)
        told = load_settings()
        run_sync(told, patience=60.0)
        yield told
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def stored(demo: Settings) -> Iterator[Snapshot]:
    snapshot = Snapshots(demo.cache_dir, demo.account_id).open_current()
    yield snapshot
    snapshot.close()


@pytest.fixture
def page(demo: Settings) -> AppTest:
    return AppTest.from_file(str(ROOT / "dashboard" / "router.py"), default_timeout=30)


def opened(page: AppTest, **parameters: str | list[str]) -> AppTest:
    page.switch_page("../pages/explorer.py")
    for name, value in parameters.items():
        page.query_params[name] = value
    return page.run()


def typed(page: AppTest) -> str:
    """The filter as it stands in the text area."""
    return page.text_area(key="filter").value or ""


def captions(page: AppTest) -> str:
    return "\n".join(caption.value for caption in page.caption)


def codes(page: AppTest) -> list[str]:
    return [code.value for code in page.code]


@pytest.mark.parametrize(("entity", "action"), ENTITY)
def test_every_action_of_every_entity_answers(
    page: AppTest, stored: Snapshot, entity: str, action: str
) -> None:
    id = {"id": "1"} if action == "get" and entity != "company" else {}

    opened(page, entity=entity, action=action, **id)

    assert not page.exception
    assert not page.error
    assert f"harvest.{entity}.{action}(" in codes(page)[0]
    if id:
        assert "No stored record has this id" in captions(page)
        return
    (table,) = page.dataframe
    asked = search_of_link({"entity": entity, "action": action}, limit=50)
    assert len(table.value) == min(50, count_records(stored, asked))


def test_what_a_record_lacks_is_left_empty(page: AppTest) -> None:
    (table,) = opened(page, entity="invoices", action="search").dataframe

    assert table.value["paid_date"].isna().any()
    assert table.proto.HasField("placeholder")
    assert table.proto.placeholder == ""


def test_a_link_opens_a_search(page: AppTest, stored: Snapshot) -> None:
    said = '{"and": [{"eq": {"billable": true}}, {"gt": {"hours": 2}}]}'

    opened(
        page, entity="time_entries", filter=said, sort=["spent_date desc"],
        fields=["id", "spent_date", "client.name", "hours"],
    )  # fmt: skip

    assert not page.error
    table = page.dataframe[0].value
    assert list(table) == ["id", "spent_date", "client.name", "hours"]
    days = table["spent_date"].tolist()
    assert days == sorted(days, reverse=True)
    assert table["hours"].min() > 2
    ((there,),) = stored.rows(
        "SELECT count(*) FROM records.time_entries AS r WHERE r.billable AND r.hours > 2"
    )
    assert f"of {there:,}".replace(",", ".") in captions(page)  # as the account writes it


def test_pages_lead_through_all_records(page: AppTest, stored: Snapshot) -> None:
    opened(page, entity="user_assignments", fields=["id"])
    seen = page.dataframe[0].value["id"].tolist()
    while not page.button(key="explorer_next").disabled:
        page.button(key="explorer_next").click().run()
        seen += page.dataframe[0].value["id"].tolist()

    rows = stored.rows("SELECT r.id FROM records.user_assignments AS r ORDER BY r.id")
    assert seen == [id for (id,) in rows]
    page.button(key="explorer_back").click().run()
    assert len(page.dataframe[0].value) == 50


def test_any_page_is_one_step_away(page: AppTest, stored: Snapshot) -> None:
    opened(page, entity="time_entries", fields=["id"])
    ids = [id for (id,) in stored.rows("SELECT r.id FROM records.time_entries AS r ORDER BY r.id")]
    (number,) = page.number_input
    last = -(-len(ids) // 50)

    assert number.label == f"Page of {last}"
    number.set_value(7).run()
    assert page.dataframe[0].value["id"].tolist() == ids[300:350]
    assert f"301–350 of {len(ids):,}".replace(",", ".") in captions(page)
    page.button(key="explorer_last").click().run()
    assert page.dataframe[0].value["id"].tolist() == ids[(last - 1) * 50 :]
    assert page.button(key="explorer_next").disabled
    page.button(key="explorer_first").click().run()
    assert page.dataframe[0].value["id"].tolist() == ids[:50]
    page.multiselect(key="sort").set_value(["id desc"]).run()
    assert page.dataframe[0].value["id"].tolist() == ids[:-51:-1]  # another search, page one


def given_in(page: AppTest) -> dict[str, Any]:
    """The parameters of the call that can be copied."""
    return dict(json.loads(codes(page)[1].split("--data '")[1].rstrip("'"))["params"])


LISTS = [
    (entity, name)
    for entity in ENTITIES.values() if Action.LIST in entity.actions and entity.date_field
    for name in ("client_id", "is_billed", "state", "updated_since")
    if name in entity.parameter_names
]  # fmt: skip


@pytest.mark.parametrize(("entity", "name"), LISTS, ids=lambda one: getattr(one, "name", one))
def test_a_list_chooses_as_harvest_does(
    page: AppTest, demo: Settings, stored: Snapshot, entity: Entity, name: str
) -> None:
    column = {"client_id": "r.client.id", "updated_since": "r.updated_at"}.get(name, f"r.{name}")
    ((value, day),) = stored.rows(
        f"SELECT {column}, r.{entity.date_field} FROM records.{entity.name} AS r"
        f" ORDER BY r.{entity.date_field} DESC, r.id LIMIT 1 OFFSET 3"
    )
    text = {True: "true", False: "false"}.get(value, str(value))
    text = f"{value.isoformat()}Z" if name == "updated_since" else text
    first = str(day.replace(day=1))

    opened(page, entity=entity.name, action="list", **{name: text, "from": first, "to": str(day)})

    assert not page.exception
    assert not page.error
    assert not page.warning
    with demo_client(seed=7, entries=1500, today=date(2026, 11, 20)) as harvest:
        given: dict[str, Any] = {name: text, "from": first, "to": str(day)}
        answer = [record.id for record in harvest.get_resource(entity.name).all(**given)]
    assert answer
    assert f"of {len(answer)}" in captions(page)
    shown = page.dataframe[0].value["id"].tolist()
    assert set(shown) <= set(answer)
    assert len(shown) == min(len(answer), 50)
    assert given_in(page).keys() == {name, "from", "to", "per_page"}


def test_an_invoice_is_listed_by_the_projects_of_its_lines(stored: Snapshot) -> None:
    ((project,),) = stored.rows(
        "SELECT line.project.id FROM (SELECT unnest(r.line_items) AS line FROM records.invoices"
        " AS r) WHERE line.project IS NOT NULL LIMIT 1"
    )
    asked = search_of_link(
        {"entity": "invoices", "action": "list", "project_id": str(project)}, limit=9
    )

    found = search_snapshot(stored, asked).data

    assert found
    with demo_client(seed=7, entries=1500, today=date(2026, 11, 20)) as harvest:
        answer = harvest.invoices.all(project_id=project)
        assert count_records(stored, asked) == len([record.id for record in answer])


def test_what_a_list_is_asked_for_is_in_the_file_and_gone_with_the_entity(
    page: AppTest, demo: Settings, stored: Snapshot
) -> None:
    opened(page, entity="clients", action="list", is_active="false")

    assert not page.dataframe[0].value["is_active"].any()
    assert given_in(page) == {"is_active": False, "per_page": 50}
    also = {"entity": "clients", "action": "list", "is_active": "false"}
    scope = Scope(date(2026, 11, 1), date(2026, 11, 20), today=date(2026, 11, 20))
    file = export.export_table("explorer", "csv", scope, also, demo, stored)
    rows = list(csv.reader(io.StringIO(b"".join(file.chunks).decode("utf-8-sig"))))
    archived = page.dataframe[0].value["id"].tolist()
    assert [row[0] for row in rows[1 : len(archived) + 1]] == [str(id) for id in archived]
    links = [block.proto.url for block in page.get("link_button")]
    assert any("is_active=false" in one for one in links)

    page.selectbox(key="entity").set_value("users").run()
    assert "is_active" not in given_in(page)
    assert not page.warning


def test_what_the_copy_cannot_follow_is_said(page: AppTest) -> None:
    opened(
        page, entity="time_projects", action="list", include_fixed_fee="true",
        **{"from": "2026-01-01"},
    )  # fmt: skip

    assert "cannot follow from and include" in captions(page).replace("\\", "")
    assert given_in(page) == {
        "from": "2026-01-01", "to": "2026-11-20", "include_fixed_fee": True, "per_page": 50
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"entity": "time_entry"}, "no entity 'time_entry'; did you mean time_entries?"),
        ({"entity": "tasks", "action": "lists"}, "no action 'lists'; did you mean list?"),
        ({"sort": ["hours up"]}, "no sort 'hours up'; did you mean hours"),
        ({"fields": ["id", "client.nam"]}, "no field 'client.nam'; did you mean client.name?"),
        ({"action": "list", "from": "yesterday"}, "from cannot be 'yesterday'"),
        ({"action": "list", "is_billed": "yes"}, "is_billed cannot be 'yes'"),
        ({"entity": "invoices", "action": "list", "state": "opn"}, "did you mean open?"),
        ({"entity": "users", "action": "list", "client_id": "7"}, "takes no parameter client_id"),
    ],
)
def test_what_a_link_says_and_nothing_can_hold_is_said(
    page: AppTest, said: dict[str, str | list[str]], sentence: str
) -> None:
    opened(page, **said)

    assert not page.exception
    assert not page.error
    (warning,) = page.warning
    assert sentence in warning.value.replace("\\", "")
    page.run()
    assert page.warning  # as long as nothing else is asked
    page.selectbox(key="entity").set_value("projects").run()
    assert not page.warning


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"action": "list", "user_id": "Ada"}, "user_id is a positive whole number, not 'Ada'"),
        ({"action": "list", "updated_since": "2026-01-01"}, "an instant with its zone"),
        ({"action": "list", "from": "2026-02-01", "to": "2026-01-01"}, "is later than"),
        ({"filter": "{"}, "$.query.filter is not JSON"),
        ({"filter": '{"eq": {"hour": 1}}'}, "$.query.filter.eq.hour is no field; did you mean"),
        ({"filter": '{"equals": {"hours": 1}}'}, "is no operator"),
        ({"action": "get", "id": "abc"}, "got by its id"),
    ],
)
def test_what_cannot_be_understood_is_explained_and_kept(
    page: AppTest, said: dict[str, str], sentence: str
) -> None:
    opened(page, **said)

    assert not page.exception
    (error,) = page.error
    assert sentence in error.value.replace("\\", "")
    for name in {"filter", "id", "user_id", "updated_since"} & said.keys():
        (kept,) = [w.value for w in (*page.text_area, *page.text_input) if w.key == name]
        assert kept == said[name]
    page.button(key="reset_explorer").click().run()
    if "id" not in said:
        assert page.dataframe


def test_a_selected_record_is_shown_in_full(page: AppTest, stored: Snapshot) -> None:
    opened(page, entity="invoices", fields=["id"])
    (table,) = page.dataframe

    assert table.key
    page.session_state[table.key] = {"selection": {"rows": [3], "columns": []}}
    page.run()

    record = json.loads(page.json[0].value)
    assert record["id"] == table.value["id"][3]
    assert {"line_items", "client", "amount"} <= record.keys()
    assert "client_key" not in record


def test_a_report_says_which_days_it_has(page: AppTest) -> None:
    opened(page, entity="time_projects", action="list")

    assert "over all days" in page.info[0].value
    assert "--from" in codes(page)[2]
    assert 'to="2026-11-20"' in codes(page)[0]


def test_rows_write_the_filter(page: AppTest) -> None:
    opened(page, entity="projects")
    key = "_build_filter"

    page.button(key=f"{key}_add").click().run()
    page.selectbox(key=f"{key}_0_path").set_value("is_active").run()
    page.button(key=f"{key}_apply").click().run()
    assert "has no value yet" in page.error[0].value
    page.button_group(key=f"{key}_0_flag").set_value([True]).run()
    page.button(key=f"{key}_add").click().run()
    page.selectbox(key=f"{key}_1_path").set_value("name").run()
    page.selectbox(key=f"{key}_1_op").set_value("contains").run()
    page.text_input(key=f"{key}_1_text").set_value("e").run()
    page.button(key=f"{key}_apply").click().run()

    assert not page.exception
    assert not page.error
    assert json.loads(typed(page)) == {
        "and": [{"eq": {"is_active": True}}, {"contains": {"name": "e"}}]
    }
    assert page.dataframe[0].value["is_active"].all()


EVERY = {
    "and": [
        {"gte": {"spent_date": "2026-01-01"}}, {"lt": {"updated_at": "2026-12-31T09:00:00Z"}},
        {"lt": {"created_at": "2026-12-31T09:00:17Z"}}, {"gt": {"hours": 0.25}},
        {"lte": {"hours": 123456789012.123457}}, {"neq": {"id": 9223372036854775807}},
        {"neq": {"user.id": 5}}, {"in": {"billable": [True, False]}},
        {"not": {"in": {"id": [1, 2]}}}, {"eq": {"approval_status": "approved"}},
        {"or": [{"like": {"notes": "%"}}, {"eq": {"notes": None}}]},
        {"neq": {"client": None}}, {"gt": {"spent_date": "0001-01-01"}},
    ]
}  # fmt: skip


def test_rows_show_and_keep_every_kind_of_value(page: AppTest) -> None:
    text = json.dumps(EVERY).replace("123456789012.12346", "123456789012.123457")
    opened(page, entity="time_entries", filter=text)

    assert not page.exception
    page.button(key="_build_filter_apply").click().run()

    assert not page.exception
    assert json.loads(typed(page)) == json.loads(text)
    assert "123456789012.123457" in typed(page)


def test_lists_of_objects_have_groups(page: AppTest) -> None:
    said = {"any": {"line_items": {"and": [{"eq": {"kind": "Service"}}, {"gt": {"amount": 1}}]}}}

    opened(page, entity="invoices", filter=json.dumps(said))

    assert not page.exception
    assert "At least one of line_items where" in captions(page)
    page.button(key="_build_filter_apply").click().run()
    assert json.loads(typed(page)) == said


def test_another_entity_begins_anew_but_keeps_the_filter(page: AppTest) -> None:
    opened(page, entity="time_entries", filter='{"eq": {"billable": true}}', fields=["id"])

    page.selectbox(key="entity").set_value("company").run()

    assert not page.exception
    assert "no field" in page.error[0].value
    assert typed(page) == '{"eq": {"billable": true}}'
    page.button(key="reset_explorer").click().run()
    assert not page.error


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_typed_is_never_markup(page: AppTest, text: str) -> None:
    opened(page, entity="clients", filter=json.dumps({"eq": {"name": text}}))

    assert not page.exception
    assert not page.error
    written = [element.value for element in (*page.markdown, *page.caption, *page.subheader)]
    assert not [one for one in written if "evil" in one]


def test_the_file_has_what_is_searched(page: AppTest, demo: Settings, stored: Snapshot) -> None:
    opened(
        page, entity="clients", filter='{"eq": {"is_active": true}}', sort=["name"],
        fields=["id", "name"],
    )  # fmt: skip
    links = [one.proto.url for one in page.main if getattr(one, "type", "") == "link_button"]
    links = links or [block.proto.url for block in page.get("link_button")]
    (link,) = [one for one in links if "explorer.csv" in one]
    also = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    scope = Scope(date(2026, 11, 1), date(2026, 11, 20), today=date(2026, 11, 20))

    file = export.export_table("explorer", "csv", scope, also, demo, stored)

    text = b"".join(file.chunks).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    shown = page.dataframe[0].value
    assert rows[0] == ["id", "name"]
    names = [row[1].removeprefix("'") for row in rows[1 : len(shown) + 1]]  # no formulas
    assert names == shown["name"].tolist()
    assert "Neither the period nor the filter above" in text


def test_what_is_nested_is_json_text(stored: Snapshot) -> None:
    for name in ENTITIES:
        asked = search_of_link({"entity": name}, limit=50)
        table = records_frame(asked, search_snapshot(stored, asked).data)
        for values in table.to_dict("list").values():
            assert not [value for value in values if isinstance(value, list | dict)]
    lines = search_of_link({"entity": "invoices", "fields": "id,line_items.kind"}, limit=5)
    kinds: Any = records_frame(lines, search_snapshot(stored, lines).data)["line_items.kind"]
    assert all(isinstance(json.loads(text), list) for text in kinds)


def test_before_there_were_searches(app: AppTest, published: Settings) -> None:
    app.switch_page("../pages/explorer.py").run()

    assert not app.exception
    assert "No records to search" in captions(app)


def test_a_search_of_restricted_fields_is_in_the_audit_log(demo: Settings, page: AppTest) -> None:
    log = audit_log(demo.cache_dir / demo.account_id)
    ((before,),) = log.rows("SELECT coalesce(max(number), 0) FROM entries")

    opened(page, entity="roles").run()
    opened(page, entity="tasks", fields=["id", "name"])
    opened(page, entity="time_entries", fields=["id", "notes"])

    entered = log.rows(
        "SELECT did, what, filter, rows FROM entries"
        f" WHERE what = 'explorer' AND number > {before} ORDER BY number"
    )
    by_filter = {filter: (did, rows) for did, _, filter, rows in entered}
    assert by_filter.keys() >= {"entity=roles action=search"}
    assert by_filter["entity=roles action=search"][0] == "searched"
    assert not any("fields=id,notes" in str(filter) for filter in by_filter)
    assert len([one for one in entered if "entity=roles" in str(one[2])]) == 1
