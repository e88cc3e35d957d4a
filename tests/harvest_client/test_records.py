"""Sample answers become typed records, and other answers become errors with a place."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from harvest_client.entities import Entity
from harvest_client.models.fields import Field, FieldType
from harvest_client.models.records import (
    Record,
    as_dict,
    list_decoder,
    record_decoder,
    record_type,
    select_fields,
    selected_type,
)
from tests.harvest_client.fake_harvest import ALL, SAMPLES, sample

everything = pytest.mark.parametrize("entity", ALL.values(), ids=lambda entity: entity.name)


def read(entity: Entity) -> list[Record]:
    """The sample records of an entity, from the bytes that Harvest would send."""
    body = (SAMPLES / f"{entity.name}.json").read_bytes()
    if entity.envelope is None:
        return [record_decoder(entity).decode(body)]
    return list_decoder(entity).decode(body).rows


def expected(field: Field, value: Any) -> Any:
    """What a JSON value means, worked out without the decoder under test."""
    if value is None:
        return None
    match field.kind:
        case FieldType.DECIMAL:
            return Decimal(str(value))
        case FieldType.DATE:
            year, month, day = map(int, value.split("-"))
            return date(year, month, day)
        case FieldType.TIMESTAMP:
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        case FieldType.OBJECT:
            return {inner.name: expected(inner, value.get(inner.name)) for inner in field.fields}
        case FieldType.OBJECTS:
            return [
                {inner.name: expected(inner, item.get(inner.name)) for inner in field.fields}
                for item in value
            ]
    return value


@everything
def test_every_value_of_the_samples_is_read_as_what_it_means(entity: Entity) -> None:
    rows, records = sample(entity), read(entity)

    assert len(records) == len(rows) > 0
    for row, record in zip(rows, records, strict=True):
        for field in entity.fields:
            value = getattr(record, field.name)
            if field.kind is FieldType.OBJECT:
                value = value and as_dict(value)
            elif field.kind is FieldType.OBJECTS:
                value = value and [as_dict(item) for item in value]
            assert value == expected(field, row.get(field.name)), field.name


@everything
def test_the_samples_have_no_key_that_the_table_lacks(entity: Entity) -> None:
    known = {field.name: field for field in entity.fields}

    for row in sample(entity):
        assert set(row) <= set(known)
        for name, value in row.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict):
                    assert set(item) <= {inner.name for inner in known[name].fields}, name


@everything
def test_values_have_the_type_of_their_kind(entity: Entity) -> None:
    for record in read(entity):
        for field in entity.fields:
            value = getattr(record, field.name)
            for item in value if isinstance(value, list) else [value]:
                if item is not None and not field.kind.is_object:
                    assert type(item) is field.kind.python, field.name


@everything
def test_unknown_keys_and_missing_fields_are_survived(entity: Entity) -> None:
    required = {field.name: 1 for field in entity.fields if field.required}
    row = json.dumps({**required, "added_by_harvest_tomorrow": {"deeply": [1]}}).encode()

    record = record_decoder(entity).decode(row)

    assert as_dict(record) == {field.name: required.get(field.name) for field in entity.fields}


def test_amounts_are_exact() -> None:
    (record,) = (
        list_decoder(ALL["expenses"])
        .decode(b'{"expenses": [{"id": 1, "total_cost": 0.1, "units": 3}]}')
        .rows
    )

    assert record.total_cost * 3 == Decimal("0.3")


def test_the_paging_of_the_contacts_is_read() -> None:
    answer = list_decoder(ALL["contacts"]).decode((SAMPLES / "contacts.json").read_bytes())

    assert answer.total_entries == 5
    assert (answer.links.next or "").startswith("https://api.harvestapp.com/v2/contacts?cursor=")


def test_a_page_without_links_is_the_last() -> None:
    answer = list_decoder(ALL["users"]).decode(b'{"users": []}')

    assert (answer.rows, answer.links.next, answer.total_entries) == ([], None, None)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"time_entries": [{"id": null}]}', "$.time_entries[0].id"),
        (b'{"time_entries": [{"id": 1, "hours": true}]}', "$.time_entries[0].hours"),
        (b'{"time_entries": [{"id": 1, "spent_date": 20260101}]}', "$.time_entries[0].spent_date"),
        (b'{"time_entries": [{"id": 1, "client": {"id": "x"}}]}', "$.time_entries[0].client.id"),
        (b'{"time_entries": [{"id": 1, "client": []}]}', "$.time_entries[0].client"),
        (b'{"time_entries": {}}', "$.time_entries"),
        (b'{"time_entries": [], "links": {"next": 7}}', "$.links.next"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_its_place(body: bytes, place: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        list_decoder(ALL["time_entries"]).decode(body)

    assert f"`{place}`" in str(caught.value)


def test_a_record_as_a_dictionary_has_every_field_and_no_structs() -> None:
    entry = read(ALL["time_entries"])[0]

    fields = as_dict(entry)

    assert list(fields) == [field.name for field in ALL["time_entries"].fields]
    assert fields["client"] == {"id": 7720101, "name": "Hafen & Söhne KG"}


def test_records_are_named_for_their_entity() -> None:
    assert record_type(ALL["time_entries"]).__name__ == "time_entries"


PATHS = ("client.name", "id", "line_items.project.id", "line_items.kind", "creator")


def test_a_selected_record_has_what_was_selected_and_nothing_else() -> None:
    invoices = ALL["invoices"]

    for record in read(invoices):
        selected = select_fields(record, invoices, PATHS)

        assert isinstance(selected, selected_type(invoices, PATHS))
        assert selected.__struct_fields__ == ("client", "id", "line_items", "creator")
        assert selected.id == record.id
        assert selected.creator == record.creator
        assert as_dict(selected.client) == {"name": record.client.name}
        assert [(item.kind, item.project and item.project.id) for item in selected.line_items] == [
            (item.kind, item.project and item.project.id) for item in record.line_items
        ]
        with pytest.raises(AttributeError):
            _ = selected.amount
        with pytest.raises(AttributeError):
            _ = selected.client.id


def test_what_is_missing_is_missing_in_a_selected_record_too() -> None:
    invoices = ALL["invoices"]
    record = record_type(invoices)(id=1)

    selected = select_fields(record, invoices, PATHS)

    assert (selected.client, selected.line_items, selected.creator) == (None, None, None)


def test_a_type_is_made_once_and_a_whole_object_has_the_type_it_always_has() -> None:
    clients = ALL["contacts"]
    decoded = read(clients)[0]

    assert selected_type(clients, ["id"]) is selected_type(clients, ("id",))
    assert type(select_fields(decoded, clients, ["client"]).client) is type(decoded.client)
    with pytest.raises(KeyError):
        selected_type(clients, ["client.nam"])


@everything
def test_everything_selected_is_everything(entity: Entity) -> None:
    names = [field.name for field in entity.fields]

    for record in read(entity):
        assert as_dict(select_fields(record, entity, names)) == as_dict(record)
