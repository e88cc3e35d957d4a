"""THE TABLE against the reference of the connector, row by row and field by field."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from harvest_client.entities import ENTITIES, REPORTS, Entity, Paging, Rate
from harvest_client.models.fields import FieldType

REFERENCE = Path(__file__).parents[1] / "data" / "entities.yaml"
ALL = {**ENTITIES, **REPORTS}


@cache
def reference() -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(REFERENCE.read_text("utf-8"), yaml.CSafeLoader)
    return read


def documented(name: str) -> dict[str, Any]:
    return next(row for row in reference()["entities"] if row["name"] == name)


def documented_report(name: str) -> dict[str, Any]:
    return next(row for row in reference()["harvest_only_reports"] if row["name"] == name)


every_entity = pytest.mark.parametrize("name", ENTITIES)
every_report = pytest.mark.parametrize("name", REPORTS)
everything = pytest.mark.parametrize("entity", ALL.values(), ids=lambda entity: entity.name)


def test_the_table_has_the_entities_of_the_reference_and_no_others() -> None:
    assert list(ENTITIES) == [row["name"] for row in reference()["entities"]]
    assert len(ENTITIES) == 18


def test_the_reports_are_those_that_the_connector_leaves_out() -> None:
    assert sorted(REPORTS) == sorted(row["name"] for row in reference()["harvest_only_reports"])
    assert not set(REPORTS) & set(ENTITIES)


@every_entity
def test_calls_are_those_of_the_reference(name: str) -> None:
    entity, row = ENTITIES[name], documented(name)
    harvest = row["harvest"]

    assert [action.value for action in entity.actions] == row["actions"]
    assert entity.primary_key == tuple(row["primary_key"])
    assert entity.path == harvest["list_path"]
    assert entity.envelope == harvest["record_key"]
    assert entity.paging.value == harvest["paging"]
    assert entity.rate.value == harvest["rate_limit"]
    assert entity.updated_since == harvest["updated_since"]
    if "get" in row["actions"]:
        assert entity.get_path == harvest["get_path"]
    else:
        assert entity.get_path is None
    if sort := harvest["sort"]:
        assert entity.sort == (sort["field"], sort["direction"])
    else:
        assert entity.sort is None


# Harvest calls include_fixed_fee a string in one place and a boolean in another.
_SWITCHES = {"include_fixed_fee": "boolean"}
_PARAMETER_KINDS = {
    "integer": FieldType.INTEGER,
    "string": FieldType.TEXT,
    "boolean": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.TIMESTAMP,
}


@every_entity
def test_parameters_are_those_of_the_reference(name: str) -> None:
    rows = documented(name)["harvest"]["query_params"]

    assert {
        parameter.name: (parameter.kind, parameter.required, parameter.deprecated)
        for parameter in ENTITIES[name].parameters
    } == {
        row["name"]: (
            _PARAMETER_KINDS[_SWITCHES.get(row["name"], row["type"])],
            row.get("required", False),
            row.get("deprecated", False),
        )
        for row in rows
    }


def _kind(row: dict[str, Any]) -> FieldType:
    match row["type"], row.get("items"), row.get("format"):
        case "array", "string", _:
            return FieldType.TEXTS
        case "array", "integer", _:
            return FieldType.INTEGERS
        case "array", _, _:
            return FieldType.OBJECTS
        case "object", _, _:
            return FieldType.OBJECT
        case "string", _, "date":
            return FieldType.DATE
        case "string", _, "date-time":
            return FieldType.TIMESTAMP
        case "number", _, _:
            return FieldType.DECIMAL
    return {"integer": FieldType.INTEGER, "boolean": FieldType.BOOLEAN, "string": FieldType.TEXT}[
        row["type"]
    ]


@every_entity
def test_fields_kinds_units_and_choices_are_those_of_the_reference(name: str) -> None:
    assert {
        field.name: (field.kind, field.unit and field.unit.value, set(field.choices))
        for field in ENTITIES[name].fields
    } == {
        row["name"]: (_kind(row), row.get("unit"), set(row.get("enum", ())))
        for row in documented(name)["fields"]
    }


@every_entity
def test_keys_inside_objects_are_those_of_the_reference(name: str) -> None:
    for row in documented(name)["fields"]:
        inside = {field.name: field for field in ENTITIES[name].field(row["name"]).fields}
        rows = {inner["name"]: inner for inner in row.get("properties", [])}

        assert inside.keys() == rows.keys()
        for key, inner in rows.items():
            # The reference gives only JSON's own types here; the table may be finer.
            assert _is_finer(inside[key].kind, _kind(inner)), f"{row['name']}.{key}"
            assert inner.get("unit") in (None, inside[key].unit)


def _is_finer(kind: FieldType, loose: FieldType) -> bool:
    return kind is loose or (
        loose is FieldType.TEXT and kind in (FieldType.DATE, FieldType.TIMESTAMP)
    )


@every_entity
def test_only_what_the_reference_lets_be_searched_is_searchable(name: str) -> None:
    rows = documented(name)["searchable_fields"]

    assert {field.name for field in ENTITIES[name].searchable} == {row["name"] for row in rows}


@every_entity
def test_what_opens_a_link_is_secret_and_what_harvest_lacks_is_marked(name: str) -> None:
    fields, rows = ENTITIES[name].fields, documented(name)["fields"]

    assert {field.name for field in fields if field.secret} == {
        row["name"] for row in rows if row.get("sensitive")
    }
    assert {field.name for field in fields if field.hosted_only} == {
        row["name"] for row in rows if row.get("seed_only")
    }
    assert {field.name for field in fields if field.required} == {
        row["name"] for row in rows if not row["nullable"]
    }


@every_report
def test_reports_are_those_of_the_reference(name: str) -> None:
    report, row = REPORTS[name], documented_report(name)

    assert report.path == row["path"]
    assert report.envelope == row["record_key"]
    assert report.rate is Rate.REPORTS
    assert report.primary_key == tuple(row["primary_key"])
    assert {parameter.name for parameter in report.parameters if parameter.required} == (
        {"from", "to"} if row["window_required"] else set()
    )
    assert {field.name: field.kind for field in report.fields} == {
        field["name"]: _kind(field) for field in row["fields"]
    }


@everything
def test_the_primary_key_is_among_the_fields(entity: Entity) -> None:
    assert set(entity.primary_key) <= {field.name for field in entity.fields}


@everything
def test_references_point_at_keys_of_entities(entity: Entity) -> None:
    references = [entity.field(path).ref for path in entity.paths()]

    assert {reference for reference in references if reference} <= set(ENTITIES)


@everything
def test_relations_join_values_of_one_type(entity: Entity) -> None:
    for here, there in entity.relations:
        name, _, key = there.partition(".")
        # `user_ids[]` stands for each element of a list.
        assert entity.field(here.replace("[]", "")).kind.python is (
            ENTITIES[name].field(key).kind.python
        )


@everything
def test_names_are_unique_and_every_path_is_found(entity: Entity) -> None:
    paths = list(entity.paths())

    assert len(paths) == len(set(paths))
    assert all(entity.field(path).name == path.rpartition(".")[2] for path in paths)


@everything
def test_money_knows_where_its_currency_is(entity: Entity) -> None:
    for field in entity.fields:
        if field.currency_from and "via" not in field.currency_from:
            assert field.unit
            assert entity.field(field.currency_from).kind is FieldType.TEXT


@everything
def test_what_lists_has_pages(entity: Entity) -> None:
    assert (entity.path is None) == (entity.paging is Paging.NONE)
    if entity.path:
        assert entity.path.startswith("/")
        assert {"page", "per_page"} <= set(entity.parameter_names)
        assert ("cursor" in entity.parameter_names) == (entity.paging is Paging.CURSOR)


@pytest.mark.parametrize(
    ("name", "field"),
    [("time_entries", "spent_date"), ("expenses", "spent_date"), ("invoices", "issue_date"),
     ("estimates", "issue_date"), ("users", None), ("time_projects", None), ("company", None)],
)  # fmt: skip
def test_a_window_of_days_selects_on_the_day_that_lists_are_sorted_by(
    name: str, field: str | None
) -> None:
    assert ENTITIES[name].date_field == field


def test_an_unknown_path_is_a_key_error() -> None:
    for path in ("colour", "client.colour", "hours.value"):
        with pytest.raises(KeyError):
            ENTITIES["time_entries"].field(path)
