"""Reports of Harvest by window of days.

The connector offers two of them as entities, `time_projects` and `time_tasks`; the rest are
Harvest's own, which reconciliation needs and a direct source lists in the same way.
"""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter, Rate
from harvest_client.entities.shared import FIXED_FEE, NUMBERED_PAGES, WINDOW
from harvest_client.models.fields import Field, FieldType, FieldUnit, decimal, flag, integer, text

_PERMISSION = (
    "Any user, row-scoped: Administrators all, Managers own time plus managed projects and "
    "teammates, Members own time only."
)
_VISIBILITY = (
    "currency and billable_amount: administrators and managers allowed to see billable rates; "
    "otherwise null or absent",
)
_TOTALS = (
    decimal("total_hours", "Sum of rounded hours in the window.", FieldUnit.HOURS, searchable=True),
    decimal(
        "billable_hours", "Part of total_hours that is billable.", FieldUnit.HOURS, searchable=True
    ),
    text(
        "currency",
        "ISO 4217 code of the row; one row per subject and currency.",
        format="currency-code",
        searchable=True,
    ),
    decimal(
        "billable_amount",
        "Money value of billable_hours; zero for fixed-fee work unless asked for.",
        FieldUnit.MONEY,
        currency_from="currency",
        searchable=True,
    ),
)
_QUIRKS = (
    "Harvest also accepts include_fixed_fee; the connector does not pass it on.",
    "The connector declares 20200101 and 21000101 as defaults of from and to, which breaks "
    "Harvest's own limit of 365 days: both are always sent.",
    "The SDK's hints describe this entity as something one can log time to. It is a report.",
    "The hosted copy stores one row per 365-day slice without saying which: searched rows of "
    "different windows cannot be told apart.",
    "The sort order is not documented; examples look alphabetical by name.",
)
_SHARED = {
    "actions": (Action.LIST, Action.SEARCH),
    "envelope": "results",
    "paging": Paging.PAGE,
    "rate": Rate.REPORTS,
    "sums": ("total_hours", "billable_hours", "billable_amount"),
    "parameters": (*WINDOW, FIXED_FEE, *NUMBERED_PAGES),
    "permission": _PERMISSION,
    "visibility": _VISIBILITY,
}

TIME_PROJECTS = Entity(
    name="time_projects",
    label="Time Projects",
    doc="Time by project for a window of days: hours and billable amount per currency.",
    path="/reports/time/projects",
    primary_key=("project_id", "currency"),
    fields=(
        integer("project_id", "Project key.", ref="projects", searchable=True),
        text(
            "project_name",
            'Project name, prefixed with "[code] " when the project has a code.',
            searchable=True,
        ),
        integer("client_id", "Client key.", ref="clients", searchable=True),
        text("client_name", "Client name.", searchable=True),
        *_TOTALS,
    ),
    relations=(("project_id", "projects.id"), ("client_id", "clients.id")),
    quirks=_QUIRKS,
    **_SHARED,  # type: ignore[arg-type]
)

TIME_TASKS = Entity(
    name="time_tasks",
    label="Time Tasks",
    doc="Time by task for a window of days: hours and billable amount per currency.",
    path="/reports/time/tasks",
    primary_key=("task_id", "currency"),
    fields=(
        integer("task_id", "Task key.", ref="tasks", searchable=True),
        text("task_name", "Task name.", searchable=True),
        *_TOTALS,
    ),
    relations=(("task_id", "tasks.id"),),
    quirks=(
        *_QUIRKS,
        "A task used for clients with different currencies gives several rows of the same task_id.",
    ),
    **_SHARED,  # type: ignore[arg-type]
)


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
