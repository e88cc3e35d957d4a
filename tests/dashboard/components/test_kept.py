"""Results are made once per key, also when many ask at once, and failures are not kept."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from dashboard.components.queries import Query, QueryCache


def test_a_result_is_made_once_and_handed_to_everybody() -> None:
    kept, made = QueryCache(most=10, threads=1), []

    def make() -> object:
        made.append(1)
        return object()

    results = [kept.get(Query(("a",), make)) for _ in range(3)]

    assert len(made) == 1
    assert results[0] is results[1] is results[2]


def test_those_who_ask_at_once_wait_for_the_same_making() -> None:
    kept, made, together = QueryCache(most=10, threads=1), [], Barrier(8)

    def slow() -> int:
        made.append(1)
        return 7

    def ask() -> int:
        together.wait()
        return kept.get(Query(("a",), slow))

    with ThreadPoolExecutor(8) as readers:
        results = [reader.result() for reader in [readers.submit(ask) for _ in range(8)]]

    assert results == [7] * 8
    assert len(made) == 1


def test_what_was_begun_ahead_is_not_made_again() -> None:
    kept, began, may_end, made = QueryCache(most=10, threads=1), Event(), Event(), []

    def slow() -> str:
        made.append(1)
        began.set()
        may_end.wait(10)
        return "done"

    kept.prefetch(Query(("a",), slow))
    assert began.wait(10)
    may_end.set()

    assert kept.get(Query(("a",), slow)) == "done"
    assert len(made) == 1


def test_a_failure_is_raised_where_it_is_asked_for_and_then_forgotten() -> None:
    kept = QueryCache(most=10, threads=1)

    def fail() -> int:
        raise ValueError("no such thing")

    kept.prefetch(Query(("a",), fail))
    with pytest.raises(ValueError, match="no such thing"):
        kept.get(Query(("a",), fail))

    assert kept.get(Query(("a",), lambda: 5)) == 5


def test_what_was_not_asked_for_longest_is_dropped_first() -> None:
    kept = QueryCache(most=2, threads=1)
    first = kept.get(Query(("a",), object))
    kept.get(Query(("b",), object))
    kept.get(Query(("a",), object))

    kept.get(Query(("c",), object))

    assert kept.get(Query(("a",), object)) is first
