"""A damaged version on the screen: a sentence, a way out, and the page again once it is mended."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from dashboard.store.snapshots import Snapshots
from dashboard.store.sync_log import Attempt, SyncLog
from tests.dashboard.components.conftest import publish
from tests.dashboard.components.test_routes import Get, get

__all__ = ["get"]


def _version(told: Settings) -> Path:
    (path,) = Snapshots(told.cache_dir, "1").list_files()
    return path


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


def _pointer(told: Settings) -> Path:
    return Snapshots(told.cache_dir, "1").pointer_path


def test_a_version_that_is_missing_is_a_sentence(app: AppTest, published: Settings) -> None:
    _version(published).unlink()

    app.run().switch_page("../pages/hours.py").run()

    assert not app.exception
    assert "is missing" in app.error[0].value


@pytest.mark.parametrize("page", ["hours", "data", "invoices"])
@pytest.mark.parametrize("find", [_version, _pointer], ids=["version", "pointer"])
def test_a_damaged_version_is_a_sentence_until_it_is_mended(
    app: AppTest, published: Settings, page: str, find: Callable[[Settings], Path]
) -> None:
    _cut(find(published))

    app.run().switch_page(f"../pages/{page}.py").run()

    assert not app.exception
    said = app.error[0].value.replace("\\", "")
    assert "is damaged." in said
    assert "python -m dashboard sync" in said
    assert "Sync now" in [button.label for button in app.button]

    publish(published.cache_dir, version=2)
    app.run()

    assert not app.exception
    assert not app.error


def test_what_was_mended_is_on_the_data_page(app: AppTest, published: Settings) -> None:
    moment, note = datetime(2026, 1, 15, 12, 1, tzinfo=UTC), "views.json was damaged."
    SyncLog(published.cache_dir, "1").add_attempt(
        Attempt(moment, moment, "full", 9, 1, notes=[note])
    )

    app.run().switch_page("../pages/data.py").run()

    assert note in [warning.value.replace("\\", "") for warning in app.warning]


def test_addresses_name_a_damaged_version(get: Get, published: Settings) -> None:
    _cut(_pointer(published))

    health, file = get("/healthz"), get("/export/hours.csv")

    assert (health.status_code, health.json()) == (503, {"status": "DamagedSnapshot"})
    assert file.status_code == 503
    assert "python -m dashboard sync" in file.text
