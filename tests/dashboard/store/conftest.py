"""Stores that hold Harvest's sample answers, read with the connector's own decoders."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.store.record_store import Account
from dashboard.store.records import RecordStore
from dashboard.store.schema import STORED
from dashboard.store.snapshots import Snapshots
from harvest_client.models.records import Record, list_decoder, record_decoder
from tests.made_once import made_once

SAMPLES = Path(__file__).parents[2] / "data" / "harvest"
ACCOUNT = Account("1", "direct", "the sample account")
SYNCED = datetime(2025, 4, 1, 8, tzinfo=UTC)
TODAY = date(2025, 4, 1)


def sample(name: str) -> list[Record]:
    body = (SAMPLES / f"{name}.json").read_bytes()
    entity = STORED[name]
    if entity.envelope is None:
        return [record_decoder(entity).decode(body)]
    return list_decoder(entity).decode(body).rows


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots", ACCOUNT.id)


@pytest.fixture
def records(tmp_path: Path, snapshots: Snapshots) -> Iterator[RecordStore]:
    with _opened(tmp_path, snapshots) as opened:
        yield opened


@pytest.fixture
def filled(tmp_path: Path, snapshots: Snapshots) -> Iterator[RecordStore]:
    def fill() -> None:
        with _opened(tmp_path, snapshots) as opened:
            for name, entity in STORED.items():
                opened.upsert(entity, [sample(name)])
                opened.finish_pull(entity, SYNCED)

    made_once("samples", tmp_path, fill)
    with _opened(tmp_path, snapshots) as opened:
        yield opened


def _opened(directory: Path, snapshots: Snapshots) -> AbstractContextManager[RecordStore]:
    return RecordStore.open(directory / "store.duckdb", ACCOUNT, snapshots=snapshots)
