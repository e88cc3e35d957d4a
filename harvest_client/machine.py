"""Faults of the machine: a full disk, missing rights, limits of memory, files and processes.

The system reports them by number. Libraries repeat only the text of that number in their own
errors, so both are looked for. A fault is one sentence and a remedy, never a traceback.
"""

import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_PLACE = re.compile(r"file \"(?P<path>[^\"]+)\"")


@dataclass(frozen=True, slots=True)
class MachineFault:
    """A sentence about the machine and its remedy. `number` is the system's, as in `errno`."""

    number: int
    sentence: str
    remedy: str


_FULL = "Make room on that disk and try again. What was stored before is kept."
_RIGHTS = (
    "Run this as the user who owns it, or give this user the right to write (chown, chmod)."
    " HARVEST_STORE_URL and HARVEST_CACHE_DIR say where files are kept."
)
_FILES = "Raise the limit on open files (`ulimit -n 1024`, LimitNOFILE of systemd) and start again."
_MEMORY = "Give the process more memory (`ulimit -v`, MemoryMax of systemd), or close others."

_FAULTS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("{place} cannot be written: the disk is full.", _FULL),
    errno.EDQUOT: ("{place} cannot be written: the disk quota is used up.", _FULL),
    errno.EFBIG: (
        "{place} cannot be written: it would be larger than this process may write.",
        "Raise the limit on the size of files (`ulimit -f`, LimitFSIZE of systemd).",
    ),
    errno.EROFS: (
        "{place} cannot be written: the disk is read-only.",
        "Mount it for writing, or set HARVEST_STORE_URL and HARVEST_CACHE_DIR to another place.",
    ),
    errno.EACCES: ("{place} may not be opened by this user.", _RIGHTS),
    errno.EPERM: ("{place} may not be changed by this user.", _RIGHTS),
    errno.EMFILE: ("This process has too many files open.", _FILES),
    errno.ENFILE: ("This machine has too many files open.", _FILES),
    errno.ENOMEM: ("There is not enough memory.", _MEMORY),
    errno.EIO: (
        "{place} cannot be used: the disk reports an error.",
        "Look after the disk, then run `python -m dashboard doctor`.",
    ),
}


def find_machine_fault(error: BaseException) -> MachineFault | None:
    """Return the fault of the machine behind an error, None where there is none.

    The causes of the error are looked through as well.
    """
    for item in error_chain(error):
        number = _error_number(item)
        if number is not None:
            return machine_fault(number, _error_place(item))
    return None


def machine_fault(number: int, place: str = "") -> MachineFault:
    """Return the fault with this number of the system's, at a file or directory.

    Raises `KeyError` for a number that is no fault of the machine.
    """
    sentence, remedy = _FAULTS[number]
    return MachineFault(number, sentence.format(place=place or "A file"), remedy)


def find_memory_limit(least: int) -> MachineFault | None:
    """Return a fault if this process may use less than `least` bytes of address space.

    Native libraries end the process there without a word. None where there is no such limit.
    """
    if resource is None:  # Windows
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY or limit >= least:
        return None
    sentence = f"This process may use {limit >> 20} MB of memory; it needs {least >> 20} MB."
    return MachineFault(errno.ENOMEM, sentence, _MEMORY)


def error_chain(error: BaseException) -> Iterator[BaseException]:
    """Iterate over the error and its causes, the error first."""
    seen: set[int] = set()
    item: BaseException | None = error
    while item is not None and id(item) not in seen:
        seen.add(id(item))
        yield item
        item = item.__cause__ or item.__context__


def demand_descriptors(count: int = 12) -> None:
    """Raise `OSError` unless so many more files can be opened.

    DuckDB ends the process where it finds none left in the middle of its work.
    """
    taken: list[int] = []
    try:
        taken.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(count))
    finally:
        for descriptor in taken:
            os.close(descriptor)


def _error_number(error: BaseException) -> int | None:
    if isinstance(error, OSError):
        return error.errno if error.errno in _FAULTS else None
    if isinstance(error, MemoryError):
        return errno.ENOMEM
    text = str(error)
    if isinstance(error, RuntimeError) and "can't start new thread" in text:
        return errno.ENOMEM
    if isinstance(error, ImportError) and "failed to map segment" in text:
        return errno.ENOMEM
    return None


def number_in(text: str) -> int | None:
    """Return the number of the fault whose text a library repeats in a message of its own."""
    for number in _FAULTS:
        if os.strerror(number) in text:
            return number
    return None


def place_in(text: str) -> str:
    """Return the file that a library names in a message of its own, "" without one."""
    match = _PLACE.search(text)
    return match["path"] if match else ""


def _error_place(error: BaseException) -> str:
    name = error.filename if isinstance(error, OSError) else None
    return str(name) if isinstance(name, str | os.PathLike) else ""
