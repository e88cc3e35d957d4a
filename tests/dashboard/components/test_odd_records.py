"""The Data page names the records that could not be read, where there are any."""

from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from tests.dashboard.components.conftest import publish

TITLE = "Records that could not be read"
TABLE = """
CREATE TABLE odd_records AS
SELECT '1' AS account_id, 'time_entries' AS entity, 7 AS id, NULL::BIGINT AS owner,
    DATE '2026-01-06' AS day, 'hours' AS field, 'the number is not finite' AS problem,
    TIMESTAMP '2026-01-14 09:30:00' AS noticed, true AS is_stored
UNION ALL SELECT '1', 'company', NULL, NULL, NULL, 'name', 'expected text, got a list',
    TIMESTAMP '2026-01-13 08:00:00', false
"""


def opened(app: AppTest) -> AppTest:
    app.switch_page("../pages/data.py").run()
    assert not app.exception
    return app


def test_card_names_each_record_and_what_counts_instead(app: AppTest, told: Settings) -> None:
    publish(told.cache_dir, sql=TABLE)

    opened(app)

    assert TITLE in [heading.value for heading in app.subheader]
    table = next(each.value for each in app.dataframe if "What is wrong" in each.value)
    assert table["Entity"].tolist() == ["Time Entries", "Company"]
    assert table["ID"].tolist() == ["7", "—"]
    assert table["Field"].tolist() == ["hours", "name"]
    assert table["What is wrong"].tolist() == [
        "the number is not finite", "expected text, got a list",
    ]  # fmt: skip
    assert table["Counts"].tolist() == ["an earlier version", "nothing"]


def test_card_is_not_there_without_such_records(app: AppTest, told: Settings) -> None:
    publish(told.cache_dir, sql=f"{TABLE} LIMIT 0")

    opened(app)

    assert TITLE not in [heading.value for heading in app.subheader]


def test_version_from_before_there_was_a_list_opens_without_the_card(
    app: AppTest, published: Settings
) -> None:
    opened(app)

    assert TITLE not in [heading.value for heading in app.subheader]
