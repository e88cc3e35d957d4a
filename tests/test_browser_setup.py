"""Finding and installing a browser, in directories made for each test."""

from pathlib import Path

import pytest

from tests.browser_setup import NAMES, find_browser, provide_browser


def make_program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_find_browser_on_path_returns_it(tmp_path: Path, name: str) -> None:
    program = make_program(tmp_path / "bin" / name)

    assert find_browser({"PATH": str(program.parent)}, places=()) == program


def test_find_browser_in_usual_place_returns_it(tmp_path: Path) -> None:
    program = make_program(tmp_path / "Program Files" / "chrome.exe")

    found = find_browser({"PATH": str(tmp_path)}, places=[tmp_path / "none", program])

    assert found == program


def test_find_browser_prefers_the_variable(tmp_path: Path) -> None:
    on_path = make_program(tmp_path / "bin" / "chromium")
    chosen = make_program(tmp_path / "mine" / "browser")

    assert find_browser({"PATH": str(on_path.parent), "CHROMIUM": str(chosen)}, ()) == chosen


@pytest.mark.parametrize("make", [Path.touch, lambda path: None], ids=["no program", "no file"])
def test_find_browser_does_not_replace_a_wrong_variable(tmp_path: Path, make: object) -> None:
    on_path = make_program(tmp_path / "bin" / "chromium")
    wrong = tmp_path / "wrong"
    assert callable(make)
    make(wrong)
    environment = {"PATH": str(on_path.parent), "CHROMIUM": str(wrong)}

    assert find_browser(environment, ()) is None
    assert provide_browser(environment, _never, ()) is None


def test_find_browser_returns_what_playwright_downloaded(tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "ms-playwright"
    shell = make_program(cache / "chromium_headless_shell-1200/chrome-linux/headless_shell")

    assert find_browser({"PATH": "", "HOME": str(tmp_path)}, places=()) == shell


def test_find_browser_returns_the_newest_download_and_no_helper(tmp_path: Path) -> None:
    cache = tmp_path / ".cache" / "ms-playwright"
    make_program(cache / "chromium-999/chrome-linux/chrome")
    newest = make_program(cache / "chromium-1200/chrome-linux/chrome")
    make_program(cache / "chromium-1200/chrome-linux/chrome_sandbox")
    make_program(cache / "chromium-1200/chrome-linux/chrome_crashpad_handler")

    assert find_browser({"PATH": "", "HOME": str(tmp_path)}, places=()) == newest


def test_find_browser_returns_a_download_on_a_mac(tmp_path: Path) -> None:
    cache = tmp_path / "Library" / "Caches" / "ms-playwright"
    program = make_program(cache / "chromium-1200/chrome-mac/Chromium.app/Contents/MacOS/Chromium")

    assert find_browser({"PATH": "", "HOME": str(tmp_path)}, places=()) == program


def test_provide_browser_installs_nothing_if_one_starts(tmp_path: Path) -> None:
    program = make_program(tmp_path / "chromium")
    commands: list[list[str]] = []

    def run(command: list[str]) -> bool:
        commands.append(command)
        return True

    assert provide_browser({"PATH": str(tmp_path)}, run, places=()) == program
    assert commands == [[str(program), "--version"]]


def test_provide_browser_replaces_one_that_does_not_start(tmp_path: Path) -> None:
    broken = make_program(tmp_path / "bin" / "chromium")
    commands: list[list[str]] = []

    def run(command: list[str]) -> bool:
        commands.append(command)
        return command[0] != str(broken)

    assert provide_browser({"PATH": str(broken.parent)}, run, places=()) is None
    assert any("install" in command for command in commands)


def test_provide_browser_returns_what_playwright_installs(tmp_path: Path) -> None:
    folder = tmp_path / ".cache" / "ms-playwright" / "chromium_headless_shell-1"
    shell = folder / "chrome-linux" / "headless_shell"

    def run(command: list[str]) -> bool:
        if "playwright" in command:
            make_program(shell)
        return True

    assert provide_browser({"PATH": "", "HOME": str(tmp_path)}, run, places=()) == shell


def test_provide_browser_without_any_way_returns_none(tmp_path: Path) -> None:
    assert provide_browser({"PATH": "", "HOME": str(tmp_path)}, lambda command: False, ()) is None


def _never(command: list[str]) -> bool:
    raise AssertionError(command)
