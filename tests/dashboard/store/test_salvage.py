"""What is kept of a damaged file of records, table by table."""

from pathlib import Path

import duckdb
import pytest

from dashboard.store.damage import salvage_records
from dashboard.store.schema import create_tables_sql


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_each_row_of_an_original_table_is_kept(tmp_path: Path, rows: int) -> None:
    with duckdb.connect(str(tmp_path / "old.duckdb")) as old:
        old.execute(create_tables_sql())
        for number in range(rows):
            old.execute("INSERT INTO accounts (account_id, identity, fingerprint) VALUES (?, ?, ?)",
                        [str(number), f"account {number}", "a token"])  # fmt: skip
    with duckdb.connect(str(tmp_path / "new.duckdb")) as new:
        salvaged = salvage_records(tmp_path / "old.duckdb", new)

        stored = new.execute("SELECT account_id, fingerprint FROM accounts ORDER BY 1").fetchall()

    assert stored == [(str(number), "a token") for number in range(rows)]
    assert salvaged.rows.get("accounts", 0) == rows
    assert salvaged.unreadable == ()
