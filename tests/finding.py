"""Tokens and numbers in whatever a server sends: frames of a page, files, answers.

A frame is searched as it is, and so is everything in it: texts, JSON, tables as Arrow has them,
and the arrays that Plotly gets as base64.
"""

import base64
import csv
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_TOKEN = re.compile(rb"zq[a-z]{2}\d{5}x")
# As accounts group thousands, or plainly; cards write them briefly.
_NUMBER = re.compile(
    r"(?<![\d.,])(?:(?P<dots>\d{1,3}(?:\.\d{3})+(?:,\d+)?)|(?P<commas>\d{1,3}(?:,\d{3})+(?:\.\d+)?)"
    r"|(?P<plain>\d+[.,]\d{1,6}))(?P<brief>[Mk]\b)?(?!\d)"
)
_BRIEF = {"M": 1e6, "k": 1e3, None: 1.0}
LEAST = 10_000.0
"""Smaller numbers are not kept: they could be anything."""


@dataclass
class Found:
    """The tokens, and the numbers with a fraction or from a column of such, in cents."""

    tokens: set[str] = field(default_factory=set)
    cents: set[int] = field(default_factory=set)

    def add(self, other: "Found") -> None:
        self.tokens |= other.tokens
        self.cents |= other.cents

    def raw(self, data: bytes) -> None:
        self.tokens.update(token.decode() for token in _TOKEN.findall(data))

    def numbers(self, values: Iterable[float] | np.ndarray[Any, Any]) -> None:
        array = np.asarray(values, dtype=float)
        large = np.abs(array[np.isfinite(array)])
        large = large[(large >= LEAST) & (large < 1e13)]
        self.cents.update(np.rint(large * 100).astype(np.int64).tolist())

    def text(self, text: str) -> None:
        self.numbers(list(_numbers(text)))


def in_frame(data: bytes) -> Found:
    """What a message of the server to the browser holds."""
    found, message = Found(), ForwardMsg()
    found.raw(data)
    message.ParseFromString(data)
    _message(message, found)
    return found


def doubles(data: bytes, wanted: Collection[int]) -> set[int]:
    """Which of the `wanted` numbers, in cents, are anywhere in the bytes as float64."""
    known, found = np.array(sorted(wanted)) / 100, set[int]()
    for offset in range(min(8, len(data) - 7)):
        there = np.frombuffer(data, "<f8", (len(data) - offset) // 8, offset)
        there = there[(there >= known[0]) & (there <= known[-1])]
        if there.size:
            there = there[np.isin(there, known)]
            found.update(np.rint(there * 100).astype(np.int64).tolist())
    return found


def in_file(name: str, data: bytes) -> Found:
    """What a CSV or XLSX file holds."""
    found = Found()
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for part in parts.namelist():
                xml = parts.read(part)
                found.raw(xml)
                found.numbers([float(v) for v in re.findall(rb"<v>(-?\d+\.\d+)</v>", xml)])
        return found
    found.raw(data)
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            found.text(cell)
    return found


def in_json(text: str) -> Found:
    found = Found()
    found.raw(text.encode())
    _json(json.loads(text), found)
    return found


def _message(message: Any, found: Found) -> None:
    for _, value in message.ListFields():
        for one in value if _is_repeated(value) else [value]:
            if hasattr(one, "ListFields"):
                _message(one, found)
            elif isinstance(one, bytes):
                _arrow(one, found)
            elif isinstance(one, float) and not one.is_integer():  # as bounds are, and ids
                found.numbers([one])
            elif isinstance(one, str):
                _string(one, found)
        if hasattr(value, "items"):
            for one in value.values():
                if hasattr(one, "ListFields"):
                    _message(one, found)


def _is_repeated(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str | bytes)


def _string(text: str, found: Found) -> None:
    if text[:1] in ("{", "["):
        try:
            _json(json.loads(text), found)
        except ValueError:
            pass
        else:
            return
    found.text(text)


def _json(value: Any, found: Found) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("bdata"), str):
            packed = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
            if packed.dtype.kind == "f":
                found.numbers(packed)
        for one in value.values():
            _json(one, found)
    elif isinstance(value, list):
        for one in value:
            _json(one, found)
    elif isinstance(value, float):
        found.numbers([value])
    elif isinstance(value, str):
        found.text(value)


def _arrow(data: bytes, found: Found) -> None:
    try:
        table = pa.ipc.open_stream(data).read_all()
    except pa.ArrowInvalid:
        return
    for column in table.columns:
        if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
            found.numbers(column.cast(pa.float64()).drop_null().to_numpy())
        elif not pa.types.is_integer(column.type) and not pa.types.is_temporal(column.type):
            for value in column.to_pylist():
                _string(value, found) if isinstance(value, str) else _json(value, found)


def _numbers(text: str) -> Iterator[float]:
    for match in _NUMBER.finditer(text):
        if match["dots"]:
            digits = match["dots"].replace(".", "").replace(",", ".")
        elif match["commas"]:
            digits = match["commas"].replace(",", "")
        else:
            digits = match["plain"].replace(",", ".")
        yield float(digits) * _BRIEF[match["brief"]]
