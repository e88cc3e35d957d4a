"""Chromium for the browser tests, and a font with Japanese for pictures: found, or installed.

`python -m tests.browser_setup [--fonts]` prints the path of the browser. It ends with one sentence
and code 1 if there is none and none can be installed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

VARIABLE = "CHROMIUM"
NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "microsoft-edge", "microsoft-edge-stable", "msedge",
)  # fmt: skip
# Where installers put a browser without adding it to PATH.
PLACES = (
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
# Programs in a folder of a version that Playwright downloaded; others beside them are helpers.
_PROGRAMS = (
    "chrome-*/headless_shell",
    "chrome-*/headless_shell.exe",
    "chrome-*/chrome-headless-shell",
    "chrome-*/chrome-headless-shell.exe",
    "chrome-*/chrome",
    "chrome-*/chrome.exe",
    "chrome-*/*.app/Contents/MacOS/*",
)
MISSING = (
    "No Chromium, Chrome or Edge was found for the browser tests, and none could be installed."
    f" Install Chromium, or set {VARIABLE} to the path of one."
)
NO_FONT = (
    "No font with Japanese was found for the pictures, and none could be installed. Install Noto"
    " Sans CJK (Debian: fonts-noto-cjk)."
)

Run = Callable[[list[str]], bool]
"""Run a command with its output on the terminal; return whether it succeeded."""


def find_browser(
    environment: Mapping[str, str], places: Iterable[str | Path] = PLACES
) -> Path | None:
    """Return the browser that `CHROMIUM` names, else the first on PATH or in `places`.

    A path in `CHROMIUM` that is no executable file counts as no browser: it is not replaced by
    another one.
    """
    if chosen := environment.get(VARIABLE):
        return Path(chosen) if os.access(chosen, os.X_OK) else None
    path = environment.get("PATH", os.defpath)
    named = (shutil.which(name, path=path) for name in NAMES)
    candidates = [*filter(None, named), *map(str, places), *map(str, _downloads(environment))]
    found = (Path(candidate) for candidate in candidates)
    return next((path for path in found if path.is_file() and os.access(path, os.X_OK)), None)


def provide_browser(
    environment: Mapping[str, str], run: Run, places: Iterable[str | Path] = PLACES
) -> Path | None:
    """Return a browser that starts, installed by the system or Playwright if there is none.

    The system's package comes first, as it brings the libraries that a browser needs.
    """
    places = list(places)

    def usable() -> Path | None:
        found = find_browser(environment, places)
        return found if found and run([str(found), "--version"]) else None

    if (found := usable()) or environment.get(VARIABLE):
        return found
    print("No browser found; installing one for the browser tests.", file=sys.stderr)
    commands = system_commands("chromium")
    if commands and all(map(run, commands)) and (found := usable()):
        return found
    run([sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"])
    return usable()


def provide_font(run: Run) -> bool:
    """Return whether the system has a font with Japanese, after an attempt to install one."""
    if not shutil.which("fc-list"):
        return True  # macOS and Windows have one
    if _has_japanese():
        return True
    return all(map(run, system_commands("fonts-noto-cjk"))) and _has_japanese()


def system_commands(package: str) -> list[list[str]]:
    """Return the commands that install a Debian package; none without apt-get or root."""
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    return [
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", package],
    ]


def main(arguments: list[str]) -> int:
    if "--fonts" in arguments:
        if not provide_font(run_command):
            print(NO_FONT, file=sys.stderr)
            return 1
        return 0
    browser = provide_browser(os.environ, run_command)
    if browser is None:
        print(MISSING, file=sys.stderr)
        return 1
    print(browser)
    return 0


def _downloads(environment: Mapping[str, str]) -> list[Path]:
    """Return the browsers that Playwright downloaded, the newest first."""
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or "/nonexistent")
    folders = [home / ".cache", home / "Library" / "Caches", home / "AppData" / "Local"]
    folders = [folder / "ms-playwright" for folder in folders]
    if chosen := environment.get("PLAYWRIGHT_BROWSERS_PATH"):
        folders.insert(0, Path(chosen))
    versions = [path for folder in folders for path in folder.glob("chromium*-*")]
    versions.sort(key=_revision, reverse=True)
    return [path for version in versions for glob in _PROGRAMS for path in version.glob(glob)]


def _revision(folder: Path) -> int:
    """Return the number at the end of a folder such as `chromium-1200`; 0 without one."""
    number = folder.name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0


def _has_japanese() -> bool:
    listed = subprocess.run(
        ["fc-list", ":lang=ja", "family"], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip())


def run_command(command: list[str]) -> bool:
    """Run a command with its output on stderr; return whether it succeeded."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
