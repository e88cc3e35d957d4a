"""Plugin that measures seconds per test file: wall clock, own processor time, that of children.

The whole table is written to `.pytest_cache/d/seconds/files.md`, the ten longest files to the
terminal. Children are processes that ended during a test, so a server counts where it is stopped.
"""

import os
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

_PROPERTY = "seconds"
_ROWS = 10


@dataclass
class Seconds:
    """Tests that ran in a file, and their seconds."""

    tests: int = 0
    wall: float = 0.0
    own: float = 0.0
    children: float = 0.0


class Recorder:
    """Measures each phase of a test where it runs, and adds up the reports of all workers."""

    def __init__(self) -> None:
        self.files: dict[str, Seconds] = defaultdict(Seconds)
        self.kinds: dict[str, Seconds] = defaultdict(Seconds)
        self._before = os.times()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        self._before = os.times()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        now, before = os.times(), self._before
        own = now.user + now.system - before.user - before.system
        children = (
            now.children_user + now.children_system
            - before.children_user - before.children_system
        )  # fmt: skip
        self._before = now
        kinds = [mark.args[0] for name in ("soak", "longer") for mark in item.iter_markers(name)]
        report.user_properties.append((_PROPERTY, (own, children, kinds)))
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # The report of a phase repeats the properties of the phases before it; the last one counts.
        properties: dict[str, Any] = dict(report.user_properties)
        if _PROPERTY not in properties:
            return
        own, children, kinds = properties[_PROPERTY]
        counts = [self.files[report.nodeid.partition("::")[0]]]
        counts += [self.kinds[kind] for kind in kinds]
        for count in counts:
            count.tests += report.when == "call"
            count.wall += report.duration
            count.own += own
            count.children += children

    def pytest_terminal_summary(
        self, terminalreporter: TerminalReporter, config: pytest.Config
    ) -> None:
        if hasattr(config, "workerinput") or not self.files:
            return
        rows = _table(self.files, "file")
        terminalreporter.section("longest files")
        if config.pluginmanager.has_plugin("cacheprovider"):
            assert config.cache is not None
            path = config.cache.mkdir("seconds") / "files.md"
            path.write_text("\n".join(rows) + "\n", encoding="utf-8")
            terminalreporter.write_line(f"All of them are in {path}.")
        for row in rows[: _ROWS + 2]:
            terminalreporter.write_line(row)
        if self.kinds:
            terminalreporter.section("random and exhaustive tests by kind")
            for row in _table(self.kinds, "kind"):
                terminalreporter.write_line(row)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Recorder(), "seconds-recorder")


def _table(measured: dict[str, Seconds], head: str) -> list[str]:
    """Return lines of a Markdown table, longest first, with a total."""
    total = Seconds()
    for each in measured.values():
        total.tests += each.tests
        total.wall += each.wall
        total.own += each.own
        total.children += each.children
    lines = ["| wall s | own s | children s | tests | " + head + " |", "|---:|---:|---:|---:|---|"]
    longest = sorted(measured.items(), key=lambda item: -item[1].wall)
    lines += [
        f"| {each.wall:.1f} | {each.own:.1f} | {each.children:.1f} | {each.tests} | {name} |"
        for name, each in [*longest, ("total", total)]
    ]
    return lines
