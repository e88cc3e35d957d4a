"""Poisoned answers over HTTP: no traceback and no stuck store, and all is right when Harvest is.

Each sync finds one value in one record of each entity, in a field of its turn. Afterwards the
answers are right again, and so are all figures after one sync. A few values here, all with `SOAK`.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.__main__ import main
from dashboard.metrics.catalog import METRICS
from dashboard.metrics.execute import query_metrics
from dashboard.metrics.scope import Scope
from dashboard.store.schema import KEPT
from harvest_demo import TOKEN
from tests.dashboard.sync.agency import HEADERS, TODAY, Copy
from tests.dashboard.sync.agency_server import configure, serving
from tests.dashboard.sync.odd_agency import OddAgency
from tests.poison import VALUES, field_paths
from tests.serving import ROOT
from tests.soak import SOAK

pytestmark = pytest.mark.longer("poisoned answers")

_TOGETHER = 6  # values between two looks at what became of them
_EACH = range(len(VALUES)) if SOAK else range(3, len(VALUES), 45)
ROUNDS = [_EACH[place : place + _TOGETHER] for place in range(0, len(_EACH), _TOGETHER)]
ALL = Scope(date(2020, 1, 1), date(2027, 12, 31), today=TODAY)
DAYS = ["--from", "2025-11-01", "--to", TODAY.isoformat()]
PAGES = ("overview", "hours", "projects", "invoices", "data") if SOAK else ("overview", "data")
COMMANDS = [
    ["report", "hours,billable_amount,invoiced_amount", "--by", "month", *DAYS],
    ["report", "budget_spent,budget_remaining", "--by", "project", *DAYS],
    ["export", "hours", *DAYS],
    ["export", "odd-records"],
    ["export", "overview", *DAYS],
]


class Poison:
    """An agency of which one record of each entity can hold a value that it should not."""

    def __init__(self, directory: Path) -> None:
        self.agency = OddAgency(entries=300)
        self.copy = Copy(self.agency, directory, "direct")
        while self.copy.sync().more:
            pass
        self.records = {name: list(self._records(name)) for name in KEPT}

    def give(self, number: int) -> None:
        """Poison one record of each entity that has a place for the field of this turn."""
        self.agency.odd.clear()
        for place, name in enumerate(KEPT):
            paths = field_paths(KEPT[name])
            path = paths[(7 * number + place) % len(paths)]
            for record in self.records[name]:
                if _has_place(record, path):
                    self.agency.odd[name, record.get("id")] = {path: VALUES[number]}
                    break

    def _records(self, name: str) -> Iterator[dict[str, Any]]:
        """The records of an entity as Harvest sends them, but for the owner of the token."""
        path = KEPT[name].path or "/company"
        owners: list[Any] = [None]
        if "{" in path:
            owner = KEPT[name].in_path[0]
            owners = [id for (id,) in self.copy.stored(
                f"SELECT DISTINCT {owner} FROM {name} WHERE account_id = ? ORDER BY 1 DESC LIMIT 3"
            )]  # fmt: skip
            path = path.replace(f"{{{owner}}}", "{}")
        for id in owners:
            url = f"http://harvest.test/v2{path.format(id)}"
            response = self.agency.handle_request(httpx.Request("GET", url, headers=HEADERS))
            document = json.loads(response.content)
            rows = document[KEPT[name].envelope] if KEPT[name].envelope else [document]
            yield from (row for row in rows if row.get("id") != self.owner or name != "users")

    @property
    def owner(self) -> int:
        return int(self.agency.account.tokens[TOKEN])


def _has_place(record: dict[str, Any], path: str) -> bool:
    holder: Any = record
    for part in path.split(".")[:-1]:
        holder = holder.get(part)
        holder = holder[0] if isinstance(holder, list) and holder else holder
        if not isinstance(holder, dict):
            return False
    return True


@pytest.fixture(scope="module")
def poison(tmp_path_factory: pytest.TempPathFactory) -> Poison:
    return Poison(tmp_path_factory.mktemp("poisoned"))


@pytest.fixture(scope="module")
def clean(poison: Poison) -> dict[str, list[Any]]:
    return figures(poison.copy)


@pytest.fixture
def configured(poison: Poison, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serving(poison.agency) as url:
        configure(monkeypatch, url, poison.copy.directory)
        yield
    poison.agency.odd.clear()


def figures(copy: Copy) -> dict[str, list[Any]]:
    """The total of each metric, by currency."""
    with closing(copy.snapshot()) as snapshot:
        return {
            metric.id: json.loads(query_metrics(snapshot, [metric], scope=ALL).frame.to_json())
            for metric in METRICS.values()
        }


def sync(copy: Copy) -> None:
    """Sync everything."""
    copy.agency.now += timedelta(minutes=20)
    copy.sync(full=True)


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("numbers", ROUNDS, ids=str)
def test_values_in_each_entity_break_nothing_and_are_gone_with_the_next_sync(
    poison: Poison,
    clean: dict[str, list[Any]],
    numbers: range,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for number in numbers:
        poison.give(number)
        sync(poison.copy)
    for arguments in COMMANDS:
        out = ["--out", str(tmp_path / "out.csv")] if arguments[0] == "export" else []
        assert main([*arguments, *out]) == 0
    told = capfd.readouterr()
    assert "Traceback" not in told.out + told.err
    app = AppTest.from_file(str(ROOT / "dashboard" / "router.py"), default_timeout=60)
    for page in PAGES:
        assert not app.switch_page(f"../pages/{page}.py").run().exception

    poison.agency.odd.clear()

    sync(poison.copy)
    assert poison.copy.ask("SELECT count(*) FROM odd_records") == [(0,)]
    assert figures(poison.copy) == clean


@pytest.mark.usefixtures("configured", "clean")
@pytest.mark.parametrize("value", VALUES[::6] if SOAK else [str(2**63)])
def test_commands_over_http_name_what_they_left_out(
    poison: Poison, capfd: pytest.CaptureFixture[str], value: str
) -> None:
    poison.give(VALUES.index(value))

    codes = [main(["sync"]), main(["check", *DAYS])]

    told = capfd.readouterr()
    assert codes[0] == 0
    assert codes[1] in (0, 1)
    assert "Traceback" not in told.out + told.err
