"""Every metric at 1,000,000 entries by month and client, over all years, nothing cached."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.figures import Figure, p50
from benchmarks.filter_change import million
from benchmarks.memory import Watch
from dashboard.config.errors import MetricError
from dashboard.metrics.catalog import METRICS, Metric
from dashboard.metrics.dimensions import CLIENT, MONTH, Dimension
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot, Snapshots

ACCOUNT_ID = "demo"
RUNS = 5
TODAY = date(2026, 11, 20)  # of the account that `million` makes
ALL = Scope(date(2015, 1, 1), date(2026, 12, 31), today=TODAY)
BAR = "under 150"


def measure(directory: Path) -> Iterator[Figure]:
    million(directory)
    cache_dir = directory / "million" / "snapshots"
    snapshot = Snapshots(cache_dir, ACCOUNT_ID).open_current()
    for metric in METRICS.values():
        by = _known(snapshot, metric)
        names = " and ".join(dimension.id for dimension in by)
        runs = [_timed(snapshot, metric, by) for _ in range(RUNS)]
        yield Figure(f"{metric.id} by {names}, p50", p50(runs), "ms", BAR)
    snapshot.close()
    # All in one process that does nothing else.
    asking = subprocess.Popen([sys.executable, "-m", "benchmarks.metric_speed", str(cache_dir)])
    with Watch(asking.pid) as watch:
        asking.wait()
    yield Figure("all of them, peak memory of the process", watch.peak / 1e6, "MB")


def _known(snapshot: Snapshot, metric: Metric) -> tuple[Dimension, ...]:
    """By month and client, or by month where the metric is not recorded per client."""
    try:
        query_metrics(snapshot, [metric], by=[MONTH, CLIENT], scope=ALL)
    except MetricError:
        return (MONTH,)
    return (MONTH, CLIENT)


def _timed(snapshot: Snapshot, metric: Metric, by: tuple[Dimension, ...]) -> float:
    began = time.perf_counter()
    query_metrics(snapshot, [metric], by=by, scope=ALL)
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    opened = Snapshots(Path(sys.argv[1]), ACCOUNT_ID).open_current()
    for each in METRICS.values():
        query_metrics(opened, [each], by=_known(opened, each), scope=ALL)
