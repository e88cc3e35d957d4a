"""Reports over more days than Harvest answers at once: asked for in parts, and added up."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest

from harvest_client import ENTITIES, REPORTS, Airbyte, Harvest, PersonalToken, Record
from harvest_client.auth.credentials import Credentials
from harvest_client.entities import Entity
from harvest_demo import ACCOUNT_ID, BEARER, CONNECTOR_ID, TOKEN, Account, InProcess, app, build
from tests.both_sources import roomy

TODAY = date(2026, 11, 20)
FIRST, LAST = date(2023, 11, 21), date(2026, 11, 20)  # three years, one of them a leap year
SUMMED = [name for name, entity in {**ENTITIES, **REPORTS}.items() if entity.sums]
PAIRS = [
    ("direct", name) for name in SUMMED
] + [("hosted", name) for name in ("time_projects", "time_tasks")]  # fmt: skip

ACCESS: dict[str, Credentials] = {
    "direct": PersonalToken(token=TOKEN, account_id=ACCOUNT_ID, base_url="http://localhost/v2"),
    "hosted": Airbyte(access_token=BEARER, connector_id=CONNECTOR_ID, base_url="http://localhost"),
}
every_pair = pytest.mark.parametrize(("source", "name"), PAIRS)


class Listening(httpx.BaseTransport):
    """The demo account, and every window that a report was asked for."""

    def __init__(self, account: Account) -> None:
        self.windows: list[tuple[date, date]] = []
        self._demo = InProcess(app(account, limits=False))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first, last = self._window(request)
        self.windows.append((date.fromisoformat(first), date.fromisoformat(last)))
        return self._demo.handle_request(request)

    def _window(self, request: httpx.Request) -> tuple[str, str]:
        asked = parse_qs(request.url.query.decode())
        if request.method == "GET":
            return asked["from"][0], asked["to"][0]
        params = msgspec.json.decode(request.read())["params"]
        return params["from"], params["to"]

    def close(self) -> None:
        self._demo.close()


@pytest.fixture(scope="module")
def account() -> Account:
    return build(entries=1500, today=TODAY)


@pytest.fixture
def listening(account: Account) -> Iterator[Listening]:
    with Listening(account) as transport:
        yield transport


def test_the_reports_that_add_up_are_those_with_a_window() -> None:
    assert set(SUMMED) == {
        "time_projects", "time_tasks", "time_clients", "time_team",
        "expenses_clients", "expenses_projects", "expenses_categories", "expenses_team",
    }  # fmt: skip


@every_pair
def test_three_years_are_asked_for_in_legal_parts_that_leave_out_no_day(
    listening: Listening, source: str, name: str
) -> None:
    with Harvest(ACCESS[source], transport=listening, budgets=roomy()) as harvest:
        harvest.get_resource(name).list(from_=FIRST, to=LAST)

        assert harvest.requests == len(listening.windows) == 4

    assert all((last - first).days < 365 for first, last in listening.windows)
    days = [
        first + timedelta(days=number)
        for first, last in listening.windows
        for number in range((last - first).days + 1)
    ]
    assert days == [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


@every_pair
def test_three_years_are_the_sum_of_the_single_ones_row_by_row(
    listening: Listening, source: str, name: str
) -> None:
    entity = {**ENTITIES, **REPORTS}[name]
    years = [
        (date(2023, 11, 21), date(2024, 11, 19)),
        (date(2024, 11, 20), date(2025, 11, 19)),
        (date(2025, 11, 20), LAST),
    ]
    # The last one has 366 days: it is split as well.
    with Harvest(ACCESS[source], transport=listening, budgets=roomy()) as harvest:
        whole = harvest.get_resource(name).list(from_=FIRST, to=LAST)
        singles = [harvest.get_resource(name).list(from_=a, to=b).data for a, b in years]
        everything = list(harvest.get_resource(name).all(from_=FIRST, to=LAST))

    expected = added(entity, singles)
    assert len(whole.data) == len(expected) > 1
    for row in whole.data:
        assert sums(entity, row) == expected[key(entity, row)]
    assert any(any(totals) for totals in expected.values())
    assert everything == whole.data
    assert not whole.meta.truncated


def added(entity: Entity, lists: list[list[Record]]) -> dict[tuple[object, ...], list[Decimal]]:
    rows: dict[tuple[object, ...], list[Decimal]] = {}
    for row in (row for rows_of_a_year in lists for row in rows_of_a_year):
        known = rows.get(key(entity, row), [Decimal(0)] * len(entity.sums))
        rows[key(entity, row)] = [a + b for a, b in zip(known, sums(entity, row), strict=True)]
    return rows


def key(entity: Entity, row: Record) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in entity.primary_key)


def sums(entity: Entity, row: Record) -> list[Decimal]:
    return [getattr(row, name) for name in entity.sums]


@pytest.mark.parametrize("source", ACCESS)
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        ("2026-01-31", "2026-02-28"),
        ("20260131", "20260228"),
        ("20260131", date(2026, 2, 28)),
    ],
)
def test_days_of_a_report_may_be_said_in_three_ways(
    listening: Listening, source: str, first: object, last: object
) -> None:
    with Harvest(ACCESS[source], transport=listening, budgets=roomy()) as harvest:
        page = harvest.time_projects.list(from_=first, to=last)
        plain = harvest.execute("time_projects", "list", {"from": "20260131", "to": "20260228"})

    assert page == plain
    assert page.data
    assert set(listening.windows) == {(date(2026, 1, 31), date(2026, 2, 28))}


@pytest.mark.parametrize("source", ACCESS)
@pytest.mark.parametrize("size", [1, 7, 2000])
def test_a_page_of_a_report_has_as_many_rows_as_were_asked_for(
    listening: Listening, source: str, size: int
) -> None:
    with Harvest(ACCESS[source], transport=listening, budgets=roomy()) as harvest:
        rows = harvest.time_tasks.list(from_="20260101", to="20261120").data
        page = harvest.time_tasks.list(from_="20260101", to="20261120", per_page=size)

    assert page.data == rows[:size]
    assert (page.meta.next_link is not None) == (size < len(rows))
    assert page.meta.truncated == (source == "hosted" and size < len(rows))


def test_nothing_of_a_hosted_report_that_is_cut_is_taken_for_the_whole(
    listening: Listening,
) -> None:
    with Harvest(ACCESS["hosted"], transport=listening, budgets=roomy()) as harvest:
        page = harvest.time_projects.list(from_=FIRST, to=LAST, per_page=2)

    assert page.meta.truncated
