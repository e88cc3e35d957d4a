"""The Hours page in a browser: its figures are Harvest's, and it does what it says."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Page, expect

from dashboard.charts.formatting import Formats
from dashboard.metrics.catalog import Unit
from harvest_client import Harvest, Record
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.browser import Visit, tab
from tests.e2e.conftest import Site
from tests.serving import command

# The demo account's own way of writing: 1.234:30 hours, 1.234,50 EUR.
FORMATS = Formats(decimal=",", thousands=".", clock=True, sign="none", code="after")
SCOPES = {
    "a month": (date(2026, 10, 1), date(2026, 10, 31)),
    "a year": (date(2025, 11, 21), date(2026, 11, 20)),
    "weeks across a new year": (date(2025, 12, 10), date(2026, 1, 20)),
}
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def harvest(site: Site) -> Iterator[Harvest]:
    with Harvest(
        token=TOKEN, account_id=ACCOUNT_ID, base_url=site.harvest.url, contact="tests@example.com"
    ) as client:
        yield client


def asked(start: date, end: date, **more: str) -> str:
    return urlencode({"period": f"{start}..{end}", **more})


def cards(page: Page) -> dict[str, list[str]]:
    """The headline figures as they are written, by label; money in the account's currency."""
    found: dict[str, list[str]] = {}
    for card in page.get_by_test_id("stMetric").all():
        label = card.get_by_test_id("stMetricLabel").inner_text().strip()
        found.setdefault(label, []).append(
            card.get_by_test_id("stMetricValue").inner_text().strip()
        )
    return found


def others(page: Page) -> dict[str, str]:
    """Return the figures in other currencies, by their codes, from the folded notes."""
    page.get_by_text("Other currencies").click()
    notes = page.get_by_test_id("stExpander")
    expect(notes.get_by_text(": Billable amount").first).to_be_visible()
    written = page.get_by_test_id("stCaptionContainer").all_inner_texts()
    lines = (line.partition(": ") for text in written for line in text.splitlines())
    return {code: figures for code, _, figures in lines if figures.startswith("Billable amount ")}


def downloaded(site: Site, visited: Visit, file: str) -> list[dict[str, str]]:
    link = visited.page.locator(f'a[href*="export/{file}"]').first
    answer = httpx.get(
        site.at(link.get_attribute("href") or ""), trust_env=False
    ).raise_for_status()
    table, _, _about = answer.content.decode("utf-8-sig").partition("\r\n\r\n")
    return list(csv.DictReader(io.StringIO(table, newline="")))


def theirs(harvest: Harvest, report: str, start: date, end: date) -> list[Record]:
    return list(getattr(harvest, report).all(from_=start, to=end))


@pytest.mark.parametrize(("start", "end"), SCOPES.values(), ids=SCOPES.keys())
def test_every_figure_is_harvests_own_and_the_command_lines(
    site: Site, desk: Page, harvest: Harvest, start: date, end: date
) -> None:
    by_client = theirs(harvest, "time_clients", start, end)
    hours = sum(row.total_hours for row in by_client)
    billable = sum(row.billable_hours for row in by_client)
    amounts: dict[str, Decimal] = {}
    for row in by_client:
        amounts[row.currency] = amounts.get(row.currency, Decimal(0)) + row.billable_amount

    with tab(desk, site.at(f"hours?{asked(start, end)}")) as visited:
        figures, elsewhere = cards(visited.page), others(visited.page)
        table = downloaded(site, visited, "hours.csv")
        entries = downloaded(site, visited, "entries.csv")

    assert not visited.complaints
    assert figures["Hours"] == [FORMATS.format_hours(float(hours))]
    assert figures["Billable hours"] == [FORMATS.format_hours(float(billable))]
    assert figures["Billable share"] == [FORMATS.format_share(float(billable / hours))]
    heads = {
        currency: FORMATS.format_headline(float(amount), Unit.MONEY, currency)
        for currency, amount in amounts.items()
    }
    assert figures["Billable amount"] == [heads.pop("EUR")]
    assert elsewhere.keys() == heads.keys()
    for currency, head in heads.items():
        assert elsewhere[currency].startswith(f"Billable amount {head}")
    _check_table(table, theirs(harvest, "time_projects", start, end))
    assert sum(Decimal(entry["hours"]) for entry in entries) == hours
    for currency, amount in amounts.items():
        lines = [e["amount"] for e in entries if e["currency"] == currency and e["amount"]]
        assert abs(sum(map(Decimal, lines)) - amount) < CENT * len(by_client)
    printed = _printed(site, start, end)
    assert Decimal(str(printed["hours"])) == hours
    assert Decimal(str(printed["billable_hours"])) == billable
    utilization = FORMATS.format_share(printed["utilization"])
    assert figures["Utilization"] == [utilization]
    assert figures["Billable hours without rate"] == [
        FORMATS.format_hours(printed["unpriced_hours"])
    ]


def _check_table(table: list[dict[str, str]], reported: list[Record]) -> None:
    ours = {row["project_id"]: row for row in table if row["project_id"]}
    assert set(ours) == {str(row.project_id) for row in reported}
    for row in reported:
        our = ours[str(row.project_id)]
        assert Decimal(our["hours"]) == row.total_hours
        assert Decimal(our["billable_hours"]) == row.billable_hours
        assert abs(Decimal(our["billable_amount"] or 0) - row.billable_amount) < CENT


def _printed(site: Site, start: date, end: date) -> dict[str, float]:
    done = command(
        "report", "hours,billable_hours,utilization,unpriced_hours",
        "--from", str(start), "--to", str(end), settings=site.settings,
    )  # fmt: skip
    (row,) = json.loads(done.stdout)
    found: dict[str, float] = row
    return found


def test_a_filter_narrows_every_figure_and_is_in_the_address(
    site: Site, desk: Page, harvest: Harvest
) -> None:
    start, end = SCOPES["a month"]
    (largest, *_) = sorted(
        theirs(harvest, "time_clients", start, end), key=lambda row: -row.total_hours
    )

    with tab(desk, site.at(f"hours?{asked(start, end)}")) as visited:
        visited.page.get_by_role("button", name="Filters").click()
        picker = visited.page.get_by_role("combobox", name="Clients")
        picker.click()
        picker.fill(largest.client_name)
        visited.page.get_by_role("option", name=largest.client_name).first.click()
        visited.page.keyboard.press("Escape")
        visited.settled()
        visited.page.keyboard.press("Escape")
        expect(visited.page.get_by_test_id("stMetricValue").first).to_have_text(
            FORMATS.format_hours(float(largest.total_hours))
        )
        address = visited.page.url
        figures = cards(visited.page)

    assert str(largest.client_id) in address
    with tab(desk, address) as again:
        assert cards(again.page) == figures
        assert not again.complaints
    assert not visited.complaints


def test_a_bar_opens_the_entries_behind_it(site: Site, desk: Page, harvest: Harvest) -> None:
    start, end = SCOPES["a month"]

    with tab(desk, site.at(f"hours?{asked(start, end)}")) as visited:
        everything = downloaded(site, visited, "entries.csv")
        chart = visited.page.locator(".js-plotly-plot").nth(1)
        chart.locator(".bars path").first.click(force=True)
        clear = visited.page.get_by_role("button", name="billable")
        expect(clear.first).to_be_visible()
        visited.settled()
        narrowed = downloaded(site, visited, "entries.csv")

    assert 0 < len(narrowed) < len(everything)
    assert len({entry["client_id"] for entry in narrowed}) == 1
    assert {entry["billable"] for entry in narrowed} == {"yes"}
    assert not visited.complaints


def test_a_relative_period_stays_relative_in_a_link(site: Site, desk: Page) -> None:
    with tab(desk, site.at("hours")) as visited:
        periods = visited.page.get_by_role("combobox", name="Period")
        periods.focus()
        periods.fill("last 90")  # by keyboard alone
        periods.press("Enter")
        visited.settled()
        expect(visited.page).to_have_url(f"{site.at('hours')}?period=90d")

    assert not visited.complaints


def test_no_entries_is_said_with_a_way_back(site: Site, desk: Page) -> None:
    with tab(desk, site.at("hours?period=1999-01-01..1999-01-31")) as visited:
        expect(visited.page.get_by_text("No time entries match")).to_be_visible()

        visited.page.get_by_role("button", name="Clear filters").click()
        visited.settled()

        expect(visited.page.get_by_test_id("stMetric").first).to_be_visible()
    assert not visited.complaints


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=2026-02-30..2026-03-01", "is not a valid date"),
        ("period=2026-03-02..2026-03-01", "is before the start date"),
        ("period=yesterdayish", "is not a valid period"),
        ("where=%7Bnonsense", "is not JSON"),
        ("where=%7B%22eq%22%3A%7B%22client.nam%22%3A%22x%22%7D%7D", "client.name"),
        ("basis=cooked", "Hours per day"),  # the rounded ones, as without it
    ],
)
def test_an_address_that_asks_what_cannot_be_gets_a_sentence(
    site: Site, desk: Page, query: str, said: str
) -> None:
    with tab(desk, site.at(f"hours?{query}")) as visited:
        shown = visited.page.get_by_test_id("stMain").inner_text()

    assert said in shown
    assert "Traceback" not in shown
    assert not visited.complaints
    assert "Traceback" not in site.log.read_text("utf-8")
