"""One odd record: refused by default, and apart from the rest of its page for whoever collects."""

import asyncio
import json
from datetime import date
from typing import Any

import httpx
import pytest

from harvest_client import AsyncHarvest, Harvest, InvalidResponse
from harvest_client.entities import ENTITIES
from tests.harvest_client.fake_harvest import FakeHarvest
from tests.harvest_client.hosted_demo import mocked, says

CANARY = "canary 4711"

# The JSON text of one entry's fields, the field at fault, and some words of what is wrong.
ODD: dict[str, tuple[str, str, str]] = {
    "unknown type": ('"hours": {}', "hours", "expected a number, got an object"),
    "true for a number": ('"hours": true', "hours", "expected a number, got true or false"),
    "words for a number": (f'"hours": "{CANARY}"', "hours", "expected a number, got text"),
    "words for an id": (f'"client": {{"id": "{CANARY}"}}', "client.id", "whole number, got text"),
    "fraction of an id": ('"client": {"id": 1.5}', "client.id", "got a fraction"),
    "lone surrogate": ('"notes": "a\\ud800"', "notes", "not valid Unicode"),
    "lone surrogate inside": ('"task": {"name": "\\udfff"}', "task.name", "not valid Unicode"),
    "impossible day": ('"spent_date": "2025-02-30"', "spent_date", "no such day"),
    "day of another form": ('"spent_date": "30.01.2025"', "spent_date", "a day, got text"),
    "day as a number": ('"spent_date": 20250131', "spent_date", "a day, got a number"),
    "impossible time": ('"updated_at": "2025-01-01T25:00:00Z"', "updated_at", "no such instant"),
    "huge id": (f'"client": {{"id": {10**30}}}', "client.id", "out of range"),
    "id of a million digits": (f'"invoice": {{"id": {"9" * 10**6}}}', "invoice.id", "of range"),
    "NaN": ('"hours": NaN', "hours", "not finite"),
    "minus infinity": ('"hours": -Infinity', "hours", "not finite"),
    "exponent without end": ('"hours": 1e999999999999999999999', "hours", "not finite"),
    "list for an object": ('"client": []', "client", "expected an object, got a list"),
    "text for a flag": ('"billable": "yes"', "billable", "expected true or false, got text"),
    "number for a flag": ('"billable": 1', "billable", "expected true or false, got a number"),
}  # fmt: skip


def page_of(odd: str, *, id: int = 2) -> bytes:
    """A page of three entries, the second with the odd field."""
    rows = ['{"id": 1}', f'{{"id": {id}, "spent_date": "2025-01-31", {odd}}}', '{"id": 3}']
    return f'{{"time_entries": [{", ".join(rows)}], "total_entries": 3}}'.encode()


def answer(body: bytes) -> httpx.Response:
    return httpx.Response(200, content=body)


@pytest.mark.parametrize(("odd", "field", "problem"), ODD.values(), ids=ODD)
def test_odd_record_is_apart_from_the_rest_of_its_page(
    harvest: Harvest, fake: FakeHarvest, odd: str, field: str, problem: str
) -> None:
    fake.trouble.append(answer(page_of(odd)))

    page = harvest.time_entries.collect_odd().list()

    assert [record.id for record in page.data] == [1, 3]
    assert page.meta.total_entries == 3
    (found,) = page.odd
    assert (found.entity, found.id, found.field) == ("time_entries", 2, field)
    assert problem in found.problem
    assert CANARY not in repr(found)


@pytest.mark.parametrize(("odd", "field", "problem"), ODD.values(), ids=ODD)
def test_odd_record_is_malformed_by_default(
    harvest: Harvest, fake: FakeHarvest, odd: str, field: str, problem: str
) -> None:
    fake.trouble.append(answer(page_of(odd)))

    with pytest.raises(InvalidResponse) as caught:
        harvest.time_entries.list()

    assert f"at $.time_entries[1].{field}: " in str(caught.value)
    assert problem.lower() in str(caught.value).lower()
    assert CANARY not in str(caught.value)
    assert caught.value.odd
    assert caught.value.odd.id == 2


def test_byte_that_is_no_text_makes_one_record_odd(harvest: Harvest, fake: FakeHarvest) -> None:
    fake.trouble.append(answer(page_of('"notes": "?"').replace(b"?", b"\xff")))

    page = harvest.time_entries.collect_odd().list()

    assert ([record.id for record in page.data], page.odd[0].field) == ([1, 3], "notes")


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"id": 7, "line_items": {}}, "line_items"),
        ({"id": 7, "line_items": [{"id": 1}, 5]}, "line_items[1]"),
        ({"id": 7, "line_items": [{"id": 1, "amount": []}]}, "line_items[0].amount"),
        ({"id": 7, "line_items": [{"id": 1, "project": {"id": {}}}]}, "line_items[0].project.id"),
        ({"id": 7, "line_items": [None]}, "line_items[0]"),
    ],
)
def test_place_inside_of_a_list_is_named(
    harvest: Harvest, fake: FakeHarvest, row: dict[str, Any], path: str
) -> None:
    fake.trouble.append(httpx.Response(200, json={"invoices": [row]}))

    page = harvest.invoices.collect_odd().list()

    assert page.data == []
    assert page.odd[0].field == path


def test_list_of_texts_with_a_number_without_end_is_odd(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    fake.trouble.append(httpx.Response(200, json={"users": [{"id": 7, "roles": "Designer"}]}))

    page = harvest.users.collect_odd().list()

    assert (page.odd[0].field, page.odd[0].problem) == ("roles", "expected a list, got text")


def test_day_of_an_odd_record_is_known_where_it_can_be_read(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    fake.trouble.append(answer(page_of('"hours": []')))
    fake.trouble.append(answer(page_of('"hours": [], "spent_date": "never"')))

    (dated,) = harvest.time_entries.collect_odd().list().odd
    (undated,) = harvest.time_entries.collect_odd().list().odd

    assert (dated.day, undated.day) == (date(2025, 1, 31), None)


@pytest.mark.parametrize(
    "key",
    ['"id": null', '"id": "one"', '"id": 0', '"id": -4', '"id": 1.5', '"id": {}', '"id": true',
     '"id": ""', f'"id": {2**63}', f'"id": {10**30}', '"id": NaN', '"name": "no id"'],
)  # fmt: skip
def test_record_with_an_odd_key_is_apart_and_told_from_others_by_a_digest(
    harvest: Harvest, fake: FakeHarvest, key: str
) -> None:
    rows = ['{"id": 1}', f"{{{key}}}", f'{{{key}, "is_active": true}}', f"{{{key}}}"]
    fake.trouble.append(answer(f'{{"clients": [{", ".join(rows)}]}}'.encode()))

    page = harvest.clients.collect_odd().list()

    assert [record.id for record in page.data] == [1]
    assert [(one.id, one.field) for one in page.odd] == [(None, "id")] * 3
    first, second, third = (one.digest for one in page.odd)
    assert first == third
    assert first != second
    assert "$.clients[1].id: " in page.odd[0].message


@pytest.mark.parametrize("row", [None, 7, "seven", [], [{"id": 1}]])
def test_record_that_is_no_object_is_apart_from_the_rest(
    harvest: Harvest, fake: FakeHarvest, row: Any
) -> None:
    fake.trouble.append(httpx.Response(200, json={"clients": [{"id": 1}, row]}))

    page = harvest.clients.collect_odd().list()

    assert [record.id for record in page.data] == [1]
    (odd,) = page.odd
    assert (odd.id, odd.field) == (None, "")
    assert "at $.clients[1]: Expected an object" in odd.message


@pytest.mark.parametrize("key", ['"id": 0', '"id": null'])
def test_record_with_an_odd_key_is_malformed_by_default(
    harvest: Harvest, fake: FakeHarvest, key: str
) -> None:
    fake.trouble.append(answer(f'{{"clients": [{{"id": 1}}, {{{key}}}]}}'.encode()))

    with pytest.raises(InvalidResponse, match=r"\$\.clients\[1\]\.id"):
        harvest.clients.list()


@pytest.mark.parametrize("levels", [150, 2_000, 200_000])
@pytest.mark.parametrize(("start", "end"), [("[", "]"), ('{"a":', "}")])
def test_value_nested_without_end_makes_one_record_odd(
    harvest: Harvest, fake: FakeHarvest, levels: int, start: str, end: str
) -> None:
    deep = start * levels + "1" + end * levels
    fake.trouble.append(answer(page_of(f'"notes": {deep}')))
    fake.trouble.append(answer(page_of(f'"notes": "a ] }} \\" {{ [", "unknown": {deep}')))

    page = harvest.time_entries.collect_odd().list()
    ignored = harvest.time_entries.collect_odd().list()

    assert ([record.id for record in page.data], page.odd[0].field) == ([1, 3], "notes")
    assert [record.id for record in ignored.data] == [1, 2, 3]


def test_empty_value_in_a_list_of_ids_is_odd(harvest: Harvest, fake: FakeHarvest) -> None:
    fake.trouble.append(httpx.Response(200, json={"roles": [{"id": 7, "user_ids": [1, ""]}]}))

    page = harvest.roles.collect_odd().list()

    assert (page.odd[0].id, page.odd[0].field) == (7, "user_ids[1]")


@pytest.mark.parametrize(
    "body",
    [
        {"clients": {}},
        {"clients": None},
        {"users": []},
        [],
        {"clients": [{"id": "1"}], "links": {"next": 7}},
        {"clients": [{"id": "1"}], "links": []},
    ],
)
def test_envelope_of_another_form_is_malformed_for_whoever_collects_too(
    harvest: Harvest, fake: FakeHarvest, body: Any
) -> None:
    fake.trouble.append(httpx.Response(200, json=body))

    with pytest.raises(InvalidResponse):
        harvest.clients.collect_odd().list()


def test_cut_off_answer_with_an_odd_record_is_malformed(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    fake.trouble.append(answer(page_of('"hours": NaN')[:-30]))

    with pytest.raises(InvalidResponse, match="not whole JSON"):
        harvest.time_entries.collect_odd().list()


def test_pages_collect_as_lists_do(harvest: Harvest, fake: FakeHarvest) -> None:
    fake.trouble.append(answer(page_of('"hours": []')))

    (page,) = harvest.time_entries.collect_odd().pages()

    assert ([record.id for record in page.data], page.odd[0].id) == ([1, 3], 2)


def test_records_without_a_page_are_malformed_for_whoever_collects_too(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    fake.trouble.append(answer(page_of('"hours": []')))
    fake.trouble.append(answer(b'{"id": 2, "hours": []}'))

    with pytest.raises(InvalidResponse):
        list(harvest.time_entries.collect_odd().all())
    with pytest.raises(InvalidResponse) as caught:
        harvest.time_entries.collect_odd().get(2)

    assert caught.value.odd
    assert (caught.value.odd.id, caught.value.odd.field) == (2, "hours")


def test_record_without_a_key_may_be_odd(harvest: Harvest, fake: FakeHarvest) -> None:
    fake.trouble.append(httpx.Response(200, json={"name": 1.5}))

    with pytest.raises(InvalidResponse) as caught:
        harvest.company.get()

    assert caught.value.odd
    assert (caught.value.odd.id, caught.value.odd.field) == (None, "name")


def test_odd_payment_names_its_invoice(harvest: Harvest, fake: FakeHarvest) -> None:
    fake.trouble.append(httpx.Response(200, json={"invoice_payments": [{"id": 8, "amount": []}]}))

    page = harvest.invoice_payments.collect_odd().list(invoice_id=5)

    assert (page.odd[0].owner, page.odd[0].id) == (5, 8)


def test_number_of_records_is_told_although_the_one_that_comes_is_odd(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    fake.trouble.append(answer(page_of('"hours": []')))

    assert harvest.time_entries.count() == 3


def test_owner_of_the_token_is_known_although_another_field_is_odd(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    me = {"id": 7, "weekly_capacity": "full time", "access_roles": ["manager"], "email": "\ud800"}
    fake.trouble.extend([httpx.Response(200, content=json.dumps(me).encode())] * 2)

    owner = harvest.me(fields=("id", "access_roles"))

    assert (owner.id, owner.access_roles) == (7, ["manager"])
    with pytest.raises(InvalidResponse):
        harvest.me()


def test_long_report_collects_the_odd_rows_of_all_its_windows(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    good = {"results": [{"project_id": 1, "currency": "EUR", "total_hours": 1}]}
    odd = {"results": [{"project_id": 1, "currency": "EUR", "total_hours": "many"}]}
    window = {"from_": date(2024, 1, 1), "to": date(2025, 6, 1)}
    fake.trouble.extend(httpx.Response(200, json=body) for body in (good, odd, good, odd))

    page = harvest.time_projects.collect_odd().list(**window)

    assert [row.total_hours for row in page.data] == [1]
    assert [odd.field for odd in page.odd] == ["total_hours"]
    with pytest.raises(InvalidResponse, match="total_hours"):
        harvest.time_projects.list(**window)


@pytest.mark.parametrize("wrapped", [False, True])
def test_hosted_list_has_its_odd_records_apart(wrapped: bool) -> None:
    rows = [{"id": 1}, {"id": 2, "hours": []}, {"id": 3, "notes": "x" * 200 + "... [truncated 9"}]
    result = {"data": rows} if wrapped else rows

    with mocked(says(200, json={"result": result})) as (harvest, _):
        page = harvest.time_entries.collect_odd().list()
        with pytest.raises(InvalidResponse):
            harvest.time_entries.list()

    assert [record.id for record in page.data] == [1]
    assert [(odd.id, odd.field) for odd in page.odd] == [(2, "hours"), (3, "notes")]
    assert "cut at 200 characters" in page.odd[1].problem


def test_hosted_search_has_its_odd_records_apart() -> None:
    rows = [{"id": 1}, {"id": 2, "hours": []}, {"id": 3}]
    result = {"data": rows, "meta": {"has_more": False}}

    with mocked(says(200, json={"result": result}), generation="C") as (harvest, _):
        (page,) = harvest.time_entries.collect_odd().search_pages({})
        with pytest.raises(InvalidResponse):
            list(harvest.time_entries.search_all({}))
        with pytest.raises(InvalidResponse):
            harvest.time_entries.search({})

    assert [record.id for record in page.data] == [1, 3]
    assert [(odd.id, odd.field) for odd in page.odd] == [(2, "hours")]


def test_generation_is_found_by_an_odd_company_too() -> None:
    """A company that comes back means that the operator was not understood, whatever is in it."""
    company = {"data": [{"name": []}], "meta": {"has_more": False}}

    with mocked(says(200, json={"result": company})) as (harvest, wire):
        assert harvest.company.collect_odd().search({}).odd
        sent = [command["params"] for command in wire.commands]
        assert harvest.company.collect_odd().search({"filter": {"endswith": {"name": "x"}}}).odd

    assert len(sent) == 3  # two to find the generation, and the search
    assert "filter" not in wire.commands[-1]["params"]["query"]


@pytest.mark.parametrize("collects", [False, True])
def test_awaited_calls_collect_alike(fake: FakeHarvest, collects: bool) -> None:
    async def read() -> tuple[Any, Any]:
        fake.trouble.extend([answer(page_of('"hours": []'))] * 2)
        async with AsyncHarvest(
            token="secret", account_id="1", transport=fake.transport()
        ) as harvest:
            entries = harvest.time_entries.collect_odd() if collects else harvest.time_entries
            return await entries.list(), [page async for page in entries.pages()]

    if not collects:
        with pytest.raises(InvalidResponse):
            asyncio.run(read())
        return
    page, pages = asyncio.run(read())
    assert page.odd[0].id == pages[0].odd[0].id == 2


def test_every_entity_with_a_key_has_it_checked() -> None:
    assert {entity.name for entity in ENTITIES.values() if entity.primary_key == ("id",)} == {
        entity.name for entity in ENTITIES.values() if any(f.required for f in entity.fields)
    }
