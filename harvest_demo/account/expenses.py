"""The demo agency's expenses and what kinds there are."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from harvest_demo.account import company
from harvest_demo.account.account import (
    CATEGORY,
    CLIENT_WITH_CURRENCY,
    PROJECT_WITH_CODE,
    USER,
    USER_ASSIGNMENT,
    Account,
    Row,
    cents,
    end_of,
    instant,
    some_time,
)
from harvest_demo.account.assignments import Engagement
from harvest_demo.account.workdays import WorkingDay

_FIRST_CATEGORY_ID = 6680401
_MOST = 8000
# Name, unit, price of a unit, active.
_CATEGORIES = (
    ("Kilometre", "km", Decimal("0.58"), True), ("Unterkunft", None, None, True),
    ("Catering ☕", None, None, False), ("Train & flight", None, None, True),
    ("Per diem", "day", Decimal("28.00"), True),
)  # fmt: skip
_RECEIPTS = (("hotel_märz.pdf", "application/pdf"), ("IMG 0042.jpg", "image/jpeg"))


def define_categories(account: Account) -> None:
    first = min(row["created_at"] for row in account.rows("users"))
    for number, (name, unit, price, is_active) in enumerate(_CATEGORIES):
        created = first + timedelta(minutes=30, seconds=number)
        account.put("expense_categories", [{
            "id": _FIRST_CATEGORY_ID + number,
            "name": name,
            "unit_name": unit,
            "unit_price": price,
            "is_active": is_active,
            "created_at": created,
            "updated_at": created if is_active else instant(account.today, 7, 45),
        }])  # fmt: skip


def spend(
    account: Account, rng: random.Random, days: Sequence[WorkingDay],
    engagements: Mapping[int, Sequence[Engagement]], *, entries: int,
) -> None:  # fmt: skip
    """Fill expenses: about one for eighty time entries, none of them invoiced yet."""
    count = min(max(entries // 80, 24), _MOST, len(days))
    chosen = sorted(rng.sample(range(len(days)), count))
    account.put("expenses", _expenses(account, rng, [days[n] for n in chosen], engagements))


def _expenses(
    account: Account, rng: random.Random, days: Sequence[WorkingDay],
    engagements: Mapping[int, Sequence[Engagement]],
) -> Iterator[Row]:  # fmt: skip
    for number, working in enumerate(days):
        possible = [
            engagement
            for engagement in engagements[working.person.user_id]
            if engagement.work.first <= working.day <= engagement.work.last
        ]
        if not possible:
            continue
        engagement = rng.choice(possible)
        yield _expense(account, rng, working, engagement, 19940801 + number)


def _expense(
    account: Account, rng: random.Random, working: WorkingDay, engagement: Engagement, row_id: int
) -> Row:
    category = account.tables["expense_categories"][
        _FIRST_CATEGORY_ID + rng.randrange(len(_CATEGORIES))
    ]
    price = category["unit_price"]
    units = Decimal(1) if price is None else Decimal(rng.randrange(1, 4 if price > 1 else 400))
    cost = cents(units * price) if price else Decimal(rng.randrange(900, 38_000)) / 100
    project = engagement.work.row
    created = some_time(rng, working.day) + timedelta(days=rng.randrange(3))
    created = min(created, end_of(account.today))
    return {
        "id": row_id,
        "notes": rng.choice(company.EXPENSE_NOTES),
        "total_cost": cost,
        "units": units,
        "is_closed": False,
        "is_locked": False,
        "is_billed": False,
        "locked_reason": None,
        "spent_date": working.day,
        "created_at": created,
        "updated_at": created,
        "billable": project["is_billable"] and rng.random() < 0.75,
        "approval_status": "unsubmitted",
        "receipt": _receipt(rng, row_id) if rng.random() < 0.7 else None,
        "user": account.copy("users", working.person.user_id, USER),
        "user_assignment": account.copy(
            "user_assignments", engagement.user_assignment["id"], USER_ASSIGNMENT
        ),
        "project": account.copy("projects", project["id"], PROJECT_WITH_CODE),
        "expense_category": account.copy("expense_categories", category["id"], CATEGORY),
        "client": account.copy("clients", project["client"]["id"], CLIENT_WITH_CURRENCY),
        "invoice": None,
    }


def _receipt(rng: random.Random, row_id: int) -> Row:
    name, kind = rng.choice(_RECEIPTS)
    return {
        "url": f"https://nordlicht.harvestapp.com/expenses/{row_id}/receipt",
        "file_name": name,
        "file_size": rng.randrange(40_000, 900_000),
        "content_type": kind,
    }
