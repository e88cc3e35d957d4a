"""How slow this machine is right now: figures are compared by that, not by the clock alone."""

import time
from statistics import median

COUNTED = 125.0
"""Milliseconds for `counting()` on the machine that the promises were made for."""


def counting() -> float:
    """What this machine takes for five million additions, in milliseconds: the median of fifteen.

    A shared machine changes its speed by half from one second to the next.
    """
    return median(_once() for _ in range(15))


def slowness() -> float:
    """How many times slower it is than the machine that the promises were made for."""
    return counting() / COUNTED


def _once() -> float:
    began, total = time.perf_counter(), 0
    for number in range(5_000_000):
        total += number
    return (time.perf_counter() - began) * 1e3
