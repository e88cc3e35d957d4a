"""THE OPERATORS of the filter language, one row each: the parser and docs/search.md read them."""

from dataclasses import dataclass

from harvest_client.fields import Kind

_TEXT = frozenset({Kind.TEXT})
_LISTS = frozenset({Kind.TEXTS, Kind.INTEGERS})
_ORDERED = _TEXT | {Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.TIMESTAMP}
_SCALAR = _ORDERED | {Kind.BOOLEAN}
_OBJECT = frozenset({Kind.OBJECT})
_OBJECTS = frozenset({Kind.OBJECTS})


@dataclass(frozen=True, slots=True)
class Row:
    """`takes` are the kinds of field it compares; none for those that join conditions.

    `generations` are those of the hosted API that have the operator in this meaning.
    """

    name: str
    operand: str
    meaning: str
    example: str
    generations: str
    takes: frozenset[Kind] = frozenset()


OPERATORS = {
    row.name: row
    for row in (
        Row(
            "eq",
            "a value, or null",
            "the field equals the value; with null: it has none. With an object: the object is "
            "there and every key named in it is equal",
            '{"eq": {"is_active": true}}',
            "A B C",
            _SCALAR | _OBJECT,
        ),
        Row(
            "neq",
            "a value, or null",
            "exactly when `eq` is false, so also where the field is null",
            '{"neq": {"state": "draft"}}',
            "A B C",
            _SCALAR | _OBJECT,
        ),
        Row(
            "gt",
            "a value",
            "the field is greater; texts by code point",
            '{"gt": {"hours": 7.5}}',
            "A B C",
            _ORDERED,
        ),
        Row(
            "gte",
            "a value",
            "the field is greater or equal",
            '{"gte": {"spent_date": "2026-01-01"}}',
            "A B C",
            _ORDERED,
        ),
        Row(
            "lt",
            "a value",
            "the field is smaller",
            '{"lt": {"updated_at": "2026-01-31T09:00:00Z"}}',
            "A B C",
            _ORDERED,
        ),
        Row(
            "lte",
            "a value",
            "the field is smaller or equal",
            '{"lte": {"hours": 0.25}}',
            "A B C",
            _ORDERED,
        ),
        Row(
            "in",
            "a list of values",
            "the field is one of them",
            '{"in": {"state": ["open", "draft"]}}',
            "A B C",
            _SCALAR,
        ),
        Row(
            "like",
            "a pattern",
            "the whole text matches, case ignored; `%` stands for any run of characters, "
            "everything else for itself",
            '{"like": {"name": "web%relaunch"}}',
            "A B",
            _TEXT,
        ),
        Row(
            "startswith",
            "a text",
            "the text begins with it, case ignored",
            '{"startswith": {"code": "WEB"}}',
            "C",
            _TEXT,
        ),
        Row(
            "endswith",
            "a text",
            "the text ends with it, case ignored",
            '{"endswith": {"email": "@studio.example"}}',
            "C",
            _TEXT,
        ),
        Row(
            "contains",
            "a text",
            "it is somewhere in the text, case ignored; of a list, the same as `array_contains`",
            '{"contains": {"notes": "retro"}}',
            "C (B: of a list only)",
            _TEXT | _LISTS,
        ),
        Row(
            "array_contains",
            "a value",
            "the list holds exactly this value",
            '{"array_contains": {"roles": "Design"}}',
            "C",
            _LISTS,
        ),
        Row(
            "fuzzy",
            "a text",
            "every word of it is somewhere in the text, in any order, case ignored; a part of a "
            "word is enough",
            '{"fuzzy": {"client.name": "harb stud"}}',
            "A B C",
            _TEXT,
        ),
        Row(
            "keyword",
            "a text",
            "at least one word of it is in the text as a whole word, case ignored",
            '{"keyword": {"notes": "retro workshop"}}',
            "A B C",
            _TEXT,
        ),
        Row(
            "any",
            "a condition",
            "at least one element of the list of objects meets the condition",
            '{"any": {"line_items": {"eq": {"kind": "Service"}}}}',
            "B C",
            _OBJECTS,
        ),
        Row(
            "not",
            "a condition",
            "the condition is false, so also where its field is null",
            '{"not": {"eq": {"currency": "EUR"}}}',
            "A B C",
        ),
        Row(
            "and",
            "a list of conditions",
            "all are true",
            '{"and": [{"eq": {"billable": true}}, {"eq": {"is_billed": false}}]}',
            "A B C",
        ),
        Row(
            "or",
            "a list of conditions",
            "at least one is true",
            '{"or": [{"eq": {"state": "open"}}, {"eq": {"state": "draft"}}]}',
            "A B C",
        ),
    )
}


def taken_by(kind: Kind) -> list[str]:
    """The operators that compare fields of a kind."""
    # `contains` compares a list only for documents of another generation.
    return [
        row.name
        for row in OPERATORS.values()
        if kind in row.takes and not (row.name == "contains" and kind in _LISTS)
    ]
