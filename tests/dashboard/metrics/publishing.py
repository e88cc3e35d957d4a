"""Records in Harvest's own shape, stored and published as a sync would."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dashboard.config.dates import Calendar
from dashboard.store.completeness import Completeness
from dashboard.store.record_store import Account
from dashboard.store.records import RecordStore
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshot, Snapshots
from harvest_client.entities import Entity
from harvest_client.models.records import Record, list_decoder, record_decoder
from tests.made_once import made_once

ACCOUNT = Account("1", "direct", "the account of the expectations", zone="Etc/UTC")

Rows = Sequence[Mapping[str, Any]]


def published(
    directory: Path,
    records: Mapping[str, Any],
    today: date,
    currency: str | None = None,
    calendar: Calendar | None = None,
    since: date | None = None,
    account: Account = ACCOUNT,
    timezone: str | None = None,
    paid: Collection[int] = (),
    token: str | None = None,
) -> Snapshot:
    """The snapshot of an account of which these are all the records, by entity.

    `currency` is what the settings say that cost is in, `since` the first day that was read,
    `timezone` what Harvest calls the zone of the token's user, `paid` the invoices whose payments
    were read, `token` who owns the token and what they may, as `fingerprint` writes it.
    """
    account = replace(account, currency=currency)
    told = json.dumps(
        [records, today, calendar, since, account, timezone, list(paid), token], default=repr
    )
    made_once(
        told,
        directory,
        lambda: _publish(
            directory, records, today, calendar, since, account, timezone, paid, token
        ),
    )
    return Snapshots(directory / "snapshots", ACCOUNT.id).open_current()


def _publish(
    directory: Path,
    records: Mapping[str, Any],
    today: date,
    calendar: Calendar | None,
    since: date | None,
    account: Account,
    timezone: str | None,
    paid: Collection[int],
    token: str | None,
) -> None:
    snapshots = Snapshots(directory / "snapshots", ACCOUNT.id)
    synced = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    with RecordStore.open(
        directory / "store.duckdb", account, snapshots=snapshots, calendar=calendar
    ) as store:
        for name, rows in records.items():
            store.upsert(KEPT[name], [_decoded(KEPT[name], rows)])
            store.finish_pull(KEPT[name], synced)
        store.keep_timezone(timezone)
        if token:
            store.comparing.set_fingerprint(token)
        due = store.payments.list_due(synced, 1_000_000)
        store.payments.note_read({id: look for id, look in due.items() if id in paid}, synced)
        store.publish(synced_at=synced, today=today, completeness=Completeness.from_start(since))


def _decoded(entity: Entity, rows: Any) -> list[Record]:
    if entity.envelope is None:
        return [record_decoder(entity).decode(json.dumps(rows))]
    return list_decoder(entity).decode(json.dumps({entity.envelope: rows})).rows
