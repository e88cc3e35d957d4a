"""THE OPERATORS of the filter language, one row each: the parser and docs/search.md read them."""

from dataclasses import dataclass

from harvest_client.models.fields import FieldType

_TEXT = frozenset({FieldType.TEXT})
_LISTS = frozenset({FieldType.TEXTS, FieldType.INTEGERS})
_ORDERED = _TEXT | {FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.TIMESTAMP}
_SCALAR = _ORDERED | {FieldType.BOOLEAN}
_OBJECT = frozenset({FieldType.OBJECT})
_OBJECTS = frozenset({FieldType.OBJECTS})


@dataclass(frozen=True, slots=True)
class OperatorSpec:
    """`takes` are the kinds of field it compares; none for those that join conditions.

    `generations` are those of the hosted API that have the operator in this meaning.
    """

    name: str
    operand: str
    meaning: str
    example: str
    generations: str
    takes: frozenset[FieldType] = frozenset()


OPERATORS = {
    row.name: row
    for row in (
        OperatorSpec(
            "eq",
            "a value, or null",
            "the field equals the value; with null: it has none. With an object: the object is "
            "there and every key named in it is equal",
            '{"eq": {"is_active": true}}',
            "A B C",
            _SCALAR | _OBJECT,
        ),
        OperatorSpec(
            "neq",
            "a value, or null",
            "exactly when `eq` is false, so also where the field is null",
            '{"neq": {"state": "draft"}}',
            "A B C",
            _SCALAR | _OBJECT,
        ),
        OperatorSpec(
            "gt",
            "a value",
            "the field is greater; texts by code point",
            '{"gt": {"hours": 7.5}}',
            "A B C",
            _ORDERED,
        ),
        OperatorSpec(
            "gte",
            "a value",
            "the field is greater or equal",
            '{"gte": {"spent_date": "2026-01-01"}}',
            "A B C",
            _ORDERED,
        ),
        OperatorSpec(
            "lt",
            "a value",
            "the field is smaller",
            '{"lt": {"updated_at": "2026-01-31T09:00:00Z"}}',
            "A B C",
            _ORDERED,
        ),
        OperatorSpec(
            "lte",
            "a value",
            "the field is smaller or equal",
            '{"lte": {"hours": 0.25}}',
            "A B C",
            _ORDERED,
        ),
        OperatorSpec(
            "in",
            "a list of values",
            "the field is one of them",
            '{"in": {"state": ["open", "draft"]}}',
            "A B C",
            _SCALAR,
        ),
        OperatorSpec(
            "like",
            "a pattern",
            "the whole text matches, case ignored; `%` stands for any run of characters, "
            "everything else for itself",
            '{"like": {"name": "web%relaunch"}}',
            "A B",
            _TEXT,
        ),
        OperatorSpec(
            "startswith",
            "a text",
            "the text begins with it, case ignored",
            '{"startswith": {"code": "WEB"}}',
            "C",
            _TEXT,
        ),
        OperatorSpec(
            "endswith",
            "a text",
            "the text ends with it, case ignored",
            '{"endswith": {"email": "@studio.example"}}',
            "C",
            _TEXT,
        ),
        OperatorSpec(
            "contains",
            "a text",
            "it is somewhere in the text, case ignored; of a list, the same as `array_contains`",
            '{"contains": {"notes": "retro"}}',
            "C (B: of a list only)",
            _TEXT | _LISTS,
        ),
        OperatorSpec(
            "array_contains",
            "a value",
            "the list holds exactly this value",
            '{"array_contains": {"roles": "Design"}}',
            "C",
            _LISTS,
        ),
        OperatorSpec(
            "fuzzy",
            "a text",
            "every word of it is somewhere in the text, in any order, case ignored; a part of a "
            "word is enough",
            '{"fuzzy": {"client.name": "harb stud"}}',
            "A B C",
            _TEXT,
        ),
        OperatorSpec(
            "keyword",
            "a text",
            "at least one word of it is in the text as a whole word, case ignored",
            '{"keyword": {"notes": "retro workshop"}}',
            "A B C",
            _TEXT,
        ),
        OperatorSpec(
            "any",
            "a condition",
            "at least one element of the list of objects meets the condition",
            '{"any": {"line_items": {"eq": {"kind": "Service"}}}}',
            "B C",
            _OBJECTS,
        ),
        OperatorSpec(
            "not",
            "a condition",
            "the condition is false, so also where its field is null",
            '{"not": {"eq": {"currency": "EUR"}}}',
            "A B C",
        ),
        OperatorSpec(
            "and",
            "a list of conditions",
            "all are true",
            '{"and": [{"eq": {"billable": true}}, {"eq": {"is_billed": false}}]}',
            "A B C",
        ),
        OperatorSpec(
            "or",
            "a list of conditions",
            "at least one is true",
            '{"or": [{"eq": {"state": "open"}}, {"eq": {"state": "draft"}}]}',
            "A B C",
        ),
    )
}


def operators_for(kind: FieldType) -> list[str]:
    """Return the operators that compare fields of a kind."""
    # `contains` compares a list only for documents of another generation.
    return [
        row.name
        for row in OPERATORS.values()
        if kind in row.takes and not (row.name == "contains" and kind in _LISTS)
    ]
