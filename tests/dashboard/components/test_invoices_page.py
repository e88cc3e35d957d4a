"""The invoices page on `tests/dashboard/metrics/account`, on 31 March 2026."""

import json
from contextlib import closing
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config.settings import Settings
from dashboard.metrics.catalog import OVERDUE_AMOUNT
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import FIELDS, Scope
from dashboard.store.snapshots import Snapshots
from harvest_client.search import parse
from tests.dashboard.components.conftest import HOSTILE, in_currency
from tests.dashboard.metrics.conftest import ACCOUNT
from tests.dashboard.metrics.publishing import published as publish_records

LAST = date(2026, 3, 31)
QUARTER = "2026-01-01..2026-03-31"


@pytest.fixture
def account(told: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    publish(told)
    monkeypatch.setenv("HARVEST_TODAY", LAST.isoformat())
    return told


INVOICES = 3  # tables before the invoices: clients to call, aging, months


def publish(told: Settings, name: str = "Acme") -> None:
    records = json.loads(ACCOUNT.read_text("utf-8").replace('"Acme"', json.dumps(name)))
    publish_records(told.cache_dir.parent, records, LAST).close()


def opened(app: AppTest, **parameters: str) -> AppTest:
    for name, value in {"period": QUARTER, "compare": "none", **parameters}.items():
        app.query_params[name] = value
    return app.switch_page("../pages/invoices.py").run()


def figures(app: AppTest) -> list[tuple[str, str]]:
    return [(metric.label, metric.value) for metric in app.metric]


def test_invoices_answers_its_question(app: AppTest, account: Settings) -> None:
    opened(app)

    assert not app.exception
    assert not app.error
    assert figures(app) == [
        ("Invoiced", "€8,644"),
        ("Paid", "€7,390"),
        ("Outstanding", "€6,404"),
        ("Overdue", "€5,254"),
        ("Days sales outstanding", "66.7"),
        ("Days to pay", "19.8"),
        # There is no client credit, which has no card then.
        ("Retainer balance", "€5,000"),
    ]


def test_another_currency_is_a_line_below_and_never_added(app: AppTest, account: Settings) -> None:
    opened(app)

    assert in_currency(app, "USD") == (
        "USD: Invoiced $75 · Paid $0 · Outstanding $2,075 · Overdue $2,000"
        " · Days sales outstanding 2,490.0 · Days to pay — · Retainer balance $0"
    )


def test_a_line_says_its_change_where_figures_are_compared(app: AppTest, account: Settings) -> None:
    opened(app, period="2026-03-01..2026-03-31")

    read = "".join(caption.value for caption in app.caption).replace("\\", "")
    assert "Outstanding $2,075 (+3.8%)" in read


def test_without_the_accounts_own_currency_the_cards_are_in_another(
    app: AppTest, account: Settings
) -> None:
    opened(app, where='{"eq": {"client.id": 20}}')

    assert ("Outstanding", "$2,000") in figures(app)
    assert not in_currency(app, "USD")
    assert len(figures(app)) == 6


def test_its_tables_are_who_to_call_and_the_invoices(app: AppTest, account: Settings) -> None:
    opened(app)

    calls, *_, invoices = (frame.value for frame in app.dataframe)
    assert calls["Overdue"].tolist() == [5254, 2000, 0]
    assert calls["Late invoices"].tolist() == [4, 1, 0]
    assert len(invoices) == 13
    assert invoices["State"].tolist()[:6] == ["late"] * 5 + ["draft"]


def test_notes_stand_beside_the_numbers(app: AppTest, account: Settings) -> None:
    opened(app, period="2026-02-01..2026-02-28")

    said = "\n".join(caption.value for caption in app.caption)
    assert "Balances are as of 28 Feb 2026" in said
    assert "Outstanding on 28 Feb 2026" in said


def test_a_filter_narrows_every_figure(app: AppTest, account: Settings) -> None:
    opened(app, where='{"eq": {"client.id": 20}}')

    assert ("Outstanding", "$2,000") in figures(app)
    borealis = parse({"eq": {"client.id": 20}}, FIELDS)
    scope = Scope(date(2026, 1, 1), LAST, borealis, today=LAST)
    with closing(Snapshots(account.cache_dir, "1").open_current()) as snapshot:
        frame = query_metrics(snapshot, [OVERDUE_AMOUNT], scope=scope).frame
    assert frame["overdue_amount"].tolist() == [2000]
    assert ("Overdue", "$2,000") in figures(app)
    calls, *_, invoices = (shown.value for shown in app.dataframe)
    assert calls["Client"].tolist() == ["Borealis"]
    assert invoices["Client"].unique().tolist() == ["Borealis"]


def test_filter_that_invoices_do_not_have_is_not_applied_and_its_chip_says_so(
    app: AppTest, account: Settings
) -> None:
    opened(app, where='{"in": {"user.id": [1]}}')

    assert not app.exception
    assert not app.error
    assert ("Outstanding", "€6,404") in figures(app)
    assert "not applied here" in app.button(key="chip_people").label


def test_nothing_owed_is_said(app: AppTest, account: Settings) -> None:
    opened(app, where='{"eq": {"client.id": 999}}')

    assert not app.exception
    said = "\n".join(caption.value for caption in app.caption)
    assert said.count("No outstanding invoices.") == 3


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_name_is_never_markup(app: AppTest, told: Settings, name: str) -> None:
    publish(told, name)

    opened(app, period="2026-01-01..2026-01-15")

    assert not app.exception
    written = [element.value for element in (*app.markdown, *app.caption, *app.subheader)]
    assert not [text for text in written if "evil.example" in text]


def select(app: AppTest, chart: str, key: str, curve: int = 0) -> AppTest:
    point = {"curve_number": curve, "point_index": 0, "customdata": key}
    app.session_state[chart] = {"selection": {"points": [point]}}
    return app.run()


AGES, STATES = "Outstanding by age_EUR_0", "Invoices by status_EUR_0"


def numbers(app: AppTest) -> list[str]:
    return [str(number) for number in app.dataframe[INVOICES].value["Number"]]


def address(app: AppTest, name: str) -> str:
    """Of the CSV of a table."""
    (found,) = (
        block.proto.url for block in app.get("link_button") if f"/{name}.csv" in block.proto.url
    )
    return str(found)


def test_a_bar_shows_the_invoices_it_counts(app: AppTest, account: Settings) -> None:
    opened(app)

    select(app, AGES, "1-30")
    assert numbers(app) == ["2026-3", "2026-4"]
    assert app.button(key="clear_invoices").label == "1–30 days late\\, EUR"
    assert "age=1-30&currency=EUR" in address(app, "invoices")
    select(app, STATES, "late")
    assert numbers(app) == ["2026-3", "2026-4"]

    app.button(key="clear_invoices").click().run()
    assert len(app.dataframe[INVOICES].value) == 13
    assert "age=" not in address(app, "invoices")
    select(app, "Invoices by status_EUR_1", "late")
    assert numbers(app) == ["2026-2", "2026-3", "2026-4"]  # 2025-2 was issued before
    assert not app.exception


def test_bar_of_another_currency_replaces_the_selected_bar(app: AppTest, account: Settings) -> None:
    opened(app)

    select(app, "Outstanding by age_USD_0", "61-90")
    assert numbers(app) == ["2025-3"]
    select(app, STATES, "paid")

    assert not app.exception
    assert set(app.dataframe[INVOICES].value["State"]) == {"paid"}
    assert set(app.dataframe[INVOICES].value["Currency"]) == {"EUR"}


def test_a_text_beside_a_bar_selects_nothing(app: AppTest, account: Settings) -> None:
    opened(app)

    select(app, AGES, "1-30", curve=1)

    assert len(app.dataframe[INVOICES].value) == 13


def test_a_selected_invoice_opens_the_time_on_it(app: AppTest, account: Settings) -> None:
    with closing(Snapshots(account.cache_dir, "1").open_current()) as snapshot:
        on = snapshot.rows(
            "SELECT i.number, i.id, count(*) FROM time_facts AS f"
            " JOIN invoice_facts AS i ON i.id = f.invoice_id GROUP BY ALL"
        )
    time_on = {number: (invoice, entries) for number, invoice, entries in on}
    opened(app)
    row, number = next(one for one in enumerate(numbers(app)) if one[1] in time_on)
    invoice, entries = time_on[number]

    key = app.dataframe[INVOICES].key
    assert key
    app.session_state[key] = {"selection": {"rows": [row], "columns": []}}
    app.run()

    assert not app.exception
    assert len(app.dataframe[INVOICES + 1].value) == entries
    assert app.button(key="clear_selection").label.replace("\\", "") == f"Invoice {number}"
    where = parse_qs(urlsplit(address(app, "entries")).query)
    assert where == {"period": ["all"], "where": [f'{{"eq":{{"invoice.id":{invoice}}}}}']}
    app.button(key="clear_selection").click().run()
    assert len(app.dataframe) == INVOICES + 1
