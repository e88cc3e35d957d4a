"""Random histories of a small account: what people do in Harvest between any two of our requests.

A world is made from its number alone. `World.act` is one write, to Harvest's own API as somebody
else would send it; while it is `busy`, one happens at each request of a sync, before the answer or
after it.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec

from tests.dashboard.sync.agency import HEADERS, TODAY, Agency

_SECOND = timedelta(seconds=1)
_SPARED = 40  # entries that a project may have and still be deleted: fewer than the brakes allow


class World(Agency):
    """An account with a history of its own. `page` is how many records a page of a list has.

    `restored` has the ids of entries that were brought back; `requests` what the sync asked.
    """

    def __init__(self, number: int) -> None:
        self.chance = random.Random(f"world {number}")
        self.page = self.chance.choice([23, 60, 300])
        super().__init__(entries=self.chance.randrange(300, 900))
        self.now += timedelta(hours=11, minutes=59)
        invoices = self.account.tables["invoices"]
        self.account.tables["invoices"] = dict(list(invoices.items())[-12:])  # each costs a request
        self.busy = False
        self.requests: list[httpx.URL] = []
        self.removed: list[Any] = []
        self.restored: set[int] = set()
        self.writes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request.url)
        if request.url.params.get("per_page") == "2000":
            smaller = request.url.copy_merge_params({"per_page": str(self.page)})
            request = httpx.Request(request.method, smaller, headers=request.headers)
        before = self.chance.random() < 0.5
        if self.busy and before:
            self.act()
        response = super().handle_request(request)
        if self.busy and not before:
            self.act()
        return response

    def act(self) -> None:
        """One write, a second or less after the one before."""
        self.now += _SECOND * self.chance.randrange(2)
        deeds: list[tuple[Callable[[], None], int]] = [
            (self._create, 8), (self._edit, 8), (self._delete, 8), (self._move, 6),
            (self._rename, 2), (self._delete_expense, 1), (self._move_expense, 1),
            (self._delete_project, 1), (self._restore, 1), (self._stop_or_start, 2),
            (self._delete_invoice, 1), (self._rate, 1),
        ]  # fmt: skip
        deed = self.chance.choices([deed for deed, _ in deeds], [often for _, often in deeds])[0]
        self.writes += 1
        deed()

    def _write(self, method: str, path: str, **body: Any) -> None:
        request = httpx.Request(
            method,
            f"http://harvest.test/v2{path}",
            headers=HEADERS,
            content=msgspec.json.encode(body),
        )
        self._server.handle_request(request)  # what Harvest refuses did not happen

    def _entry(self) -> Any:
        return self.chance.choice(self.account.entries.ordered)

    def _day(self) -> str:
        far = self.chance.choice([3, 60, 1200])
        return (TODAY - timedelta(days=self.chance.randrange(far))).isoformat()

    def _create(self) -> None:
        like = self._entry()
        self._write(
            "POST", "/time_entries", project_id=like.project["id"], task_id=like.task["id"],
            user_id=like.user["id"], spent_date=self._day(), hours=1.25,
        )  # fmt: skip

    def _edit(self) -> None:
        hours = self.chance.randrange(1, 30) / 4
        self._write("PATCH", f"/time_entries/{self._entry().id}", hours=hours)

    def _move(self) -> None:
        entry, other = self._entry(), self._entry()
        if self.chance.random() < 0.3:
            to = {"project_id": other.project["id"], "task_id": other.task["id"]}
            self._write("PATCH", f"/time_entries/{entry.id}", **to)
        else:
            self._write("PATCH", f"/time_entries/{entry.id}", spent_date=self._day())

    def _delete(self) -> None:
        entry = self._entry()
        self._write("DELETE", f"/time_entries/{entry.id}")
        self.removed.append(entry)

    def _restore(self) -> None:
        """Harvest's own people can bring a record back; it keeps its id, and is new as of now."""
        if self.removed:
            entry = self.removed.pop()
            if entry.project["id"] in self.account.tables["projects"]:
                entry.updated_at = self.now
                self.account.entries.add(entry)
                self.account.version += 1
                self.restored.add(entry.id)

    def _stop_or_start(self) -> None:
        entry = self._entry()
        self._write("PATCH", f"/time_entries/{entry.id}/{self.chance.choice(['stop', 'restart'])}")

    def _rename(self) -> None:
        entity = self.chance.choice(["projects", "clients", "tasks"])
        row = self.chance.choice(list(self.account.tables[entity]))
        self._write("PATCH", f"/{entity}/{row}", name=f"Renamed {self.writes}")

    def _rate(self) -> None:
        row = self.chance.choice(list(self.account.tables["projects"]))
        self._write("PATCH", f"/projects/{row}", hourly_rate=self.chance.randrange(50, 200))

    def _delete_expense(self) -> None:
        self._write_one_of("DELETE", "expenses")

    def _move_expense(self) -> None:
        self._write_one_of("PATCH", "expenses", spent_date=self._day())

    def _delete_invoice(self) -> None:
        self._write_one_of("DELETE", "invoices")

    def _write_one_of(self, method: str, entity: str, **body: Any) -> None:
        """Leaves some: to see the last one go is not believed."""
        rows = list(self.account.tables[entity])
        if len(rows) > 3:
            self._write(method, f"/{entity}/{self.chance.choice(rows)}", **body)

    def _delete_project(self) -> None:
        held: dict[int, int] = dict.fromkeys(self.account.tables["projects"], 0)
        for entry in self.account.entries:
            held[entry.project["id"]] += 1
        small = [id for id, entries in held.items() if entries <= _SPARED]
        if len(small) > 3:
            self._write("DELETE", f"/projects/{self.chance.choice(small)}")


def ids(world: World, entity: str) -> set[int]:
    """The records that Harvest has now."""
    if entity == "time_entries":
        return {entry.id for entry in world.account.entries}
    return {row["id"] for row in world.account.rows(entity)}


def entries(world: World) -> set[tuple[Any, ...]]:
    """Harvest's time entries, by what they are summed by."""
    return {
        (e.id, e.spent_date, e.hours, e.user["id"], e.project["id"], e.task["id"])
        for e in world.account.entries
    }


def expenses(world: World) -> set[tuple[int, date]]:
    return {(row["id"], row["spent_date"]) for row in world.account.rows("expenses")}
