"""Redaction of logs, and private files: the first step of every process.

The connector as a library changes neither; the commands and the server do, by `keep_private`.
"""

import json
import logging
import os
import re
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import TextIO
from urllib.parse import quote, quote_plus
from weakref import WeakValueDictionary

from harvest_client.terminal import escape_controls, visible_record, write_trace


class Secret:
    """A text that is `***` in every repr, message and traceback."""

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        _ALIVE[id(self)] = self

    @staticmethod
    def all_secrets() -> "list[Secret]":
        """Return every one that there is, for what must not be written: see `privacy`."""
        return list(_ALIVE.values())

    def reveal(self) -> str:
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


# By identity: of two that are equal, one may outlive the other.
_ALIVE: WeakValueDictionary[int, Secret] = WeakValueDictionary()


class SecretHeaders(dict[str, str]):
    """Headers of a request, whose repr has their names only."""

    def __repr__(self) -> str:
        return f"<headers {', '.join(self)}>"


_HIDDEN = "***"
_SHORTEST = 6  # what is shorter is no secret, and part of many a word
# Whatever is asked with: a person's name in a filter, the code of a sign-in.
_PATTERNS = (
    re.compile(
        r"(?:(?:https?|wss?)://[^\s?#\"'<>]+|(?<![\w.])/[\w./~%-]*)\?(?P<value>[^\s\"'<>]+)"
    ),
    re.compile(r"(?i)\b(?:bearer|basic) +(?P<value>[\w.~+/=-]{8,})"),
    re.compile(
        r"(?i)\b(?:(?:access|refresh|id)_?token|(?:client|cookie)_?secret|authorization|password"
        r"|(?:set-)?cookie)\\?[\"']?\s*[:=]\s*(?P<value>\\?\"[^\"]*\"|\\?'[^']*'|[^\s,;&})]+)"
    ),
)


def redact(text: str) -> str:
    """`text` without any value of a `Secret`, query of an address, token or cookie."""
    # All are looked for in the text as it came: what hides one may not spoil the looks of another.
    spans = [match.span("value") for pattern in _PATTERNS for match in pattern.finditer(text)]
    for secret in Secret.all_secrets():
        for form in _secret_forms(secret.reveal()):
            spans += [match.span() for match in re.finditer(re.escape(form), text)]
    parts, end = [], 0
    for start, stop in sorted(spans):
        if start >= end:
            parts += [text[end:start], _HIDDEN]
        end = max(end, stop)
    return "".join([*parts, text[end:]])


def install_redaction() -> None:
    """Redact all that this process logs or dies of, and closes the files that it makes to others.

    What a terminal would obey is shown as an escape, in both.

    Streamlit and uvicorn give loggers handlers and formatters of their own at any time, so it is
    done where every handler, whoever made it, comes for its text.
    """
    os.umask(0o077)
    plain = logging.Handler.format

    def format_record(handler: logging.Handler, record: logging.LogRecord) -> str:
        try:
            text = plain(handler, visible_record(record))
        except (TypeError, ValueError, KeyError):  # arguments that do not fit the message
            text = escape_controls(f"{record.msg!r} {record.args!r}")
        return redact(text)

    logging.Handler.format = format_record  # type: ignore[assignment, method-assign]
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda end: _log_uncaught(
        end.exc_type, end.exc_value or end.exc_type(), end.exc_traceback
    )
    sys.unraisablehook = lambda end: _log_uncaught(
        end.exc_type, end.exc_value or end.exc_type(), end.exc_traceback
    )
    warnings.showwarning = _log_warning


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    write_trace(redact("".join(traceback.format_exception(kind, error, trace))))


def _log_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int,
    file: TextIO | None = None, line: str | None = None,
) -> None:  # fmt: skip
    write_trace(redact(warnings.formatwarning(message, category, filename, lineno, line)))


def _secret_forms(value: str) -> set[str]:
    """Return the forms of a secret in a text: plain, in a Python or JSON text, in an address."""
    if len(value) < _SHORTEST:
        return set()
    return {value, repr(value)[1:-1], json.dumps(value)[1:-1], quote(value, ""), quote_plus(value)}
