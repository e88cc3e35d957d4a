"""Views that people saved: a name for a page with its filters. Relative periods stay relative."""

import fcntl
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard.config.errors import ConfigError
from harvest_client.durable import make_directory, replace_text, set_aside

MOST = 100
LONGEST = 60
_KEPT = ("period", "where", "basis", "compare")
_PARTS = re.compile(
    r'(?P<person>"(?:[^"\\]|\\.)*")\s*:\s*\[|(?P<view>\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})'
)
"""In the text of the file: a person with their views behind, or one view."""


@dataclass(frozen=True, slots=True)
class View:
    """`query` is the page's own, in a fixed order and without what a page does not know."""

    name: str
    page: str
    query: str


class Views:
    """The views of one person; of everybody at this machine where nobody signs in."""

    def __init__(self, directory: Path, person: str) -> None:
        self._file = ViewFile(directory)
        self._person = person

    def read(self) -> tuple[View, ...]:
        """In the order of their names; of a damaged file those that can be read."""
        return tuple(self._file.read().get(self._person, ()))

    def save_view(self, name: str, page: str, query: str) -> None:
        """Take the place of one of the same name. Raises `ConfigError` for too many."""
        name = " ".join(name.split())[:LONGEST]
        if not name:
            raise ConfigError("A view needs a name.")
        with self._file.change() as everyone:
            remaining = [view for view in everyone.get(self._person, []) if view.name != name]
            if len(remaining) >= MOST:
                raise ConfigError(f"There are {MOST} views: delete one first.")
            everyone[self._person] = [*remaining, View(name, page, known_parameters(query))]

    def delete_view(self, name: str) -> None:
        with self._file.change() as everyone:
            views = everyone.get(self._person, [])
            everyone[self._person] = [view for view in views if view.name != name]


class ViewFile:
    """The views of everybody, by person. A damaged file is set aside before it is replaced."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "views.json"

    def read(self) -> dict[str, list[View]]:
        """Return all views; of a damaged file those that can be read, none without a file."""
        return self._read()[0]

    def is_damaged(self) -> bool:
        """Return whether there is a file that is not as it was written."""
        return self._read()[1]

    def mend_file(self) -> str | None:
        """Set a damaged file aside and keep what can be read; return a sentence about that."""
        if not self.is_damaged():
            return None
        with self._lock():
            return self._mend_locked()

    @contextmanager
    def change(self) -> Iterator[dict[str, list[View]]]:
        """Yield all views, to be changed; written when the block ends without an error."""
        with self._lock():
            self._mend_locked()
            everyone = self.read()
            yield everyone
            self._write(everyone)

    def _mend_locked(self) -> str | None:
        views, is_damaged = self._read()
        if not is_damaged:
            return None
        aside, count = set_aside(self.path), sum(map(len, views.values()))
        self._write(views)
        return (
            f"{self.path.name} was damaged. It is now {aside.name}, and the {count} saved views"
            " that could be read were kept."
        )

    def _write(self, everyone: dict[str, list[View]]) -> None:
        stored = {
            person: [asdict(view) for view in sorted(views, key=lambda one: one.name.casefold())]
            for person, views in everyone.items()
        }
        replace_text(self.path, json.dumps(stored, ensure_ascii=False, indent=1))

    def _read(self) -> tuple[dict[str, list[View]], bool]:
        """Return the views that can be read, and whether that is not all of the file."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return {}, False
        try:
            return _parse_views(json.loads(content)), False
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return _recover_views(content.decode("utf-8", "replace")), True

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Two people saving at once, or two servers, lose nothing of each other's."""
        make_directory(self.path.parent)
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _parse_views(stored: Any) -> dict[str, list[View]]:
    return {str(person): [_read_view(item) for item in views] for person, views in stored.items()}


def _read_view(item: Any) -> View:
    return View(*(_read_text(item[name]) for name in ("name", "page", "query")))


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _recover_views(text: str) -> dict[str, list[View]]:
    """Return the whole views in a damaged text, each under the person before it."""
    result: dict[str, list[View]] = {}
    person: str | None = None
    for part in _PARTS.finditer(text):
        try:
            if part["person"] is not None:
                person = json.loads(part["person"])
            elif person is not None:
                view = _read_view(json.loads(part["view"]))
                if "\N{REPLACEMENT CHARACTER}" not in "".join((view.name, view.page, view.query)):
                    result.setdefault(person, []).append(view)
        except (ValueError, KeyError, TypeError):
            if part["person"] is not None:
                person = None  # the views below are of somebody whose name cannot be read
    return {person: views[:MOST] for person, views in result.items()}


def known_parameters(query: str) -> str:
    """Return the parameters that every filtered page knows."""
    request = dict(parse_qsl(query))
    return urlencode({name: request[name] for name in _KEPT if request.get(name)})
