"""The people of the demo agency: who they are, when they came and left, what an hour costs."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from harvest_demo.account import company
from harvest_demo.account.account import (
    MANAGER_TOKEN,
    MEMBER_TOKEN,
    TOKEN,
    Account,
    Row,
    end_of,
    instant,
    some_time,
)

FIRST_USER_ID = 4410021
HALF_HOUR = 1800
UNDERUSED = "Content"

# Discipline, billable rate, internal cost.
_DISCIPLINES = (
    ("Development", 125, 58), ("Design", 110, 52), ("Project management", 120, 61),
    ("Development", 135, 64), ("Content", 85, 41), ("Strategy", 150, 70),
)  # fmt: skip
_WEEKS = (40, 35, 40, 32, 37.5, 40, 20, 40, 28.5)

# Places in the order of joining.
ADMINISTRATOR, MANAGER, INVOICING_MANAGER, SECOND_MANAGER, MEMBER = 0, 1, 2, 3, 4
ZERO_RATED_LEAVER, UNRATED_CONTRACTOR, WITHOUT_ROLE = 5, 6, 8
_LEFT_EARLY = 9  # every ninth person has left
_ACCESS = {
    ADMINISTRATOR: ["administrator"],
    MANAGER: ["manager", "billable_rates_manager", "client_and_task_manager"],
    INVOICING_MANAGER: [
        "manager",
        "project_creator",
        "managed_projects_invoice_manager",
        "estimates_manager",
    ],
    SECOND_MANAGER: ["manager"],
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs time from `joined` to `left` (None: still here)."""

    row: Row
    discipline: str
    joined: date
    left: date | None

    @property
    def user_id(self) -> int:
        user_id: int = self.row["id"]
        return user_id

    def works_on(self, day: date) -> bool:
        return self.joined <= day and (self.left is None or day <= self.left)


def hire(account: Account, rng: random.Random, *, count: int, start: date) -> list[Person]:
    """Fill users, roles, rate histories, teammates and tokens; the people in order of joining."""
    days = (account.today - start).days
    people = [_person(account, rng, number, count, start, days) for number in range(count)]
    account.put("users", (person.row for person in people))
    account.put("roles", _roles(people, start))
    ids = [person.user_id for person in people]
    account.tokens = {
        TOKEN: ids[ADMINISTRATOR],
        MANAGER_TOKEN: ids[MANAGER],
        MEMBER_TOKEN: ids[MEMBER],
    }
    account.teammates = {
        ids[MANAGER]: frozenset(ids[4:10]),
        ids[SECOND_MANAGER]: frozenset(ids[10:13]),
    }
    for person in people:
        _give_rates(account, rng, person, start)
    return people


def _person(
    account: Account, rng: random.Random, number: int, count: int, start: date, days: int
) -> Person:
    # Two fifths were there from the start; the others came at even steps, the last one recently.
    founders = count * 2 // 5
    wait = 0 if number < founders else (number - founders + 1) * (days - 12) // (count - founders)
    joined = start + timedelta(days=wait)
    remaining = None
    if number == ZERO_RATED_LEAVER or (number % _LEFT_EARLY == 7 and wait < days * 0.6):
        remaining = joined + timedelta(days=(days - wait) * rng.randrange(55, 85) // 100)
    discipline, rate, cost = _DISCIPLINES[number % len(_DISCIPLINES)]
    row = _user(account, rng, number, joined, remaining)
    row["roles"] = _roles_of(number, discipline)
    row["default_hourly_rate"] = Decimal(rate + rng.randrange(-2, 4) * 5)
    row["cost_rate"] = Decimal(cost) + Decimal(rng.randrange(0, 12)) / 2
    if number == ZERO_RATED_LEAVER:
        row["default_hourly_rate"] = row["cost_rate"] = Decimal(0)
    if number == UNRATED_CONTRACTOR:
        row["default_hourly_rate"] = row["cost_rate"] = None
    return Person(row, discipline, joined, remaining)


def _user(
    account: Account, rng: random.Random, number: int, joined: date, remaining: date | None
) -> Row:
    first, last = _name(number)
    created = instant(joined, 8, number % 60)
    return {
        "id": FIRST_USER_ID + number,
        "first_name": first,
        "last_name": last,
        "email": f"person{number + 1}@nordlicht.example",
        "telephone": "" if number % 3 == 0 else f"+49 40 5550 {100 + number}",
        "timezone": company.TIME_ZONES[number % len(company.TIME_ZONES)],
        "has_access_to_all_future_projects": number == ADMINISTRATOR,
        "is_contractor": number == UNRATED_CONTRACTOR or number % 7 == 6,
        "is_active": remaining is None,
        "weekly_capacity": int(_WEEKS[number % len(_WEEKS)] * 2) * HALF_HOUR,
        "default_hourly_rate": None,
        "cost_rate": None,
        "roles": [],
        "access_roles": _ACCESS.get(number, ["member"]),
        "avatar_url": (
            None
            if number % 5 == 3
            else f"https://cache.harvestapp.com/assets/profile_images/person_{number + 1}.png"
        ),
        "created_at": created,
        "updated_at": (
            created
            if remaining is None and number % 4
            else min(some_time(rng, remaining or account.today), end_of(account.today))
        ),
    }


def _name(number: int) -> tuple[str, str]:
    if number < len(company.PEOPLE):
        return company.PEOPLE[number]
    more = number - len(company.PEOPLE)
    first = company.FIRST_NAMES[more % len(company.FIRST_NAMES)]
    return first, company.LAST_NAMES[more * 7 % len(company.LAST_NAMES)]


def _roles_of(number: int, discipline: str) -> list[str]:
    if number == WITHOUT_ROLE:
        return []
    if number in (ADMINISTRATOR, SECOND_MANAGER):
        return sorted({discipline, "Project management"})
    return [discipline]


def _roles(people: Sequence[Person], start: date) -> Iterator[Row]:
    held = sorted({role for person in people for role in person.row["roles"]})
    for number, name in enumerate([*held, "Photography"]):  # nobody holds the last one
        created = instant(start, 8, 11, number)
        yield {
            "id": 610439 + number,
            "name": name,
            "user_ids": [person.user_id for person in people if name in person.row["roles"]],
            "created_at": created,
            "updated_at": created,
        }


def _give_rates(account: Account, rng: random.Random, person: Person, start: date) -> None:
    """The rates that led to today's: a raise every January after the first one."""
    raises = [
        date(year, 1, 1)
        for year in range(start.year + 1, account.today.year + 1)
        if date(year, 1, 1) > person.joined
    ]
    for kind, field, step in (("billable", "default_hourly_rate", 5), ("cost", "cost_rate", 2)):
        amount = person.row[field]
        history = []
        if amount is not None:
            starts: list[date | None] = [None, *raises]
            for number, first in enumerate(starts):
                behind = len(starts) - 1 - number
                last = starts[number + 1] if behind else None
                history.append(
                    {
                        "id": person.user_id * 100 + number * 2 + (kind == "cost"),
                        "amount": max(amount - step * behind, Decimal(0)),
                        "start_date": first,
                        "end_date": last - timedelta(days=1) if last else None,
                        "created_at": some_time(rng, first or person.joined),
                        "updated_at": some_time(rng, last or first or person.joined),
                    }
                )
        (account.billable_rates if kind == "billable" else account.cost_rates)[person.user_id] = (
            history
        )
