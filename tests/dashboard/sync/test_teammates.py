"""Who manages whom arrives with the next sync, for few requests, and decides what is seen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

import harvest_demo
from dashboard.store.record_store import Changes
from dashboard.store.teammates import TEAMMATES
from dashboard.store.viewers import viewer_of
from dashboard.sync.teammates import MOST
from tests.dashboard.sync.agency import Agency, Copy

Answer = Callable[[int], httpx.Response | None]


class Counted(Agency):
    """An agency that remembers the managers whose teammates were asked for.

    `refuse` may answer in its place.
    """

    def __init__(self) -> None:
        super().__init__(entries=300)
        self.account.tables["invoices"].clear()  # each costs a request for its payments
        self.asked: list[int] = []
        self.refuse: Answer = lambda manager_id: None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answered = super().handle_request(request)
        if not request.url.path.endswith("/teammates"):
            return answered
        manager_id = int(request.url.path.split("/")[-2])
        self.asked.append(manager_id)
        return self.refuse(manager_id) or answered

    @property
    def managers(self) -> list[int]:
        rows = self.account.rows("users")
        return [row["id"] for row in rows if "manager" in row["access_roles"]]

    def pairs(self) -> list[tuple[int, int]]:
        mates = self.account.teammates
        return sorted((manager, person) for manager in mates for person in mates[manager])

    def assign(self, manager_id: int, *people: int) -> None:
        """Somebody says who is managed; nothing else changes."""
        self.account.teammates[manager_id] = frozenset(people)

    def entitle(self, user_id: int, *access_roles: str) -> None:
        self.now += timedelta(hours=1)
        self.account.tables["users"][user_id] |= {
            "access_roles": list(access_roles),
            "updated_at": self.now,
        }


@pytest.fixture
def agency() -> Counted:
    return Counted()


@pytest.fixture
def copy(agency: Counted, tmp_path: Path) -> Copy:
    copy = Copy(agency, tmp_path, "direct")
    copy.first_sync()
    agency.now += timedelta(hours=1)  # beyond the minutes that are read twice
    agency.asked.clear()
    return copy


def published(copy: Copy) -> list[tuple[int, int]]:
    return copy.ask("SELECT manager_id, user_id FROM teammates ORDER BY ALL")


def changed(copy: Copy) -> Changes:
    return copy.sync().changes[TEAMMATES.name]


def test_the_copy_knows_who_manages_whom_after_one_request_for_each_manager(
    agency: Counted, tmp_path: Path
) -> None:
    copy = Copy(agency, tmp_path, "direct")

    changes = changed(copy)

    assert published(copy) == agency.pairs()
    assert changes == Changes(fetched=9, inserted=9)
    assert sorted(agency.asked) == sorted(agency.managers)
    assert copy.ask("SELECT DISTINCT account_id FROM teammates") == [(harvest_demo.ACCOUNT_ID,)]


def test_without_a_change_nothing_is_written(agency: Counted, copy: Copy) -> None:
    before = copy.snapshot().meta.version

    assert changed(copy) == Changes(fetched=9)
    assert copy.snapshot().meta.version == before
    assert changed(copy) == copy.sync(full=True).changes[TEAMMATES.name] == Changes(fetched=9)


def test_who_is_assigned_and_who_no_longer_is_arrives_with_the_next_sync(
    agency: Counted, copy: Copy
) -> None:
    first, second, third = agency.managers
    mate, *rest = sorted(agency.account.teammates[first])
    agency.assign(first, *rest)
    agency.assign(second, mate, *rest[:1])  # who has two managers then

    changes = changed(copy)

    assert changes == Changes(fetched=10, inserted=2, deleted=1)
    assert published(copy) == agency.pairs()
    assert viewer_of(copy.snapshot(), first).people == {first, *rest}
    assert viewer_of(copy.snapshot(), second).people == {second, mate, rest[0]}
    agency.assign(first, mate, *rest)
    assert changed(copy) == Changes(fetched=11, updated=1)
    assert published(copy) == agency.pairs()
    assert third in agency.asked


def test_who_becomes_a_manager_is_asked_about_and_who_ceases_to_be_manages_nobody(
    agency: Counted, copy: Copy
) -> None:
    first, *others = agency.managers
    people = agency.account.teammates.pop(first)
    new = min(people)
    agency.entitle(first, "member")
    agency.entitle(new, "manager")
    agency.assign(new, first)

    changed(copy)

    assert published(copy) == agency.pairs()
    assert sorted(agency.asked) == sorted([*others, new])


def test_who_is_archived_or_deleted_manages_nobody_and_is_not_asked_about(
    agency: Counted, copy: Copy
) -> None:
    archived, other, deleted = agency.managers
    agency.now += timedelta(hours=1)
    agency.account.tables["users"][archived] |= {"is_active": False, "updated_at": agency.now}
    del agency.account.tables["users"][deleted]

    assert changed(copy) == Changes(deleted=9)
    assert published(copy) == []
    assert agency.asked == [other]


@pytest.mark.parametrize("status", [404, 422])
def test_a_manager_who_is_none_any_more_ends_no_sync(
    agency: Counted, copy: Copy, status: int
) -> None:
    first = agency.managers[0]
    agency.refuse = lambda manager_id: (
        httpx.Response(status, json={"message": "no"}) if manager_id == first else None
    )

    changed(copy)

    assert published(copy) == [pair for pair in agency.pairs() if pair[0] != first]
    agency.refuse = lambda manager_id: None
    changed(copy)
    assert published(copy) == agency.pairs()


def test_without_the_right_to_know_nobody_is_taken_for_a_teammate(
    agency: Counted, copy: Copy
) -> None:
    agency.refuse = lambda manager_id: httpx.Response(403, json={"message": "no"})

    assert changed(copy) == Changes(deleted=9)

    assert published(copy) == []
    ((refused,),) = copy.ask(f"SELECT refused FROM entity_state WHERE entity = '{TEAMMATES.name}'")
    assert "403" in refused
    agency.refuse = lambda manager_id: None
    assert changed(copy) == Changes(fetched=9, updated=9)
    assert published(copy) == agency.pairs()


def test_a_managers_own_token_learns_of_no_teammates(agency: Counted, tmp_path: Path) -> None:
    copy = Copy(agency, tmp_path, "direct", token=harvest_demo.MANAGER_TOKEN)

    assert changed(copy) == Changes()
    assert published(copy) == []
    assert len(agency.asked) == 1


def test_of_many_managers_some_are_asked_about_in_turn_and_those_who_changed_at_once(
    agency: Counted, copy: Copy
) -> None:
    first, *_ = agency.managers
    new = [row for row in agency.account.rows("users") if row["access_roles"] == ["member"]]
    for user in new:
        user["is_active"] = True
        agency.entitle(user["id"], "manager")
    changed(copy)
    assert len(new) > MOST
    assert sorted(agency.asked) == sorted(user["id"] for user in new)
    agency.asked.clear()
    agency.entitle(first, "manager")

    changed(copy)

    assert len(agency.asked) == MOST
    assert first in agency.asked
    changed(copy)
    assert len(agency.asked) == 2 * MOST
    assert set(agency.asked) == set(agency.managers)
    agency.asked.clear()
    copy.sync(full=True)
    assert sorted(agency.asked) == sorted(agency.managers)


def test_a_hosted_copy_knows_no_teammates_and_asks_for_none(
    agency: Counted, tmp_path: Path
) -> None:
    copy = Copy(agency, tmp_path, "hosted")

    done = copy.sync()

    assert TEAMMATES.name not in done.changes
    assert agency.asked == []
    assert published(copy) == []
