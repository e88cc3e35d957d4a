"""Audit events for page views, searches and downloads, with the SHA-256 of each file."""

from collections.abc import Iterator, Mapping
from hashlib import sha256

from dashboard.access.audit_log import AuditAction, AuditActor, AuditLog, Event
from dashboard.access.rights import Viewer, entity_needs, field_needs
from dashboard.exports.export import File
from dashboard.metrics.scope import RoundingBasis, Scope
from dashboard.reports.entities import display_fields
from harvest_client.models.fields import Field
from harvest_client.search import Search, canonical_json, field_paths

_LONGEST = 4000  # an address has room for more, whatever is in it
_OF_THE_SCOPE = frozenset({"period", "where", "basis"})


class AuditedDownload:
    """The bytes of a file as they are taken, entered in the log before the first and at the end.

    Made it raises `NotRecorded`: then there is no file. `close` tells the log how it ended.
    """

    def __init__(self, file: File, log: AuditLog, who: AuditActor) -> None:
        self._file, self._log, self._who = file, log, who
        self._digest, self._bytes = sha256(), 0
        self._is_whole = self._is_closed = False
        self._began = log.record_event(self._make_event(AuditAction.BEGAN))

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._file.chunks:
            self._digest.update(chunk)
            self._bytes += len(chunk)
            yield chunk
        self._is_whole = True

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._log.note_event(
                self._make_event(AuditAction.ENDED if self._is_whole else AuditAction.ABORTED)
            )

    def _make_event(self, did: AuditAction) -> Event:
        scope, ended = self._file.scope, did is not AuditAction.BEGAN
        return Event(
            who=self._who,
            did=did,
            what=self._file.what,
            period=period_text(scope),
            filter=filter_text(scope, self._file.also),
            rows=self._file.rows.count if ended else None,
            bytes=self._bytes if ended else None,
            sha256=self._digest.hexdigest() if did is AuditAction.ENDED else None,
            completes=self._began if ended else None,
        )


def period_text(scope: Scope | None) -> str:
    """Return the days that were asked for."""
    return f"{scope.start.isoformat()}..{scope.end.isoformat()}" if scope else ""


def filter_text(scope: Scope | None, also: Mapping[str, str]) -> str:
    """Return the filter that was asked for, and whatever else narrowed or named what was."""
    caption = [canonical_json(scope.where)] if scope and scope.where else []
    if scope and scope.basis is not RoundingBasis.ROUNDED:
        caption.append(f"basis={scope.basis.value}")
    caption += [f"{name}={text}" for name, text in also.items() if name not in _OF_THE_SCOPE]
    return " ".join(caption)[:_LONGEST]


def is_restricted(search: Search, viewer: Viewer) -> bool:
    """Return whether the search shows this viewer restricted values, or filters by them."""
    needs = [entity_needs(search.entity.name, viewer)]
    paths = [*field_paths(search.filter), *(sort.field for sort in search.sort)]
    paths += [
        deep for path, field in display_fields(search).items() for deep in _deep_paths(path, field)
    ]
    needs += [field_needs(path, search.entity.name) for path in paths]
    return any(needed and viewer.has_rights(needed) for needed in needs)


def _deep_paths(path: str, field: Field) -> Iterator[str]:
    yield path
    for part in field.fields:
        yield from _deep_paths(f"{path}.{part.name}", part)
