"""What the audit log is told: which part was asked for, and of a file its very bytes."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from dashboard.access.audit import AuditLog, Did, Event, Who
from dashboard.access.fields import entity_needs, field_needs
from dashboard.access.rights import Viewer
from dashboard.exports import File
from dashboard.listings.explorer import shown
from dashboard.metrics.scope import Basis, Scope
from harvest_client.fields import Field
from harvest_client.search import Search, canonical, fields

_LONGEST = 4000  # an address has room for more, whatever is in it
_OF_THE_SCOPE = frozenset({"period", "where", "basis"})


class Taken:
    """The bytes of a file as they are taken, entered in the log before the first and at the end.

    Made it raises `NotRecorded`: then there is no file. `close` tells the log how it ended.
    """

    def __init__(self, file: File, log: AuditLog, who: Who) -> None:
        self._file, self._log, self._who = file, log, who
        self._digest, self._bytes = sha256(), 0
        self._is_whole = self._is_closed = False
        self._began = log.record(self._event(Did.BEGAN))

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._file.chunks:
            self._digest.update(chunk)
            self._bytes += len(chunk)
            yield chunk
        self._is_whole = True

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._log.note(self._event(Did.ENDED if self._is_whole else Did.ABORTED))

    def _event(self, did: Did) -> Event:
        scope, ended = self._file.scope, did is not Did.BEGAN
        return Event(
            who=self._who,
            did=did,
            what=self._file.what,
            period=period(scope),
            filter=asked(scope, self._file.also),
            rows=self._file.rows.count if ended else None,
            bytes=self._bytes if ended else None,
            sha256=self._digest.hexdigest() if did is Did.ENDED else None,
            completes=self._began if ended else None,
        )


def period(scope: Scope | None) -> str:
    """The days that were asked for."""
    return f"{scope.start.isoformat()}..{scope.end.isoformat()}" if scope else ""


def asked(scope: Scope | None, also: Mapping[str, str]) -> str:
    """The filter that was asked for, and whatever else narrowed or named what was."""
    said = [canonical(scope.where)] if scope and scope.where else []
    if scope and scope.basis is not Basis.ROUNDED:
        said.append(f"basis={scope.basis.value}")
    said += [f"{name}={text}" for name, text in also.items() if name not in _OF_THE_SCOPE]
    return " ".join(said)[:_LONGEST]


def is_restricted(search: Search, viewer: Viewer) -> bool:
    """Whether the search shows this viewer what others may not see, or is by it."""
    needs = [entity_needs(search.entity.name, viewer)]
    paths = [*fields(search.filter), *(sort.field for sort in search.sort)]
    paths += [deep for path, field in shown(search).items() for deep in _deep(path, field)]
    needs += [field_needs(path, search.entity.name) for path in paths]
    return any(needed and viewer.may(needed) for needed in needs)


def _deep(path: str, field: Field) -> Iterator[str]:
    yield path
    for part in field.fields:
        yield from _deep(f"{path}.{part.name}", part)
