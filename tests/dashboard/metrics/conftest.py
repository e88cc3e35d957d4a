"""The studio of `studio.sql`, as a snapshot that the real reader opens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Pointer, Snapshot

HERE = Path(__file__).parent
TODAY = date(2026, 1, 15)
TWO_WEEKS = Scope(date(2026, 1, 5), date(2026, 1, 18), today=TODAY)

Studio = Callable[[str], Snapshot]


@pytest.fixture
def studio_after(tmp_path: Path) -> Iterator[Studio]:
    """The studio after some SQL that changes it."""
    with ExitStack() as opened:

        def build(sql: str) -> Snapshot:
            path = tmp_path / "v1.duckdb"
            with duckdb.connect(str(path)) as connection:
                connection.execute((HERE / "studio.sql").read_text("utf-8"))
                connection.execute(sql)
            pointer = Pointer(1, path.name, datetime(2026, 1, 15, 12, tzinfo=UTC), None, False)
            return opened.enter_context(closing(Snapshot(path, pointer)))

        yield build


@pytest.fixture
def studio(studio_after: Studio) -> Snapshot:
    return studio_after("SELECT 1")
