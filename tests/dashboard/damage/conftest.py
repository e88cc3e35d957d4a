"""A small synced account, and 24 ways in which one of its files may come to harm."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.__main__ import main
from dashboard.config.settings import Settings, load_settings
from dashboard.store.snapshots import Snapshots
from tests.made_once import made_once

Damage = Callable[[Path], object]


def _flip(place: float, bit: int = 3) -> Damage:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[min(int(place * len(content)), len(content) - 1)] ^= 1 << bit
        path.write_bytes(content)

    return damage


def _zeros(first: float, last: float) -> Damage:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        begin, end = int(first * len(content)), int(last * len(content)) + 1
        content[begin:end] = bytes(len(content[begin:end]))
        path.write_bytes(content)

    return damage


def _cut(share: float) -> Damage:
    return lambda path: os.truncate(path, int(share * path.stat().st_size))


DAMAGES: dict[str, Damage] = {
    **{f"bit at {place:.0%}": _flip(place) for place in [number / 11 for number in range(12)]},
    "bit of the header": _flip(0, 7),
    "bits everywhere": lambda path: path.write_bytes(bytes(b ^ 0x10 for b in path.read_bytes())),
    **{f"cut to {share:.0%}": _cut(share) for share in (0.01, 0.3, 0.6, 0.9, 0.999)},
    "empty": _cut(0),
    "zeros in the middle": _zeros(0.4, 0.6),
    "zeros at the end": _zeros(0.9, 1),
    "zeros all over": _zeros(0, 1),
    "another file": lambda path: path.write_bytes(b"this is something else\n" * 500),
}
assert len(DAMAGES) == 24


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a demo account that was synced."""
    for name in list(os.environ):
        if name.startswith(("HARVEST_", "AIRBYTE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HARVEST_STORE_URL", f"duckdb:///{tmp_path / 'store.duckdb'}")
    monkeypatch.setenv("HARVEST_SOURCE", "demo")
    monkeypatch.setenv("HARVEST_DEMO_ENTRIES", "300")
    monkeypatch.setenv("HARVEST_TODAY", "2026-11-20")
    monkeypatch.setenv("HARVEST_SYNC_MINUTES", "0")

    def fill() -> None:
        assert main(["sync"]) == 0
        assert main(["sync"]) == 0

    made_once("damage", tmp_path, fill)
    return load_settings()


def content(told: Settings) -> tuple[int, str]:
    """The entries of the current version: how many, and all of them as one number."""
    snapshot = Snapshots(told.cache_dir, told.account_id).open_current()
    try:
        ((count, text),) = snapshot.rows(
            "SELECT count(*), CAST(bit_xor(hash(f)) AS VARCHAR) FROM time_facts AS f"
        )
        return int(count), str(text)
    finally:
        snapshot.close()
