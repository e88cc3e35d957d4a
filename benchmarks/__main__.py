"""`python -m benchmarks [NAME …]`: measures, prints, and judges nothing."""

import importlib
import os
import platform
import sys
import time
from pathlib import Path

NAMES = (
    "first_chart", "sync_speed", "sync_latency", "filter_change", "search_latency",
    "metric_speed", "pages", "controls", "viewers", "export_speed", "painted",
)  # fmt: skip


def main(names: list[str]) -> int:
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are {', '.join(NAMES)}")
        return 2
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"Python {platform.python_version()}, {_calibration():.0f} ms for five million additions")
    directory = Path(".bench")
    directory.mkdir(exist_ok=True)
    for name in names or NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}")
        began = time.monotonic()
        for figure in module.measure(directory):
            print(figure, flush=True)
        print(f"  (took {time.monotonic() - began:.0f} s)")
    return 0


def _calibration() -> float:
    """What this machine makes of a loop right now, in milliseconds: compare figures by it."""
    began, total = time.perf_counter(), 0
    for number in range(5_000_000):
        total += number
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
