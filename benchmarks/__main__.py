"""`python -m benchmarks [NAME …]`: measures, prints, and judges nothing."""

import importlib
import os
import platform
import sys
import time
from pathlib import Path

from benchmarks.machine import COUNTED, slowness

NAMES = (
    "first_chart", "sync_speed", "sync_latency", "quiet_sync", "filter_change", "search_latency",
    "metric_speed", "pages", "controls", "viewers", "export_speed", "painted",
)  # fmt: skip


def main(names: list[str]) -> int:
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are {', '.join(NAMES)}")
        return 2
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"Python {platform.python_version()}; the speed that promises were made for:", end=" ")
    print(f"{COUNTED:.0f} ms for five million additions")
    directory = Path(".bench")
    directory.mkdir(exist_ok=True)
    for name in names or NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').splitlines()[0]}")
        began, slow = time.monotonic(), slowness()
        figures = list(module.measure(directory))
        slow = (slow + slowness()) / 2
        for figure in figures:
            print(figure.said(slow), flush=True)
        took = time.monotonic() - began
        print(f"  (took {took:.0f} s, {slow * COUNTED:.0f} ms for five million additions)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
