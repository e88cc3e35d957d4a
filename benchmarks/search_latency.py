"""Searches of 1,000,000 local entries, 50 records of all fields a page, nothing cached."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.figures import Figure, p50, p95
from benchmarks.filter_change import million
from dashboard.store.search import SnapshotCopy, local_copy
from dashboard.store.snapshots import Snapshots
from harvest_client.entities import ENTITIES
from harvest_client.search import SearchPage, read_search

ACCOUNT_ID = "demo"
RUNS = 60
FAST, SLOW = "under 50", "under 300"
NEWEST_FIRST = [{"spent_date": "desc"}]
ENTRIES = ENTITIES["time_entries"]


def measure(directory: Path) -> Iterator[Figure]:
    million(directory)
    cache_dir = directory / "million" / "snapshots"
    file = Snapshots(cache_dir, ACCOUNT_ID).open_current().path
    yield Figure("snapshot", file.stat().st_size / 1e6, "MB")
    yield from _latencies(local_copy(cache_dir, ACCOUNT_ID), "")
    # The demo account has some thirty notes, which a column keeps once; people write others.
    distinct = _with_distinct_notes(cache_dir, directory / "distinct_notes")
    yield from _latencies(local_copy(distinct, ACCOUNT_ID), ", all notes different")


def _latencies(copy: SnapshotCopy, which: str) -> Iterator[Figure]:
    pick = random.Random(1)
    ids = {name: _ids(copy, name) for name in ("users", "projects")}
    notes = sorted({str(entry.notes) for entry in _search(copy, {}, limit=10_000).data})
    words = sorted({word.lower() for note in notes for word in note.split() if word.isalpha()})

    def person() -> dict[str, Any]:
        start = date(2022, 1, 1) + timedelta(days=pick.randrange(1600))
        quarter = (
            {"gte": {"spent_date": str(start)}},
            {"lte": {"spent_date": str(start + timedelta(days=91))}},
        )
        return {"and": [{"eq": {"user.id": pick.choice(ids["users"])}}, *quarter]}

    def fuzzy(more: str = "") -> dict[str, Any]:
        parts = [word[: pick.randrange(3, 7)] for word in pick.sample(words, 2)]
        return {"fuzzy": {"notes": " ".join(parts) + more}}

    filters: list[tuple[str, str, Callable[[], dict[str, Any]]]] = [
        ("one person in a quarter", FAST, person),
        ("one project", FAST, lambda: {"eq": {"project.id": pick.choice(ids["projects"])}}),
        ("everything", FAST, dict),
        ("fuzzy on notes", SLOW, fuzzy),
        ("fuzzy on notes, found nowhere", SLOW, lambda: fuzzy(" qqq")),
        ("keyword on notes", SLOW, lambda: {"keyword": {"notes": " ".join(pick.sample(words, 2))}}),
    ]
    for name, bar, filter in filters:
        yield from _percentiles(
            f"{name}{which}", bar, [_timed(copy, filter()) for _ in range(RUNS)]
        )
    yield from _percentiles(f"pages 2 to {RUNS} of everything{which}", FAST, _paging(copy))


def _percentiles(name: str, bar: str, runs: list[float]) -> Iterator[Figure]:
    yield Figure(f"{name}, p50", p50(runs), "ms")
    yield Figure(f"{name}, p95", p95(runs), "ms", bar)


def _timed(copy: SnapshotCopy, filter: dict[str, Any]) -> float:
    began = time.perf_counter()
    _search(copy, filter)
    return (time.perf_counter() - began) * 1e3


def _paging(copy: SnapshotCopy) -> list[float]:
    cursor, runs = _search(copy, {}).meta.cursor, []
    for _ in range(RUNS - 1):
        began = time.perf_counter()
        cursor = _search(copy, {}, cursor=cursor).meta.cursor
        runs.append((time.perf_counter() - began) * 1e3)
    return runs


def _search(copy: SnapshotCopy, filter: dict[str, Any], **more: Any) -> SearchPage:
    query = {"filter": filter, "sort": NEWEST_FIRST}
    return copy.search(read_search(ENTRIES, {"query": query, "limit": 50, **more}))


def _ids(copy: SnapshotCopy, name: str) -> list[int]:
    page = copy.search(read_search(ENTITIES[name], {"query": {}, "fields": ["id"]}))
    return [record.id for record in page.data]


def _with_distinct_notes(cache_dir: Path, made: Path) -> Path:
    """The same account with a note of its own on each entry, a third longer."""
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(cache_dir, made)
    path = Snapshots(made, ACCOUNT_ID).open_current().path
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE OR REPLACE TABLE records.time_entries AS"
            " SELECT * REPLACE (notes || ' ' || substr(md5(CAST(id AS VARCHAR)), 1, 12) AS notes)"
            " FROM records.time_entries"
        )
    return made
