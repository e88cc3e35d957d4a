"""A filter selects in SQL what it says, and nothing in it becomes SQL."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.store.filters import condition
from harvest_client.fields import Field, day, decimal, flag, instant, integer, text, texts
from harvest_client.search import parse
from harvest_client.search.conditions import And, Compare, Filter, Not, OneOf, Operator, Or

KNOWN: dict[str, Field] = {
    "id": integer("id"),
    "name": text("name"),
    "hours": decimal("hours"),
    "billable": flag("billable"),
    "day": day("day"),
    "changed": instant("changed"),
    "roles": texts("roles"),
}
COLUMNS = {path: f"r.{path}" for path in KNOWN}
ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "Acme", "hours": Decimal("1.5"), "billable": True, "day": date(2026, 1, 5),
     "changed": datetime(2026, 1, 5, 8), "roles": ["Design", "Ops"]},  # noqa: DTZ001
    {"id": 2, "name": "100% Ärger_1", "hours": Decimal("0.1"), "billable": False,
     "day": date(2026, 1, 6), "changed": datetime(2026, 1, 6), "roles": []},  # noqa: DTZ001
    {"id": 3, "name": r"back\slash", "hours": None, "billable": None, "day": None,
     "changed": None, "roles": None},
    {"id": 4, "name": None, "hours": Decimal(8), "billable": True, "day": date(2026, 2, 1),
     "changed": datetime(2026, 2, 1, 12), "roles": ["Design lead"]},  # noqa: DTZ001
    {"id": 5, "name": "'; DROP TABLE r; --", "hours": Decimal(0), "billable": False,
     "day": date(2025, 12, 31), "changed": datetime(2025, 12, 31), "roles": ["ops"]},  # noqa: DTZ001
]  # fmt: skip


@pytest.fixture(scope="module")
def table() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE r (id BIGINT, name VARCHAR, hours DECIMAL(12, 4), billable BOOLEAN,"
        " day DATE, changed TIMESTAMP, roles VARCHAR[])"
    )
    connection.executemany(
        "INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?)", [list(row.values()) for row in ROWS]
    )
    yield connection
    connection.close()


def selected(table: duckdb.DuckDBPyConnection, filter: Filter) -> list[int]:
    where = condition(filter, COLUMNS)
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
    ],
)
def test_a_filter_selects_what_it_says(
    table: duckdb.DuckDBPyConnection, document: object, ids: list[int]
) -> None:
    assert selected(table, parse(document, KNOWN)) == ids


def test_a_path_without_a_column_never_reaches_sql() -> None:
    with pytest.raises(KeyError):
        condition(Compare(Operator.EQ, "r.id; --", 1), COLUMNS)


def test_five_hundred_values_are_bound_one_by_one(table: duckdb.DuckDBPyConnection) -> None:
    assert selected(table, OneOf("id", tuple(range(2, 502)))) == [2, 3, 4, 5]


_TEXTS = st.text(st.sampled_from("aA%_\\'e1Ä"), max_size=4)
_LEAVES = st.one_of(
    st.builds(Compare, st.sampled_from([Operator.EQ, Operator.NEQ]), st.just("name"),
              st.none() | _TEXTS | st.sampled_from([row["name"] for row in ROWS])),
    st.builds(Compare, st.sampled_from([Operator.LIKE, Operator.STARTSWITH, Operator.ENDSWITH,
                                        Operator.CONTAINS]), st.just("name"), _TEXTS),
    st.builds(Compare, st.sampled_from([Operator.GT, Operator.GTE, Operator.LT, Operator.LTE]),
              st.just("hours"), st.sampled_from([Decimal("0.1"), Decimal("1.5"), Decimal(8)])),
    st.builds(OneOf, st.just("id"), st.lists(st.integers(0, 6), min_size=1).map(tuple)),
)  # fmt: skip
_FILTERS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=6,
)


def holds(filter: Filter, row: dict[str, Any]) -> bool:
    """The language as Python has it: what SQL must agree with."""
    match filter:
        case And(parts):
            return all(holds(part, row) for part in parts)
        case Or(parts):
            return any(holds(part, row) for part in parts)
        case Not(part):
            return not holds(part, row)
        case OneOf(field, values):
            return row[field] in values
        case Compare(operator, field, value):
            return compares(operator, row[field], value)


def compares(operator: Operator, found: Any, value: Any) -> bool:
    if operator is Operator.NEQ:
        return bool(found != value)
    if operator is Operator.EQ:
        return bool(found == value)
    if found is None:
        return False
    match operator:
        case Operator.GT:
            return bool(found > value)
        case Operator.GTE:
            return bool(found >= value)
        case Operator.LT:
            return bool(found < value)
        case Operator.LTE:
            return bool(found <= value)
        case Operator.LIKE:
            pattern = ".*".join(map(re.escape, value.lower().split("%")))
            return re.fullmatch(pattern, found.lower(), re.DOTALL) is not None
        case Operator.STARTSWITH:
            return bool(found.lower().startswith(value.lower()))
        case Operator.ENDSWITH:
            return bool(found.lower().endswith(value.lower()))
        case _:
            return value.lower() in found.lower()


@given(_FILTERS)
def test_sql_and_python_select_the_same_rows(
    table: duckdb.DuckDBPyConnection, filter: Filter
) -> None:
    assert selected(table, filter) == [row["id"] for row in ROWS if holds(filter, row)]


def test_instants_are_compared_in_utc() -> None:
    where = condition(Compare(Operator.LT, "changed", datetime(2026, 1, 1, tzinfo=UTC)), COLUMNS)

    assert where.parameters == (datetime(2026, 1, 1),)  # noqa: DTZ001
