"""10,000 filter documents over all 18 entities: SQL and Python agree, and nothing becomes SQL."""

import re
from collections.abc import Iterator
from random import Random

import duckdb
import pytest

from dashboard.store.filters import filter_sql, record_columns
from dashboard.store.schema import STORED, arrow_table, create_tables_sql, quote_name
from harvest_client.entities import ENTITIES, Entity
from harvest_client.models.fields import Field
from harvest_client.models.records import Record
from harvest_client.search import (
    Filter,
    SearchError,
    canonical_json,
    matches,
    parse,
    parse_text,
    read_search,
    searchable_fields,
)
from tests.dashboard.store.odd_documents import Documents
from tests.dashboard.store.odd_records import records

DOCUMENTS = 560  # for each of the 18 entities
ROWS = 40
KEPT = {
    entity.name: records(entity, Random(number), ROWS)
    for number, entity in enumerate(ENTITIES.values())
}

every_entity = pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.execute(create_tables_sql())
    for name, rows in KEPT.items():
        _fill(connection, ENTITIES[name], rows)
    connection.execute("CALL enable_logging('QueryLog')")
    yield connection
    connection.close()


def _fill(connection: duckdb.DuckDBPyConnection, entity: Entity, rows: list[Record]) -> None:
    # An account has one company: here each has an account.
    for number, batch in enumerate([rows] if entity.primary_key else [[row] for row in rows]):
        found = arrow_table(entity, f"account {number}", batch)
        connection.register("found", found)
        if entity.name in STORED:
            connection.execute(f"INSERT INTO {quote_name(entity.name)} BY NAME SELECT * FROM found")
        else:
            connection.execute(f"CREATE TABLE {quote_name(entity.name)} AS SELECT * FROM found")
        connection.unregister("found")


def selected(connection: duckdb.DuckDBPyConnection, entity: Entity, filter: Filter) -> list[int]:
    """The numbers of the rows that SQL selects, from 0."""
    where = filter_sql(filter, record_columns(entity))
    assert_closed(where.text, entity)
    text = f"SELECT r.rowid FROM {quote_name(entity.name)} AS r WHERE {where.text} ORDER BY 1"
    return [row for (row,) in connection.execute(text, where.parameters).fetchall()]


WORDS = set(
    re.findall(
        r"\w+",
        "AND OR IS NOT DISTINCT FROM NULL TRUE true IN LIKE ESCAPE lambda r x lower starts_with"
        " ends_with contains regexp_matches list_contains list_filter len",
    )
)
TOKENS = re.compile(r"""\s+|"(?P<name>\w+)"|(?P<word>[A-Za-z_]+)|'\\'|>=|<=|[=<>(),.:?]|\b0\b""")


def assert_closed(text: str, entity: Entity) -> None:
    """The text is made of our words, our names and places for values, and of nothing else."""
    place = 0
    while place < len(text):
        token = TOKENS.match(text, place)
        assert token, text[place:]
        assert token["word"] is None or token["word"] in WORDS, token["word"]
        assert token["name"] is None or token["name"] in _names(entity.fields), token["name"]
        place = token.end()


def _names(fields: tuple[Field, ...]) -> set[str]:
    return {field.name for field in fields}.union(*(_names(field.fields) for field in fields))


def statements(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Every statement that was executed since the last time this was asked."""
    found = connection.execute("SELECT message FROM duckdb_logs WHERE type = 'QueryLog'")
    texts = [text for (text,) in found.fetchall()]
    connection.execute("CALL truncate_duckdb_logs()")
    return [text for text in texts if "duckdb_logs" not in text]


@every_entity
def test_sql_selects_what_python_does_and_every_fault_is_named_with_its_place(
    tables: duckdb.DuckDBPyConnection, entity: Entity
) -> None:
    documents = Documents(Random(f"documents about {entity.name}"))
    known = searchable_fields(entity)
    statements(tables)
    accepted = found = 0

    for number in range(DOCUMENTS):
        if number % 2:
            document, path = documents.wrong(known)
            with pytest.raises(SearchError) as raised:
                parse(document, entity)
            assert raised.value.path == path, str(raised.value)
            with pytest.raises(SearchError) as raised:
                read_search(entity, {"query": {"filter": document}})
            assert raised.value.path == f"$.query.filter{path.removeprefix('$')}"
            continue
        filter = parse(documents.right(known), entity)
        rows = selected(tables, entity, filter)
        assert rows == [
            row for row, record in enumerate(KEPT[entity.name]) if matches(filter, record)
        ], canonical_json(filter)
        assert parse_text(canonical_json(filter), entity) == filter
        asked = read_search(entity, {"query": f'{{"filter": {canonical_json(filter)}}}'})
        assert asked.filter == filter
        accepted += 1
        found += 0 < len(rows) < ROWS

    executed = statements(tables)
    assert len(executed) == accepted
    assert all(text.startswith("SELECT r.rowid FROM") for text in executed)
    assert found > accepted / 4  # most documents tell some rows from others
