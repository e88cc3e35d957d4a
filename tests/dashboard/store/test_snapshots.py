"""A snapshot says what the records say, joined and typed, and never changes."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import msgspec
import pytest

from dashboard.config.errors import DamagedSnapshot, NoSnapshot
from dashboard.store.completeness import Cause, Completeness, Gap
from dashboard.store.records import RecordStore
from dashboard.store.schema import STORED
from dashboard.store.snapshots import Snapshots, current_version, open_current
from tests.dashboard.store.conftest import SYNCED, TODAY, sample


def test_facts_are_the_records_joined_and_priced(filled: RecordStore, snapshots: Snapshots) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)

    facts = snapshots.open_current().rows(
        "SELECT id, day, currency, is_fixed_fee, rounded_hours, raw_hours, rounded_amount,"
        " raw_amount, rounded_cost, raw_cost FROM time_facts ORDER BY id"
    )

    assert facts == [
        (2450000001, date(2025, 2, 27), "EUR", False, Decimal("1.5"), Decimal("1.5"))
        + (None, None, None, None),
        (2450000002, date(2025, 3, 12), "USD", False, Decimal("3.5"), Decimal("3.42"))
        + (Decimal("525"), Decimal("513"), Decimal("215.25"), Decimal("210.33")),
        (2450000003, date(2025, 3, 14), "EUR", True, Decimal("1"), Decimal("0.78"))
        + (Decimal("110"), Decimal("85.8"), Decimal("61.5"), Decimal("47.97")),
    ]


def test_an_entry_may_be_worth_millions(filled: RecordStore, snapshots: Snapshots) -> None:
    """As an afternoon is in South Korean won."""
    first, *others = sample("time_entries")
    rates = {"billable_rate": Decimal(250_000), "cost_rate": Decimal(90_000_000)}
    priced = msgspec.structs.replace(
        first, billable=True, hours=Decimal(8), rounded_hours=Decimal("8.5"), **rates
    )
    filled.upsert(STORED["time_entries"], [[priced, *others]])
    filled.publish(synced_at=SYNCED, today=TODAY)

    assert snapshots.open_current().rows(
        "SELECT rounded_amount, raw_amount, rounded_cost, raw_cost FROM time_facts WHERE id = $1",
        [priced.id],
    ) == [(Decimal(2_125_000), Decimal(2_000_000), Decimal(765_000_000), Decimal(720_000_000))]


def test_capacity_is_a_fifth_of_the_week_on_each_weekday_from_the_first_entry_on(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)

    found = snapshots.open_current().rows(
        "SELECT user_id, min(day), count(*) FILTER (day <= DATE '2025-03-31'),"
        " sum(capacity_hours) FILTER (day <= DATE '2025-03-31') FROM capacity_facts"
        " GROUP BY user_id ORDER BY user_id"
    )

    # Maja: 37.5 h a week from Wed 12 March: 14 weekdays. Tomás: 30 h from Thu 27 February: 23.
    # The archived third person has no entry, so no day is known on which she was there.
    assert found == [
        (4410021, date(2025, 3, 12), 14, Decimal("105.0")),
        (4410022, date(2025, 2, 27), 23, Decimal("138.0")),
    ]


def test_records_that_only_entries_mention_still_have_a_name(
    records: RecordStore, snapshots: Snapshots
) -> None:
    for name in ("company", "time_entries"):
        records.upsert(STORED[name], [sample(name)])
    records.publish(synced_at=SYNCED, today=TODAY)

    snapshot = snapshots.open_current()

    assert snapshot.rows("SELECT name, currency FROM clients ORDER BY id") == [
        ("Hafen & Söhne KG", "EUR"),
        ("Brightwater Outdoors Inc.", "EUR"),
        ("Nordlicht (intern) – 研究", "EUR"),
    ]
    assert snapshot.rows("SELECT name FROM users ORDER BY id") == [
        ("Maja Lindqvist-Okafor",),
        ("Tomás Ærøskov",),
    ]
    assert snapshot.rows("SELECT count(*) FROM projects") == [(3,)]
    assert snapshot.rows("SELECT count(*) FROM tasks") == [(2,)]


def test_a_person_with_several_roles_counts_under_the_first_by_name(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)

    roles = snapshots.open_current().rows(
        "SELECT u.name, r.name FROM users AS u LEFT JOIN roles AS r ON r.id = u.role_id"
        " ORDER BY u.id"
    )

    assert roles == [
        ("Maja Lindqvist-Okafor", "Entwicklung"),
        ("Tomás Ærøskov", "Kreativ-Direktion"),
        ("安娜 李", None),
    ]


def test_days_before_history_is_complete_are_left_out(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    since = date(2025, 3, 1)

    arriving = Completeness({"time_entries": Gap(since, Cause.ARRIVING)})
    meta = filled.publish(synced_at=SYNCED, today=TODAY, completeness=arriving)

    snapshot = snapshots.open_current()
    assert (meta.since, meta.partial) == (since, True)
    assert snapshot.completeness == arriving
    assert snapshot.rows("SELECT min(day) >= $1 FROM time_facts", [since]) == [(True,)]
    assert snapshot.rows("SELECT min(day) >= $1 FROM capacity_facts", [since]) == [(True,)]


def test_an_open_snapshot_goes_on_showing_its_version(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)
    before = snapshots.open_current()
    more = msgspec.structs.replace(sample("time_entries")[0], id=99)
    filled.upsert(STORED["time_entries"], [[more]])

    filled.publish(synced_at=SYNCED, today=TODAY)

    assert before.rows("SELECT count(*) FROM time_facts") == [(3,)]
    assert snapshots.open_current().rows("SELECT count(*) FROM time_facts") == [(4,)]


def test_a_snapshot_cannot_write_or_reach_outside(
    filled: RecordStore, snapshots: Snapshots, tmp_path: Path
) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)
    snapshot = snapshots.open_current()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", "utf-8")

    for sql in (
        "DELETE FROM time_facts",
        f"SELECT * FROM read_csv('{secret}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        f"ATTACH '{tmp_path / 'other.duckdb'}' AS other",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            snapshot.rows(sql)


def test_before_the_first_sync_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert current_version(tmp_path, "1") is None
    with pytest.raises(NoSnapshot, match="Nothing has been synced yet"):
        open_current(tmp_path, "1")


def test_a_damaged_snapshot_is_named_and_published_anew_by_the_next_sync(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)
    path = snapshots.directory / "v00000001.duckdb"
    path.write_bytes(b"\0" * 4096)

    with pytest.raises(DamagedSnapshot, match=r"v00000001\.duckdb"):
        snapshots.open_current()
    meta = filled.publish(synced_at=SYNCED, today=TODAY)

    assert meta.version == 2
    assert snapshots.open_current().rows("SELECT count(*) FROM time_facts") == [(3,)]


def test_a_damaged_pointer_is_named(filled: RecordStore, snapshots: Snapshots) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)
    (snapshots.directory / "current.json").write_text("{", "utf-8")

    with pytest.raises(DamagedSnapshot, match=r"current\.json"):
        snapshots.get_current()


def test_every_fact_has_the_account_first(filled: RecordStore, snapshots: Snapshots) -> None:
    filled.publish(synced_at=SYNCED, today=TODAY)

    firsts = snapshots.open_current().rows(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE ordinal_position = 1 AND table_schema = 'main'"
    )

    assert firsts
    assert {column for _, column in firsts} == {"account_id"}


def test_the_accounts_currency_is_told_by_its_clients_where_they_share_one(
    records: RecordStore, snapshots: Snapshots
) -> None:
    (company,) = sample("company")
    records.upsert(STORED["company"], [[msgspec.structs.replace(company, currency=None)]])
    several = sample("clients")
    records.upsert(STORED["clients"], [several])
    mixed = records.publish(synced_at=SYNCED, today=TODAY)
    euros = [msgspec.structs.replace(client, currency="EUR") for client in several]
    records.upsert(STORED["clients"], [euros])

    single = records.publish(synced_at=SYNCED, today=TODAY)

    assert mixed.currency is None
    assert single.currency == "EUR"


def test_version_of_last_month_is_published_and_stays(
    filled: RecordStore, snapshots: Snapshots
) -> None:
    """As one that is built in the last seconds of a month and pointed to in the next."""
    meta = filled.publish(synced_at=SYNCED, today=TODAY)
    path = snapshots.directory / f"v{meta.version:08d}.duckdb"
    long_ago = (path.stat().st_mtime - 40 * 24 * 3600,) * 2
    os.utime(path, long_ago)

    again = snapshots.set_current(meta.version, synced_at=SYNCED)

    assert again.version == meta.version
    assert snapshots.prune_to_history() == []
