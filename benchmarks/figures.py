"""A measured figure beside what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """One number; `bar` is what was promised, in the same unit, None where nothing was."""

    name: str
    value: float
    unit: str
    bar: str | None = None

    def __str__(self) -> str:
        promised = f"   promised: {self.bar}" if self.bar else ""
        return f"  {self.name:<58} {self.value:>12,.1f} {self.unit:<10}{promised}"


def p50(values: Sequence[float]) -> float:
    return median(values)


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]
