"""Progress is told from what is known, and nothing is guessed."""

from dashboard.sync.progress import Tally


def test_time_left_follows_from_the_pace_so_far() -> None:
    seconds = iter([0.0, 10.0])
    tally = Tally(clock=lambda: next(seconds))
    tally.expect("time_entries", 1_000)
    tally.add("time_entries", 200)
    tally.request()

    progress = tally.now()

    assert progress.share == 0.2
    assert progress.seconds_left == 40.0
    assert progress.requests == 1


def test_without_a_total_no_share_is_claimed() -> None:
    tally = Tally(clock=lambda: 0.0)
    tally.expect("time_entries", 1_000)
    tally.add("roles", 3)

    progress = tally.now()

    assert progress.total is None
    assert progress.share is None
    assert progress.seconds_left is None
