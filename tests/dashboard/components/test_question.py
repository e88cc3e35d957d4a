"""A link, read: query parameters become days, a filter and a basis, and go back the same."""

from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.components.page_params import PageParams, parse_params
from dashboard.config.errors import MetricError
from dashboard.config.settings import Settings
from dashboard.config.settings import load_settings as load_settings
from dashboard.metrics.scope import RoundingBasis
from dashboard.store.snapshots import Snapshot
from harvest_client.search import SearchError

Read = Callable[..., PageParams]


@pytest.fixture
def read(published: Settings, studio: Snapshot) -> Read:
    return lambda **asked: parse_params(asked, published, studio)


def test_nothing_said_is_the_last_thirty_days(read: Read) -> None:
    scope = read().scope

    assert (scope.start, scope.end) == (date(2025, 12, 17), date(2026, 1, 15))
    assert scope.basis is RoundingBasis.ROUNDED
    assert scope.where is None
    assert read().to_query() == ""


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "this_fiscal_year"},
        {"period": "2026-01-05..2026-01-18", "basis": "raw"},
        {"where": '{"in":{"client.id":[1,2]}}'},
        {"where": '{"contains":{"notes":"a&b=c #1 “ü”"}}', "period": "all"},
    ],
)
def test_a_question_is_a_link_and_a_link_is_a_question(read: Read, asked: dict[str, str]) -> None:
    once = read(**asked)

    assert dict(parse_qsl(once.to_query())) == asked
    assert read(**dict(parse_qsl(once.to_query()))) == once


def test_narrowing_adds_to_the_filter(read: Read) -> None:
    asked = read(where='{"eq":{"client.id":1}}')
    more = read(where='{"eq":{"billable":true}}').where

    both = '{"and":[{"eq":{"client.id":1}},{"eq":{"billable":true}}]}'
    assert asked.restrict(more) == read(where=both)
    assert asked.restrict(None) == asked


def test_an_unknown_basis_is_refused(read: Read) -> None:
    with pytest.raises(MetricError, match="no basis 'exact'"):
        read(basis="exact")


def test_a_filter_with_a_fault_names_its_place(read: Read) -> None:
    with pytest.raises(SearchError, match=r"\$\.eq\.hour"):
        read(where='{"eq": {"hour": 1}}')


def test_quarter_of_page_and_file_is_that_of_the_fiscal_year(
    monkeypatch: pytest.MonkeyPatch, published: Settings, studio: Snapshot
) -> None:
    monkeypatch.setenv("HARVEST_FISCAL_YEAR_START", "2")

    scope = parse_params({"period": "this_quarter"}, load_settings(), studio).scope

    assert (scope.start, scope.end) == (date(2025, 11, 1), date(2026, 1, 31))
    assert scope.fiscal_start == 2


def test_page_names_fiscal_quarter_beside_its_days(
    monkeypatch: pytest.MonkeyPatch, app: AppTest, published: Settings
) -> None:
    monkeypatch.setenv("HARVEST_FISCAL_YEAR_START", "2")
    app.query_params["period"] = "this_quarter"

    app.switch_page("../pages/hours.py").run()

    assert not app.exception
    lines = [caption.value for caption in app.caption]
    assert any(
        line.startswith("1 Nov 2025 – 15 Jan 2026 (to date) (Q4 FY2025/26) vs ") for line in lines
    )
