"""The table of operators is that of the parser and of the filters it makes."""

import json

import pytest

from harvest_client.entities import ENTITIES
from harvest_client.models.fields import FieldType
from harvest_client.search import Operator, SearchError, parse, searchable_fields
from harvest_client.search.operators import OPERATORS, OperatorSpec, operators_for


def test_every_comparison_has_a_row() -> None:
    assert set(Operator) | {"in", "any", "not", "and", "or"} == set(OPERATORS)


def understood(row: OperatorSpec, entity: str) -> bool:
    try:
        parse(json.loads(row.example), ENTITIES[entity])
    except SearchError:
        return False
    return True


@pytest.mark.parametrize("row", OPERATORS.values(), ids=lambda row: row.name)
def test_every_example_is_a_filter_of_some_entity(row: OperatorSpec) -> None:
    assert json.loads(row.example).keys() == {row.name}
    assert any(understood(row, name) for name in ENTITIES)


@pytest.mark.parametrize("kind", FieldType)
def test_every_kind_of_field_can_be_asked_about(kind: FieldType) -> None:
    assert operators_for(kind)


def test_no_entity_has_a_field_that_cannot_be_addressed_but_its_secrets() -> None:
    for entity in ENTITIES.values():
        hidden = {field.name for field in entity.fields} - searchable_fields(entity).keys()

        assert hidden == {field.name for field in entity.fields if field.secret}
