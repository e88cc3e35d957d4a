"""The connector's filter language: a document read, checked against the fields, made a `Filter`.

`{"and": [{"eq": {"billable": true}}, {"gte": {"spent_date": "2026-01-01"}}]}`: the operator is the
outer key, the field the inner one. Several operators in one object must all be true; `{}` is
always true. What a missing value does is said in `conditions`, each operator in `operators`.
"""

from collections.abc import Mapping

from harvest_client.entities import Entity
from harvest_client.models.fields import Field, FieldType
from harvest_client.search import values
from harvest_client.search.errors import SearchError, nearest_name, quote_name
from harvest_client.search.field_paths import Fields, element_fields, find_field, searchable_fields
from harvest_client.search.filter_ast import (
    And,
    AnyOf,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    Value,
    all_of,
    canonical_json,
)
from harvest_client.search.operators import OPERATORS, operators_for
from harvest_client.search.values import MAX_DOCUMENT, load_json, split_words

MAX_DEPTH = 8
MAX_CONDITIONS = 200
MAX_VALUES = 500


def parse(document: object, known: Entity | Fields) -> Filter:
    """Return the filter that `document`, as `json.loads` makes it, stands for.

    Raises `SearchError` with the place of the first fault and the nearest right name.
    """
    filter = _Reader().read_filter(
        document, searchable_fields(known) if isinstance(known, Entity) else known
    )
    if len(canonical_json(filter)) > MAX_DOCUMENT:
        raise SearchError("$", f"is longer than {MAX_DOCUMENT:,} characters")
    return filter


def parse_text(text: str, known: Entity | Fields) -> Filter:
    """The filter that a JSON text stands for; also refuses what is no JSON, or says a key twice."""
    return parse(load_json(text), known)


class _Reader:
    """Reads one document, counting what it has read."""

    def __init__(self) -> None:
        self._conditions = 0

    def read_filter(self, document: object, known: Fields) -> Filter:
        return And(()) if document == {} else self._read_object(document, known, "$", 1)

    def _read_object(self, document: object, known: Fields, path: str, depth: int) -> Filter:
        """Return every operator of one object; several count as an `and` written out."""
        if isinstance(document, Mapping) and len(document) > 1:
            depth += 1
            self._count_conditions(path)
        _check_depth(depth, path)
        if not isinstance(document, Mapping):
            raise SearchError(path, 'must be an object such as {"eq": {"billable": true}}')
        if not document:
            raise SearchError(path, "has no condition in it")
        return all_of(
            *(self._read_operator(*pair, known, path, depth) for pair in document.items())
        )

    def _read_operator(
        self, operator: object, operand: object, known: Fields, path: str, depth: int
    ) -> Filter:
        self._count_conditions(path)
        here = f"{path}.{quote_name(operator)}"
        if not isinstance(operator, str) or operator not in OPERATORS:
            raise SearchError(here, "is no operator" + nearest_name(operator, OPERATORS))
        if operator == "not":
            return Not(self._read_object(operand, known, here, depth + 1))
        if operator in ("and", "or"):
            parts = tuple(
                self._read_object(part, known, f"{here}[{index}]", depth + 1)
                for index, part in enumerate(_list(operand, here, "condition", MAX_CONDITIONS))
            )
            return all_of(*parts) if operator == "and" or len(parts) == 1 else Or(parts)
        if not isinstance(operand, Mapping) or len(operand) != 1:
            example = f'such as {{"{operator}": {{"field": …}}}}'
            raise SearchError(here, f"must name one field, {example}; join several with `and`")
        ((name, value),) = operand.items()
        return self._read_comparison(
            operator, name, value, known, f"{here}.{quote_name(name)}", depth
        )

    def _count_conditions(self, path: str, more: int = 1) -> None:
        self._conditions += more
        if self._conditions > MAX_CONDITIONS:
            raise SearchError(path, f"has more than {MAX_CONDITIONS} conditions")

    def _read_comparison(
        self, operator: str, name: str, value: object, known: Fields, path: str, depth: int
    ) -> Filter:
        field = find_field(name, known, path)
        if field.kind not in OPERATORS[operator].takes:
            raise SearchError(path, _mismatch_text(operator, name, field))
        if operator == "any":
            return AnyOf(name, self._read_object(value, element_fields(field), path, depth + 1))
        if operator == "in":
            items = _list(value, path, "value", MAX_VALUES)
            return OneOf(name, tuple(_read(field, v, f"{path}[{i}]") for i, v in enumerate(items)))
        if field.kind is FieldType.OBJECT:
            return self._read_object_value(Operator(operator), name, value, known, path, depth)
        if value is None and operator in ("eq", "neq"):
            return Compare(Operator(operator), name, None)
        if operator == "contains" and field.kind.is_list:
            operator = "array_contains"  # as generation B of the hosted API has it
        read = _read(field, value, path)
        if operator in ("fuzzy", "keyword") and not split_words(str(read)):
            raise SearchError(path, "needs at least one word: letters or digits")
        return Compare(Operator(operator), name, read)

    def _read_object_value(
        self, operator: Operator, name: str, value: object, known: Fields, path: str, depth: int
    ) -> Filter:
        """The comparison with an object, as the conditions on its keys that it stands for."""
        filter = values.equal_object(name, value, known, path)
        if operator is Operator.NEQ:
            filter = values.negate_object(filter)
        # Counted as if written out, so that the canonical text is no deeper than allowed.
        self._count_conditions(path, values.count_conditions(filter) - 1)
        _check_depth(depth + values.count_levels(filter) - 1, path)
        return filter


def _check_depth(depth: int, path: str) -> None:
    if depth > MAX_DEPTH:
        raise SearchError(path, f"is nested deeper than {MAX_DEPTH} levels")


def _list(operand: object, path: str, what: str, limit: int) -> list[object]:
    if not isinstance(operand, list | tuple):
        raise SearchError(path, f"must be a list of {what}s")
    if not operand:
        raise SearchError(path, f"needs at least one {what}")
    if len(operand) > limit:
        raise SearchError(path, f"has more than {limit} {what}s")
    return list(operand)


def _read(field: Field, value: object, path: str) -> Value:
    try:
        return values.read(field.kind, value)
    except ValueError as error:
        raise SearchError(path, str(error)) from None


def _mismatch_text(operator: str, path: str, field: Field) -> str:
    if field.kind is FieldType.OBJECT:
        inner = ", ".join(f"{path}.{part.name}" for part in field.fields if not part.secret)
        return f"is an object: ask with eq or neq, or for what is inside it: {inner}"
    if field.kind is FieldType.OBJECTS:
        return f'is a list of objects: ask with {{"any": {{"{path}": …}}}}'
    takes = ", ".join(operators_for(field.kind))
    return f"is of kind {field.kind}, which `{operator}` does not compare; it takes {takes}"
