"""Objects that appear inside several entities."""

from harvest_client.fields import FieldUnit, decimal, flag, instant, integer, text

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
