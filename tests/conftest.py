"""Order, selection and distribution of all tests, and Hypothesis profiles."""

import sys
from functools import cache
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler.loadfile import LoadFileScheduling

from tests.soak import SOAK, sized

pytest_plugins = ["tests.seconds"]

# Longest first: a worker that starts one of these last keeps the other waiting.
LONGEST = [
    "tests/e2e",
    "tests/test_who_sees_what.py",
    "tests/dashboard/sync/test_worlds.py",
    "tests/dashboard/sync/test_hosted.py",
    "tests/test_signing_in.py",
    "tests/test_matrix.py",
    "tests/test_canary_dashboard.py",
]

# Modules that start servers, browsers or other programs; what uses them is marked `process`.
PROCESSES = {"tests.serving", "tests.browser", "tests.signing_in", "subprocess"}

# The duration of an example depends on the load of the machine; no test fails because of it.
settings.register_profile("usual", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", settings.get_profile("usual"), max_examples=1_000)
settings.load_profile(sized("usual", "soak"))


@pytest.hookimpl(tryfirst=True)  # before `-m` selects by what is marked here
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that need other processes, select by length, sort the longest groups first."""
    for item in items:
        if _starts_processes(item):
            item.add_marker("process")
    selected = [item for item in items if _selected(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(selected)])
    places = {group: place for place, group in enumerate(LONGEST)}
    selected.sort(key=lambda item: places.get(group(item.nodeid), len(LONGEST)))
    items[:] = selected


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> "ByGroup":
    return ByGroup(config, log)


class ByGroup(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types
    """Distribution of whole files to workers, and of all browser tests to one of them."""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def group(nodeid: str) -> str:
    """Return the file of a test, or `tests/e2e`, whose files share one browser and one server."""
    file = nodeid.partition("::")[0]
    return "tests/e2e" if file.startswith("tests/e2e/") else file


def _selected(item: pytest.Item) -> bool:
    """Whether to run a test: under `make soak` the marked ones, else all that are no soak tests."""
    soak = item.get_closest_marker("soak") is not None
    return soak or item.get_closest_marker("longer") is not None if SOAK else not soak


def _starts_processes(item: pytest.Item) -> bool:
    """Whether the module of a test, or that of one of its fixtures, imports `PROCESSES`."""
    if not isinstance(item, pytest.Function):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    names = {definition.func.__module__ for each in fixtures for definition in each}
    modules = [item.module, *(sys.modules[name] for name in names if name in sys.modules)]
    return any(_imports(module) for module in modules)


@cache
def _imports(module: ModuleType) -> bool:
    return any(
        value.__name__ in PROCESSES
        if isinstance(value, ModuleType)
        else getattr(value, "__module__", "") in PROCESSES
        for value in list(vars(module).values())
    )
