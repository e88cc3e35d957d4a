"""The studio of `tests/dashboard/metrics`, published where the screens look for it."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings, load_settings
from dashboard.store.snapshots import Snapshot, Snapshots
from tests.dashboard.metrics.conftest import ACCOUNT, QUARTER
from tests.dashboard.metrics.publishing import published as published_account

ROOT = Path(__file__).parents[3]
STUDIO = ROOT / "tests" / "dashboard" / "metrics" / "studio.sql"
SYNCED = datetime(2026, 1, 15, 12, tzinfo=UTC)
TWO_WEEKS = "2026-01-05..2026-01-18"
# Names are text: in each of these something would happen if they were taken for markup.
HOSTILE = {
    "markdown": "[click](https://evil.example) ![x](https://evil.example/x.png) **bold** `code`",
    "html": "<a href='https://evil.example'>x</a><img src=https://evil.example/i.png>",
    "directives": ":red[x] :material/delete: $a$ :streamlit: https://evil.example -> a@b.example",
    "formula": '=HYPERLINK("https://evil.example")',
    "bidi": "abc\u202edef\u200b",
}
_FILES = TemporaryDirectory(prefix="studio-")
_STORED = """
CREATE TABLE entity_state AS
SELECT '1' AS account_id, 'time_entries' AS entity, 11 AS rows, 0 AS parts,
    TIMESTAMP '2026-01-15 12:00:00' AS read_at, CAST(NULL AS VARCHAR) AS refused
UNION ALL SELECT '1', 'estimates', 0, 0, TIMESTAMP '2026-01-15 12:00:00', 'Not for this token.';
CREATE TABLE report_totals AS
SELECT DATE '2026-01-05' AS first_day, DATE '2026-01-18' AS last_day, 'EUR' AS currency,
    CAST(20.5 AS DECIMAL(18, 6)) AS hours, CAST(20.5 AS DECIMAL(18, 6)) AS report_hours,
    CAST(1010 AS DECIMAL(18, 6)) AS amount, CAST(1000 AS DECIMAL(18, 6)) AS report_amount
LIMIT 0;
CREATE TABLE invoice_facts (
    account_id VARCHAR, id BIGINT, number VARCHAR, day DATE, client_id BIGINT, currency VARCHAR,
    state VARCHAR, due_date DATE, closed_day DATE, retainer_id BIGINT, is_deposit BOOLEAN,
    amount DECIMAL(18, 6), drawn_amount DECIMAL(18, 6)
);
CREATE TABLE payment_facts (
    account_id VARCHAR, id BIGINT, invoice_id BIGINT, number VARCHAR, day DATE, issued_day DATE,
    client_id BIGINT, currency VARCHAR, state VARCHAR, due_date DATE, is_deposit BOOLEAN,
    kind VARCHAR, amount DECIMAL(28, 6), amount_days DECIMAL(28, 6), is_reconstructed BOOLEAN
);
CREATE TABLE receivable_facts (
    account_id VARCHAR, invoice_id BIGINT, number VARCHAR, day DATE, kind VARCHAR,
    client_id BIGINT, currency VARCHAR, state VARCHAR, due_date DATE, is_deposit BOOLEAN,
    is_credit BOOLEAN, amount DECIMAL(28, 6), is_reconstructed BOOLEAN
);
CREATE TABLE retainer_facts (
    account_id VARCHAR, invoice_id BIGINT, number VARCHAR, day DATE, kind VARCHAR,
    client_id BIGINT, currency VARCHAR, state VARCHAR, amount DECIMAL(28, 6),
    is_reconstructed BOOLEAN
);
CREATE TABLE budget_facts (
    account_id VARCHAR, project_id BIGINT, day DATE, client_id BIGINT, currency VARCHAR,
    is_hidden BOOLEAN, budget DECIMAL(18, 6), spent DECIMAL(18, 6), burned DECIMAL(18, 6),
    fee_hours DECIMAL(18, 6), known_from DATE
);
CREATE SCHEMA IF NOT EXISTS records;
CREATE TABLE IF NOT EXISTS records.projects (
    id BIGINT, budget_by VARCHAR, budget_is_monthly BOOLEAN, starts_on DATE, ends_on DATE
);
CREATE TABLE estimate_facts (
    account_id VARCHAR, id BIGINT, day DATE, decided_day DATE, client_id BIGINT, currency VARCHAR,
    state VARCHAR, amount DECIMAL(18, 6)
);
"""


def publish(cache_dir: Path, *, version: int = 1, sql: str = "") -> None:
    """Publishes the studio, after `sql`, as `version` of account 1."""
    snapshots = Snapshots(cache_dir, "1")
    with snapshots.build_file(version) as path:
        shutil.copyfile(_studio(), path)
        if version != 1 or sql:
            with duckdb.connect(str(path)) as connection:
                connection.execute(f"UPDATE meta SET version = {version}")
                connection.execute(sql)
    snapshots.set_current(version, synced_at=SYNCED)


@cache
def _studio() -> Path:
    path = Path(_FILES.name) / "studio.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(STUDIO.read_text("utf-8"))
        connection.execute(_STORED)
    return path


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings of an account of which nothing is published yet."""
    for name, value in {
        "HARVEST_SOURCE": "direct",
        "HARVEST_ACCESS_TOKEN": "token",
        "HARVEST_ACCOUNT_ID": "1",
        "HARVEST_STORE_URL": f"duckdb:///{tmp_path / 'store.duckdb'}",
        "HARVEST_SYNC_MINUTES": "0",
        "HARVEST_TODAY": "2026-01-15",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HARVEST_CACHE_DIR", raising=False)
    yield load_settings()
    # The caches are the process's own, and the next test publishes the same version elsewhere.
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def published(told: Settings) -> Settings:
    """Settings of the studio's account, published."""
    publish(told.cache_dir)
    return told


@pytest.fixture
def studio(published: Settings) -> Iterator[Snapshot]:
    snapshot = Snapshots(published.cache_dir, "1").open_current()
    yield snapshot
    snapshot.close()


@pytest.fixture
def app(told: Settings) -> AppTest:
    return AppTest.from_file(str(ROOT / "dashboard" / "router.py"), default_timeout=30)


@pytest.fixture
def quarter(
    app: AppTest, told: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    """The account of `tests/dashboard/metrics` in the first quarter, on its last day."""
    monkeypatch.setenv("HARVEST_TODAY", "2026-03-31")
    published_account(tmp_path, json.loads(ACCOUNT.read_text("utf-8")), QUARTER.today).close()
    app.query_params["period"] = "2026-01-01..2026-03-31"
    return app


def in_currency(app: AppTest, currency: str) -> str:
    """The line of a currency below the cards as it is read, without how its figures changed."""
    read = [caption.value.replace("\\", "") for caption in app.caption]
    line = "".join(one for one in read if one.startswith(f"{currency}: "))
    return re.sub(r" \([+−0][^)]*\)", "", line)
