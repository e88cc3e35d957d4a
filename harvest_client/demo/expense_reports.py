"""Harvest's four expense reports, added up expense by expense."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from harvest_client.demo.account import Account
from harvest_client.demo.copies import Row
from harvest_client.demo.permissions import Viewer
from harvest_client.demo.time_reports import client, client_of, coded_project, person, short


@dataclass(frozen=True, slots=True)
class _ExpenseSubject:
    """Subject of a report row: its place in an expense, and the first fields of the row."""

    of: Callable[[Row], int]
    row: Callable[[Account, int], Row]


def _category(account: Account, category_id: int) -> Row:
    name = account.tables["expense_categories"][category_id]["name"]
    return {"expense_category_id": category_id, "expense_category_name": name}


_EXPENSE_SUBJECTS = {
    "clients": _ExpenseSubject(lambda row: row["client"]["id"], client),
    "projects": _ExpenseSubject(
        lambda row: row["project"]["id"],
        lambda account, subject: client_of(account, subject) | coded_project(account, subject),
    ),
    "categories": _ExpenseSubject(lambda row: row["expense_category"]["id"], _category),
    "team": _ExpenseSubject(lambda row: row["user"]["id"], person),
}


def expense_report(viewer: Viewer, subject_name: str, expenses: Iterable[Row]) -> list[Row]:
    """One row per subject and currency."""
    subject = _EXPENSE_SUBJECTS[subject_name]
    total: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    billable: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for row in expenses:
        key = (subject.of(row), row["client"]["currency"])
        total[key] += row["total_cost"]
        billable[key] += row["total_cost"] if row["billable"] else 0
    shows = viewer.sees_billable_rates
    return [
        {
            **subject.row(viewer.account, subject_id),
            "total_amount": short(total[subject_id, currency]),
            "billable_amount": short(billable[subject_id, currency]) if shows else None,
            "currency": currency if shows else None,
        }
        for subject_id, currency in sorted(total)
    ]
