"""The Data page says what was deleted in Harvest, and lets somebody accept it when it is much."""

from datetime import UTC, datetime

from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from dashboard.store.sync_log import Attempt, SyncLog
from dashboard.store.tombstones import tombstones_sql
from tests.dashboard.components.conftest import HOSTILE, SYNCED, publish

STONES = """
CREATE TABLE tombstones AS
SELECT '1' AS account_id, 'time_entries' AS entity, 7 AS id, DATE '2026-01-06' AS day,
    $text$ AS text, TIMESTAMP '2026-01-14 09:30:00' AS noticed
UNION ALL SELECT '1', 'projects', 8, NULL, 'Website · Ada & Co', TIMESTAMP '2026-01-13 08:00:00';
"""


def opened(app: AppTest) -> AppTest:
    app.switch_page("../pages/data.py").run()
    assert not app.exception
    return app


def test_what_was_deleted_is_listed_with_the_time_it_was_noticed(
    app: AppTest, told: Settings
) -> None:
    text = HOSTILE["html"].replace("'", "''")
    publish(told.cache_dir, sql=STONES.replace("$text$", f"'{text}'"))
    checks = {"count": SYNCED.isoformat(), "records": datetime(2026, 1, 10, tzinfo=UTC).isoformat()}
    SyncLog(told.cache_dir, "1").add_attempt(
        Attempt(SYNCED, SYNCED, "changes", 9, 1, checks=checks)
    )

    opened(app)

    deleted = app.dataframe[-1].value
    assert deleted["Entity"].tolist() == ["Time Entries", "Projects"]
    assert deleted["Description"].tolist() == [HOSTILE["html"], "Website · Ada & Co"]
    assert deleted["ID"].tolist() == ["7", "8"]
    (said,) = [
        caption.value for caption in app.caption if "not included in any figure" in caption.value
    ]
    assert "counted" in said
    assert "read one by one" in said


def test_a_version_from_before_there_were_tombstones_opens_without_them(
    app: AppTest, published: Settings
) -> None:
    opened(app)

    assert "Deleted in Harvest" not in [heading.value for heading in app.subheader]


def test_each_kind_of_record_has_a_text_of_its_own() -> None:
    sql = tombstones_sql(10)

    assert sql.count("UNION ALL") >= 12
    assert "LIMIT 10" in sql
