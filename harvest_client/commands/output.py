"""Records as JSON or JSON Lines on stdout, and how far it is on a terminal's stderr."""

import sys
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

import msgspec

from harvest_client.entities import Entity
from harvest_client.errors import HarvestError
from harvest_client.records import Record, as_dict
from harvest_client.terminal import write_json, write_over

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_EVERY = 0.2  # seconds between two words about progress


class Output:
    """Writes one answer as it comes. With `lines`, a record on each line and nothing else.

    Nothing is written before the first record is there, and a document that breaks off later is
    closed with `error` in it: what is on stdout is empty or can be read. Fields that open a page
    without a login are left out.
    """

    def __init__(self, *, lines: bool) -> None:
        self._lines = lines
        self._progress = _Progress()

    def write_records(
        self, entity: Entity, records: Iterable[Record], meta: Mapping[str, Any] | None
    ) -> None:
        """The records, and `meta` behind them."""
        written = False
        try:
            for record in records:
                text = _ENCODER.encode(visible_values(entity, record))
                if self._lines:
                    write_json(text + b"\n")
                else:
                    write_json((b",\n " if written else b'{"data": [\n ') + text)
                written = True
                self._progress.record()
        except HarvestError as error:
            if written:
                self._close({"error": str(error)})
            raise
        if not written and not self._lines:
            write_json(b'{"data": [')
        self._close({} if meta is None else {"meta": meta})

    def write_document(self, value: Any) -> None:
        text = _ENCODER.encode(value)
        whole = text if self._lines else msgspec.json.format(text, indent=1)
        write_json(whole + b"\n")

    def _close(self, behind: Mapping[str, Any]) -> None:
        if self._lines:
            return
        more = b"".join(
            b", " + _ENCODER.encode(name) + b": " + _ENCODER.encode(value)
            for name, value in behind.items()
        )
        write_json(b"\n]" + more + b"}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.end()
        if kind is None or issubclass(kind, HarvestError):
            sys.stdout.buffer.flush()


def visible_values(entity: Entity, record: Record) -> dict[str, Any]:
    """The record without what must not be shown."""
    secret = {field.name for field in entity.fields if field.secret}
    return {name: value for name, value in as_dict(record).items() if name not in secret}


class _Progress:
    """A count that is written over itself, on a terminal that does not show the records too."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not sys.stdout.isatty()
        self._count = 0
        self._next = time.monotonic() + _EVERY

    def record(self) -> None:
        self._count += 1
        if self._shown and time.monotonic() >= self._next:
            write_over(f"{self._count:,} records")
            self._next = time.monotonic() + _EVERY

    def end(self) -> None:
        if self._shown and self._count:
            write_over(f"{self._count:,} records", last=True)
