"""What a process of ours does first: its logs hold no secrets, its files are for their owner alone.

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

from harvest_client.secret import Secret
from harvest_client.terminal import visible, visible_record, write_trace

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


def redacted(text: str) -> str:
    """`text` without any value of a `Secret`, query of an address, token or cookie."""
    # All are looked for in the text as it came: what hides one may not spoil the looks of another.
    spans = [match.span("value") for pattern in _PATTERNS for match in pattern.finditer(text)]
    for secret in Secret.alive():
        for form in _forms(secret.reveal()):
            spans += [match.span() for match in re.finditer(re.escape(form), text)]
    parts, end = [], 0
    for start, stop in sorted(spans):
        if start >= end:
            parts += [text[end:start], _HIDDEN]
        end = max(end, stop)
    return "".join([*parts, text[end:]])


def keep_private() -> None:
    """Redacts all that this process logs or dies of, and closes the files that it makes to others.

    What a terminal would obey is shown as an escape, in both.

    Streamlit and uvicorn give loggers handlers and formatters of their own at any time, so it is
    done where every handler, whoever made it, comes for its text.
    """
    os.umask(0o077)
    plain = logging.Handler.format

    def last(handler: logging.Handler, record: logging.LogRecord) -> str:
        try:
            text = plain(handler, visible_record(record))
        except (TypeError, ValueError, KeyError):  # arguments that do not fit the message
            text = visible(f"{record.msg!r} {record.args!r}")
        return redacted(text)

    logging.Handler.format = last  # type: ignore[assignment, method-assign]
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _died
    threading.excepthook = lambda end: _died(
        end.exc_type, end.exc_value or end.exc_type(), end.exc_traceback
    )
    sys.unraisablehook = lambda end: _died(
        end.exc_type, end.exc_value or end.exc_type(), end.exc_traceback
    )
    warnings.showwarning = _warned


def _died(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    write_trace(redacted("".join(traceback.format_exception(kind, error, trace))))


def _warned(
    message: Warning | str, category: type[Warning], filename: str, lineno: int,
    file: TextIO | None = None, line: str | None = None,
) -> None:  # fmt: skip
    write_trace(redacted(warnings.formatwarning(message, category, filename, lineno, line)))


def _forms(value: str) -> set[str]:
    """How it may stand in a text: as it is, in a Python or JSON text, in an address."""
    if len(value) < _SHORTEST:
        return set()
    return {value, repr(value)[1:-1], json.dumps(value)[1:-1], quote(value, ""), quote_plus(value)}
