"""Harvest's four time reports, added up entry by entry."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from harvest_client.demo.account import Account
from harvest_client.demo.copies import Row, display_name
from harvest_client.demo.entry import TimeEntry, cents
from harvest_client.demo.permissions import Viewer


@dataclass(slots=True)
class _Sums:
    total: Decimal = Decimal(0)
    billable: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Subject:
    """Subject of a report row: its place in an entry, and the first and last fields of the row."""

    of: Callable[[TimeEntry], int]
    first: Callable[[Account, int], Row]
    last: Callable[[Account, int], Row] = lambda account, subject: {}


def client(account: Account, client_id: int) -> Row:
    return {"client_id": client_id, "client_name": account.tables["clients"][client_id]["name"]}


def project(account: Account, project_id: int) -> Row:
    row = account.tables["projects"][project_id]
    return {"project_id": project_id, "project_name": row["name"]}


def coded_project(account: Account, project_id: int) -> Row:
    """The project as the time and expense reports print it, and no others: with its code."""
    row = account.tables["projects"][project_id]
    name = f"[{row['code']}] {row['name']}" if row["code"] else row["name"]
    return {"project_id": project_id, "project_name": name}


def client_of(account: Account, project_id: int) -> Row:
    return client(account, account.tables["projects"][project_id]["client"]["id"])


def person(account: Account, user_id: int) -> Row:
    row = account.tables["users"][user_id]
    return {
        "user_id": user_id,
        "user_name": display_name(row),
        "is_contractor": row["is_contractor"],
    }


def _task(account: Account, task_id: int) -> Row:
    return {"task_id": task_id, "task_name": account.tables["tasks"][task_id]["name"]}


def _capacity(account: Account, user_id: int) -> Row:
    row = account.tables["users"][user_id]
    return {"weekly_capacity": row["weekly_capacity"], "avatar_url": row["avatar_url"]}


_SUBJECTS = {
    "clients": _Subject(lambda entry: entry.client["id"], client),
    "projects": _Subject(
        lambda entry: entry.project["id"],
        lambda account, subject: coded_project(account, subject) | client_of(account, subject),
    ),
    "tasks": _Subject(lambda entry: entry.task["id"], _task),
    "team": _Subject(lambda entry: entry.user["id"], person, _capacity),
}


def time_report(
    viewer: Viewer, subject_name: str, entries: Iterable[TimeEntry], *, include_fixed_fee: bool
) -> list[Row]:
    """One row per subject and currency. Running timers count with the hours they have."""
    account, subject = viewer.account, _SUBJECTS[subject_name]
    sums: dict[tuple[int, str], _Sums] = {}
    for entry in entries:
        project_row = account.tables["projects"][entry.project["id"]]
        row = sums.setdefault((subject.of(entry), project_row["client"]["currency"]), _Sums())
        row.total += entry.rounded_hours
        if entry.billable:
            row.billable += entry.rounded_hours
            if include_fixed_fee or not project_row["is_fixed_fee"]:
                row.amount += entry.fees
    return list(_rows(viewer, subject, sums))


def _rows(viewer: Viewer, subject: _Subject, sums: dict[tuple[int, str], _Sums]) -> Iterator[Row]:
    for (subject_id, currency), row in sorted(sums.items()):
        yield {
            **subject.first(viewer.account, subject_id),
            "total_hours": short(row.total),
            "billable_hours": short(row.billable),
            "currency": currency if viewer.sees_billable_rates else None,
            "billable_amount": short(cents(row.amount)) if viewer.sees_billable_rates else None,
            **subject.last(viewer.account, subject_id),
        }


def short(number: Decimal) -> Decimal | int:
    """The number as reports print it: without a fraction when it has none."""
    whole = int(number)
    return whole if whole == number else number
