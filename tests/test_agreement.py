"""Our numbers are Harvest's own: `report` against the demo server's reports, over real HTTP."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dashboard.store.payments import PAYMENTS
from dashboard.sync.payments import MOST
from harvest_client import Harvest
from harvest_demo import ACCOUNT_ID, TOKEN
from tests.serving import Server, command, demo_server, direct

TODAY = "2026-11-20"
SCOPES = [
    (date(2026, 10, 1), date(2026, 10, 31)),
    (date(2025, 11, 21), date(2026, 11, 20)),
    (date(2024, 2, 1), date(2024, 2, 29)),
]
# Each of Harvest's time reports, the dimension that is the same question, and its key there.
REPORTS = [
    ("time_clients", "client", "client_id"),
    ("time_projects", "project", "project_id"),
    ("time_tasks", "task", "task_id"),
    ("time_team", "user", "user_id"),
]
# Each of its expense reports likewise.
EXPENSE_REPORTS = [
    ("expenses_clients", "client", "client_id"),
    ("expenses_projects", "project", "project_id"),
    ("expenses_categories", "expense_category", "expense_category_id"),
    ("expenses_team", "user", "user_id"),
]
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Synced:
    server: Server
    settings: dict[str, str]

    def command(self, metrics: str, by: str, start: date, end: date, *more: str) -> str:
        done = command(
            "report", metrics, "--by", by, "--from", str(start), "--to", str(end), *more,
            settings=self.settings,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def theirs(self, report: str, key: str, start: date, end: date, **more: Any) -> dict[Any, Any]:
        """The rows of one of Harvest's reports by `key` and currency."""
        with self.harvest() as harvest:
            rows = getattr(harvest, report).all(from_=start, to=end, **more)
            return {(getattr(row, key), row.currency): row for row in rows}

    def harvest(self) -> Harvest:
        return Harvest(
            token=TOKEN, account_id=ACCOUNT_ID, base_url=self.server.url,
            contact="tests@example.com",
        )  # fmt: skip

    def report(self, metrics: str, by: str, start: date, end: date, *more: str) -> list[Any]:
        rows: list[Any] = json.loads(self.command(metrics, by, start, end, *more))
        return rows


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    directory = tmp_path_factory.mktemp("agreement")
    with demo_server("--entries", "12000", "--today", TODAY) as server:
        settings = direct(server, directory, HARVEST_TODAY=TODAY)
        done = command("sync", settings=settings)
        assert done.returncode == 0, done.stderr
        yield Synced(server, settings)


@pytest.mark.parametrize(("start", "end"), SCOPES, ids=["month", "year", "leap month"])
@pytest.mark.parametrize(("report", "by", "key"), REPORTS, ids=[by for _, by, _ in REPORTS])
def test_report_equals_harvests_own_to_the_cent(
    synced: Synced, report: str, by: str, key: str, start: date, end: date
) -> None:
    theirs = synced.theirs(report, key, start, end)

    ours = synced.report("hours,billable_hours,billable_amount", by, start, end)

    assert len(theirs) > 5
    assert {(row[f"{by}_id"], row["currency"]) for row in ours} == set(theirs)
    for row in ours:
        their = theirs[row[f"{by}_id"], row["currency"]]
        assert abs(Decimal(str(row["hours"])) - their.total_hours) < CENT
        assert abs(Decimal(str(row["billable_hours"])) - their.billable_hours) < CENT
        amount = Decimal(str(row["billable_amount"] or 0))
        assert abs(amount - their.billable_amount) < CENT


@pytest.mark.parametrize(("start", "end"), SCOPES, ids=["month", "year", "leap month"])
@pytest.mark.parametrize(
    ("report", "by", "key"), EXPENSE_REPORTS, ids=[by for _, by, _ in EXPENSE_REPORTS]
)
def test_expenses_equal_harvests_own_to_the_cent(
    synced: Synced, report: str, by: str, key: str, start: date, end: date
) -> None:
    theirs = synced.theirs(report, key, start, end)

    ours = synced.report("expense_amount,billable_expense_amount", by, start, end)

    assert len(theirs) > 2
    assert {(row[f"{by}_id"], row["currency"]) for row in ours} == set(theirs)
    for row in ours:
        their = theirs[row[f"{by}_id"], row["currency"]]
        assert abs(Decimal(str(row["expense_amount"])) - their.total_amount) < CENT
        assert abs(Decimal(str(row["billable_expense_amount"])) - their.billable_amount) < CENT


@pytest.mark.parametrize(("start", "end"), SCOPES, ids=["month", "year", "leap month"])
def test_uninvoiced_work_equals_harvests_own_to_the_cent(
    synced: Synced, start: date, end: date
) -> None:
    theirs = synced.theirs("uninvoiced", "project_id", start, end, include_fixed_fee=False)
    metrics = "uninvoiced_hours,uninvoiced_amount,uninvoiced_expense_amount"

    ours = synced.report(metrics, "project", start, end)

    found = {(row["project_id"], row["currency"]): row for row in ours}
    assert theirs.keys() <= found.keys()
    assert any(their.uninvoiced_amount for their in theirs.values())
    for key, row in found.items():
        # Harvest has no row of a project that is not billable.
        their = theirs.get(key)
        hours, expenses, amount = (
            (their.uninvoiced_hours, their.uninvoiced_expenses, their.uninvoiced_amount)
            if their
            else (0, 0, 0)
        )
        assert abs(Decimal(str(row["uninvoiced_hours"])) - hours) < CENT
        assert abs(Decimal(str(row["uninvoiced_expense_amount"])) - expenses) < CENT
        assert abs(Decimal(str(row["uninvoiced_amount"])) - amount) < CENT


def test_what_clients_owe_is_what_their_open_invoices_say(synced: Synced) -> None:
    owed: dict[str, Decimal] = {}
    with synced.harvest() as harvest:
        for invoice in harvest.invoices.all(state="open"):
            owed[invoice.currency] = owed.get(invoice.currency, Decimal(0)) + invoice.due_amount
    start, end = SCOPES[0][0], date.fromisoformat(TODAY)

    whole = synced.report("outstanding_amount", "", start, end)
    parts = synced.report("outstanding_amount", "age_bucket", start, end)

    assert len(owed) > 1
    assert {row["currency"]: row["outstanding_amount"] for row in whole} == pytest.approx(
        {currency: float(amount) for currency, amount in owed.items()}
    )
    for currency, amount in owed.items():
        in_buckets = sum(row["outstanding_amount"] for row in parts if row["currency"] == currency)
        assert in_buckets == pytest.approx(float(amount))


def test_counts_are_whole_numbers(synced: Synced) -> None:
    printed = synced.command("invoice_count", "invoice_state", *SCOPES[1])

    assert ".0" not in printed
    assert {row["invoice_state"] for row in json.loads(printed)} == {"open", "paid", "closed"}


def test_sync_ends_with_one_line_of_json_and_a_second_changes_nothing(synced: Synced) -> None:
    done = command("sync", settings=synced.settings)

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["source"] == "direct"
    assert report["entities"]["time_entries"]["rows"] == 12000
    # Of many invoices, payments arrive over several syncs.
    del report["entities"][PAYMENTS.name]
    for name, entity in report["entities"].items():
        changed = {change: entity[change] for change in ("inserted", "updated", "deleted")}
        assert changed == {"inserted": 0, "updated": 0, "deleted": 0}, name
    assert report["requests"] <= 2 * len(report["entities"]) + MOST


def test_money_comes_with_its_currency_and_is_never_added_over_two(synced: Synced) -> None:
    start, end = SCOPES[1]

    rows = synced.report("billable_amount", "currency", start, end)

    assert len({row["currency"] for row in rows}) == len(rows) == 3
    assert all(row["billable_amount"] > 0 for row in rows)


def test_where_narrows_by_the_connectors_filter_language(synced: Synced) -> None:
    start, end = SCOPES[1]
    first = synced.report("hours", "client", start, end)[0]

    where = json.dumps({"eq": {"client.id": first["client_id"]}})
    narrowed = synced.report("hours", "client", start, end, "--where", where)

    assert narrowed == [first]


def test_tracked_hours_differ_from_rounded_ones_and_are_chosen_by_basis(synced: Synced) -> None:
    start, end = SCOPES[0]

    (rounded,) = synced.report("hours,raw_hours", "", start, end)
    (raw,) = synced.report("hours,raw_hours", "", start, end, "--basis", "raw")

    assert rounded["hours"] > rounded["raw_hours"]
    assert raw["hours"] == raw["raw_hours"] == rounded["raw_hours"]


def test_csv_and_xlsx_hold_the_numbers_of_the_json(synced: Synced, tmp_path: Path) -> None:
    start, end = SCOPES[0]
    printed = synced.report("hours,billable_amount", "client", start, end)

    for form in ("csv", "xlsx"):
        out = tmp_path / f"report.{form}"
        synced.command(
            "hours,billable_amount", "client", start, end, "--format", form, "--out", str(out)
        )

    sheet = list(
        openpyxl.load_workbook(tmp_path / "report.xlsx").active.iter_rows(values_only=True)
    )
    text = (tmp_path / "report.csv").read_text("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    hours = [row["hours"] for row in printed]
    assert [row[sheet[0].index("hours")] for row in sheet[1:]] == hours
    assert [float(line["hours"]) for line in lines] == hours
    assert [int(line["client_id"]) for line in lines] == [row["client_id"] for row in printed]
