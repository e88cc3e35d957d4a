"""A link, read: query parameters become days, a filter and a basis, and go back the same."""

from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qsl

import pytest

from dashboard.config import Settings
from dashboard.errors import MetricError
from dashboard.metrics.scope import Basis
from dashboard.store.snapshots import Snapshot
from dashboard.ui.question import Question, question
from harvest_client.search import SearchError

Read = Callable[..., Question]


@pytest.fixture
def read(published: Settings, studio: Snapshot) -> Read:
    return lambda **asked: question(asked, published, studio)


def test_nothing_said_is_the_last_thirty_days(read: Read) -> None:
    scope = read().scope

    assert (scope.start, scope.end) == (date(2025, 12, 17), date(2026, 1, 15))
    assert scope.basis is Basis.ROUNDED
    assert scope.where is None
    assert read().query() == ""


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

    assert dict(parse_qsl(once.query())) == asked
    assert read(**dict(parse_qsl(once.query()))) == once


def test_narrowing_adds_to_the_filter(read: Read) -> None:
    asked = read(where='{"eq":{"client.id":1}}')
    more = read(where='{"eq":{"billable":true}}').where

    both = '{"and":[{"eq":{"client.id":1}},{"eq":{"billable":true}}]}'
    assert asked.narrowed(more) == read(where=both)
    assert asked.narrowed(None) == asked


def test_an_unknown_basis_is_refused(read: Read) -> None:
    with pytest.raises(MetricError, match="no basis 'exact'"):
        read(basis="exact")


def test_a_filter_with_a_fault_names_its_place(read: Read) -> None:
    with pytest.raises(SearchError, match=r"\$\.eq\.hour"):
        read(where='{"eq": {"hour": 1}}')
