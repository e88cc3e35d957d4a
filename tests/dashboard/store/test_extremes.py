"""No record can stop a publication: whatever is read is stored, published and answered about.

Some of the values here; `SOAK` has each value in each field of each entity, together and apart.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from dashboard.config.dates import Calendar
from dashboard.config.errors import MetricError
from dashboard.metrics.bounds import find_bounds, find_span
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import DIMENSIONS
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import RoundingBasis, Scope
from dashboard.reports import LISTINGS
from dashboard.store.records import RecordStore
from dashboard.store.schema import KEPT
from dashboard.store.snapshots import Snapshot, Snapshots
from dashboard.sync.client_factory import find_account
from harvest_client.http.transport import RawResponse
from harvest_client.models.decoding import decode_page, decode_record
from harvest_client.models.records import Record
from tests.dashboard.sync.agency import HEADERS, TODAY, Agency, Copy
from tests.poison import MARK, VALUES, extreme_record, field_paths, poisoned
from tests.soak import SOAK

pytestmark = pytest.mark.longer("extreme values")

FEW = 1 if SOAK else 43  # one in so many values
WORLDS = 40 if SOAK else 2
ALONE = VALUES if SOAK else VALUES[:1]

Documents = Iterable[tuple[str, str]]
"""Records as JSON, each with the name of its entity."""

CALENDAR = Calendar(leave_tasks=("vacation",))
SCOPES = [
    Scope(date(2026, 11, 1), date(2026, 11, 30), today=TODAY),
    Scope(
        date(1000, 1, 1), date(9000, 12, 31), today=TODAY, basis=RoundingBasis.RAW, fiscal_start=4
    ),
]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    agency = Agency(entries=300)
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    return copy


def usual_records(copy: Copy) -> dict[str, dict[str, Any]]:
    """One record of each entity as Harvest sends it, with as many values as there are."""
    ((invoice_id, user_id),) = copy.stored(
        "SELECT (SELECT max(invoice_id) FROM invoice_payments), (SELECT max(user_id)"
        " FROM user_teammates) WHERE $1 <> ''"
    )
    found = {}
    for name, entity in KEPT.items():
        path = entity.path.format(invoice_id=invoice_id, user_id=user_id) if entity.path else ""
        response = copy.agency.handle_request(
            httpx.Request("GET", f"http://harvest.test/v2{path or '/company'}", headers=HEADERS)
        )
        document = json.loads(response.content)
        rows = document[entity.envelope] if entity.envelope else [document]
        found[name] = max(rows, key=lambda row: sum(value is not None for value in row.values()))
    return found


def poisoned_documents(copy: Copy, values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each of the values in each field of each entity."""
    listed, number = list(values), 5_000_000_000
    for name, usual in usual_records(copy).items():
        for path in field_paths(KEPT[name]):
            for value in listed:
                number += 1
                record = {**usual, "id": number} if "id" in usual else usual
                body = poisoned(KEPT[name], record, path)
                yield name, body.replace(json.dumps(MARK), value)


def read(name: str, body: str) -> list[Record]:
    entity = KEPT[name]
    if entity.envelope is None:
        return [decode_record(entity, RawResponse(200, httpx.Headers(), body.encode()))]
    page = f'{{"{entity.envelope}": [{body}]}}'.encode("utf-8", "surrogatepass")
    answer, odd = decode_page(entity, RawResponse(200, httpx.Headers(), page))
    assert len(answer.rows) + len(odd) == 1
    for record in answer.rows:
        if name == "user_teammates":  # as the client does, from the address of the list
            record.user_id = 1
    return answer.rows


def publish(copy: Copy, documents: Documents) -> int:
    """Store and publish what can be read; return how many records could."""
    found: dict[str, dict[int, Record]] = {}
    for name, body in documents:
        if name != "company":
            found.setdefault(name, {}).update({record.id: record for record in read(name, body)})
    told = copy.settings
    snapshots = Snapshots(told.cache_dir, told.account_id)
    with RecordStore.open(
        told.store, find_account(told), snapshots=snapshots, calendar=CALENDAR
    ) as records:
        for name, rows in found.items():
            records.upsert(KEPT[name], [list(rows.values())])
        records.publish(synced_at=datetime.now(UTC), today=TODAY)
    return sum(map(len, found.values()))


def ask_everything(snapshot: Snapshot, random: Random) -> None:
    """Ask for every metric and every listing; an error with a name is an answer."""
    for scope in SCOPES:
        for metric in METRICS.values():
            some = list(DIMENSIONS.values()) if SOAK else random.sample([*DIMENSIONS.values()], 3)
            for by in ([], *([dimension] for dimension in some)):
                if scope.start.year > 1000 or not any(dimension.is_period for dimension in by):
                    named(partial(query_metrics, snapshot, [metric], by=by, scope=scope))
        for listing in LISTINGS.values():
            named(partial(listing.read, snapshot, scope, {}))
    assert find_bounds(snapshot, TODAY).days
    assert find_span(snapshot, TODAY)


def named(ask: Callable[[], object]) -> None:
    with suppress(MetricError):
        ask()


def ask(copy: Copy, random: Random) -> None:
    with closing(copy.snapshot()) as snapshot:
        ask_everything(snapshot, random)


def test_any_value_in_any_field_is_set_aside_or_published_and_answered(copy: Copy) -> None:
    count = publish(copy, islice(poisoned_documents(copy, VALUES), 0, None, FEW))

    assert count > 20_000 // FEW
    ask(copy, Random(1))


@pytest.mark.parametrize("seed", range(WORLDS))
def test_records_of_extreme_values_alone_are_published_and_answered(copy: Copy, seed: int) -> None:
    random = Random(seed)
    documents = [
        (name, extreme_record(entity, id, random))
        for name, entity in KEPT.items()
        for id in range(1, 21)
    ]

    count = publish(copy, documents)

    assert count >= 20 * (len(KEPT) - 1) * 3 / 4
    ask(copy, random)


_MOST = 999_999_999_999.999

# Values that are in range each, and whose products or sums are not.
TOGETHER: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "shares of a discount on lines that are nothing in sum": (
        "invoices",
        [{"discount_amount": _MOST,
          "line_items": [{"id": 1, "amount": _MOST}, {"id": 2, "amount": -_MOST},
                         {"id": 3, "amount": 0.001}]}],
    ),
    "draws from a retainer over all years": (
        "invoices",
        [{"issue_date": "0001-01-01", "paid_date": "9999-12-31", "state": "paid", "amount": 1,
          "tax": 10_000, "tax2": 10_000, "discount": -10_000, "retainer": {"id": 1},
          "line_items": [{"id": n, "kind": "Retainer", "amount": -_MOST, "taxed": True,
                          "taxed2": True} for n in range(50)]}],
    ),
    "less than no time off": (
        "time_entries",
        [{"hours": -_MOST, "rounded_hours": -_MOST, "billable": False, "billable_rate": None,
          "cost_rate": None, "task": {"id": 77, "name": "Vacation"}}] * 9
    ),
    "amounts of a month": (
        "time_entries",
        [{"hours": 999_999, "rounded_hours": 999_999, "billable_rate": 999_999,
          "cost_rate": 999_999, "billable": True}] * 9,
    ),
    "budgets of tasks": ("task_assignments", [{"budget": _MOST, "is_active": True}] * 9),
    "capacity": ("users", [{"weekly_capacity": 2**62}, {"weekly_capacity": -(2**62)}]),
}  # fmt: skip


@pytest.mark.parametrize(("name", "rows"), TOGETHER.values(), ids=TOGETHER)
def test_values_in_range_whose_product_or_sum_is_not_are_published_and_answered(
    copy: Copy, name: str, rows: list[dict[str, Any]]
) -> None:
    usual = usual_records(copy)[name]
    documents = [(name, json.dumps({**usual, "id": n, **row})) for n, row in enumerate(rows, 900)]

    assert publish(copy, documents) == len(rows)
    ask(copy, Random(1))


@pytest.mark.parametrize("value", ALONE, ids=range(len(ALONE)))
def test_each_value_alone_is_set_aside_or_published_and_answered(copy: Copy, value: str) -> None:
    publish(copy, poisoned_documents(copy, [value]))

    ask(copy, Random(1))
