"""Stores that are made once in a process, and copied for every test that starts from the same."""

import shutil
from collections.abc import Callable, Hashable
from pathlib import Path
from tempfile import TemporaryDirectory

_FILES = TemporaryDirectory(prefix="made-once-")
_MADE: dict[Hashable, Path] = {}


def made_once(key: Hashable, directory: Path, make: Callable[[], object]) -> None:
    """Has `make` fill the directory, or copies what it made in another one for the same key.

    What is in the directory already may change what is made, and so it is made anew.
    """
    if directory.exists() and any(directory.iterdir()):
        make()
    elif key in _MADE:
        shutil.copytree(_MADE[key], directory, dirs_exist_ok=True)
    else:
        make()
        _MADE[key] = shutil.copytree(directory, Path(_FILES.name) / str(len(_MADE)))
