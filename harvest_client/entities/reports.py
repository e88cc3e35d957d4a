"""Harvest's reports that add things up, by window of days.

The connector offers two of them as entities, `time_projects` and `time_tasks`; the rest are
Harvest's own, which reconciliation needs and a direct source lists in the same way.
"""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter, Rate
from harvest_client.entities.parameters import FIXED_FEE, NUMBERED_PAGES, WINDOW
from harvest_client.fields import Field, FieldType, FieldUnit, decimal, flag, integer, text

_CLIENT = (
    integer("client_id", "Client key.", ref="clients"),
    text("client_name", "Client name."),
)
_CURRENCY = text("currency", "ISO 4217 code; one row per subject and currency.")
_PERSON = (
    integer("user_id", "Person key.", ref="users"),
    text("user_name", "Person name."),
    flag("is_contractor", "External contractor."),
)
_CODED_PROJECT = (
    integer("project_id", "Project key.", ref="projects"),
    text("project_name", 'Project name, prefixed with "[code] " when the project has a code.'),
)
_PROJECT = (
    integer("project_id", "Project key.", ref="projects"),
    text("project_name", "Project name, here without the code."),
)


def _money(name: str, doc: str) -> Field:
    return decimal(name, doc, FieldUnit.MONEY, currency_from="currency")


_TIME = (
    decimal("total_hours", "Rounded hours in the window.", FieldUnit.HOURS),
    decimal("billable_hours", "Part of total_hours that is billable.", FieldUnit.HOURS),
    _CURRENCY,
    _money("billable_amount", "Money value of billable_hours; zero for fixed-fee work by default."),
)
_SPENT = (
    _money("total_amount", "Money spent in the window."),
    _money("billable_amount", "Part of total_amount that is billable."),
    _CURRENCY,
)
_TIME_PERMISSION = "Any user, row-scoped like the time entries."
_EXPENSE_PERMISSION = "Administrators all; Managers teammates and managed projects."


def _report(
    name: str, doc: str, *fields: Field, key: str, path: str, permission: str, **more: object
) -> Entity:
    windowed = {"parameters": (*WINDOW, *NUMBERED_PAGES), "primary_key": (key, "currency")}
    return Entity(
        name=name,
        label=name.replace("_", " ").capitalize(),
        doc=doc,
        actions=(Action.LIST,),
        path=path,
        envelope="results",
        paging=Paging.PAGE,
        rate=Rate.REPORTS,
        permission=permission,
        fields=fields,
        **(windowed | more),  # type: ignore[arg-type]
    )


def _time(name: str, doc: str, *fields: Field, key: str, path: str) -> Entity:
    parameters = (*WINDOW, FIXED_FEE, *NUMBERED_PAGES)
    return _report(
        name, doc, *fields, key=key, path=path, permission=_TIME_PERMISSION,
        parameters=parameters, sums=("total_hours", "billable_hours", "billable_amount"),
    )  # fmt: skip


def _expenses(name: str, doc: str, *fields: Field, key: str, path: str) -> Entity:
    return _report(
        name, doc, *fields, *_SPENT, key=key, path=path, permission=_EXPENSE_PERMISSION,
        sums=("total_amount", "billable_amount"),
    )  # fmt: skip


REPORTS: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        _time(
            "time_clients",
            "Time by client.",
            *_CLIENT,
            *_TIME,
            key="client_id",
            path="/reports/time/clients",
        ),
        _time(
            "time_team",
            "Time by person.",
            *_PERSON,
            *_TIME,
            integer(
                "weekly_capacity",
                "Repeated on every currency row of the same person: never sum it over rows.",
                unit=FieldUnit.SECONDS,
            ),
            text("avatar_url", "Profile picture."),
            key="user_id",
            path="/reports/time/team",
        ),
        _expenses(
            "expenses_clients",
            "Expenses by client.",
            *_CLIENT,
            key="client_id",
            path="/reports/expenses/clients",
        ),
        _expenses(
            "expenses_projects",
            "Expenses by project.",
            *_CLIENT,
            *_CODED_PROJECT,
            key="project_id",
            path="/reports/expenses/projects",
        ),
        _expenses(
            "expenses_categories",
            "Expenses by category.",
            integer("expense_category_id", "Category key.", ref="expense_categories"),
            text("expense_category_name", "Category name."),
            key="expense_category_id",
            path="/reports/expenses/categories",
        ),
        _expenses(
            "expenses_team",
            "Expenses by person.",
            *_PERSON,
            key="user_id",
            path="/reports/expenses/team",
        ),
        _report(
            "uninvoiced",
            "Hours, expenses and money not yet on an invoice, by billable project.",
            *_CLIENT,
            *_PROJECT,
            _CURRENCY,
            decimal("total_hours", "Rounded hours in the window.", FieldUnit.HOURS),
            decimal("uninvoiced_hours", "Rounded hours not yet on an invoice.", FieldUnit.HOURS),
            _money("uninvoiced_expenses", "Billable expenses not yet on an invoice."),
            _money("uninvoiced_amount", "Time and expenses together, not yet on an invoice."),
            key="project_id",
            path="/reports/uninvoiced",
            permission="Administrators; Managers with the right to create invoices.",
            parameters=(*WINDOW, FIXED_FEE, *NUMBERED_PAGES),
        ),
        _report(
            "project_budget",
            "Budget used and left, by project with a budget, as of now.",
            *_CLIENT,
            *_PROJECT,
            flag("budget_is_monthly", "Figures cover the current month only when true."),
            text(
                "budget_by",
                "Decides the unit.",
                choices=("project", "project_cost", "task", "task_fees", "person", "none"),
            ),
            flag("is_active", "False when archived."),
            decimal("budget", "Hours or money, see budget_by.", FieldUnit.HOURS_OR_MONEY),
            decimal("budget_spent", "Used so far, as of now.", FieldUnit.HOURS_OR_MONEY),
            decimal("budget_remaining", "Negative when overrun.", FieldUnit.HOURS_OR_MONEY),
            key="project_id",
            path="/reports/project_budget",
            permission="Administrators all; others the projects they manage or may see.",
            primary_key=("project_id",),
            parameters=(
                Parameter(
                    name="is_active",
                    kind=FieldType.BOOLEAN,
                    doc="true keeps only active projects, false only archived ones.",
                ),
                *NUMBERED_PAGES,
            ),
        ),
    )
}
