"""Views that people saved: a name for a page with its filters. Relative periods stay relative."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from dashboard.errors import ConfigError
from dashboard.store.snapshots import write_atomically

MOST = 100
LONGEST = 60
_KEPT = ("period", "where", "basis", "compare")


@dataclass(frozen=True, slots=True)
class View:
    """`query` is the page's own, in a fixed order and without what a page does not know."""

    name: str
    page: str
    query: str


class Views:
    """The views of one person; of everybody at this machine where nobody signs in."""

    def __init__(self, directory: Path, person: str) -> None:
        self._path = directory / "views.json"
        self._person = person

    def read(self) -> tuple[View, ...]:
        """In the order of their names; none where the file is missing or is not ours."""
        return tuple(self._all().get(self._person, ()))

    def save(self, name: str, page: str, query: str) -> None:
        """Takes the place of one of the same name. Raises `ConfigError` for too many."""
        name = " ".join(name.split())[:LONGEST]
        if not name:
            raise ConfigError("A view needs a name.")
        with self._locked():
            kept = [view for view in self.read() if view.name != name]
            if len(kept) >= MOST:
                raise ConfigError(f"There are {MOST} views: delete one first.")
            self._write([*kept, View(name, page, known(query))])

    def delete(self, name: str) -> None:
        with self._locked():
            self._write([view for view in self.read() if view.name != name])

    def _write(self, views: list[View]) -> None:
        views.sort(key=lambda view: view.name.casefold())
        everyone = self._all() | {self._person: views}
        stored = {person: [asdict(view) for view in theirs] for person, theirs in everyone.items()}
        write_atomically(self._path, json.dumps(stored, ensure_ascii=False, indent=1))

    def _all(self) -> dict[str, list[View]]:
        try:
            stored = json.loads(self._path.read_text("utf-8"))
            return {
                str(person): [
                    View(str(one["name"]), str(one["page"]), str(one["query"])) for one in views
                ]
                for person, views in stored.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two people saving at once, or two servers, lose nothing of each other's."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def known(query: str) -> str:
    """The parameters that every filtered page knows."""
    asked = dict(parse_qsl(query))
    return urlencode({name: asked[name] for name in _KEPT if asked.get(name)})
