"""Query parameters and fields that several entities share."""

from harvest_client.entities.entity import Parameter
from harvest_client.models.fields import FieldType, FieldUnit, decimal, flag, instant, integer, text

PER_PAGE = Parameter(
    name="per_page",
    kind=FieldType.INTEGER,
    doc="Page size, 1 to 2000; Harvest falls back to 2000 when it is left out.",
)

CURSOR_PAGES = (
    Parameter(
        name="page",
        kind=FieldType.INTEGER,
        doc="1-based page number; deprecated where a cursor exists.",
        deprecated=True,
    ),
    Parameter(
        name="cursor",
        kind=FieldType.TEXT,
        doc="Opaque position taken from links.next; wins over page when both are sent.",
    ),
    PER_PAGE,
)

NUMBERED_PAGES = (
    Parameter(name="page", kind=FieldType.INTEGER, doc="1-based page number."),
    PER_PAGE,
)

UPDATED_SINCE = Parameter(
    name="updated_since",
    kind=FieldType.TIMESTAMP,
    doc="Only records changed after this instant. Inclusive or exclusive is not documented: "
    "overlap and de-duplicate by id.",
)

WINDOW = (
    Parameter(name="from", kind=FieldType.DATE, doc="First day of the window.", required=True),
    Parameter(
        name="to",
        kind=FieldType.DATE,
        doc="Last day of the window, at most 365 days in all.",
        required=True,
    ),
)

FIXED_FEE = Parameter(
    name="include_fixed_fee",
    kind=FieldType.BOOLEAN,
    doc="Whether billable amounts are computed for fixed-fee projects as well. Left out, the time "
    "reports do not and the uninvoiced report does.",
)


_COPIED = (
    flag("is_active", "False once the assignment is archived."),
    instant("created_at", "When the assignment was created."),
    instant("updated_at", "When the assignment was last changed."),
    decimal("hourly_rate", "Rate stored on the assignment.", FieldUnit.MONEY_PER_HOUR),
)

USER_ASSIGNMENT = (
    integer("id", "Key of the user assignment.", ref="user_assignments"),
    flag("is_project_manager", "Manager rights on the project."),
    *_COPIED,
    decimal("budget", "Budget of the person on the project.", FieldUnit.HOURS),
)

TASK_ASSIGNMENT = (
    integer("id", "Key of the task assignment.", ref="task_assignments"),
    flag("billable", "Default billability of time on this task."),
    *_COPIED,
    decimal("budget", "Budget of the task on the project.", FieldUnit.HOURS_OR_MONEY),
)

LINE = (
    integer("id"),
    text("kind", "Name of an item category, not its id."),
    text("description"),
    decimal("quantity"),
    decimal("unit_price", unit=FieldUnit.MONEY_PER_UNIT),
    decimal("amount", "Quantity times unit price, before discount and tax.", FieldUnit.MONEY),
    flag("taxed", "The first tax applies."),
    flag("taxed2", "The second tax applies."),
)
