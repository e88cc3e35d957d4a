"""Viewers who click for an hour while the account changes and is synced every minute.

`python -m benchmarks.lasting [--minutes 60] [--viewers 20] [--entries 12000]` prints a line a
minute, and exits with code 1 when memory, open files, threads or stored files grew, or anything
failed. The first quarter of the time is for warming up; the second is compared with the last.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx
import psutil

from benchmarks.figures import p50, p95
from benchmarks.machine import COUNTED, slowness
from benchmarks.pages import any_period
from benchmarks.streamlit_session import StreamlitSession
from dashboard.web.menu import MENU, UNFILTERED
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.serving import Server, dashboard, demo_server, direct, program

TODAY = "2026-11-20"
THINKS = (1.5, 4.5)  # seconds between clicks
STAYS = 40.0  # seconds in a tab, before its viewer opens another, however slow the machine is
EVERY = 10.0  # seconds between samples
PAGES = [entry.name for entry in MENU if entry.name not in UNFILTERED]
FAULTS = ("Traceback", " ERROR ", "reference ", "failed", "cannot", "refused", "Unclosed")

# What may be more in the last quarter than in the second, as median of the samples.
MORE_MEMORY = 20e6  # bytes
# An open session has three, and is kept for two minutes after its tab: their number varies by some.
MORE_FILES = 15
MORE_THREADS = 3
MORE_STORED = 5  # files in the data directory


@dataclass(frozen=True, slots=True)
class Sample:
    """State of the server: bytes in memory, counts of files, threads and stored files."""

    second: float
    memory: int
    files: int
    threads: int
    stored: int
    stored_bytes: int
    version: int


@dataclass
class Results:
    """Milliseconds of each run, and failures, of all viewers."""

    runs: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    downloads: int = 0
    changes: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lasting", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--entries", type=int, default=12_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        entries = ("--entries", str(options.entries), "--today", TODAY)
        with demo_server(*entries) as harvest:
            settings = direct(
                harvest, directory, HARVEST_TODAY=TODAY, HARVEST_CURRENCY="EUR",
                HARVEST_SYNC_MINUTES="1",
            )  # fmt: skip
            first = program("sync", settings=settings, timeout=600)
            if first.returncode:
                print(first.stderr)
                return 1
            log = directory / "dashboard.log"
            with dashboard(settings, log) as server:
                samples, results = asyncio.run(
                    _all(server, harvest, directory, options.viewers, options.minutes * 60)
                )
            faults = [
                line for line in log.read_text("utf-8").splitlines()
                if any(word in line for word in FAULTS)
            ]  # fmt: skip
            synced = json.loads((directory / "snapshots" / ACCOUNT_ID / "syncs.json").read_text())
    return _judge(samples, results, faults, synced)


async def _all(
    server: Server, harvest: Server, directory: Path, viewers: int, seconds: float
) -> tuple[list[Sample], Results]:
    results, end = Results(), time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        sampling = group.create_task(_sample(server, directory, end, results))
        group.create_task(_change(harvest, end, results))
        for number in range(viewers):
            group.create_task(_viewer(server.url, number, end, results))
    return sampling.result(), results


async def _viewer(url: str, number: int, end: float, results: Results) -> None:
    """Click, change pages, open tabs anew and take a file now and then, until the end."""
    pick = random.Random(number)
    while time.monotonic() < end:
        try:
            async with StreamlitSession(url) as session:
                await session.open(f"{pick.choice(PAGES)}?period=90d")
                leaves = min(end, time.monotonic() + STAYS)
                while time.monotonic() < leaves:
                    await asyncio.sleep(pick.uniform(*THINKS))
                    run = await session.write("period", any_period(pick))
                    results.runs.append(run.milliseconds)
                    results.failures += run.exceptions
            async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
                form = pick.choice(("csv", "xlsx"))
                file = await browser.get(f"{url}/export/hours.{form}?period=90d")
                results.downloads += 1
                if file.status_code != 200:
                    results.failures.append(f"{file.status_code}: {file.text[:200]}")
        except (OSError, TimeoutError, httpx.HTTPError) as error:
            results.failures.append(f"{type(error).__name__}: {error}")


async def _change(harvest: Server, end: float, results: Results) -> None:
    """Change one time entry every 20 seconds, so that each sync has a version to publish."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Harvest-Account-Id": ACCOUNT_ID}
    async with httpx.AsyncClient(base_url=harvest.url, headers=headers, trust_env=False) as client:
        # The first sync may have used up what Harvest allows for now.
        while not (page := await client.get("/time_entries?per_page=50")).is_success:
            await asyncio.sleep(2)
        ids = [entry["id"] for entry in page.json()["time_entries"] if not entry["is_locked"]]
        while time.monotonic() < end:
            changed = await client.patch(
                f"/time_entries/{random.choice(ids)}", json={"notes": f"at {time.time():.0f}"}
            )
            results.changes += changed.is_success
            await asyncio.sleep(min(20.0, max(0.0, end - time.monotonic())))


async def _sample(server: Server, directory: Path, end: float, results: Results) -> list[Sample]:
    process, began, samples = psutil.Process(server.pid), time.monotonic(), []
    minute = 0
    while time.monotonic() < end:
        await asyncio.sleep(EVERY)
        stored = [path for path in directory.rglob("*") if path.is_file()]
        pointer = directory / "snapshots" / ACCOUNT_ID / "current.json"
        one = Sample(
            second=time.monotonic() - began,
            memory=process.memory_info().rss,
            files=process.num_fds(),
            threads=process.num_threads(),
            stored=len(stored),
            stored_bytes=sum(path.stat().st_size for path in stored if path.exists()),
            version=json.loads(pointer.read_text("utf-8"))["version"],
        )
        samples.append(one)
        if one.second >= 60 * (minute + 1):
            minute = int(one.second // 60)
            print(
                f"  minute {minute:>3}: {one.memory / 1e6:6.0f} MB, {one.files:>3} open files, "
                f"{one.threads:>3} threads, {one.stored:>3} stored files "
                f"({one.stored_bytes / 1e6:.1f} MB), version {one.version}, "
                f"{len(results.runs)} runs, {len(results.failures)} failures",
                flush=True,
            )
    return samples


def _judge(
    samples: list[Sample], results: Results, faults: list[str], synced: list[dict[str, object]]
) -> int:
    """Print the result; return 1 where something grew or failed."""
    quarter = len(samples) // 4
    if not quarter or len(results.runs) < 2:
        print("  too short to compare anything")
        return 1
    second, last = samples[quarter : 2 * quarter], samples[-quarter:]
    grew = False
    for name, most, scale, unit in (
        ("memory", MORE_MEMORY, 1e6, "MB"),
        ("files", MORE_FILES, 1, "open files"),
        ("threads", MORE_THREADS, 1, "threads"),
        ("stored", MORE_STORED, 1, "stored files"),
    ):
        before = median(getattr(one, name) for one in second)
        after = median(getattr(one, name) for one in last)
        highest = max(getattr(one, name) for one in samples)
        grew |= after - before > most
        print(
            f"  {unit}: {before / scale:,.1f} in the second quarter, {after / scale:,.1f} in the "
            f"last, {highest / scale:,.1f} at most ({most / scale:,.0f} more allowed)"
        )
    bad = [one for one in synced if one.get("error")]
    print(
        f"  {len(results.runs)} runs, p50 {p50(results.runs):.0f} ms, "
        f"p95 {p95(results.runs):.0f} ms ({slowness() * COUNTED:.0f} ms for five million "
        f"additions, {os.cpu_count()} cores); "
        f"{results.downloads} downloads, {results.changes} changes in Harvest, "
        f"{samples[-1].version - samples[0].version} versions published"
    )
    for text in [*results.failures[:10], *faults[:10], *(str(one["error"]) for one in bad[:10])]:
        print(f"  failed: {text}")
    print(
        f"  {len(results.failures)} failures, {len(faults)} faults in the log, {len(bad)} bad syncs"
    )
    return 1 if grew or results.failures or faults or bad else 0


if __name__ == "__main__":
    sys.exit(main())
