"""`python -m harvest_client ENTITY list|get|search`: answers on stdout, sentences on stderr."""

import json
from datetime import date

import pytest

from harvest_client.entities import ENTITIES, REPORTS, Action, Rate
from harvest_client.models.fields import Field
from harvest_demo import CLIENT_SECRET, TOKEN
from harvest_demo.server.in_process import demo_client
from tests.harvest_client.cli.running import TODAY, CommandLine

ALL = {**ENTITIES, **REPORTS}
CALLS = [(name, action) for name, entity in ALL.items() for action in entity.actions]
WINDOW = ("--from", "2026-10-01", "--to", "2026-10-31")


def window(name: str) -> tuple[str, ...]:
    return WINDOW if "from" in ALL[name].parameter_names and ALL[name].rate is Rate.REPORTS else ()


@pytest.mark.parametrize(("name", "action"), CALLS)
def test_every_action_of_every_entity_answers_json(
    demo: CommandLine, name: str, action: Action
) -> None:
    known = {field.name for field in ALL[name].fields if not field.secret}
    if action is Action.GET and name != "company":
        id = str(demo(name, "list", "--per-page", "1").data[0]["id"])
        done = demo(name, "get", id)
        assert str(done.json["id"]) == id
        rows = [done.json]
    elif action is Action.GET:
        rows = [demo(name, "get").json]
    else:
        done = demo(name, action, *(window(name) if action is Action.LIST else ()))
        assert set(done.json) == {"data", "meta"}
        rows = done.data

    assert rows
    assert all(set(row) == known for row in rows)


@pytest.mark.parametrize("name", ALL)
def test_help_says_what_an_action_takes(demo: CommandLine, name: str) -> None:
    whole = demo(name, "--help")

    assert whole.code == 0
    for action in ALL[name].actions:
        done = demo(name, action, "--help")
        said = done.out.decode()
        assert done.code == 0
        assert done.err == ""
        assert action in whole.out.decode()
        assert "--fields" in said
        assert "--format" in said
        if action is Action.LIST:
            assert all(f"--{p.replace('_', '-')} " in said for p in ALL[name].parameter_names)
        if action is Action.SEARCH:
            assert all(option in said for option in ("--query", "--limit", "--cursor", "--all"))


def test_days_are_understood_in_both_spellings_and_options_with_either_dash(
    demo: CommandLine,
) -> None:
    dashed = demo("time_entries", "list", "--from", "2026-11-01", "--to=2026-11-10")
    plain = demo("time_entries", "list", "--from", "20261101", "--to", "20261110")
    with_dashes = demo("users", "list", "--is-active", "false", "--per-page", "1")
    with_underscores = demo("users", "list", "--is_active=false", "--per_page", "1")

    assert dashed.data
    assert min(row["spent_date"] for row in dashed.data) >= "2026-11-01"
    assert dashed.data == plain.data
    assert with_dashes.data == with_underscores.data


def test_fields_are_the_only_ones_that_come(demo: CommandLine) -> None:
    for action in ("list", "search"):
        done = demo("time_entries", action, "--fields", "id,hours,client.name", "--limit", "2")

        assert [list(row) for row in done.data] == [["id", "hours", "client"]] * 2
        assert [list(row["client"]) for row in done.data] == [["name"]] * 2


def test_amounts_are_numbers_as_harvest_wrote_them(demo: CommandLine) -> None:
    done = demo("invoices", "list", "--limit", "1", "--fields", "amount")

    assert b'"amount":' in done.out
    assert isinstance(done.data[0]["amount"], float)


def test_a_record_on_each_line_and_nothing_else(demo: CommandLine) -> None:
    json_lines = demo("users", "list", "--format", "jsonl")
    one = demo("users", "get", str(json_lines.lines[0]["id"]), "--format", "jsonl")

    assert json_lines.lines == demo("users", "list").data
    assert one.lines == json_lines.lines[:1]


def test_nothing_found_is_an_empty_answer(demo: CommandLine) -> None:
    query = '{"filter": {"eq": {"first_name": "Nobody"}}}'

    assert demo("users", "search", "--query", query).data == []
    assert demo("users", "search", "--query", query, "--all").json == {"data": []}
    assert demo("users", "search", "--query", query, "--format", "jsonl").out == b""


def test_all_goes_through_the_pages(demo: CommandLine) -> None:
    listed = demo("time_entries", "list", "--all", "--per-page", "70", "--format", "jsonl")
    found = demo("time_entries", "search", "--all", "--limit", "70", "--format", "jsonl")

    assert len({row["id"] for row in listed.lines}) == 300
    assert {row["id"] for row in found.lines} == {row["id"] for row in listed.lines}
    assert demo("time_entries", "list", "--per-page", "70").json["meta"]["total_entries"] == 300


def test_a_cursor_leads_to_the_next_page(demo: CommandLine) -> None:
    asked = ("users", "search", "--query", '{"sort": [{"email": "desc"}]}', "--fields", "email")
    first = demo(*asked, "--limit", "3").json
    second = demo(*asked, "--limit", "3", "--cursor", first["meta"]["cursor"]).json

    emails = [row["email"] for row in first["data"] + second["data"]]
    assert first["meta"]["has_more"]
    assert len(set(emails)) == 6
    assert emails == sorted(emails, reverse=True)


def test_a_filter_selects(demo: CommandLine) -> None:
    query = {"filter": {"and": [{"eq": {"billable": True}}, {"gt": {"hours": 4}}]}}

    found = demo("time_entries", "search", "--query", json.dumps(query)).data

    listed = demo("time_entries", "list").data
    wanted = {row["id"] for row in listed if row["billable"] and row["hours"] > 4}
    assert wanted
    assert {row["id"] for row in found} == wanted


@pytest.mark.parametrize("name", ["clients", "invoices", "estimates"])
def test_what_opens_a_page_without_a_login_is_never_printed(demo: CommandLine, name: str) -> None:
    with demo_client(seed=7, entries=300, today=date.fromisoformat(TODAY)) as harvest:
        (record,) = harvest.get_resource(name).list(per_page=1).data
    (key,) = [field.name for field in ENTITIES[name].fields if field.secret]

    printed = b"".join(
        demo(name, *arguments).out
        for arguments in (
            ("list",), ("list", "--all", "--format", "jsonl"), ("get", str(record.id)), ("search",)
        )
    )  # fmt: skip
    chosen = demo(name, "list", "--fields", key)

    assert str(record.id).encode() in printed
    assert getattr(record, key).encode() not in printed
    assert key.encode() not in printed
    assert (chosen.code, chosen.out) == (2, b"")


def test_only_whole_fields_of_a_record_are_secret() -> None:
    def inside(fields: tuple[Field, ...]) -> list[Field]:
        return [inner for field in fields for inner in (*field.fields, *inside(field.fields))]

    assert not [field for entity in ALL.values() for field in inside(entity.fields) if field.secret]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("users", "lst"), "users has no action 'lst'; did you mean 'list'?"),
        (("company", "list"), "company has no action 'list'; there are: get, search."),
        (("uninvoiced", "search"), "uninvoiced has no action 'search'; there are: list."),
        (("user", "list"), "there is no entity 'user'; did you mean 'users'?"),
        (("users",), "ACTION"),
        (("users", "list", "--is-activ", "true"), "'--is-activ'; did you mean '--is-active'?"),
        (("users", "list", "--query", "{}"), "there is no option '--query'; there are: --all,"),
        (("users", "list", "more"), "'more' is one argument too many"),
        (("company", "get", "1"), "'1' is one argument too many"),
        (("users", "get"), "ID"),
        (("users", "get", "ada"), "an id is a positive whole number, not 'ada'."),
        (("users", "list", "--is-active", "perhaps"), "is_active is True or False, not 'perhaps'."),
        (("users", "list", "--limit", "0"), "per_page is 1 to 2000, not '0'."),
        (("users", "list", "--format", "xml"), "'xml'"),
        (("users", "list", "--fields", "frist_name"), "did you mean first_name?"),
        (("users", "list", "--fields", ","), "needs at least one field"),
        (("time_entries", "list", "--from", "2026-02-30"), "from is a day such as 2026-01-31"),
        (("time_projects", "list"), "time_projects needs from"),
        (("users", "search", "--limit", "0"), "$.limit must be a whole number from 1 to 10,000."),
        (("users", "search", "--limit", "ten"), "invalid int value: 'ten'"),
        (("users", "search", "--query", "{bad"), "$.query is not JSON"),
        (("users", "search", "--query", "[]"), "$.query must be an object"),
        (("users", "search", "--query", '{"filtr": {}}'), "did you mean filter?"),
        (("users", "search", "--query", '{"filter": {"equals": {"id": 1}}}'), "equals"),
        (("users", "search", "--query", '{"filter": {"eq": {"emial": "x"}}}'), "mean email?"),
        (("users", "search", "--query", '{"filter": {"eq": {"id": "x"}}}'), "$.query.filter.eq.id"),
        (("users", "search", "--query", '{"sort": [{"hours": "up"}]}'), "$.query.sort"),
        (("users", "search", "--cursor", "x"), "$.cursor is damaged."),
        (("clients", "search", "--fields", "statement_key"), "$.fields[0]"),
    ],
)
def test_nonsense_gets_a_sentence_and_code_2(
    demo: CommandLine, arguments: tuple[str, ...], said: str
) -> None:
    done = demo(*arguments)

    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert "<Action" not in done.err
    assert done.out == b""


def test_no_such_record_is_code_1_and_two_sentences(demo: CommandLine) -> None:
    done = demo("users", "get", "1")

    assert (done.code, done.out) == (1, b"")
    assert "404 Not Found: Not Found. Check the id, and" in done.err


def test_nothing_printed_is_a_credential(direct: CommandLine, hosted: CommandLine) -> None:
    for account in (direct, hosted):
        done = account("users", "get", "1")
        assert done.code == 1
        assert TOKEN not in done.err
        assert CLIENT_SECRET not in done.err


def test_a_search_as_somebody_finds_what_they_may_see(demo: CommandLine) -> None:
    people = demo("users", "search", "--all").data
    member = next(one for one in people if one["access_roles"] == ["member"] and one["is_active"])
    everything = demo("time_entries", "search", "--all").data
    expected = {row["id"] for row in everything if row["user"]["id"] == member["id"]}
    as_member = ("--as", member["email"])

    seen = demo("time_entries", "search", "--all", *as_member).data

    assert {row["id"] for row in seen} == expected
    assert len(expected) < len(everything)
    assert {(row["billable_rate"], row["cost_rate"]) for row in seen} == {(None, None)}
    refused = demo("invoices", "search", *as_member)
    assert (refused.code, refused.out) == (2, b"")
    assert refused.err.startswith("Not visible to you: Invoices. It needs a right to invoices.")
    nobody = demo("users", "search", "--as", "nobody@example.com")
    assert "nobody@example.com is no active person of this Harvest account." in nobody.err
