"""Text for terminals and logs: nothing in it moves the cursor, breaks a line or turns it around.

Names and notes come from Harvest, where anybody may write anything. What a terminal would obey is
shown as an escape, such as `\\x1b`; letters of all scripts stay as they are.
"""

import io
import logging
import os
import re
import stat
import sys
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import NoReturn, TextIO

# C1; separators of lines and paragraphs; marks, embeddings, overrides and isolates of the direction
# of writing, and their deprecated kin; annotations; halves of letters, which have no bytes.
_OBEYED = (
    "\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff"
)
_UNSAFE = re.compile(f"[\x00-\x1f{_OBEYED}]")
_UNSAFE_IN_JSON = re.compile(f"[{_OBEYED}]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def escape_controls(text: str) -> str:
    """Return the text on one line, with an escape for each character that a terminal obeys."""
    return _UNSAFE.sub(_escape_character, text)


def prepare_streams() -> None:
    """Let stdout and stderr write any text: what their encoding lacks becomes an escape."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_output() -> None:
    """Let go of what stdout cannot take: it would be tried once more at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_line(text: str, *, file: TextIO | None = None) -> None:
    """Print one line of text, to stdout unless `file` says otherwise."""
    print(escape_controls(text), file=file)


def print_json(text: str) -> None:
    """Print JSON text to stdout."""
    print(escape_json(text))


def write_json(part: bytes) -> None:
    """Write part of a JSON document, in UTF-8, to stdout."""
    sys.stdout.buffer.write(escape_json_bytes(part))


def write_document(data: bytes, path: Path | None) -> None:
    """Write UTF-8 text to the file, or to stdout without one; in visible lines to a terminal."""
    if leads_to_terminal(path):
        lines = data.decode().split("\n")
        data = "\n".join(escape_controls(line.removesuffix("\r")) for line in lines).encode()
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        path.write_bytes(data)


def write_over(text: str, *, last: bool = False) -> None:
    """Write over the last line of stderr, which ends with the `last` text."""
    sys.stderr.write(f"\r{escape_controls(text)}" + ("\n" if last else ""))
    sys.stderr.flush()


def write_trace(text: str) -> None:
    """Write a traceback to stderr."""
    sys.stderr.write(f"{visible_trace(text)}\n")


def exit_with_error(text: str) -> NoReturn:
    """End the process with exit code 1 and one line of text on stderr."""
    print_line(text, file=sys.stderr)
    sys.exit(1)


def leads_to_terminal(path: Path | None) -> bool:
    """Return whether a terminal displays what is written to `path`, or to stdout without one."""
    if path is None:
        return sys.stdout.isatty()
    try:
        if not stat.S_ISCHR(path.stat().st_mode):
            return False
        descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.isatty(descriptor)
    finally:
        os.close(descriptor)


def escape_json(text: str) -> str:
    r"""Return the JSON text with those characters as `\u` escapes: it means the same.

    JSON has no unescaped control character but those between its parts.
    """
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def escape_json_bytes(text: bytes) -> bytes:
    """Return the same of UTF-8."""
    if text.isascii() and b"\x7f" not in text:
        return text
    return escape_json(text.decode()).encode()


def visible_record(record: logging.LogRecord) -> logging.LogRecord:
    """Return the record of a log with a message of one line, and a traceback of plain lines."""
    shown = copy(record)
    shown.msg = escape_controls(str(record.msg))
    if isinstance(record.args, Mapping):
        shown.args = {name: _visible_value(value) for name, value in record.args.items()}
    elif record.args:
        shown.args = tuple(map(_visible_value, record.args))
    if record.exc_info and not record.exc_text:
        shown.exc_text = logging.Formatter().formatException(record.exc_info)
    if shown.exc_text:
        shown.exc_text = visible_trace(shown.exc_text)
    if shown.stack_info:
        shown.stack_info = visible_trace(shown.stack_info)
    return shown


def visible_trace(text: str) -> str:
    """Return a traceback with visible lines, all but the first of them indented.

    The message of an error may have lines of its own, which could pass for lines of the log.
    """
    first, *rest = map(escape_controls, text.rstrip("\n").split("\n"))
    return "\n".join([first, *(f"  {line}" if line else "" for line in rest)])


class _Visible:
    """A value of a log message that is written in a visible way, whatever it is."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __str__(self) -> str:
        return escape_controls(str(self._value))

    def __repr__(self) -> str:
        return escape_controls(repr(self._value))


def _visible_value(value: object) -> object:
    if isinstance(value, str):
        return escape_controls(value)
    return value if isinstance(value, int | float | None) else _Visible(value)


def _escape_character(match: re.Match[str]) -> str:
    character = match[0]
    number = ord(character)
    return _SHORT.get(character) or (f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")
