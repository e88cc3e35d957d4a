"""Values in other forms than the usual one are read as the same values, of every entity and report.

Harvest's documents leave the form of many values open, so each form that is plausible is one
account here, made of the sample answers.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from harvest_client import Harvest, Record
from harvest_client.entities import DETAILS, Entity
from harvest_client.models.fields import Field, FieldType
from harvest_client.models.records import as_dict
from tests.harvest_client.fake_harvest import ALL, FakeHarvest, sample
from tests.harvest_client.hosted_demo import mocked, says

PAYMENT = {
    "id": 10336386, "amount": 1575.86, "paid_at": "2017-07-24T13:32:18Z",
    "paid_date": "2017-07-24", "recorded_by": "Jane Bar", "recorded_by_email": "jane@example.com",
    "notes": "Paid by phone", "transaction_id": None, "payment_gateway": {"id": 1234, "name": "x"},
    "created_at": "2017-07-28T14:42:44Z", "updated_at": "2017-07-28T14:42:44Z",
}  # fmt: skip
WINDOW = {"from_": date(2026, 1, 1), "to": date(2026, 1, 31)}

Change = Callable[[Field, Any], Any]
"""The value of a field in another form."""


def _ids_as_text(field: Field, value: Any) -> Any:
    is_id = field.kind is FieldType.INTEGER and (field.name == "id" or field.name.endswith("_id"))
    return str(value) if is_id else value


def _reference_ids_as_numbers(field: Field, value: Any) -> Any:
    is_digits = field.kind is FieldType.TEXT and field.name in ("id", "group_id", "account_id")
    return int(value) if is_digits and value.isdigit() else value


def _days_as_timestamps(field: Field, value: Any) -> Any:
    return f"{value}T00:00:00Z" if field.kind is FieldType.DATE else value


def _days_as_late_timestamps(field: Field, value: Any) -> Any:
    return f"{value}T23:30:00-11:00" if field.kind is FieldType.DATE else value


def _instants(ending: str) -> Change:
    def change(field: Field, value: Any) -> Any:
        return value.removesuffix("Z") + ending if field.kind is FieldType.TIMESTAMP else value

    return change


def _integers_as_decimals(field: Field, value: Any) -> Any:
    return float(value) if field.kind is FieldType.INTEGER else value


def _decimals_as_text(field: Field, value: Any) -> Any:
    return str(value) if field.kind is FieldType.DECIMAL else value


def _decimals_with_a_fraction(field: Field, value: Any) -> Any:
    return float(value) if field.kind is FieldType.DECIMAL else value


FORMS: dict[str, Change] = {
    "ids as text": _ids_as_text,
    "reference ids as numbers": _reference_ids_as_numbers,
    "days as timestamps": _days_as_timestamps,
    "days as timestamps of another day in UTC": _days_as_late_timestamps,
    "instants without offset": _instants(""),
    "instants with fraction": _instants(".000Z"),
    "instants with fraction and no offset": _instants(".000000"),
    "instants with an offset": _instants("+00:00"),
    "integers as decimals": _integers_as_decimals,
    "decimals as text": _decimals_as_text,
    "decimals with a fraction": _decimals_with_a_fraction,
}


def _changed(row: dict[str, Any], fields: Iterable[Field], change: Change) -> dict[str, Any]:
    known = {field.name: field for field in fields}
    return {name: _value(known[name], value, change) for name, value in row.items()}


def _value(field: Field, value: Any, change: Change) -> Any:
    if value is None:
        return None
    if field.kind is FieldType.OBJECT:
        return _changed(value, field.fields, change)
    if field.kind is FieldType.OBJECTS:
        return [_changed(item, field.fields, change) for item in value]
    return change(field, value)


def _read(harvest: Harvest, fake: FakeHarvest, entity: Entity, rows: Any) -> list[Record]:
    """What the client makes of these rows of the entity."""
    body = json.dumps({entity.envelope: rows} if entity.envelope else rows[0])
    fake.trouble.append(httpx.Response(200, content=body.encode()))
    resource = harvest.get_resource(entity.name)
    if entity.envelope is None:
        return [resource.get()]
    asked = dict.fromkeys(entity.in_path, 1)
    return resource.list(
        **asked, **(WINDOW if entity.sums or "from" in _needed(entity) else {})
    ).data


def _needed(entity: Entity) -> set[str]:
    return {parameter.name for parameter in entity.parameters if parameter.required}


def _rows(entity: Entity) -> list[dict[str, Any]]:
    if entity.name == "invoice_payments":
        return [PAYMENT]
    if entity.name == "user_teammates":
        return [{"id": 5, "first_name": "Ada", "last_name": "", "email": "ada@example.com"}]
    return sample(entity)


@pytest.mark.parametrize("entity", {**ALL, **DETAILS}.values(), ids=lambda entity: entity.name)
@pytest.mark.parametrize("form", FORMS)
def test_record_in_another_form_has_the_same_values(
    harvest: Harvest, fake: FakeHarvest, entity: Entity, form: str
) -> None:
    rows = _rows(entity)
    usual = [as_dict(record) for record in _read(harvest, fake, entity, rows)]

    other = _read(
        harvest, fake, entity, [_changed(row, entity.fields, FORMS[form]) for row in rows]
    )

    assert [as_dict(record) for record in other] == usual


@pytest.mark.parametrize("entity", {**ALL, **DETAILS}.values(), ids=lambda entity: entity.name)
def test_empty_text_where_no_text_belongs_is_no_value(
    harvest: Harvest, fake: FakeHarvest, entity: Entity
) -> None:
    row = {field.name: 1 if field.required else "" for field in entity.fields}

    (record,) = _read(harvest, fake, entity, [row])

    for field in entity.fields:
        if (
            field.kind is not FieldType.TEXT
            and not field.required
            and field.name not in entity.in_path
        ):
            assert getattr(record, field.name) is None, field.name


def test_empty_text_inside_of_objects_is_no_value(harvest: Harvest, fake: FakeHarvest) -> None:
    entry = {"id": 1, "client": {"id": "", "name": ""}, "task_assignment": {"budget": ""}}

    (record,) = _read(harvest, fake, ALL["time_entries"], [entry])

    assert (record.client.id, record.client.name) == (None, "")
    assert record.task_assignment.budget is None


def test_client_of_an_entry_may_have_a_currency(harvest: Harvest, fake: FakeHarvest) -> None:
    client = {"id": 7, "name": "Ada", "currency": "EUR"}
    bare = {"id": 7, "name": "Ada"}
    for name in ("time_entries", "expenses"):
        (record,) = _read(harvest, fake, ALL[name], [{"id": 1, "client": client}])
        (other,) = _read(harvest, fake, ALL[name], [{"id": 1, "client": bare}])

        assert (record.client.id, record.client.name) == (7, "Ada")
        assert (other.client.id, other.client.name) == (7, "Ada")


def test_unknown_state_survives(harvest: Harvest, fake: FakeHarvest) -> None:
    (record,) = _read(harvest, fake, ALL["invoices"], [{"id": "1", "state": "written-off"}])

    assert record.state == "written-off"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-31", date(2025, 3, 31)),
        ("2025-03-31T00:00:00Z", date(2025, 3, 31)),
        ("2025-03-31T00:00:00.000+13:00", date(2025, 3, 31)),
        ("2025-03-31 23:59:59", date(2025, 3, 31)),
    ],
)
def test_day_is_the_one_that_is_written(
    harvest: Harvest, fake: FakeHarvest, text: str, day: date
) -> None:
    (record,) = _read(harvest, fake, ALL["expenses"], [{"id": 1, "spent_date": text}])

    assert record.spent_date == day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-03-31T22:05:10", datetime(2025, 3, 31, 22, 5, 10, tzinfo=UTC)),
        ("2025-03-31T22:05:10.5", datetime(2025, 3, 31, 22, 5, 10, 500_000, tzinfo=UTC)),
        ("2025-03-31T22:05:10+02:00", datetime(2025, 3, 31, 20, 5, 10, tzinfo=UTC)),
        ("2025-03-31T22:05Z", datetime(2025, 3, 31, 22, 5, tzinfo=UTC)),
        ("2025-03-31", datetime(2025, 3, 31, tzinfo=UTC)),
    ],
)
def test_instant_without_offset_is_in_utc(
    harvest: Harvest, fake: FakeHarvest, text: str, instant: datetime
) -> None:
    (record,) = _read(harvest, fake, ALL["expenses"], [{"id": 1, "updated_at": text}])

    assert record.updated_at == instant


@pytest.mark.parametrize("form", ["2", "2.0", '"2"', '"2.0"', '"2.00"', "2e0"])
def test_decimal_is_the_same_number_in_every_form(
    harvest: Harvest, fake: FakeHarvest, form: str
) -> None:
    fake.trouble.append(
        httpx.Response(200, content=f'{{"expenses": [{{"id": 1, "total_cost": {form}}}]}}'.encode())
    )

    (record,) = harvest.expenses.list().data

    assert record.total_cost == Decimal(2)


def test_decimal_beside_an_odd_form_stays_exact(harvest: Harvest, fake: FakeHarvest) -> None:
    body = b'{"expenses": [{"id": "1", "total_cost": 1234567890123.456789}]}'
    fake.trouble.append(httpx.Response(200, content=body))

    (record,) = harvest.expenses.list().data

    assert record.total_cost == Decimal("1234567890123.456789")


def test_counts_and_links_of_a_page_may_be_in_other_forms(
    harvest: Harvest, fake: FakeHarvest
) -> None:
    body = {"users": [{"id": "1"}], "total_entries": "257", "links": {"next": ""}}
    fake.trouble.append(httpx.Response(200, json=body))

    page = harvest.users.list()

    assert (page.meta.total_entries, page.meta.next_link) == (257, None)


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"data": rows}])
def test_hosted_list_in_another_form_has_the_same_values(wrap: Callable[[Any], Any]) -> None:
    entry = {"id": "8", "spent_date": "2025-03-31T00:00:00Z", "hours": "1.50", "user": ""}

    with mocked(says(200, json={"result": wrap([entry])})) as (harvest, _):
        (record,) = harvest.time_entries.list().data

    assert (record.id, record.spent_date, record.hours) == (8, date(2025, 3, 31), Decimal("1.5"))
    assert record.user is None


def test_hosted_record_and_search_in_another_form_have_the_same_values() -> None:
    client = {"id": "8", "created_at": "2025-03-31T22:05:10"}
    page = {"data": [client], "meta": {"has_more": False, "took_ms": 1.5}}

    with mocked(says(200, json={"result": client})) as (harvest, _):
        assert harvest.clients.get(8).id == 8
    with mocked(says(200, json={"result": page}), generation="C") as (harvest, _):
        (record,) = harvest.clients.search({}).data

    assert record.created_at == datetime(2025, 3, 31, 22, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("USD", "USD"),
        ("usd", "USD"),
        ("United States Dollar - USD", "USD"),
        ("Euro - EUR", "EUR"),
        ("euro - eur", "EUR"),
        (" GBP ", "GBP"),
        ("", None),
        (None, None),
        ("Republic of nowhere", "Republic of nowhere"),
    ],
)
def test_currency_is_a_code(
    harvest: Harvest, fake: FakeHarvest, text: str | None, code: str | None
) -> None:
    of_client = {"client": {"id": 1, "currency": text}}
    for name in ("company", "clients", "invoices", "estimates", "time_projects", "expenses_team"):
        (record,) = _read(harvest, fake, ALL[name], [{"id": 1, "currency": text}])
        assert record.currency == code, name
    for name in ("projects", "expenses"):
        (record,) = _read(harvest, fake, ALL[name], [{"id": 1, **of_client}])
        assert record.client.currency == code, name


def test_currency_of_the_hosted_copy_is_a_code() -> None:
    company = {"currency": "United States Dollar - USD"}
    page = {"data": [company], "meta": {"has_more": False}}

    with mocked(says(200, json={"result": company})) as (harvest, _):
        assert harvest.company.get().currency == "USD"
    with mocked(says(200, json={"result": page}), generation="C") as (harvest, _):
        assert harvest.company.search({}).data[0].currency == "USD"
