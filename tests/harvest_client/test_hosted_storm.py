"""The hosted source in a storm: nothing lost, nothing twice, and Harvest's window kept."""

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from harvest_client import Airbyte, Budget, Budgets, Harvest
from harvest_client.search.wire_format import ApiVersion
from tests.harvest_client.strict_harvest import LIMIT, WINDOW, now, sleep
from tests.harvest_client.strict_hosted import PAGES, ROWS, SERIES, StrictHosted

THREADS, GETS, LISTS = 8, 25, 5
NEEDED = THREADS * (PAGES + GETS + LISTS)


def read(harvest: Harvest, reader: int) -> tuple[list[int], list[int], list[int]]:
    """The ids of what one reader searched, got and listed, one after the other."""
    first = reader * SERIES
    query = {"filter": {"gte": {"id": first}}}
    searched = [entry.id for entry in harvest.time_entries.search_all(query, limit=ROWS)]
    got = [harvest.time_entries.get(first + number).id for number in range(1, GETS + 1)]
    listed = [
        role.id for size in range(1, LISTS + 1) for role in harvest.roles.list(per_page=size).data
    ]
    return searched, got, listed


@pytest.mark.parametrize("others", [0, 50])
def test_a_storm_loses_no_record_and_keeps_harvests_window(others: int) -> None:
    strict = StrictHosted(others=others, faults=0.1, ends=(200,))
    budgets = Budgets(
        Budget(95, 15.3, clock=now), Budget(95, 903.0, clock=now), Budget(300, 15.0, clock=now)
    )
    access = Airbyte(client_id="us", client_secret="s", generation=ApiVersion.C, clock=now)

    with (
        Harvest(
            access, transport=strict.transport(), budgets=budgets, sleep=sleep, patience=600.0
        ) as harvest,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        answers = list(pool.map(lambda reader: read(harvest, reader), range(1, THREADS + 1)))

    searched = Counter(itertools.chain.from_iterable(ids for ids, _, _ in answers))
    assert len(searched) == searched.total() == THREADS * PAGES * ROWS
    for reader, (_, got, listed) in enumerate(answers, 1):
        assert got == [reader * SERIES + number for number in range(1, GETS + 1)]
        assert listed == [id for size in range(1, LISTS + 1) for id in range(1, size + 1)]

    assert strict.answered == NEEDED
    assert strict.issued == 2  # for all threads together
    ended = strict.refused.count(401)
    assert 1 <= ended <= THREADS
    retries = len(strict.live) + len(strict.copied) - NEEDED - ended
    assert 0 < retries <= 0.2 * (NEEDED + ended) + 20 + 5
    assert fullest(strict.live) <= 95 < LIMIT
    assert fullest(strict.copied) <= 300
    assert (strict.refused.count(429) == 0) == (others == 0)


def fullest(moments: list[float]) -> int:
    """How many of them fell into the fullest window of Harvest's."""
    return max(
        sum(1 for other in moments[index:] if other - first < WINDOW)
        for index, first in enumerate(moments)
    )
