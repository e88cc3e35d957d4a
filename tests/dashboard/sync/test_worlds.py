"""Whatever happens in Harvest while it is read, after at most a night the copy is the account.

A dozen random worlds here; `make soak` runs two hundred (`SOAK=200`).
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.errors import TooMuchVanished
from dashboard.sync.bisecting import Limits
from tests.dashboard.sync.agency import Copy
from tests.dashboard.sync.worlds import World, entries, expenses, ids

WORLDS = int(os.environ.get("SOAK", "12"))
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
            for is_deleted, id in records.rows_of(sql):
                found[entity][is_deleted].add(id)
    return found


def synced(copy: Copy, world: World) -> None:
    """Syncs; where too much is gone, somebody looks whether it is, and accepts it."""
    try:
        copy.sync()
    except TooMuchVanished:
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
