import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from heapq import heappop, heappush

from hypothesis import given
from hypothesis import strategies as st

from harvest_client.entities import Rate
from harvest_client.http import rate_limit as module
from harvest_client.http.rate_limit import Budget, Budgets, shared_budgets
from tests.harvest_client.clock import Clock


def fullest(moments: list[float], seconds: float) -> int:
    """The most moments that lie within any window of that length, ends included."""
    moments = sorted(moments)
    return max(
        sum(1 for other in moments[index:] if other - first <= seconds)
        for index, first in enumerate(moments)
    )


@given(
    st.lists(
        st.tuples(st.floats(0, 0.4), st.floats(0, 3), st.floats(0, 3)), min_size=1, max_size=60
    ),
    st.integers(1, 5),
)
def test_whatever_the_network_does_no_window_holds_more_requests_than_permits(
    network: list[tuple[float, float, float]], permits: int
) -> None:
    """Each request: how long after the previous try, how long to Harvest, how long back."""
    clock = Clock()
    budget = Budget(permits, 1.0, clock=clock)
    settles: list[float] = []
    counted: list[float] = []

    def advance(moment: float) -> None:
        for due in sorted(due for due in settles if due <= moment):
            clock.now = due
            budget.release()
            settles.remove(due)
        clock.now = moment

    for pause, there, back in network:
        advance(clock.now + pause)
        while wait := budget.reserve():
            advance(clock.now + wait)
        counted.append(clock.now + there)
        settles.append(clock.now + there + back)

    assert fullest(counted, 0.999) <= permits


def test_eight_threads_never_exceed_the_window() -> None:
    permits, seconds = 20, 0.25
    budget = Budget(permits, seconds)
    counted: list[float] = []

    def work(jitter: random.Random) -> None:
        for _ in range(15):
            while wait := budget.reserve():
                time.sleep(wait)
            time.sleep(jitter.uniform(0, 0.004))
            counted.append(time.monotonic())
            time.sleep(jitter.uniform(0, 0.004))
            budget.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, map(random.Random, range(8))))

    assert len(counted) == 8 * 15
    assert fullest(counted, seconds) <= permits


def test_eight_workers_come_near_the_ideal_pace() -> None:
    """Whole windows of 95 requests, each two hundred milliseconds on its way, there and back."""
    clock = Clock()
    budget = Budgets(Budget(95, 15.3, clock=clock)).general
    began, left = clock.now, 10 * 95
    # What each worker does next: the moment, the worker, and whether it is to settle a permit.
    agenda = [(clock.now, worker, False) for worker in range(8)]

    while agenda:
        clock.now, worker, asked = heappop(agenda)
        if asked:
            budget.release()
        if not left:
            continue
        wait = budget.reserve()
        left -= not wait
        heappush(agenda, (clock.now + (wait or 0.2), worker, not wait))

    harvests_own_pace = 9 * 15.0  # a hundred in each window, the first one at once
    assert clock.now - began < harvests_own_pace * 1.2


def test_a_permit_is_held_until_a_window_after_its_answer() -> None:
    clock = Clock()
    budget = Budget(1, 10.0, clock=clock)

    assert budget.reserve() == 0.0
    clock.now += 100
    assert budget.reserve() > 0  # no answer yet, however long it takes
    budget.release()
    assert budget.reserve() == 10.0
    clock.now += 10
    assert budget.reserve() == 0.0


def test_it_tells_how_much_there_is_at_hand() -> None:
    clock = Clock()
    budget = Budget(40, 10.0, clock=clock)

    for _ in range(30):
        budget.reserve()
    assert budget.available() == 10
    for _ in range(30):
        budget.release()
    clock.now += 10.0
    assert budget.available() == 40
    budget.reserve()
    budget.penalize(5.0)
    assert budget.available() == 0  # until the pause is over
    clock.now += 5.0
    assert budget.available() == 9  # of a quarter


def test_after_a_refusal_there_is_less_for_two_windows() -> None:
    clock = Clock()
    budget = Budget(40, 10.0, clock=clock)

    def taken_in_a_window() -> int:
        clock.now += 10.0
        taken = 0
        while not budget.reserve():
            taken += 1
        for _ in range(taken):
            budget.release()
        return taken

    assert taken_in_a_window() == 40
    budget.penalize(0.0)
    assert [taken_in_a_window() for _ in range(3)] == [30, 40, 40]


def test_a_refusal_of_the_first_request_leaves_a_quarter() -> None:
    clock = Clock()
    budget = Budget(40, 10.0, clock=clock)
    budget.reserve()
    budget.release()

    budget.penalize(0.0)

    assert sum(1 for _ in range(40) if not budget.reserve()) == 9


def test_a_pause_stops_everybody_and_the_longer_one_counts() -> None:
    clock = Clock()
    budget = Budget(5, 1.0, clock=clock)

    budget.penalize(20)
    budget.penalize(3)

    assert budget.reserve() == 20.0
    clock.now += 20
    assert budget.reserve() == 0.0


def test_a_pause_has_an_end_whatever_was_asked_for() -> None:
    budget = Budget(5, 1.0, clock=Clock())

    budget.penalize(1e12)

    assert budget.reserve() == 900.0


def test_the_defaults_lie_below_harvests_limits() -> None:
    budgets = Budgets()

    for rate, seconds in ((Rate.GENERAL, 15), (Rate.REPORTS, 900)):
        budget = budgets.for_rate(rate)
        taken = 0
        while not budget.reserve():
            taken += 1
        for _ in range(taken):
            budget.release()

        assert taken <= 100
        assert budget.reserve() > seconds


def test_clients_of_one_token_share_budgets_and_others_do_not() -> None:
    def shared(
        token: str = "a", account: str = "1", base: str = "https://api.harvestapp.com/v2"
    ) -> Budgets:
        return shared_budgets(base, account, token)

    others: list[Callable[[], Budgets]] = [
        lambda: shared(token="b"),
        lambda: shared(account="2"),
        lambda: shared(base="https://harvest.example/v2"),
    ]

    assert shared() is shared()
    assert len({id(other()) for other in others} | {id(shared())}) == 4


def test_the_registry_of_budgets_keeps_no_token() -> None:
    shared_budgets("https://x.example", "1", "canary-token")

    assert "canary-token" not in repr(vars(module))
