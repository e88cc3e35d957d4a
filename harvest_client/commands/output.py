"""Records as JSON or JSON Lines on stdout, and how far it is on a terminal's stderr."""

import sys
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

import msgspec

from harvest_client.entities import Entity
from harvest_client.records import Record, as_dict

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_EVERY = 0.2  # seconds between two words about progress


class Output:
    """Writes one answer. With `lines`, a record on each line and nothing else.

    Fields that open a page without a login are left out.
    """

    def __init__(self, *, lines: bool) -> None:
        self._lines = lines
        self._out = sys.stdout.buffer
        self._progress = _Progress()

    def records(
        self, entity: Entity, records: Iterable[Record], meta: Mapping[str, Any] | None
    ) -> None:
        """The records as they come, and `meta` behind them."""
        if not self._lines:
            self._out.write(b'{"data": [')
        for number, record in enumerate(records):
            if not self._lines:
                self._out.write(b",\n " if number else b"\n ")
            self._out.write(_ENCODER.encode(plain(entity, record)))
            if self._lines:
                self._out.write(b"\n")
            self._progress.record()
        if not self._lines:
            self._out.write(b"\n]")
            if meta is not None:
                self._out.write(b', "meta": ' + _ENCODER.encode(meta))
            self._out.write(b"}\n")

    def document(self, value: Any) -> None:
        text = _ENCODER.encode(value)
        self._out.write((text if self._lines else msgspec.json.format(text, indent=1)) + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.end()
        if kind is not BrokenPipeError:
            self._out.flush()


def plain(entity: Entity, record: Record) -> dict[str, Any]:
    """The record without what must not be shown."""
    secret = {field.name for field in entity.fields if field.secret}
    return {name: value for name, value in as_dict(record).items() if name not in secret}


class _Progress:
    """A count that is written over itself, on a terminal only."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._count = 0
        self._next = time.monotonic() + _EVERY

    def record(self) -> None:
        self._count += 1
        if self._shown and time.monotonic() >= self._next:
            print(f"\r{self._count:,} records", end="", file=sys.stderr, flush=True)
            self._next = time.monotonic() + _EVERY

    def end(self) -> None:
        if self._shown and self._count:
            print(f"\r{self._count:,} records", file=sys.stderr)
