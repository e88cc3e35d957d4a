"""Length of the random and the exhaustive tests: `make soak` sets `SOAK=1`.

Tests marked `soak` run only then. Tests marked `longer` run always, and at greater length then.
"""

import os
from collections.abc import Iterable
from typing import TypeVar

SOAK = "SOAK" in os.environ

_T = TypeVar("_T")


def sized(usual: _T, soak: _T) -> _T:
    """Return the size for `make test`, or the one for `make soak`."""
    return soak if SOAK else usual


def every(step: int, values: Iterable[_T]) -> list[_T]:
    """Return one value in `step` for `make test`, and all of them for `make soak`.

    The values must be of one kind, each a further example of the same rule.
    """
    return list(values)[:: 1 if SOAK else step]
