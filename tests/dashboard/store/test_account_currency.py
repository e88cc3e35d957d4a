"""The account's own currency: what is set, else what Harvest tells, else what all clients share."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.store.records import RecordStore
from dashboard.store.schema import STORED
from dashboard.store.snapshots import Snapshots
from tests.dashboard.store.conftest import ACCOUNT, SYNCED, TODAY, sample

Ask = Callable[[str], list[tuple[Any, ...]]]


def _published(directory: Path, *, setting: str | None, company: str | None) -> Ask:
    """The sample account, whose clients tell no currency of their own."""
    snapshots = Snapshots(directory / "snapshots", ACCOUNT.id)
    account = replace(ACCOUNT, currency=setting)
    with RecordStore.open(directory / "store.duckdb", account, snapshots=snapshots) as records:
        for name in ("time_entries", "expenses", "clients", "projects"):
            rows = sample(name)
            for row in rows:
                owner: Any = row if name == "clients" else row.client
                if name != "time_entries":
                    owner.currency = None
            records.upsert(STORED[name], [rows])
        told = msgspec.structs.replace(sample("company")[0], currency=company)
        records.upsert(STORED["company"], [[told]])
        records.publish(synced_at=SYNCED, today=TODAY)

    def ask(sql: str) -> list[tuple[Any, ...]]:
        snapshot = snapshots.open_current()
        try:
            return snapshot.rows(sql)
        finally:
            snapshot.close()

    return ask


@pytest.mark.parametrize(
    ("setting", "company", "currency"),
    [
        ("CHF", "USD", "CHF"),
        ("CHF", None, "CHF"),
        (None, "USD", "USD"),
        (None, "United States Dollar - USD", "USD"),  # stored by an earlier version
        (None, "usd", "USD"),
        (None, "", None),
        (None, None, None),
    ],
)
def test_account_currency_is_the_setting_before_what_harvest_tells(
    tmp_path: Path, setting: str | None, company: str | None, currency: str | None
) -> None:
    ask = _published(tmp_path, setting=setting, company=company)

    assert ask("SELECT currency FROM meta") == [(currency,)]
    # Of a client that has none of its own, too.
    for table in ("clients", "time_facts", "expense_facts"):
        assert ask(f"SELECT DISTINCT currency FROM {table}") == [(currency,)], table


def test_empty_currency_of_a_client_is_none(tmp_path: Path) -> None:
    ask = _published(tmp_path, setting=None, company="")

    assert ask("SELECT count(currency) FROM clients") == [(0,)]
