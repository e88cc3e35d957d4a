"""A filter selects in SQL what it says, and nothing in it becomes SQL."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.store.filters import filter_sql, record_columns
from harvest_client.entities import ENTITIES
from harvest_client.models.fields import (
    Field,
    day,
    decimal,
    flag,
    instant,
    integer,
    record,
    records,
    text,
    texts,
)
from harvest_client.search import parse
from harvest_client.search.filter_ast import Compare, Filter, OneOf, Operator
from harvest_client.search.values import fold_case

KNOWN: dict[str, Field] = {
    "id": integer("id"),
    "name": text("name"),
    "hours": decimal("hours"),
    "billable": flag("billable"),
    "day": day("day"),
    "changed": instant("changed"),
    "roles": texts("roles"),
    "lines": records("lines", "", record("project", "", integer("id")), text("kind")),
}
COLUMNS = {
    **{path: f"r.{path}" for path in KNOWN},
    "lines[].kind": "x.kind",
    "lines[].project": "x.project",
    "lines[].project.id": "x.project.id",
}
ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "Acme", "hours": Decimal("1.5"), "billable": True, "day": date(2026, 1, 5),
     "changed": datetime(2026, 1, 5, 8), "roles": ["Design", "Ops"],  # noqa: DTZ001
     "lines": [{"project": {"id": 7}, "kind": "Service"},
               {"project": {"id": 8}, "kind": "Product"}]},
    {"id": 2, "name": "100% Ärger_1", "hours": Decimal("0.1"), "billable": False,
     "day": date(2026, 1, 6), "changed": datetime(2026, 1, 6), "roles": [],  # noqa: DTZ001
     "lines": [{"project": None, "kind": "Service"}]},
    {"id": 3, "name": r"back\slash", "hours": None, "billable": None, "day": None,
     "changed": None, "roles": None,
     "lines": None},
    {"id": 4, "name": None, "hours": Decimal(8), "billable": True, "day": date(2026, 2, 1),
     "changed": datetime(2026, 2, 1, 12), "roles": ["Design lead"],  # noqa: DTZ001
     "lines": []},
    {"id": 5, "name": "'; DROP TABLE r; --", "hours": Decimal(0), "billable": False,
     "day": date(2025, 12, 31), "changed": datetime(2025, 12, 31), "roles": ["ops"],  # noqa: DTZ001
     "lines": [{"project": {"id": 7}, "kind": None}]},
]  # fmt: skip


@pytest.fixture(scope="module")
def table() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE r (id BIGINT, name VARCHAR, hours DECIMAL(12, 4), billable BOOLEAN,"
        " day DATE, changed TIMESTAMP, roles VARCHAR[],"
        " lines STRUCT(project STRUCT(id BIGINT), kind VARCHAR)[])"
    )
    connection.executemany(
        "INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [list(row.values()) for row in ROWS]
    )
    yield connection
    connection.close()


def selected(table: duckdb.DuckDBPyConnection, filter: Filter) -> list[int]:
    where = filter_sql(filter, COLUMNS)
    found = table.execute(f"SELECT id FROM r WHERE {where.text} ORDER BY id", where.parameters)
    return [number for (number,) in found.fetchall()]


@pytest.mark.parametrize(
    ("document", "ids"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"eq": {"billable": True}}, [1, 4]),
        ({"neq": {"billable": True}}, [2, 3, 5]),
        ({"eq": {"name": None}}, [4]),
        ({"neq": {"name": None}}, [1, 2, 3, 5]),
        ({"not": {"gt": {"hours": 1}}}, [2, 3, 5]),
        ({"not": {"or": [{"eq": {"billable": True}}, {"eq": {"id": 2}}]}}, [3, 5]),
        ({"eq": {"hours": 0.1}}, [2]),
        ({"gte": {"day": "2026-01-06"}}, [2, 4]),
        ({"lte": {"changed": "2026-01-05T10:00:00+02:00"}}, [1, 5]),
        ({"in": {"id": [5, 1, 9]}}, [1, 5]),
        ({"like": {"name": "a%e"}}, [1]),
        ({"like": {"name": "%_1"}}, [2]),
        ({"like": {"name": "Acm_"}}, []),
        ({"like": {"name": "back\\%"}}, [3]),
        ({"startswith": {"name": "100%"}}, [2]),
        ({"startswith": {"name": "%"}}, []),
        ({"endswith": {"name": "_1"}}, [2]),
        ({"contains": {"name": "ÄRGER"}}, [2]),
        ({"contains": {"name": "\\"}}, [3]),
        ({"eq": {"name": "'; DROP TABLE r; --"}}, [5]),
        ({"array_contains": {"roles": "Design"}}, [1]),
        ({"not": {"array_contains": {"roles": "Design"}}}, [2, 3, 4, 5]),
        ({"fuzzy": {"name": "ger 00"}}, [2]),
        ({"fuzzy": {"name": "table drop"}}, [5]),
        ({"fuzzy": {"name": "table drops"}}, []),
        ({"keyword": {"name": "ACME drop 1000"}}, [1, 5]),
        ({"keyword": {"name": "acm ärger_2"}}, [2]),
        ({"not": {"keyword": {"name": "acme"}}}, [2, 3, 4, 5]),
        ({"any": {"lines": {"eq": {"kind": "Service"}}}}, [1, 2]),
        ({"any": {"lines": {"eq": {"kind": "Service"}, "gte": {"project.id": 7}}}}, [1]),
        ({"any": {"lines": {"eq": {"project": None}}}}, [2]),
        ({"any": {"lines": {"not": {"in": {"kind": ["Service", "Product"]}}}}}, [5]),
        ({"not": {"any": {"lines": {"eq": {"kind": "Service"}}}}}, [3, 4, 5]),
    ],
)
def test_a_filter_selects_what_it_says(
    table: duckdb.DuckDBPyConnection, document: object, ids: list[int]
) -> None:
    assert selected(table, parse(document, KNOWN)) == ids


def test_a_path_without_a_column_never_reaches_sql() -> None:
    with pytest.raises(KeyError):
        filter_sql(Compare(Operator.EQ, "r.id; --", 1), COLUMNS)


def test_five_hundred_values_are_bound_one_by_one(table: duckdb.DuckDBPyConnection) -> None:
    assert selected(table, OneOf("id", tuple(range(2, 502)))) == [2, 3, 4, 5]


def test_lower_is_what_folding_is_for_every_character() -> None:
    characters = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    small = pa.table({"character": characters})

    with duckdb.connect() as connection:
        connection.register("characters", small)
        found = connection.execute("SELECT character, lower(character) FROM characters").fetchall()

    assert [pair for pair in found if fold_case(pair[0]) != pair[1]] == []


@given(st.lists(st.text(), min_size=2, max_size=2))
def test_lower_does_not_look_at_the_neighbours(
    table: duckdb.DuckDBPyConnection, texts: list[str]
) -> None:
    text = "Σ".join(texts)

    assert table.execute("SELECT lower(?)", [text]).fetchall() == [(fold_case(text),)]


@given(st.text(), st.text())
def test_texts_have_one_order(table: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    found = table.execute("SELECT ?::VARCHAR < ?::VARCHAR", [one, other]).fetchall()

    assert found == [(one < other,)]


def test_five_hundred_words_are_looked_for_at_once(table: duckdb.DuckDBPyConnection) -> None:
    many = " ".join(f"ä{number:x}" for number in range(249))

    assert selected(table, Compare(Operator.KEYWORD, "name", f"{many} acme")) == [1]


def test_the_columns_of_a_table_are_quoted_and_hold_no_secret() -> None:
    columns = record_columns(ENTITIES["invoices"])

    assert columns["client.name"] == 'r."client"."name"'
    assert columns["line_items"] == 'r."line_items"'
    assert columns["line_items[].project.id"] == 'x."project"."id"'
    assert "client_key" not in columns


def test_instants_are_compared_in_utc() -> None:
    where = filter_sql(Compare(Operator.LT, "changed", datetime(2026, 1, 1, tzinfo=UTC)), COLUMNS)

    assert where.parameters == (datetime(2026, 1, 1),)  # noqa: DTZ001
