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

    def said(self, slowness: float) -> str:
        """A line; milliseconds also as they would be on a machine `slowness` times faster."""
        fair = f"{self.value / slowness:>10,.1f} at that speed" if self.unit == "ms" else ""
        promised = f"   promised: {self.bar}" if self.bar else ""
        line = f"  {self.name:<58} {self.value:>12,.1f} {self.unit:<10}{fair:<24}{promised}"
        return line.rstrip()


def p50(values: Sequence[float]) -> float:
    return median(values)


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]
