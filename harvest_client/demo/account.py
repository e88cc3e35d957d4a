"""The demo account: everything Harvest keeps about one company, held in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from harvest_client.demo.copies import Copies, Row
from harvest_client.demo.moments import instant
from harvest_client.demo.timesheet import Timesheet

ACCOUNT_ID = "1090501"
TOKEN = "demo"  # opens nothing but the demo account
MANAGER_TOKEN = "demo-manager"
MEMBER_TOKEN = "demo-member"


@dataclass(slots=True)
class Account:
    """A company's Harvest account as of `today`, which every request may change.

    `tables` has the records of every entity except time entries, by entity name and id.
    `payments` are by invoice id; `billable_rates` and `cost_rates` are the dated rates of people,
    oldest first, by user id. `teammates` says whose time a manager may see. `tokens` maps an
    access token to the person it acts for. `now` stamps writes; tests may replace it.
    `version` counts the writes.
    """

    today: date
    company: Row
    tables: dict[str, dict[int, Row]] = field(default_factory=dict)
    entries: Timesheet = field(default_factory=Timesheet)
    payments: dict[int, list[Row]] = field(default_factory=dict)
    billable_rates: dict[int, list[Row]] = field(default_factory=dict)
    cost_rates: dict[int, list[Row]] = field(default_factory=dict)
    teammates: dict[int, frozenset[int]] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    copies: Copies = field(default_factory=Copies)
    version: int = 0
    now: Callable[[], datetime] | None = None

    def moment(self) -> datetime:
        """The instant that stamps a write: the real one, but never before `today` began."""
        if self.now is not None:
            return self.now()
        return max(datetime.now(UTC).replace(microsecond=0), instant(self.today, 0))

    def put(self, entity: str, rows: Iterable[Row]) -> None:
        self.tables.setdefault(entity, {}).update((row["id"], row) for row in rows)

    def rows(self, entity: str) -> Iterator[Row]:
        return iter(self.tables.get(entity, {}).values())

    def copy(self, entity: str, row_id: int, shape: tuple[str, ...]) -> Row:
        """The shared copy of that record that other records show."""
        return self.copies.of(entity, self.tables[entity][row_id], shape)

    def managed_by(self, user_id: int) -> frozenset[int]:
        """The ids of the projects that the person manages."""
        return frozenset(
            row["project"]["id"]
            for row in self.rows("user_assignments")
            if row["user"]["id"] == user_id and row["is_project_manager"] and row["is_active"]
        )

    def assigned_to(self, user_id: int) -> frozenset[int]:
        """The ids of the projects that the person works on."""
        return frozenset(
            row["project"]["id"]
            for row in self.rows("user_assignments")
            if row["user"]["id"] == user_id and row["is_active"]
        )


def rate_on(history: Iterable[Row], day: date) -> Decimal | None:
    """The amount of the dated rate that applies on `day`; None when none does."""
    for rate in history:
        started = rate["start_date"] is None or rate["start_date"] <= day
        ended = rate["end_date"] is not None and rate["end_date"] < day
        if started and not ended:
            amount: Decimal | None = rate["amount"]
            return amount
    return None
