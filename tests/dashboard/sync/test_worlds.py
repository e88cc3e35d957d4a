"""Whatever happens in Harvest while it is read, after at most a night the copy is the account.

Four random worlds here; `make soak` runs two hundred.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.config.errors import SuspiciousDeletions
from dashboard.sync.windows import Limits
from tests.dashboard.sync.agency import TODAY, Copy
from tests.dashboard.sync.worlds import World, entries, expenses, ids
from tests.soak import sized

pytestmark = pytest.mark.longer("random worlds")

WORLDS = sized(4, 200)
ENTITIES = (
    "time_entries", "expenses", "projects", "clients", "tasks", "users", "invoices",
    "user_assignments", "task_assignments",
)  # fmt: skip
ENTRIES = (
    'SELECT id, spent_date, hours, "user".id, project.id, task.id FROM time_entries'
    " WHERE account_id = ? AND deleted_at IS NULL"
)
EXPENSES = "SELECT id, spent_date FROM expenses WHERE account_id = ? AND deleted_at IS NULL"


def records_of(copy: Copy) -> dict[str, tuple[set[int], set[int]]]:
    """Of each entity the ids of what is there, and of what is marked as deleted."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    with copy.records() as records:
        for entity in ENTITIES:
            found[entity] = set(), set()
            sql = f"SELECT deleted_at IS NOT NULL, id FROM {entity} WHERE account_id = ?"
            for is_deleted, id in records.query(sql):
                found[entity][is_deleted].add(id)
    return found


def synced(copy: Copy, world: World) -> None:
    """Syncs; where too much is gone, somebody looks whether it is, and accepts it."""
    try:
        copy.sync()
    except SuspiciousDeletions:
        gone = [live - ids(world, entity) for entity, (live, _) in records_of(copy).items()]
        assert max(map(len, gone)) > 45  # fifty, and some that came back meanwhile
        copy.sync(accept=True)


@pytest.mark.parametrize("number", range(WORLDS))
def test_after_a_night_the_copy_is_the_account(number: int, tmp_path: Path) -> None:
    world = World(number)
    copy = Copy(world, tmp_path, "direct", limits=Limits(leaf=world.page, questions=60))
    world.busy = world.chance.random() < 0.5
    synced(copy, world)

    for _ in range(world.chance.randrange(1, 3)):
        world.busy = False
        for _ in range(world.chance.randrange(25)):
            world.act()
        world.now += world.chance.choice([timedelta(minutes=20), timedelta(hours=21)])
        world.busy = world.chance.random() < 0.7
        world.restored.clear()
        synced(copy, world)
        for entity, (_, deleted) in records_of(copy).items():
            assert deleted & ids(world, entity) <= world.restored, entity
    world.busy = False
    world.now += timedelta(hours=21)
    synced(copy, world)

    assert set(copy.stored(ENTRIES)) == entries(world)
    assert set(copy.stored(EXPENSES)) == expenses(world)
    for entity, (live, _) in records_of(copy).items():
        assert live == ids(world, entity), entity


@pytest.mark.parametrize("number", range(WORLDS // 3))
def test_copy_from_a_start_day_is_the_account_after_a_night(number: int, tmp_path: Path) -> None:
    world = World(number)
    start = TODAY - timedelta(days=world.chance.choice([30, 300, 900]))
    limits = Limits(leaf=world.page, questions=60)
    copy = Copy(world, tmp_path, "direct", start=start, limits=limits)
    world.busy = world.chance.random() < 0.5
    synced(copy, world)

    for _ in range(world.chance.randrange(1, 3)):
        world.busy = False
        for _ in range(world.chance.randrange(25)):
            world.act()
        for entry in world.chance.sample(world.account.entries.ordered, 40):
            entry.is_billed = not entry.is_billed  # Harvest does not say that they changed
        world.account.version += 1
        world.now += world.chance.choice([timedelta(minutes=20), timedelta(hours=21)])
        world.busy = world.chance.random() < 0.7
        synced(copy, world)
    world.busy = False
    world.now += timedelta(days=8)
    synced(copy, world)

    invoiced = {entry.id for entry in world.account.entries if entry.is_billed}
    needed = {row for row in entries(world) if row[1] >= start or row[0] not in invoiced}
    # Of what was invoiced nobody asks any more: it may be stored still.
    kept = f"{ENTRIES} AND (spent_date >= DATE '{start}' OR NOT is_billed)"
    assert set(copy.stored(kept)) == needed
    assert {id for (id,) in copy.ask("SELECT id FROM older_time_facts")} == {
        entry.id
        for entry in world.account.entries
        if entry.spent_date < start and entry.billable and not entry.is_billed
    }
    for entity in ("invoices", "projects", "users"):
        live, _ = records_of(copy)[entity]
        assert live == ids(world, entity), entity
