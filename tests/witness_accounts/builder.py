"""Account under construction, and the names and numbers that it is made of."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

Record = dict[str, Any]
ASSIGNMENT = "id is_active budget created_at updated_at hourly_rate"
VARIANTS = {  # rule, minutes, share of odd work, first day of the week, currencies
    "plain": ("none", 15, 0.02, "Monday", "EUR"),
    "world": ("up", 15, 0.05, "Sunday", "USD EUR JPY KWD"),
    "messy": ("nearest", 6, 0.25, "Wednesday", "GBP EUR HRK"),
}
LONG_NAMES = {"EUR": "Euro - EUR", "USD": "United States Dollar - USD", "GBP": "Pound - GBP"}
# first name, last name, contractor, active, capacity, rate, cost, roles, access roles
PEOPLE = [
    ("Ada", "Berg", False, True, 126000, 120.0, 61.5, "Engineering", "administrator"),
    (
        "Miriam",
        "Okafor",
        False,
        True,
        135000,
        140.0,
        70.0,
        "Management Engineering",
        "manager managed_projects_invoice_manager client_and_task_manager",
    ),
    ("Jo", "Lee", False, True, 126000, 95.0, 40.25, "Design", "member"),
    ("Jo", "Lee", True, True, 0, 110.0, 80.0, "Engineering", "member"),
    ("אבי", 'כהן "Avi"', False, True, None, 100.5, 45.0, "", "member"),
    ("Anna", None, False, False, 72000, 90.0, 38.0, "Design", "member"),
    ("Line\nBreak", "O'Rourke", True, True, 108000, None, None, "", "member"),
    ("=1+1", "李 🎯", False, True, 126000, 0.0, 0.0, "", "member"),
    ("Emil", "Sand", False, True, 144000, 99.9999, 50.0, "", "manager estimates_manager"),
    ("Noor", "Idle", False, True, 126000, 80.0, 30.0, "", "member project_creator"),
]
CLIENTS = [  # name, active, address
    ("Hafen & Söhne KG", True, "Kaistraße 12\r\n20457 Hamburg"),
    ("Brightwater Inc.", True, ""),
    ("Sakura 桜", True, None),
    ("Hafen & Söhne KG", True, "1 Other Street"),
    ("Old Client", False, None),
    ('=cmd("x"), "Quotes"', True, ""),
    ("Idle", True, None),
]
TASKS = [  # name, billable by default, rate, active
    ("Development", True, 110.0125, True),
    ("Design", True, 95.0, True),
    ("Meetings", False, None, True),
    ("Design", True, 0.0, True),
    ("Retired", True, 70.0, False),
]
# name, code, client, bill_by, budget_by, budget, fee (a number, or "none": fixed without a fee),
# options: archived, internal, monthly, expenses, shared (budget), future, quiet (no time)
PROJECTS = [
    ("Website", "WEB", 0, "Project", "project", 400.0, None, "shared"),
    ("[Beta] Shop", None, 1, "Tasks", "project_cost", 40000.0, None, "expenses"),
    ("Support", "SUP", 1, "People", "project", 20.0, None, "monthly shared"),
    ("Audit", "[A]", 2, "Tasks", "task", 90.0, None, "shared"),
    ("Campaign", "", 2, "Tasks", "task_fees", 9000.0, None, "shared"),
    ("Training", "TR", 3, "People", "person", 80.0, None, "monthly"),
    ("Internal", "INT", 0, "none", "none", None, None, "internal"),
    ("Portal", "HPR", 0, "Tasks", "project_cost", 30000.0, 24000.0, "expenses shared"),
    ("Fixed without fee", "FX", 3, "People", "none", None, "none", ""),
    ("Over-invoiced", "OVR", 1, "Project", "project", 60.0, 5000.0, ""),
    ("Old fixed fee", "OLD", 3, "Project", "project_cost", 9000.0, 9000.0, "archived"),
    ("Next year", "NXT", 2, "Project", "none", None, 7000.0, "future"),
    ("Archive", "ARC", 4, "Project", "project", 100.0, None, "archived"),
    ("Website", "WEB2", 2, "Project", "project_cost", 90000.0, None, "monthly expenses"),
    ("Without rate", None, 1, "none", "none", None, None, ""),
    ("People without budget", "PWB", 5, "People", "person", None, None, ""),
    ("Line\r\nbreak שלום", '"Q"', 5, "Project", "task", 40.0, None, "shared"),
    ("Signed", "SGN", 0, "Project", "none", None, 3000.0, "quiet"),
    ('=HYPERLINK("x")', "=X", 3, "Tasks", "none", None, None, ""),
]
CATEGORIES = [  # name, unit, price, active
    ("Kilometres", "km", 0.3335, True),
    ("Hotel", None, None, True),
    ("Food ☕", None, None, False),
]


def pick(row: Mapping[str, Any], keys: str) -> Record:
    """Return the part of a record that other records repeat."""
    person = f"{row.get('first_name')} {row.get('last_name') or ''}".strip()
    return {key: row.get(key, person) if key == "name" else row[key] for key in keys.split()}


class Builder:
    """Records of an account so far, with random numbers and a calendar."""

    def __init__(self, seed: int, variant: str, start: str, today: str) -> None:
        """Set the calendar. The clock of the account shows half past nine, UTC."""
        self.random, self.variant, self.now = Random(seed), variant, f"{today}T09:30:00Z"
        mode, minutes, self.odd, self.week_start, currencies = VARIANTS[variant]
        self.rounding, self.currencies = {"mode": mode, "minutes": minutes}, currencies.split()
        self.today, self.start = date.fromisoformat(today), date.fromisoformat(start)
        self.rows: dict[str, list[Record]] = {}
        self.last_id = 1000 + seed % 97

    def stamp(self, day: str, time: str = "08:00:00") -> str:
        """Return an instant on a day, never after the clock of the account."""
        return min(f"{day}T{time}Z", self.now)

    def shift(self, days: int) -> str:
        """Return the day some days after today."""
        return (self.today + timedelta(days=days)).isoformat()

    def clean(self, name: str) -> str:
        """Return a name, for the plain variant without unusual characters."""
        plain = "".join(c if c.isascii() and (c.isalnum() or c in " -&") else "" for c in name)
        return name if self.variant != "plain" else plain.strip(" -") or "Plain"

    def add(self, entity: str, created: str, updated: str = "", **fields: Any) -> Record:
        """Add a record with a new id."""
        self.last_id += self.random.randint(1, 5)
        stamps = {"created_at": created, "updated_at": max(created, updated)}
        row = {"id": self.last_id, **fields, **stamps}
        self.rows.setdefault(entity, []).append(row)
        return row
