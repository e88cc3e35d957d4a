"""Length of the random and the exhaustive tests: `make soak` sets `SOAK=1`.

Tests marked `soak` run only then. Tests marked `longer` run always, and at greater length then.
"""

import os
from typing import TypeVar

SOAK = "SOAK" in os.environ

_T = TypeVar("_T")


def sized(usual: _T, soak: _T) -> _T:
    """Return the size for `make test`, or the one for `make soak`."""
    return soak if SOAK else usual
