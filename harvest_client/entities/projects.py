"""Projects and tasks."""

from harvest_client.entities.entity import Action, Entity, Parameter
from harvest_client.entities.shared import CURSOR_PAGES, UPDATED_SINCE
from harvest_client.models.fields import (
    FieldType,
    FieldUnit,
    changed,
    day,
    decimal,
    flag,
    integer,
    key,
    record,
    text,
)

PROJECTS = Entity(
    name="projects",
    label="Projects",
    doc="Units of work for a client, with billing method, budget and fee settings.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/projects",
    get_path="/projects/{id}",
    envelope="projects",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(
            name="is_active",
            kind=FieldType.BOOLEAN,
            doc="true keeps only active projects, false only archived ones; leave out for both.",
        ),
        Parameter(name="client_id", kind=FieldType.INTEGER, doc="Only projects of one client."),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission=(
        "Administrator, or Manager with managed projects (managers get only the projects they "
        "manage)."
    ),
    fields=(
        key("Numeric key of the project."),
        text("name", "Project name without the code.", searchable=True),
        text(
            "code",
            'Short code; often null. Time and expense reports print it as a "[code] " prefix.',
            searchable=True,
        ),
        flag("is_active", "false once archived.", searchable=True),
        flag("is_billable", "false for internal work; nothing on it is billable.", searchable=True),
        flag(
            "is_fixed_fee", "true when the client pays the agreed fee instead of hours times rate."
        ),
        text(
            "bill_by",
            "Which level supplies the hourly rate.",
            choices=(
                "Project",
                "Tasks",
                "People",
                "none",
            ),
        ),
        decimal(
            "hourly_rate",
            "Rate used when bill_by is Project; otherwise usually null.",
            FieldUnit.MONEY_PER_HOUR,
            currency_from="client.currency",
            searchable=True,
        ),
        text(
            "budget_by",
            "How the budget is measured, and therefore where it is stored (see notes).",
            choices=(
                "project",
                "project_cost",
                "task",
                "task_fees",
                "person",
                "none",
            ),
        ),
        flag("budget_is_monthly", "Budget starts again every calendar month."),
        decimal(
            "budget",
            (
                "Budget in hours for budget_by project (the docs call it the budget by time); do "
                "not read it as money."
            ),
            FieldUnit.HOURS,
            searchable=True,
        ),
        decimal(
            "cost_budget",
            (
                "Money budget in billable fees for budget_by project_cost. Despite the name it has"
                " nothing to do with internal cost."
            ),
            FieldUnit.MONEY,
            currency_from="client.currency",
        ),
        flag("cost_budget_include_expenses", "Tracked expenses also use up cost_budget."),
        flag("notify_when_over_budget", "Mail the project managers when the threshold is passed."),
        decimal(
            "over_budget_notification_percentage",
            "Threshold for that mail; 80.0 means 80 percent.",
            FieldUnit.PERCENT,
        ),
        day("over_budget_notification_date", "Day of the latest such mail, null if none."),
        flag(
            "show_budget_to_all",
            "Everybody on the project may see the budget (no effect for project_cost budgets).",
        ),
        decimal(
            "fee",
            "Agreed price; only meaningful for fixed-fee projects.",
            FieldUnit.MONEY,
            currency_from="client.currency",
        ),
        text("notes", "Free text; empty string is common."),
        day("starts_on", "Planned first day.", searchable=True),
        day("ends_on", "Planned last day."),
        *changed("project"),
        record(
            "client",
            "Owning client.",
            integer("id", ref="clients"),
            text("name"),
            text("currency", "ISO 4217 code, the currency of every amount on the project."),
            searchable=True,
        ),
    ),
    relations=(("client.id", "clients.id"),),
    notes=(
        (
            "Budget location by budget_by: project -> projects.budget (hours); project_cost -> "
            "projects.cost_budget (money); task -> sum of task_assignments.budget (hours); "
            "task_fees -> task_assignments.budget (money); person -> user_assignments.budget "
            "(hours); none -> no budget. Whether projects.budget mirrors the sum for task and "
            "person is not documented."
        ),
    ),
    quirks=(
        (
            "Search returns budget but neither budget_by, cost_budget, budget_is_monthly, "
            "is_fixed_fee, fee, bill_by nor ends_on: the unit and kind of a searched budget cannot"
            " be known."
        ),
        (
            "The SDK comment on cost_budget says cost budget; the Harvest docs make clear it is a "
            "fee budget."
        ),
        "No archived-on date is available.",
    ),
)

TASKS = Entity(
    name="tasks",
    label="Tasks",
    doc="Account-wide catalogue of activities that projects can adopt.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/tasks",
    get_path="/tasks/{id}",
    envelope="tasks",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(
            name="is_active",
            kind=FieldType.BOOLEAN,
            doc="true keeps only active tasks, false only archived ones; leave out for both.",
        ),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission=(
        "Administrator, or Manager allowed to create and edit tasks (client_and_task_manager)."
    ),
    fields=(
        key("Numeric key of the task."),
        text("name", "Name of the activity.", searchable=True),
        flag(
            "billable_by_default",
            (
                "Initial billability when a new project adopts the task; says nothing about "
                "existing projects."
            ),
            searchable=True,
        ),
        decimal(
            "default_hourly_rate",
            "Rate handed to new task assignments.",
            FieldUnit.MONEY_PER_HOUR,
            searchable=True,
        ),
        flag("is_default", "Task is added to every new project."),
        flag("is_active", "false once archived.", searchable=True),
        *changed("task"),
    ),
    quirks=(
        (
            "The mirrored Harvest page for tasks breaks off in the permissions paragraph; list "
            "parameters, paging and sort order come from the vendor site as quoted by other "
            "sources."
        ),
        "Search leaves out is_default.",
    ),
)
