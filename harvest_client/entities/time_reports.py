"""The two time reports that the connector offers as entities.

Rows have no id and no window of their own. In the hosted copy the rows of different windows
cannot be told apart, so totals come from `list` with a window, never from search.
"""

from harvest_client.entities.entity import Action, Entity, Paging, Rate
from harvest_client.entities.parameters import FIXED_FEE, NUMBERED_PAGES, WINDOW
from harvest_client.fields import FieldUnit, decimal, integer, text

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
