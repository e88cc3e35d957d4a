"""Assignments of the demo agency: people and tasks on projects, with rates."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from harvest_demo.account import projects
from harvest_demo.account.account import (
    PROJECT_WITH_CODE,
    TASK,
    USER,
    Account,
    Row,
    end_of,
    soon_after,
)
from harvest_demo.account.projects import BUSINESS, FIRST_TASK_ID, MEETINGS, TASKS, Work
from harvest_demo.account.users import (  # fmt: skip
    ADMINISTRATOR,
    FIRST_USER_ID,
    MANAGER,
    SECOND_MANAGER,
    UNDERUSED,
    Person,
)

_TASK_OF = {
    "Development": 0, "Design": 1, "Project management": 2, "Content": 3, "Strategy": 4,
}  # fmt: skip
_QA, _PRINT = 5, 8
_TEAM = 7  # people on a client's project, as far as there are


@dataclass(frozen=True, slots=True)
class Engagement:
    """One person on one project: what they do there, and how much it draws on their time."""

    work: Work
    user_assignment: Row
    task_assignments: Sequence[Row]
    weight: float


def staff(
    account: Account, rng: random.Random, started: Sequence[Work], people: Sequence[Person],
    *, weights: dict[str, int],
) -> dict[int, list[Engagement]]:  # fmt: skip
    """Fill both kinds of assignments; what each person may log time on, by user id."""
    engagements: dict[int, list[Engagement]] = {person.user_id: [] for person in people}
    for number, work in enumerate(started):
        tasks = list(_task_assignments(account, rng, work, number))
        account.put("task_assignments", tasks)
        team = _team(rng, work, people)
        for place, person in enumerate(team):
            row = _user_assignment(account, rng, work, person, number * 200 + place)
            if people[MANAGER] is person:
                row["is_project_manager"] = number % 3 == 0
            elif people[SECOND_MANAGER] is person or place == 0:
                row["is_project_manager"] = True
            account.put("user_assignments", [row])
            weight = work.plan.weight * weights[work.plan.client]
            # The team that is not busy: its days go into our own projects.
            if person.discipline == UNDERUSED and not work.plan.is_billable:
                weight *= 12
            engagements[person.user_id].append(
                Engagement(work, row, _fitting(tasks, person.discipline), weight)
            )
    return engagements


def _team(rng: random.Random, work: Work, people: Sequence[Person]) -> list[Person]:
    if work.plan.client == projects.INTERNAL:
        return list(people)
    there = [
        person
        for person in people
        if person.joined <= work.last and (person.left is None or person.left >= work.first)
    ]
    size = min(len(there), _TEAM + len(people) // 12)
    return sorted(rng.sample(there, size), key=lambda person: person.user_id)


def _user_assignment(
    account: Account, rng: random.Random, work: Work, person: Person, number: int
) -> Row:
    custom = work.plan.bill_by == "People" and number % 4 == 1
    rate = person.row["default_hourly_rate"]
    joined = max(work.row["created_at"], person.row["created_at"])
    created = soon_after(rng, joined, account.today, days=1)
    changed = created if number % 5 else soon_after(rng, created, account.today, days=120)
    return {
        "id": 301100501 + number,
        "is_project_manager": person.user_id == FIRST_USER_ID + ADMINISTRATOR,
        "is_active": work.plan.is_active and person.left is None,
        "budget": Decimal(80 + number % 7 * 20) if work.plan.budget_by == "person" else None,
        "created_at": created,
        "updated_at": min(changed, end_of(account.today)),
        "hourly_rate": Decimal(rng.randrange(18, 32) * 5) if custom else rate,
        "use_default_rates": not custom,
        "project": account.copy("projects", work.row["id"], PROJECT_WITH_CODE),
        "user": account.copy("users", person.user_id, USER),
    }


def _task_assignments(
    account: Account, rng: random.Random, work: Work, project: int
) -> Iterator[Row]:
    internal = work.plan.client == projects.INTERNAL
    chosen = [MEETINGS, BUSINESS] if internal else [*range(_QA + 1), MEETINGS]
    if not internal and not work.plan.is_active:
        chosen.append(_PRINT)
    for place, number in enumerate(chosen):
        name, billable, default, _, _ = TASKS[number]
        # Some clients do not pay for management; some task rates were never filled in.
        charged = billable and work.plan.is_billable and not (number == 2 and project % 3 == 1)
        rate = None if default is None else Decimal(default + (rng.randrange(5) * 5 if default else
                                                               0))  # fmt: skip
        if number == 4 and project % 4 == 3:
            rate = None
        created = soon_after(rng, work.row["created_at"], account.today, days=1)
        yield {
            "id": 402200601 + project * 20 + place,
            "billable": charged,
            "is_active": work.plan.is_active and number != _PRINT,
            "created_at": created,
            "updated_at": created,
            "hourly_rate": rate,
            "budget": None,
            "project": account.copy("projects", work.row["id"], PROJECT_WITH_CODE),
            "task": account.copy("tasks", FIRST_TASK_ID + number, TASK),
        }


def _fitting(tasks: Sequence[Row], discipline: str) -> list[Row]:
    """Return the tasks of a discipline, the most usual first."""
    own = FIRST_TASK_ID + _TASK_OF[discipline]
    mine = [row for row in tasks if row["task"]["id"] == own]
    return mine + [row for row in tasks if row["task"]["id"] != own]
