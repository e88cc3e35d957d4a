"""The filter language: every operator, in every generation, against rows known by heart."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.harvest_demo.hosted.commanding import Commanding, commanding, message
from tests.harvest_demo.hosted.handmade import handmade

NOT_HAFEN = {"not": {"eq": {"name": "hafenportal"}}}

# Generations, entity, filter, and the ids of the rows that it finds.
FOUND: list[tuple[str, str, Any, list[int]]] = [
    ("ABC", "projects", {"eq": {"name": "hafenportal"}}, [2]),
    ("ABC", "projects", {"eq": {"name": "Hafenportal"}}, []),
    ("ABC", "projects", {"eq": {"is_active": False}}, [3, 4]),
    ("ABC", "projects", {"eq": {"budget": 7.0}}, [4]),
    ("ABC", "projects", {"eq": {"budget": 0.1}}, [2]),
    ("ABC", "projects", {"eq": {"starts_on": "2026-02-01"}}, [4]),
    ("ABC", "projects", {"eq": {"client": {"id": 77, "name": "Hafen", "currency": "EUR"}}},
     [1, 2, 3, 4]),
    ("ABC", "projects", {"eq": {"client": {}}}, []),
    ("ABC", "users", {"eq": {"roles": ["Designsystem"]}}, [3]),
    ("ABC", "projects", {"neq": {"code": "HPR"}}, [3, 4]),
    ("ABC", "projects", {"gt": {"budget": 7}}, [1]),
    ("ABC", "projects", {"gte": {"budget": 7}}, [1, 4]),
    ("ABC", "projects", {"lt": {"budget": 7}}, [2]),
    ("ABC", "projects", {"lte": {"budget": 0.1}}, [2]),
    ("ABC", "projects", {"gte": {"starts_on": "2026-01-01"}}, [1, 4]),
    # Compared as texts: the month alone is before every day of it.
    ("ABC", "projects", {"gt": {"starts_on": "2026-02"}}, [4]),
    ("ABC", "projects", {"lte": {"updated_at": "2026-11-02T08:30:00Z"}}, [1, 2]),
    ("ABC", "projects", {"lt": {"updated_at": "2026-11-02"}}, [1]),
    ("ABC", "projects", {"in": {"id": [2, 4, 99]}}, [2, 4]),
    ("ABC", "projects", {"in": {"code": ["HPR", ""]}}, [1, 4]),
    ("ABC", "users", {"in": {"roles": [[], ["Designsystem"]]}}, [2, 3]),
    ("ABC", "projects", {"fuzzy": {"name": "hafen relaunch"}}, [1]),
    ("ABC", "projects", {"fuzzy": {"name": "RELAUNCH hafen"}}, [4]),
    ("ABC", "projects", {"keyword": {"name": "hafen NEU"}}, [3, 4]),
    ("ABC", "projects", {"keyword": {"name": "relaunch"}}, [1, 4]),
    ("ABC", "projects", {"and": [{"eq": {"is_active": True}}, {"gt": {"budget": 1}}]}, [1]),
    ("ABC", "projects", {"or": [{"eq": {"id": 3}}, {"gt": {"budget": 7}}]}, [1, 3]),
    ("ABC", "projects", {"not": {"in": {"id": [1, 2]}}}, [3, 4]),
    # Three values: what is held against null is unknown, whatever stands around it.
    ("ABC", "projects", {"not": {"eq": {"code": "HPR"}}}, [3, 4]),
    ("ABC", "projects", {"not": {"not": {"gt": {"budget": 1}}}}, [1, 4]),
    ("ABC", "projects", {"not": {"gt": {"budget": 1}}}, [2]),
    ("ABC", "projects", {"not": {"in": {"starts_on": ["2026-01-01"]}}}, [3, 4]),
    ("ABC", "projects", {"not": {"fuzzy": {"code": "zz"}}}, [1, 3, 4]),
    ("ABC", "projects", {"or": [{"eq": {"code": "HPR"}}, {"eq": {"id": 2}}]}, [1, 2]),
    ("ABC", "projects", {"not": {"or": [{"eq": {"code": "HPR"}}, {"eq": {"id": 9}}]}}, [3, 4]),
    ("ABC", "projects", {"not": {"and": [{"eq": {"code": "HPR"}}, {"eq": {"id": 9}}]}},
     [1, 2, 3, 4]),
    ("ABC", "projects", {"not": {"and": [{"eq": {"code": "HPR"}}, {"eq": {"id": 2}}]}}, [1, 3, 4]),
    ("AB", "projects", {"like": {"name": "%portal%"}}, [1, 2]),
    ("AB", "projects", {"like": {"name": "Hafen%"}}, [1]),
    ("AB", "projects", {"like": {"name": "%Relaunch"}}, [1]),
    ("AB", "projects", {"like": {"name": "hafenportal"}}, [2]),
    ("AB", "projects", {"like": {"name": "H%port%nch"}}, [1]),
    ("AB", "projects", {"like": {"code": "hp_2"}}, [3]),
    ("AB", "projects", {"like": {"code": "h__2"}}, []),
    ("AB", "projects", {"not": {"like": {"code": "H%"}}}, [3, 4]),
    ("AB", "projects", {"like": {"starts_on": "2026-%"}}, [1, 4]),
    ("C", "projects", {"startswith": {"name": "HAFEN"}}, [1, 2]),
    ("C", "projects", {"startswith": {"name": "%"}}, []),
    ("C", "projects", {"endswith": {"name": "RELAUNCH"}}, [1]),
    ("C", "projects", {"contains": {"name": "PORTAL"}}, [1, 2, 3]),
    ("C", "projects", {"contains": {"name": "100%"}}, [3]),
    ("C", "projects", {"not": {"contains": {"code": "hp"}}}, [4]),
    ("C", "users", {"array_contains": {"roles": "Design"}}, [1]),
    ("C", "users", {"not": {"array_contains": {"roles": "Design"}}}, [2, 3]),
    ("C", "roles", {"array_contains": {"user_ids": 3}}, [1]),
    ("B", "users", {"contains": {"roles": "Design"}}, [1]),
    ("B", "roles", {"contains": {"user_ids": 3}}, [1]),
    # The wrong generation's `contains` is answered, with something else.
    ("C", "users", {"contains": {"roles": "Design"}}, [1, 3]),
    ("B", "projects", {"contains": {"name": "portal"}}, []),
    ("B", "projects", {"contains": {"name": "hafenportal"}}, [2]),
    ("C", "projects", {"eq": {"is_active": True}, "gt": {"budget": 1}}, [1]),
]  # fmt: skip

REFUSED: list[tuple[str, str, Any]] = [
    ("ABC", "projects", {}),
    ("ABC", "projects", []),
    ("ABC", "projects", None),
    ("ABC", "projects", {"eq": {}}),
    ("ABC", "projects", {"eq": "name"}),
    ("ABC", "projects", {"eq": {"name": "a", "code": "b"}}),
    ("AB", "projects", {"eq": {"is_active": True}, "gt": {"budget": 1}}),
    ("ABC", "projects", {"and": []}),
    ("ABC", "projects", {"or": {"eq": {"id": 1}}}),
    ("ABC", "projects", {"and": [{}]}),
    ("ABC", "projects", {"not": {}}),
    # Fields: not searchable, inside an object, not there at all, an array's declared path.
    ("ABC", "projects", {"eq": {"notes": "x"}}),
    ("ABC", "projects", {"eq": {"client.id": 77}}),
    ("ABC", "projects", {"eq": {"nothing": 1}}),
    ("ABC", "users", {"eq": {"roles[]": "Design"}}),
    ("ABC", "time_entries", {"gt": {"rounded_hours": 1}}),
    # Operands: null, and what does not go with the field.
    ("ABC", "projects", {"eq": {"code": None}}),
    ("ABC", "projects", {"neq": {"code": None}}),
    ("ABC", "projects", {"gt": {"budget": None}}),
    ("ABC", "projects", {"in": {"code": ["HPR", None]}}),
    ("ABC", "projects", {"in": {"code": []}}),
    ("ABC", "projects", {"in": {"code": "HPR"}}),
    ("ABC", "projects", {"eq": {"id": "1"}}),
    ("ABC", "projects", {"eq": {"name": 1}}),
    ("ABC", "projects", {"eq": {"is_active": 1}}),
    ("ABC", "projects", {"eq": {"budget": True}}),
    ("ABC", "projects", {"eq": {"starts_on": 20260101}}),
    ("ABC", "projects", {"gt": {"is_active": False}}),
    ("ABC", "projects", {"gt": {"client": {}}}),
    ("ABC", "users", {"eq": {"roles": "Design"}}),
    ("ABC", "projects", {"fuzzy": {"name": " "}}),
    ("ABC", "projects", {"keyword": {"budget": "7"}}),
    ("AB", "projects", {"like": {"budget": "7%"}}),
    ("C", "projects", {"startswith": {"client": "H"}}),
    ("C", "projects", {"array_contains": {"name": "x"}}),
    ("C", "roles", {"array_contains": {"user_ids": "3"}}),
    # Operators of other generations, and of none.
    ("A", "projects", {"contains": {"name": "x"}}),
    ("AB", "projects", {"startswith": {"name": "x"}}),
    ("AB", "projects", {"endswith": {"name": "x"}}),
    ("AB", "users", {"array_contains": {"roles": "Design"}}),
    ("C", "projects", {"like": {"name": "x%"}}),
    ("A", "users", {"any": {"roles": {"eq": {"kind": "x"}}}}),
    ("BC", "users", {"any": {"roles": {"eq": {"kind": "x"}}}}),
    ("ABC", "projects", {"regex": {"name": "x"}}),
    ("ABC", "projects", {"EQ": {"name": "x"}}),
]


def cases(table: list[Any]) -> list[Any]:
    return [
        pytest.param(generation, *rest, id=f"{generation} {rest[0]} {rest[1]}")
        for generations, *rest in table
        for generation in generations
    ]


@pytest.fixture(scope="module")
def known() -> Iterator[dict[str, Commanding]]:
    """The account known by heart, in every generation."""
    with (
        commanding(handmade(), "A") as seed,
        commanding(handmade(), "B") as package,
        commanding(handmade(), "C") as kit,
    ):
        yield {"A": seed, "B": package, "C": kit}


@pytest.mark.parametrize(("generation", "entity", "condition", "ids"), cases(FOUND))
def test_a_filter_finds_exactly_what_it_says(
    known: dict[str, Commanding], generation: str, entity: str, condition: Any, ids: list[int]
) -> None:
    rows = known[generation].search(entity, {"filter": condition})

    assert sorted(row["id"] for row in rows) == ids


@pytest.mark.parametrize(("generation", "entity", "condition"), cases(REFUSED))
def test_a_filter_that_is_none_is_refused_with_a_sentence(
    known: dict[str, Commanding], generation: str, entity: str, condition: Any
) -> None:
    response = known[generation].refusal(entity, {"filter": condition})

    assert response.json()["errors"][0]["userPresentableMessage"] == message(response)
    assert len(message(response)) > 10


@pytest.mark.parametrize("depth", [400, 5000])
def test_a_filter_may_be_nested_but_not_without_end(
    known: dict[str, Commanding], depth: int
) -> None:
    path = f"/integrations/connectors/{known['C'].connector_id}/execute"
    nested = '{"not":' * depth + '{"eq":{"id":1}}' + "}" * depth
    body = (
        '{"entity":"projects","action":"context_store_search","params":{"query":{"filter":'
        + nested + "}}}"
    )  # fmt: skip

    response = known["C"].send(
        "POST", path, content=body.encode(), headers={"Content-Type": "application/json"}
    )

    assert response.status_code in (200, 400, 422)


def test_unknown_operators_may_be_ignored_instead_of_refused() -> None:
    with commanding(handmade(), "B", lenient=True) as connection:
        company = connection.search("company", {"filter": {"startswith": {"name": "zz"}}})
        everything = connection.search("projects", {"filter": {"startswith": {"x": "zz"}}})
        both = {"and": [{"eq": {"id": 2}}, {"array_contains": {"code": "zz"}}]}
        one = connection.search("projects", {"filter": both})

        assert len(company) == 1
        assert len(everything) == 4
        assert [row["id"] for row in one] == [2]
        connection.refusal("projects", {"filter": {"eq": {"client.id": 77}}})


@pytest.mark.parametrize(("generation", "status", "rows"), [("B", 422, None), ("C", 200, [])])
def test_the_probe_of_the_generations_tells_b_from_c(
    known: dict[str, Commanding], generation: str, status: int, rows: Any
) -> None:
    query = {"filter": {"startswith": {"name": "zz-no-such-company"}}}

    response = known[generation].execute(
        "company", "context_store_search", {"query": query, "limit": 1}
    )

    assert response.status_code == status
    assert response.json().get("result", {}).get("data") == rows
