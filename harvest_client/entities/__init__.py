"""THE TABLE: the 18 entities of the Harvest connector, everything about each in one row."""

from harvest_client.entities.assignments import TASK_ASSIGNMENTS, USER_ASSIGNMENTS
from harvest_client.entities.clients import CLIENTS, COMPANY, CONTACTS
from harvest_client.entities.details import DETAILS
from harvest_client.entities.entity import Action, Entity, Paging, Parameter, Rate
from harvest_client.entities.estimates import ESTIMATE_ITEM_CATEGORIES, ESTIMATES
from harvest_client.entities.expenses import EXPENSE_CATEGORIES, EXPENSES
from harvest_client.entities.invoices import INVOICE_ITEM_CATEGORIES, INVOICES
from harvest_client.entities.people import ROLES, USERS
from harvest_client.entities.projects import PROJECTS, TASKS
from harvest_client.entities.reports import REPORTS, TIME_PROJECTS, TIME_TASKS
from harvest_client.entities.time import TIME_ENTRIES

__all__ = ["DETAILS", "ENTITIES", "REPORTS", "Action", "Entity", "Paging", "Parameter", "Rate"]

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        USERS,
        CLIENTS,
        CONTACTS,
        COMPANY,
        PROJECTS,
        TASKS,
        TIME_ENTRIES,
        INVOICES,
        INVOICE_ITEM_CATEGORIES,
        ESTIMATES,
        ESTIMATE_ITEM_CATEGORIES,
        EXPENSES,
        EXPENSE_CATEGORIES,
        ROLES,
        USER_ASSIGNMENTS,
        TASK_ASSIGNMENTS,
        TIME_PROJECTS,
        TIME_TASKS,
    )
}
