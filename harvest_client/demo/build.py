"""The demo account, made anew from a seed: same arguments, same bytes."""

from datetime import date, timedelta

from harvest_client.demo import portfolio
from harvest_client.demo.account import Account
from harvest_client.demo.approvals import approve
from harvest_client.demo.assignments import staff
from harvest_client.demo.bills import define_item_categories
from harvest_client.demo.budgets import set_budgets
from harvest_client.demo.calendar import working_days
from harvest_client.demo.company import company
from harvest_client.demo.estimates import estimate
from harvest_client.demo.expenses import define_categories, spend
from harvest_client.demo.hours import Logbook
from harvest_client.demo.invoices import invoice
from harvest_client.demo.moments import chance
from harvest_client.demo.people import hire
from harvest_client.demo.timesheet import Timesheet
from harvest_client.demo.work import define_tasks, start_projects, win_clients

_LARGE = 400_000  # entries from which the agency is an old and large one


def build(*, seed: int = 7, entries: int = 25_000, today: date) -> Account:
    """An agency's account with exactly that many time entries, ending on `today`.

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
    plans = portfolio.projects(entries)
    started = start_projects(account, chance(seed, "projects"), plans, start=start)
    weights = {client.name: client.weight for client in portfolio.clients(entries)}
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
