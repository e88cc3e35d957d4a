"""Progress is told from what is known, and nothing is guessed."""

from dashboard.sync.progress import ProgressCounter


def test_time_left_follows_from_the_pace_so_far() -> None:
    seconds = iter([0.0, 10.0])
    tally = ProgressCounter(clock=lambda: next(seconds))
    tally.expect_rows("time_entries", 1_000)
    tally.add_rows("time_entries", 200)
    tally.count_request()

    progress = tally.get_progress()

    assert progress.share == 0.2
    assert progress.seconds_left == 40.0
    assert progress.requests == 1


def test_without_a_total_no_share_is_claimed() -> None:
    tally = ProgressCounter(clock=lambda: 0.0)
    tally.expect_rows("time_entries", 1_000)
    tally.add_rows("roles", 3)

    progress = tally.get_progress()

    assert progress.total is None
    assert progress.share is None
    assert progress.seconds_left is None
