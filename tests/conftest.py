"""What holds for every test."""

import pytest
from hypothesis import HealthCheck, settings

# Of two workers none is left with one of these at the end, while the other has nothing to do.
LONGEST = [
    "tests/test_who_sees_what.py",
    "tests/e2e/test_every_page.py",
    "tests/dashboard/sync/test_kill.py",
    "tests/e2e/test_hostile_text.py",
    "tests/dashboard/sync/test_worlds.py",
    "tests/dashboard/sync/test_hosted.py",
    "tests/test_signing_in.py",
    "tests/e2e/test_states.py",
    "tests/test_matrix.py",
    "tests/test_canary_dashboard.py",
]

# How long an example takes says how busy the machine is; no test fails of that.
settings.register_profile(
    "untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first."""
    places = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(LONGEST)))
