"""Assignments of people and tasks to projects, with their rates and budgets."""

from harvest_client.entities.entity import Action, Entity, Parameter
from harvest_client.entities.shared import CURSOR_PAGES, UPDATED_SINCE
from harvest_client.models.fields import (
    FieldType,
    FieldUnit,
    changed,
    decimal,
    flag,
    integer,
    key,
    record,
    text,
)

USER_ASSIGNMENTS = Entity(
    name="user_assignments",
    label="User Assignments",
    doc=(
        "Who is assigned to which project, with manager flag, rate and personal budget, across all"
        " projects."
    ),
    actions=(
        Action.LIST,
        Action.SEARCH,
    ),
    path="/user_assignments",
    envelope="user_assignments",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(name="user_id", kind=FieldType.INTEGER, doc="Only assignments of one person."),
        Parameter(
            name="is_active",
            kind=FieldType.BOOLEAN,
            doc="true keeps only active assignments, false only archived ones; leave out for both.",
        ),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission="Administrator; Manager who has teammates assigned or manages projects.",
    fields=(
        key("Numeric key of the assignment."),
        flag("is_project_manager", "Manager rights on this project.", searchable=True),
        flag(
            "is_active",
            "false once archived; active and archived ones are both listed.",
            searchable=True,
        ),
        decimal(
            "budget",
            "Personal budget, used when the project has budget_by person.",
            FieldUnit.HOURS,
            searchable=True,
        ),
        *changed("assignment"),
        decimal(
            "hourly_rate",
            (
                "Custom rate; counts only when the project has bill_by People and "
                "use_default_rates is false."
            ),
            FieldUnit.MONEY_PER_HOUR,
            searchable=True,
        ),
        flag(
            "use_default_rates",
            "true: the rate of the person applies; false: hourly_rate of this row applies.",
        ),
        record(
            "project",
            "Project.",
            integer("id", ref="projects"),
            text("name"),
            text("code"),
            searchable=True,
        ),
        record("user", "Person.", integer("id", ref="users"), text("name"), searchable=True),
    ),
    relations=(
        ("project.id", "projects.id"),
        ("user.id", "users.id"),
    ),
    quirks=(
        "Harvest has a single-record path but only below a project; the connector offers no get.",
        (
            "Search leaves out use_default_rates, so a searched hourly_rate may not be the rate "
            "that applies."
        ),
    ),
)


TASK_ASSIGNMENTS = Entity(
    name="task_assignments",
    label="Task Assignments",
    doc=(
        "Which tasks are in use on which project, with billability, rate and task budget, across "
        "all projects."
    ),
    actions=(
        Action.LIST,
        Action.SEARCH,
    ),
    path="/task_assignments",
    envelope="task_assignments",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(
            name="is_active",
            kind=FieldType.BOOLEAN,
            doc="true keeps only active assignments, false only archived ones; leave out for both.",
        ),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission="Administrator or Project Manager.",
    fields=(
        key("Numeric key of the assignment."),
        flag(
            "billable",
            (
                "Time on this task in this project is billable. Billability lives here, not on the"
                " task."
            ),
            searchable=True,
        ),
        flag("is_active", "false once archived.", searchable=True),
        *changed("assignment"),
        decimal(
            "hourly_rate",
            "Rate used when the project has bill_by Tasks.",
            FieldUnit.MONEY_PER_HOUR,
            searchable=True,
        ),
        decimal(
            "budget",
            "Hours when the project has budget_by task, money when it has budget_by task_fees.",
            FieldUnit.HOURS_OR_MONEY,
        ),
        record(
            "project",
            "Project.",
            integer("id", ref="projects"),
            text("name"),
            text("code"),
            searchable=True,
        ),
        record("task", "Task.", integer("id", ref="tasks"), text("name"), searchable=True),
    ),
    relations=(
        ("project.id", "projects.id"),
        ("task.id", "tasks.id"),
    ),
    quirks=(
        "Harvest has a single-record path but only below a project; the connector offers no get.",
        "Search leaves out budget.",
    ),
)
