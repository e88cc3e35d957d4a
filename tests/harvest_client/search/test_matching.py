"""The filter language on typed records. What SQL makes of it is held against this elsewhere."""

from typing import Any

import pytest

from harvest_client.entities import ENTITIES
from harvest_client.models.records import list_decoder
from harvest_client.search import matches, parse

INVOICES = ENTITIES["invoices"]
BODY = b"""{"invoices": [
  {"id": 1, "amount": 99.5, "subject": "Retro-Workshop \xc3\x84RGER 100%",
   "payment_options": ["ach"],
   "client": {"id": 5, "name": "Acme"}, "estimate": {}, "issue_date": "2026-01-05",
   "updated_at": "2026-01-05T10:00:00Z",
   "line_items": [{"id": 7, "kind": "Service", "amount": 9, "project": {"id": 3}},
                  {"id": 8, "kind": "Product", "amount": 90.5, "project": null}]},
  {"id": 2, "line_items": []},
  {"id": 3, "subject": "retrospective", "payment_options": [], "client": {"id": 6},
   "updated_at": "2026-01-05T12:00:00Z"}
]}"""
RECORDS = list_decoder(INVOICES).decode(BODY).rows


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({}, [1, 2, 3]),
        ({"eq": {"client": None}}, [2]),
        ({"eq": {"client": {}}}, [1, 3]),
        ({"eq": {"estimate": {"id": None}}}, [1]),
        ({"eq": {"client": {"id": 6, "name": None}}}, [3]),
        ({"neq": {"client": {"id": 6, "name": None}}}, [1, 2]),
        ({"neq": {"client": {"id": 5}}}, [2, 3]),
        ({"eq": {"client.name": None}}, [2, 3]),
        ({"gte": {"amount": 99.5}}, [1]),
        ({"not": {"lt": {"amount": 99.5}}}, [1, 2, 3]),
        ({"lt": {"updated_at": "2026-01-05T12:00:00+01:00"}}, [1]),
        ({"in": {"issue_date": ["2026-01-05"]}}, [1]),
        ({"fuzzy": {"subject": "shop retro"}}, [1]),
        ({"fuzzy": {"subject": "RETRO"}}, [1, 3]),
        ({"keyword": {"subject": "retro nothing"}}, [1]),
        ({"keyword": {"subject": "Retrospective \u00e4rger"}}, [1, 3]),
        ({"keyword": {"subject": "work"}}, []),
        ({"like": {"subject": "retro%100%"}}, [1]),
        ({"like": {"subject": "retrospective"}}, [3]),
        ({"like": {"subject": "%ret%ret%"}}, []),
        ({"like": {"subject": "retrospective%e"}}, []),
        ({"like": {"subject": "retrospect%%ive"}}, [3]),
        ({"startswith": {"subject": "RETRO"}}, [1, 3]),
        ({"endswith": {"subject": "100%"}}, [1]),
        ({"contains": {"subject": "\u00e4rger"}}, [1]),
        ({"contains": {"payment_options": "ach"}}, [1]),
        ({"not": {"array_contains": {"payment_options": "ach"}}}, [2, 3]),
        ({"any": {"line_items": {"eq": {"kind": "Service"}}}}, [1]),
        ({"any": {"line_items": {"eq": {"kind": "Service"}, "gt": {"amount": 50}}}}, []),
        ({"any": {"line_items": {"eq": {"project": None}}}}, [1]),
        ({"any": {"line_items": {"eq": {"project.id": 3}}}}, [1]),
        ({"not": {"any": {"line_items": {"neq": {"project.id": 3}}}}}, [2, 3]),
        ({"or": [{"eq": {"id": 2}}, {"and": [{"gt": {"id": 2}}, {"lt": {"id": 4}}]}]}, [2, 3]),
    ],
)
def test_a_record_matches_as_the_operators_say(document: Any, ids: list[int]) -> None:
    filter = parse(document, INVOICES)

    assert [record.id for record in RECORDS if matches(filter, record)] == ids


def test_no_pattern_is_slow() -> None:
    record = (
        list_decoder(INVOICES)
        .decode(b'{"invoices": [{"id": 1, "subject": "' + b"a" * 50_000 + b'"}]}')
        .rows[0]
    )

    assert not matches(parse({"like": {"subject": "%a" * 400 + "%b"}}, INVOICES), record)
