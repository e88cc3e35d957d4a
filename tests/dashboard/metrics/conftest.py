"""The studio of `studio.sql` and the account of `account/records.json`, really opened."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from dashboard.metrics.scope import Scope
from dashboard.store.completeness import Completeness
from dashboard.store.snapshots import CurrentVersion, Snapshot
from tests.dashboard.metrics.publishing import published
from tests.made_once import made_once

HERE = Path(__file__).parent
TODAY = date(2026, 1, 15)
ACCOUNT = HERE / "account" / "records.json"
QUARTER = Scope(date(2026, 1, 1), date(2026, 3, 31), today=date(2026, 3, 31))  # of that account
TWO_WEEKS = Scope(date(2026, 1, 5), date(2026, 1, 18), today=TODAY)

Studio = Callable[[str], Snapshot]


def build(directory: Path, sql: str, since: date | None = None) -> Snapshot:
    """The studio after `sql`, in a file of its own; days before `since` are not stored."""
    path = directory / "v1.duckdb"
    made_once("studio", directory, lambda: _build(path, (HERE / "studio.sql").read_text("utf-8")))
    if sql:
        _build(path, sql)
    complete = Completeness.from_start(since)
    pointer = CurrentVersion(1, path.name, datetime(2026, 1, 15, 12, tzinfo=UTC), complete)
    return Snapshot(path, pointer)


def _build(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with closing(build(tmp_path_factory.mktemp("studio"), "")) as snapshot:
        yield snapshot


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    records = json.loads(ACCOUNT.read_text("utf-8"))
    with closing(published(tmp_path_factory.mktemp("account"), records, QUARTER.today)) as snapshot:
        yield snapshot


@pytest.fixture
def studio_after(tmp_path: Path) -> Iterator[Studio]:
    """The studio after some SQL that changes it."""
    with ExitStack() as opened:
        yield lambda sql: opened.enter_context(closing(build(tmp_path, sql)))
