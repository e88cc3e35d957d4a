"""An account small enough to be known by heart: nulls, lists, and names that are alike."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from harvest_demo import TOKEN, Account

TODAY = date(2026, 11, 20)
MOMENT = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)

_PROJECTS = (
    # id, name, code, budget, starts_on, is_active
    (1, "Hafenportal Relaunch", "HPR", Decimal("40.5"), date(2026, 1, 1), True),
    (2, "hafenportal", None, Decimal("0.1"), None, True),
    (3, "Portal 100% neu", "hp_2", None, date(2025, 3, 31), False),
    (4, "Relaunch am Hafen", "", Decimal(7), date(2026, 2, 1), False),
)
_ROLES: dict[int, list[str] | None] = {
    1: ["Design", "Projektleitung"], 2: [], 3: ["Designsystem"], 4: None,
}  # fmt: skip


def handmade() -> Account:
    """Four projects, four people, and two roles that list them."""
    account = Account(TODAY, {"name": "Nordlicht", "is_active": True})
    client = {"id": 77, "name": "Hafen", "currency": "EUR"}
    account.put("projects", (
        {"id": key, "name": name, "code": code, "budget": budget, "starts_on": starts_on,
         "is_active": active, "client": client, **_dated(key)}
        for key, name, code, budget, starts_on, active in _PROJECTS
    ))  # fmt: skip
    account.put(
        "users", ({"id": key, "roles": roles, **_dated(key)} for key, roles in _ROLES.items())
    )
    account.put("roles", (
        {"id": 1, "name": "Design", "user_ids": [1, 3], **_dated(1)},
        {"id": 2, "name": "Empty", "user_ids": [], **_dated(2)},
    ))  # fmt: skip
    account.tables["users"][1]["access_roles"] = ["administrator"]
    account.tokens[TOKEN] = 1
    return account


def _dated(day: int) -> dict[str, Any]:
    return {"created_at": MOMENT.replace(day=day), "updated_at": MOMENT.replace(day=day)}
