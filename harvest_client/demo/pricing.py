"""Billable and cost rates of time entries, resolved as Harvest does it."""

from datetime import date
from decimal import Decimal

from harvest_client.demo.account import Account, rate_on
from harvest_client.demo.copies import Row
from harvest_client.demo.entry import TimeEntry


def is_billable(project: Row, task_assignment: Row) -> bool:
    """Billability comes from the task's assignment, unless the whole project is not billable."""
    return bool(project["is_billable"] and task_assignment["billable"])


def is_budgeted(project: Row, task_assignment: Row, user_assignment: Row) -> bool:
    """Return whether time uses up a budget; one per task or person covers only those."""
    match project["budget_by"]:
        case "none":
            return False
        case "task" | "task_fees":
            return task_assignment["budget"] is not None
        case "person":
            return user_assignment["budget"] is not None
    return True


def billable_rate(
    account: Account, project: Row, task_assignment: Row, user_assignment: Row, day: date
) -> Decimal | None:
    """The rate per hour on `day`; None for what is not billable, or was never given a rate."""
    if not is_billable(project, task_assignment):
        return None
    rate: Decimal | None = None
    match project["bill_by"]:
        case "Project":
            rate = project["hourly_rate"]
        case "Tasks":
            rate = task_assignment["hourly_rate"]
        case "People" if not user_assignment["use_default_rates"]:
            rate = user_assignment["hourly_rate"]
        case "People":
            rate = rate_on(account.billable_rates[user_assignment["user"]["id"]], day)
    return rate


def reprice(account: Account, entry: TimeEntry) -> None:
    """Resolves the entry's rates anew. Harvest leaves `updated_at` alone when it does this."""
    project = account.tables["projects"][entry.project["id"]]
    task_assignment = account.tables["task_assignments"][entry.task_assignment["id"]]
    user_assignment = account.tables["user_assignments"][entry.user_assignment["id"]]
    entry.billable = is_billable(project, task_assignment)
    entry.billable_rate = billable_rate(
        account, project, task_assignment, user_assignment, entry.spent_date
    )
    entry.cost_rate = rate_on(account.cost_rates[entry.user["id"]], entry.spent_date)
