"""Every table as a file: what is in it adds up to what is on the page, and it says what it is."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from dashboard.__main__ import main
from dashboard.access.audit_log import audit_log
from dashboard.config.settings import Settings, load_settings
from dashboard.exports import export
from dashboard.metrics.scope import Scope
from dashboard.reports import LISTINGS
from dashboard.store.snapshots import Snapshot, open_current
from dashboard.web.menu import MENU
from tests.serving import command

TODAY = date(2026, 11, 20)
SCOPE = Scope(date(2026, 6, 1), TODAY, today=TODAY)
every_listing = pytest.mark.parametrize("name", LISTINGS)


@dataclass(frozen=True)
class Synced:
    """A copy of the demo account, and the settings that find it."""

    snapshot: Snapshot
    settings: Settings
    environment: dict[str, str]


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    environment = {
        "HARVEST_SOURCE": "demo",
        "HARVEST_DEMO_ENTRIES": "4000",
        "HARVEST_STORE_URL": f"duckdb:///{tmp_path_factory.mktemp('exports') / 'store.duckdb'}",
        "HARVEST_SYNC_MINUTES": "0",
        "HARVEST_TODAY": TODAY.isoformat(),
    }
    done = command("sync", settings=environment)
    assert done.returncode == 0, done.stderr
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        told = load_settings()
    snapshot = open_current(told.cache_dir, told.account_id)
    yield Synced(snapshot, told, environment)
    snapshot.close()


def written(synced: Synced, name: str, form: str) -> bytes:
    file = export.export_table(name, form, SCOPE, {}, synced.settings, synced.snapshot)
    return b"".join(file.chunks)


def is_number(values: pd.Series) -> bool:
    types = pd.api.types
    return types.is_numeric_dtype(values) and not types.is_bool_dtype(values)


@every_listing
def test_the_lines_add_up_to_what_the_page_shows(name: str, synced: Synced) -> None:
    frame = LISTINGS[name].make(synced.snapshot, SCOPE, {}).frame

    text = written(synced, name, "csv").decode("utf-8-sig")
    table, _, about = text.partition("\r\n\r\n")
    lines = list(csv.DictReader(io.StringIO(table, newline="")))

    assert len(lines) == len(frame)
    for column in frame.select_dtypes("number"):
        total = sum(float(line[str(column)] or 0) for line in lines)
        assert total == pytest.approx(float(frame[column].fillna(0).sum()), abs=1e-4)
    assert f'"# Rows","{len(lines)}"' in about
    assert '"# Period","2026-06-01 to 2026-11-20"' in about


@every_listing
def test_a_sheet_has_numbers_as_numbers(name: str, synced: Synced) -> None:
    frame = LISTINGS[name].make(synced.snapshot, SCOPE, {}).frame

    book = openpyxl.load_workbook(io.BytesIO(written(synced, name, "xlsx")))
    header, *lines = book.worksheets[0].iter_rows(values_only=True)

    assert [str(title) for title in header] == [str(column) for column in frame]
    assert len(lines) == len(frame)
    for index, column in enumerate(frame):
        if is_number(frame[column]):
            values = [line[index] for line in lines if line[index] is not None]
            assert all(isinstance(value, int | float) for value in values)
            assert sum(values) == pytest.approx(float(frame[column].fillna(0).sum()), abs=1e-4)
    assert dict(book["About"].iter_rows(values_only=True))["Rows"] == str(len(lines))


def test_sheet_of_amounts_has_the_decimals_of_their_currencies(synced: Synced) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(synced, "invoices", "xlsx")))
    header, *lines = book.worksheets[0].iter_rows()

    places = {cell.value: index for index, cell in enumerate(header)}
    amounts = [places[name] for name in ("amount", "paid", "outstanding", "invoiced_amount")]
    assert lines
    assert {line[place].number_format for line in lines for place in amounts} == {"#,##0.00"}
    assert {line[places["days_late"]].number_format for line in lines} == {"General"}


def test_every_page_has_a_table_of_its_own_name() -> None:
    assert {entry.name for entry in MENU} <= set(export.table_names())


@pytest.mark.parametrize("name", ["hours", "invoices", "leaks"])
def test_the_command_writes_the_same_file(name: str, synced: Synced, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"

    done = command(
        "export", name, "--from", str(SCOPE.start), "--to", str(SCOPE.end), "--out", str(out),
        settings=synced.environment,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert out.read_bytes() == written(synced, name, "csv")


@pytest.mark.parametrize(
    "wrong", [["nothing"], ["hours", "--format", "pdf"], ["hours", "--from", "soon"]]
)
def test_a_wrong_question_is_told(wrong: list[str], synced: Synced, tmp_path: Path) -> None:
    done = command(
        "export", *wrong, "--out", str(tmp_path / "out"),
        settings=synced.environment,
    )  # fmt: skip

    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


def test_a_file_made_by_command_is_in_the_audit_log(
    synced: Synced, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in synced.environment.items():
        monkeypatch.setenv(name, value)
    out = tmp_path / "hours.csv"
    period = ["--from", "2026-11-01", "--to", "2026-11-20"]
    sql = "SELECT u.email AS email FROM records.users AS u WHERE u.id = 4410025"
    ((email,),) = synced.snapshot.rows(sql)

    told = ["export", "hours", *period, "--out", str(out)]
    assert main([*told, "--as", email]) == 0
    assert main(["export", "audit", "--out", str(out.with_name("log")), "--as", email]) == 2

    log = audit_log(synced.snapshot.path.parent)
    (*_, entered) = log.rows(
        "SELECT did, name, seen_as, what, period, bytes, sha256 FROM entries ORDER BY number"
    )
    bytes_ = out.read_bytes()
    assert entered == (
        "took a file", "command line", f"{email} (4410025)", "hours.csv", "2026-11-01..2026-11-20",
        len(bytes_), sha256(bytes_).hexdigest(),
    )  # fmt: skip
