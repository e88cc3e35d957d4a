"""The demo account, made anew from a seed: same arguments, same bytes."""

from datetime import date, timedelta

from harvest_demo.account import projects
from harvest_demo.account.account import Account, Timesheet, chance
from harvest_demo.account.assignments import staff
from harvest_demo.account.company import company
from harvest_demo.account.estimates import estimate
from harvest_demo.account.expenses import define_categories, spend
from harvest_demo.account.invoices import invoice
from harvest_demo.account.pricing import define_item_categories
from harvest_demo.account.projects import define_tasks, start_projects, win_clients
from harvest_demo.account.time_entries import Logbook, approve
from harvest_demo.account.users import hire
from harvest_demo.account.workdays import working_days
from harvest_demo.server.budgets import set_budgets

_LARGE = 400_000  # entries from which the agency is an old and large one


def build(*, seed: int = 7, entries: int = 25_000, today: date) -> Account:
    """Return an agency's account with exactly that many time entries, ending on `today`.

    Three years and about 28 people; from 400,000 entries on five years and up to 120 people.
    """
    years = 5 if entries >= _LARGE else 3
    start = today - timedelta(days=365 * years)
    start -= timedelta(days=start.weekday())
    account = Account(today=today, company=company())
    people = hire(
        account, chance(seed, "people"), count=min(26 + entries // 10_000, 120), start=start
    )
    win_clients(account, chance(seed, "clients"), entries=entries, start=start)
    define_tasks(account, start)
    plans = projects.projects(entries)
    started = start_projects(account, chance(seed, "projects"), plans, start=start)
    weights = {client.name: client.weight for client in projects.clients(entries)}
    engagements = staff(account, chance(seed, "staff"), started, people, weights=weights)
    days = working_days(chance(seed, "days"), people, start=start, today=today)
    logbook = Logbook(account, chance(seed, "hours"), engagements)
    account.entries = Timesheet(logbook.entries(days, entries))
    set_budgets(account, started)
    define_categories(account)
    spend(account, chance(seed, "expenses"), days, engagements, entries=entries)
    define_item_categories(account)
    accepted = estimate(account, chance(seed, "estimates"), started, entries=entries)
    invoice(account, chance(seed, "invoices"), started, accepted, entries=entries)
    approve(account, chance(seed, "approvals"))
    return account
