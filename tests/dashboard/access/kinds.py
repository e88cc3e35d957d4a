"""Persons of the demo account, one of each kind, and what is asked of them."""

from datetime import date

from dashboard.metrics.scope import Scope
from tests.dashboard.sync.agency import TODAY

PEOPLE = {
    "administrator": 4410021,
    "manager who sees rates": 4410022,
    "manager who invoices": 4410023,
    "manager": 4410024,
    "member": 4410025,
}
SCOPE = Scope(start=date(2026, 1, 1), end=TODAY, today=TODAY)
