"""The pages, through everything: the real router on a real snapshot."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.text import md_text
from dashboard.config.settings import Settings
from dashboard.store.sync_log import Attempt, SyncLog
from tests.dashboard.components.conftest import HOSTILE, TWO_WEEKS, in_currency, publish
from tests.dashboard.metrics.publishing import published as published_as_synced

PAGES = [
    "pages/overview.py",
    "pages/hours.py",
    "pages/projects.py",
    "pages/utilization.py",
    "pages/invoices.py",
    "pages/estimates.py",
    "pages/leaks.py",
    "pages/wip.py",
    "pages/profitability.py",
    "pages/expenses.py",
    "pages/explorer.py",
    "pages/data.py",
    "pages/audit.py",
]


def opened(app: AppTest, **parameters: str) -> AppTest:
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.switch_page("../pages/hours.py").run()


def figures(app: AppTest) -> list[tuple[str, str]]:
    return [(metric.label, metric.value) for metric in app.metric]


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def test_hours_answers_its_question(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS)

    assert not app.exception
    assert not app.error
    assert figures(app) == [
        ("Hours", "26.50"),
        ("Billable hours", "24.00"),
        ("Billable share", "90.6%"),
        ("Utilization", "9.1%"),
        ("Billable hours without rate", "3.00"),
        ("Billable amount", "€480"),
    ]
    assert in_currency(app, "USD") == "USD: Billable amount $720"


def test_an_amount_without_a_currency_is_not_mixed_with_one_that_has_it(
    app: AppTest, told: Settings
) -> None:
    publish(told.cache_dir, sql="UPDATE time_facts SET currency = NULL WHERE currency = 'EUR'")

    opened(app, period=TWO_WEEKS)

    assert not app.exception
    assert figures(app)[-1] == ("Billable amount", "$720")
    assert in_currency(app, "No currency") == "No currency: Billable amount 480"


def test_raw_hours_are_as_tracked(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS, basis="raw")

    assert figures(app)[0] == ("Hours", "26.10")
    assert figures(app)[-1] == ("Billable amount", "€447")
    assert in_currency(app, "USD") == "USD: Billable amount $732"


def test_a_filter_in_the_link_narrows_every_figure(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS, where='{"eq": {"client.id": 10}}')

    shown = figures(app)
    assert shown[0] == ("Hours", "13.50")
    # Capacity is not recorded per client: the figure says so by its name.
    assert shown[3] == ("Billable share of capacity spent on this selection", "6.3%")
    assert "Share of capacity spent on this selection" in captions(app)
    assert [button.label for button in app.button if button.key == "chip_clients"] == [
        "Clients: Acme"
    ]


def test_a_chip_takes_its_filter_back(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS, where='{"eq": {"client.id": 10}}')

    app.button(key="chip_clients").click().run()

    assert app.text_input(key="where").value == ""
    assert figures(app)[0] == ("Hours", "26.50")


def test_an_id_that_is_not_stored_stays_in_the_filter(app: AppTest, published: Settings) -> None:
    opened(app, where='{"in":{"client.id":[10,999]}}')

    assert not app.exception
    assert app.text_input(key="where").value == '{"in":{"client.id":[10,999]}}'


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"period": "soon"}, "is not a valid period"),
        ({"period": "2026-02-30..2026-03-01"}, "is not a valid date"),
        ({"period": "2026-03-01..2026-02-01"}, "is before the start date"),
        ({"where": "{"}, "is not JSON"),
        ({"where": '{"eq": {"hour": 1}}'}, "did you mean hours"),
        ({"where": "[]"}, "must be an object"),
    ],
)
def test_a_bad_link_is_explained_and_kept(
    app: AppTest, published: Settings, parameters: dict[str, str], sentence: str
) -> None:
    opened(app, **parameters)

    assert not app.exception
    (error,) = app.error
    assert sentence in error.value.replace("\\", "")
    assert not app.metric
    for name, value in parameters.items():
        assert app.text_input(key=name).value == value


def test_a_bad_link_has_a_way_back(app: AppTest, published: Settings) -> None:
    opened(app, period="soon", where="{")

    app.button(key="reset_all").click().run()

    assert not app.error
    assert app.metric


def test_nothing_that_matches_is_said_and_can_be_reset(app: AppTest, published: Settings) -> None:
    opened(app, where='{"eq": {"client.id": 999}}')

    assert "No time entries match" in "".join(one.value for one in app.subheader)
    app.button(key="reset_all").click().run()
    assert app.metric


def test_a_condition_that_capacity_cannot_follow_costs_only_utilization(
    app: AppTest, published: Settings
) -> None:
    opened(
        app, period=TWO_WEEKS, where='{"or": [{"eq": {"user.id": 4}}, {"eq": {"client.id": 20}}]}'
    )

    assert [label for label, _ in figures(app)][:4] == [
        "Hours", "Billable hours", "Billable share", "Billable hours without rate",
    ]  # fmt: skip
    assert "Capacity cannot be filtered" in captions(app)


def test_a_selected_bar_shows_the_entries_it_counts(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS)
    point = {"curve_number": 0, "point_index": 0, "customdata": 10}

    app.session_state["rank_0_client"] = {"selection": {"points": [point]}}
    app.run()

    # Acme's billable hours: 2 + 4 + 5 + 0.5 + 1.
    assert "5 entries · 12.50 hours" in captions(app)
    assert app.button(key="clear_selection").label == "Acme · billable"


def test_clearing_shows_all_entries_again(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS)
    point = {"curve_number": 0, "point_index": 0, "customdata": 10}
    app.session_state["rank_0_client"] = {"selection": {"points": [point]}}
    app.run()

    app.button(key="clear_selection").click().run()

    assert "10 entries · 26.50 hours" in captions(app)


@pytest.mark.parametrize("page", PAGES)
def test_opens_before_the_first_sync(app: AppTest, told: Settings, page: str) -> None:
    app.switch_page(f"../{page}").run()

    assert not app.exception
    assert "Nothing has been synced yet" in "".join(one.value for one in app.subheader)


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_an_account_without_records(
    app: AppTest, told: Settings, tmp_path: Path, page: str
) -> None:
    published_as_synced(tmp_path, {"company": {"name": "New Ltd"}}, told.today_in(None)).close()

    app.switch_page(f"../{page}").run()

    assert not app.exception
    assert not app.error
    assert app.title


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_never_markup(app: AppTest, told: Settings, name: str) -> None:
    quoted = name.replace("'", "''")
    publish(told.cache_dir, sql=f"UPDATE clients SET name = '{quoted}' WHERE id = 10")

    opened(app, period=TWO_WEEKS, where='{"eq": {"client.id": 10}}')

    assert not app.exception
    written = [element.value for element in (*app.markdown, *app.caption, *app.subheader)]
    written += [button.label for button in app.button]
    markup = re.compile(r"(?<!\\)[<`*$]|(?<!\\)\]\(|https?:|[\u202a-\u202e]")
    assert f"Clients: {md_text(name)}" in written
    assert not [text for text in written if "Clients" in text and markup.search(text)]


def test_data_is_written_as_the_account_writes_numbers(app: AppTest, told: Settings) -> None:
    publish(
        told.cache_dir,
        sql="UPDATE meta SET decimal_symbol = ',', thousands_separator = '.';"
        " UPDATE entity_state SET rows = 12345 WHERE rows = 11",
    )

    app.switch_page("../pages/data.py").run()

    assert not app.exception
    written = app.dataframe[0].proto.arrow_data.styler.display_values
    assert b"12.345" in written


def test_data_says_what_is_stored_and_what_was_refused(app: AppTest, published: Settings) -> None:
    ended = datetime(2026, 1, 15, 12, 1, tzinfo=UTC)
    changed = {"time_entries": {"fetched": 11, "inserted": 11, "updated": 0, "deleted": 0}}
    SyncLog(published.cache_dir, "1").add_attempt(
        Attempt(ended, ended, "full", 9, 1, entities=changed)
    )

    app.switch_page("../pages/data.py").run()

    assert not app.exception
    stored, attempts, *_ = (frame.value for frame in app.dataframe)
    assert stored["Records"].tolist() == [11, 0]
    assert stored["Not readable"].tolist() == ["", "Not for this token."]
    assert attempts["Changed"].tolist() == ["Time Entries: 11 new"]


def test_data_names_fields_that_the_last_sync_missed(app: AppTest, published: Settings) -> None:
    ended = datetime(2026, 1, 15, 12, 1, tzinfo=UTC)
    missed = "Clients: the field name is missing from 9 of 10 records that were read."
    for warnings in ([], [missed]):
        SyncLog(published.cache_dir, "1").add_attempt(
            Attempt(ended, ended, "full", 9, 1, warnings=warnings)
        )
    failed = Attempt(ended, ended, "full", 9, None, error="No answer.", remedy="Try again.")
    SyncLog(published.cache_dir, "1").add_attempt(failed)

    app.switch_page("../pages/data.py").run()

    assert not app.exception
    assert [warning.value.replace("\\", "") for warning in app.warning] == [missed]


def test_data_has_no_column_of_what_was_refused_when_nothing_was(
    app: AppTest, told: Settings
) -> None:
    publish(told.cache_dir, sql="UPDATE entity_state SET refused = NULL")

    app.run().switch_page("../pages/data.py").run()

    assert not app.exception
    stored = app.dataframe[0].value
    assert list(stored) == ["Entity", "Records", "Last read (UTC)"]


def test_data_says_what_is_known_in_part_and_how_far_off_is_what_was_derived(
    app: AppTest, told: Settings
) -> None:
    row = "(DATE '2026-01-05', DATE '2026-01-18', 'EUR', 20.5, 20.5, 1010, 1000)"
    publish(
        told.cache_dir,
        sql=f"UPDATE entity_state SET parts = 7 WHERE entity = 'time_entries';"
        f"INSERT INTO report_totals VALUES {row}",
    )

    app.switch_page("../pages/data.py").run()

    assert not app.exception
    stored, _, derived = (frame.value for frame in app.dataframe)
    assert stored["Known in part"].tolist() == [7, 0]
    assert derived["Amount here"].tolist() == [1010.0]
    assert derived["Amount in Harvest"].tolist() == [1000.0]
    assert derived["Off by"].tolist() == [pytest.approx(0.01)]


def test_a_newer_version_is_shown_at_the_next_run(app: AppTest, published: Settings) -> None:
    opened(app, period=TWO_WEEKS)

    publish(published.cache_dir, version=2, sql="UPDATE time_facts SET rounded_hours = 1")
    app.run()

    assert figures(app)[0] == ("Hours", "10.00")


def test_a_setting_that_makes_no_sense_is_a_sentence(
    app: AppTest, told: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARVEST_TODAY", "tomorrow")

    app.run()

    assert not app.exception
    (error,) = app.error
    assert "HARVEST" in error.value


def test_only_pages_that_compare_something_ask_with_what(app: AppTest, published: Settings) -> None:
    app.run()
    has = {}
    for page in PAGES[:-3]:
        app.switch_page(f"../{page}").run()
        has[page] = "compare" in [box.key for box in app.selectbox]

    assert {page for page, it in has.items() if not it} == {
        "pages/leaks.py", "pages/projects.py", "pages/wip.py",
    }  # fmt: skip


@pytest.mark.parametrize("page", ["leaks", "projects", "wip"])
def test_a_page_that_compares_nothing_keeps_what_its_link_says(
    app: AppTest, published: Settings, page: str
) -> None:
    app.query_params["period"], app.query_params["compare"] = (
        TWO_WEEKS,
        "Compare: same period last year",
    )
    app.switch_page(f"../pages/{page}.py").run()
    assert "compare" not in [box.key for box in app.selectbox]
    # A menu's link leaves behind what no control of the page holds.
    del app.query_params["compare"]

    app.switch_page("../pages/hours.py").run()

    assert app.selectbox(key="compare").value == "Compare: same period last year"
    assert "vs 5 Jan 2025" in captions(app)


def test_a_page_that_compares_nothing_keeps_what_was_chosen_before(
    app: AppTest, published: Settings
) -> None:
    opened(app, period=TWO_WEEKS)
    app.selectbox(key="compare").select("No comparison").run()

    app.switch_page("../pages/leaks.py").run()
    app.run()
    app.switch_page("../pages/hours.py").run()

    assert app.selectbox(key="compare").value == "No comparison"


@pytest.mark.parametrize(
    ("compare", "days"),
    [
        ("Compare: previous period", "22 Dec 2025 – 1 Jan 2026"),
        ("Compare: same period last year", "5 Jan 2025 – 15 Jan 2025"),
        ("Compare: previous period, same working day", "22 Dec 2025 – 1 Jan 2026"),
        ("No comparison", ""),
    ],
)
def test_a_link_says_what_figures_are_compared_with(
    app: AppTest, published: Settings, compare: str, days: str
) -> None:
    opened(app, period=TWO_WEEKS, compare=compare)

    assert not app.exception
    assert (f" vs {days}" in captions(app)) is bool(days)
