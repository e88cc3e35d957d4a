"""What the charts drawn from the demo account are meant to show."""

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

from harvest_demo import Account
from tests.harvest_demo.asking import Asking


def _hours_by_month(account: Account) -> dict[date, Decimal]:
    months: dict[date, Decimal] = defaultdict(Decimal)
    for entry in account.entries:
        months[entry.spent_date.replace(day=1)] += entry.rounded_hours
    return months


def test_the_agency_grows_from_year_to_year(account: Account) -> None:
    months = _hours_by_month(account)
    spring = [sum(months[date(year, m, 1)] for m in (3, 4, 5)) for year in (2024, 2025, 2026)]

    assert spring[0] * Decimal("1.1") < spring[1]
    assert spring[1] * Decimal("1.1") < spring[2]


def test_august_is_slow(account: Account) -> None:
    months = _hours_by_month(account)

    for year in (2024, 2025, 2026):
        around = (months[date(year, 6, 1)] + months[date(year, 9, 1)]) / 2
        assert months[date(year, 8, 1)] < around * Decimal("0.7")


def test_nobody_works_around_the_turn_of_the_year(account: Account) -> None:
    days = {entry.spent_date for entry in account.entries}

    assert not [day for day in days if (day.month, day.day) in ((12, 25), (12, 31), (1, 1))]


def test_weekends_are_rare(account: Account) -> None:
    weekdays = Counter(entry.spent_date.weekday() for entry in account.entries)

    assert weekdays[6] == 0
    assert 0 < weekdays[5] < len(account.entries) / 100


def test_one_client_dominates(account: Account) -> None:
    hours: dict[int, Decimal] = defaultdict(Decimal)
    for entry in account.entries:
        if entry.billable:
            hours[entry.client["id"]] += entry.rounded_hours
    first, second, *_ = sorted(hours.values(), reverse=True)

    assert first > 2 * second
    assert first < sum(hours.values()) * Decimal("0.6")


def test_a_project_of_that_client_has_run_over_its_budget(asking: Asking) -> None:
    budgets = asking.all("/reports/project_budget", is_active="true")
    over = {row["project_name"] for row in budgets if row["budget_remaining"] < 0}

    assert "Hafenportal Relaunch" in over
    assert len(over) < len(budgets) / 3


def test_one_team_has_room(account: Account) -> None:
    billable: dict[str, Decimal] = defaultdict(Decimal)
    total: dict[str, Decimal] = defaultdict(Decimal)
    for entry in account.entries:
        for role in account.tables["users"][entry.user["id"]]["roles"]:
            total[role] += entry.rounded_hours
            billable[role] += entry.rounded_hours if entry.billable else 0
    shares = {role: billable[role] / total[role] for role in total}

    assert min(shares, key=shares.__getitem__) == "Content"
    assert shares["Content"] < sorted(shares.values())[1] * Decimal("0.75")


def test_two_months_of_one_client_were_never_invoiced(account: Account) -> None:
    unbilled = Counter(
        entry.spent_date.replace(day=1)
        for entry in account.entries
        if entry.client["name"] == "Kestrel & Finch LLP"
        and entry.billable_rate
        and not entry.is_billed
    )

    assert {date(2026, 6, 1), date(2026, 7, 1)} <= unbilled.keys()


def test_what_is_older_than_a_quarter_is_mostly_invoiced(account: Account) -> None:
    old = [
        entry
        for entry in account.entries
        if entry.billable_rate and entry.spent_date < date(2026, 8, 1)
    ]
    billed = [entry for entry in old if entry.is_billed]

    assert 0.8 < len(billed) / len(old) < 0.99
