"""Equal under every reading of Harvest's documents, and every change behind our back is named.

The witness serves an account under any combination of its switches. `SOAK` sets how many random
combinations are tried on each account, and adds each switch alone.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from dashboard.reconciliation.check import Check
from dashboard.reconciliation.record_diff import Why
from tests.against_witness import TOKEN, WitnessCopy
from tests.soak import every, sized
from tests.witness.server import Witness
from tests.witness.switches import Switches
from tests.witness_accounts import VARIANTS, build_account

pytestmark = pytest.mark.longer("switches of Harvest")

DAYS = (date(2024, 1, 1), date(2026, 12, 31))
COMBINATIONS = sized(2, 200)
ENTRIES = sized(400, 3_000)
ALONE = every(33, Switches.one_by_one())


def serve(variant: str, switches: Switches) -> Witness:
    account = build_account(seed=4, entries=ENTRIES, variant=variant)
    return Witness(account, switches, token=TOKEN)


def explain(found: Check) -> list[Any]:
    return [
        (one.metric, one.project, one.currency, one.ours, one.theirs) for one in found.differences
    ]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(COMBINATIONS))
def test_check_claims_no_difference_under_random_readings(
    tmp_path: Path, variant: str, seed: int
) -> None:
    switches = Switches.random(Random(f"{variant} {seed}"))
    copy = WitnessCopy(serve(variant, switches), tmp_path)
    copy.sync()

    found = copy.check(*DAYS)

    assert explain(found) == [], switches


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(max(COMBINATIONS // 4, 1)))
def test_check_claims_no_difference_of_a_copy_that_begins_with_a_day(
    tmp_path: Path, variant: str, seed: int
) -> None:
    switches = Switches.random(Random(f"{variant} since {seed}"))
    copy = WitnessCopy(serve(variant, switches), tmp_path, {"HARVEST_SYNC_START": "2026-03-10"})
    copy.sync()

    found = copy.check(*DAYS)

    assert explain(found) == [], switches


@pytest.mark.parametrize(
    ("name", "switches"), ALONE, ids=[f"{name}-{getattr(s, name)}" for name, s in ALONE]
)
@pytest.mark.parametrize("variant", VARIANTS)
def test_check_claims_no_difference_under_one_other_reading(
    tmp_path: Path, variant: str, name: str, switches: Switches
) -> None:
    copy = WitnessCopy(serve(variant, switches), tmp_path)
    copy.sync()

    assert explain(copy.check(*DAYS)) == []


@dataclass(frozen=True)
class Targets:
    """Records to change: an entry each, and projects."""

    deleted: int
    edited: int
    repriced: int
    moved: int
    budgeted: int


def choose(copy: WitnessCopy) -> Targets:
    """Choose records of five projects that the token sees, each with settled, priced time."""
    rows = copy.ask(
        "SELECT f.project_id, min(f.id) FROM time_facts AS f"
        " JOIN projects AS p ON p.id = f.project_id"
        " JOIN records.projects AS k ON k.id = p.id"
        " WHERE f.billable AND f.rounded_hours > 0 AND NOT f.is_running AND NOT f.is_billed"
        " AND NOT f.is_fixed_fee AND p.is_active AND f.day BETWEEN '2024-01-01' AND '2026-11-30'"
        " AND f.billable_rate > 0 GROUP BY f.project_id HAVING count(*) > 2 ORDER BY f.project_id"
    )
    (a, deleted), (b, edited), (c, _), (d, _), (e, _), *_ = rows
    del a, b
    return Targets(deleted, edited, c, d, e)


def change(copy: WitnessCopy, targets: Targets, *, silent: bool) -> set[tuple[str, int, Why]]:
    """Change the account, and return what is then to be named."""
    witness = copy.witness
    witness.advance(60)
    rates = copy.ask(
        f"SELECT id FROM time_facts WHERE project_id = {targets.repriced} AND billable"
        " AND day BETWEEN '2024-01-01' AND '2026-12-31'"
        # Without hours, a rate in the place of another changes no amount, one in that of none does.
        " AND (rounded_hours > 0 OR billable_rate IS NULL)"
    )
    witness.delete("time_entries", targets.deleted)
    if silent:
        row = witness.tables["time_entries"][targets.edited]
        hours = {name: row[name] + 2 for name in ("hours", "rounded_hours")}
        witness.edit_silently("time_entries", targets.edited, **hours)
    else:
        witness.edit_entry(targets.edited, hours=7)
    witness.reprice(targets.repriced, 321)
    ((client,),) = copy.ask(f"SELECT client_id FROM projects WHERE id = {targets.moved}")
    ((other,),) = copy.ask(f"SELECT min(id) FROM clients WHERE id <> {client} AND is_active")
    witness.move_client(targets.moved, other)
    witness.change_budget(targets.budgeted, budget_by="project", budget=4321)
    return {
        ("time_entries", targets.deleted, Why.DELETED),
        ("time_entries", targets.edited, Why.EDITED),
        ("projects", targets.moved, Why.MOVED),
        ("projects", targets.budgeted, Why.BUDGET),
        *(("time_entries", id, Why.REPRICED) for (id,) in rates),
    }


@pytest.fixture(params=range(max(COMBINATIONS // 10, 1)))
def switches(request: pytest.FixtureRequest) -> Switches:
    """Random readings for a token that sees everything."""
    values = vars(Switches.random(Random(f"changes {request.param}")))
    return Switches(**{**values, "rights": "administrator", "hidden_columns": "null"})


@pytest.mark.parametrize("variant", VARIANTS)
def test_check_names_exactly_what_changed_and_one_sync_mends_it(
    tmp_path: Path, variant: str, switches: Switches
) -> None:
    copy = WitnessCopy(serve(variant, switches), tmp_path)
    copy.sync()
    copy.reconcile()
    assert explain(copy.check(*DAYS)) == []
    targets = choose(copy)

    expected = change(copy, targets, silent=True)
    found = copy.check(*DAYS)

    named = {(row.entity, row.id, row.why) for row in found.rows}
    # A new rate is also a new setting of its project.
    assert named - {("projects", targets.repriced, Why.SETTINGS)} == expected
    copy.witness.advance(60)
    copy.sync()
    copy.reconcile()
    assert explain(copy.check(*DAYS)) == []
