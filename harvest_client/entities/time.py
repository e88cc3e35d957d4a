"""The hours, one by one."""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter
from harvest_client.entities.shared import (
    NUMBERED_PAGES,
    TASK_ASSIGNMENT,
    UPDATED_SINCE,
    USER_ASSIGNMENT,
)
from harvest_client.models.fields import (
    FieldType,
    FieldUnit,
    changed,
    day,
    decimal,
    flag,
    instant,
    integer,
    key,
    record,
    text,
)

TIME_ENTRIES = Entity(
    name="time_entries",
    label="Time Entries",
    doc=(
        "Logged working time: one row per person, day, project and task entry, including running "
        "timers."
    ),
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/time_entries",
    get_path="/time_entries/{id}",
    envelope="time_entries",
    paging=Paging.PAGE,
    sort=("spent_date", "desc"),
    parameters=(
        Parameter(name="user_id", kind=FieldType.INTEGER, doc="Only entries of one person."),
        Parameter(name="client_id", kind=FieldType.INTEGER, doc="Only entries of one client."),
        Parameter(name="project_id", kind=FieldType.INTEGER, doc="Only entries of one project."),
        Parameter(name="task_id", kind=FieldType.INTEGER, doc="Only entries on one task."),
        Parameter(
            name="external_reference_id",
            kind=FieldType.TEXT,
            doc="Only entries carrying this external reference id.",
        ),
        Parameter(
            name="is_billed",
            kind=FieldType.BOOLEAN,
            doc="true for invoiced entries, false for entries not yet invoiced.",
        ),
        Parameter(
            name="is_running",
            kind=FieldType.BOOLEAN,
            doc="true for running timers only, false for stopped entries only.",
        ),
        Parameter(
            name="from", kind=FieldType.DATE, doc="spent_date on or after this day (YYYY-MM-DD)."
        ),
        Parameter(
            name="to", kind=FieldType.DATE, doc="spent_date on or before this day (YYYY-MM-DD)."
        ),
        UPDATED_SINCE,
        *NUMBERED_PAGES,
    ),
    permission=(
        "Any user. Administrators get everything, Managers their own plus teammates and managed "
        "projects, Members only their own."
    ),
    visibility=(
        (
            "billable_rate: null without the right to see billable rates, and null on non-billable"
            " time"
        ),
        "cost_rate: treat as administrator-only; may be null",
    ),
    fields=(
        key("Numeric key; documented as a 64-bit integer."),
        day(
            "spent_date",
            "Calendar day the work counts for. A plain date without zone; never convert it.",
            searchable=True,
        ),
        decimal(
            "hours",
            "Decimal hours as tracked; grows between two reads while a timer runs.",
            FieldUnit.HOURS,
            searchable=True,
        ),
        decimal(
            "hours_without_timer",
            (
                "Decimal hours already booked when the current timer run began; equals hours when "
                "nothing runs."
            ),
            FieldUnit.HOURS,
        ),
        decimal(
            "rounded_hours",
            "Hours after the account rounding rule; the figure that reports and invoices use.",
            FieldUnit.HOURS,
        ),
        text("notes", "Free text, null allowed.", searchable=True),
        flag("is_locked", "No longer editable, for whatever reason."),
        text(
            "locked_reason",
            "Human text explaining the lock; wording varies, do not parse it for logic.",
        ),
        flag(
            "is_closed",
            (
                "Approved through timesheet approval (not: project closed). Newer vendor docs call"
                " it deprecated in favour of approval_status."
            ),
        ),
        flag("is_billed", "Marked as invoiced; does not mean paid.", searchable=True),
        instant(
            "timer_started_at",
            "UTC instant the running timer was started, null when stopped (duration mode).",
        ),
        text(
            "started_time",
            'Local wall-clock start such as "9:15am" or "09:15"; null in duration mode.',
            format="time",
        ),
        text(
            "ended_time",
            "Local wall-clock end; null in duration mode or while running.",
            format="time",
        ),
        flag("is_running", "A timer is running on the entry."),
        flag("billable", "Time can be charged.", searchable=True),
        flag("budgeted", "Time uses up the project budget."),
        decimal(
            "billable_rate",
            (
                "Rate that applies to this entry; null when not billable or not visible. Amount = "
                "billable_rate times rounded_hours."
            ),
            FieldUnit.MONEY_PER_HOUR,
            currency_from="clients.currency via client.id",
        ),
        decimal(
            "cost_rate",
            "Internal cost per hour that applies to the entry; null when unset or not visible.",
            FieldUnit.MONEY_PER_HOUR,
        ),
        *changed("time entry"),
        text(
            "approval_status",
            "Approval workflow state.",
            choices=(
                "unsubmitted",
                "submitted",
                "approved",
            ),
            hosted_only=True,
        ),
        flag(
            "is_explicitly_locked",
            (
                "Locked by a deliberate action and not as a side effect of billing, approval or "
                "archiving (inferred)."
            ),
            hosted_only=True,
        ),
        record(
            "user",
            "Person who did the work.",
            integer("id", ref="users"),
            text("name"),
            searchable=True,
        ),
        record(
            "client",
            "Client of the project. Documented without currency.",
            integer("id", ref="clients"),
            text("name"),
            searchable=True,
        ),
        record(
            "project",
            "Project. Documented without code; accept extra keys.",
            integer("id", ref="projects"),
            text("name"),
            searchable=True,
        ),
        record("task", "Activity.", integer("id", ref="tasks"), text("name"), searchable=True),
        record(
            "user_assignment",
            "Snapshot of the user assignment (no project, user or use_default_rates inside).",
            *USER_ASSIGNMENT,
        ),
        record(
            "task_assignment",
            "Snapshot of the task assignment (no project or task inside).",
            *TASK_ASSIGNMENT,
        ),
        record(
            "external_reference",
            "Link to an item of another tool, or null.",
            text("id", "Id in the other tool."),
            text("group_id"),
            text("account_id"),
            text("permalink", "Web address of the item."),
            text("service"),
            text("service_icon_url"),
        ),
        record(
            "invoice",
            "Invoice that contains the entry, or null.",
            integer("id", ref="invoices"),
            text("number"),
        ),
    ),
    relations=(
        ("user.id", "users.id"),
        ("client.id", "clients.id"),
        ("project.id", "projects.id"),
        ("task.id", "tasks.id"),
        ("user_assignment.id", "user_assignments.id"),
        ("task_assignment.id", "task_assignments.id"),
        ("invoice.id", "invoices.id"),
    ),
    quirks=(
        (
            "approval_status and is_explicitly_locked exist only in the connector reference (the "
            "current vendor site also has approval_status with the values unsubmitted, submitted, "
            "approved)."
        ),
        (
            "Search leaves out rounded_hours, billable_rate, cost_rate, budgeted, is_running, "
            "timer_started_at, approval_status, the lock flags and invoice: no billable amount, "
            "cost, utilisation on rounded hours or approval view can be built from search alone."
        ),
        (
            "The SDK comment describes hours_without_timer as hours tracked without a timer; the "
            "Harvest docs mean the hours before the current timer run."
        ),
        (
            "Paging here is by page number only (no cursor documented): rows that move between "
            "pages while you read can be skipped or repeated, so use links.next and de-duplicate "
            "by id."
        ),
    ),
)
