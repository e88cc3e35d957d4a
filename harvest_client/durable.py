"""Files that are replaced whole, and stay replaced when the power fails.

A rename alone may reach the disk before the content of the file, or not at all. So the content is
written to the disk first, then the file gets its name, then the directory is written to the disk.
"""

import os
from datetime import UTC, datetime
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Replace a small file at once: a reader sees the old text or the new, never a part.

    Only its owner may read it. Without room for the new text, the old one stays.
    """
    make_directory(path.parent)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with open(
            os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        rename_durably(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def rename_durably(path: Path, name: Path) -> None:
    """Give a file that is on the disk its name, and write that to the disk as well."""
    path.replace(name)
    sync_to_disk(name.parent)


def make_directory(path: Path) -> None:
    """Make a directory for its owner alone, and those above it, where they do not exist."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(exist_ok=True, mode=0o700)
    sync_to_disk(path.parent)


def sync_to_disk(path: Path) -> None:
    """Wait until the content of a file, or the names in a directory, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_back(path: Path) -> None:
    """Write a file to the disk and forget it: the next reader gets what the disk has."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        if hasattr(os, "posix_fadvise"):  # not on macOS
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def set_aside(path: Path, *others: Path) -> Path:
    """Rename a damaged file, and others that belong to it; return its new path.

    The others have the name of the file with something behind it, and keep that.
    """
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside, number = path.with_name(f"{path.name}.damaged-{stamp}"), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for other in others:
        if other.exists():
            other.rename(aside.with_name(aside.name + other.name.removeprefix(path.name)))
    if path.exists():
        path.rename(aside)
    sync_to_disk(path.parent)
    return aside
