"""Expenses."""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter
from harvest_client.entities.shared import (
    CURSOR_PAGES,
    NUMBERED_PAGES,
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
    integer,
    key,
    record,
    text,
)

EXPENSES = Entity(
    name="expenses",
    label="Expenses",
    doc="Money spent on projects, with category, billability, approval and receipt.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/expenses",
    get_path="/expenses/{id}",
    envelope="expenses",
    paging=Paging.PAGE,
    sort=("spent_date", "desc"),
    parameters=(
        Parameter(name="user_id", kind=FieldType.INTEGER, doc="Only expenses of one person."),
        Parameter(name="client_id", kind=FieldType.INTEGER, doc="Only expenses of one client."),
        Parameter(name="project_id", kind=FieldType.INTEGER, doc="Only expenses of one project."),
        Parameter(
            name="is_billed",
            kind=FieldType.BOOLEAN,
            doc="true for invoiced expenses, false for expenses not yet invoiced.",
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
        "Administrators get all; Managers get teammates and managed projects; Members are not "
        "described for the list, reports suggest own expenses only."
    ),
    fields=(
        key("Numeric key of the expense."),
        text("notes", "Free text, null allowed.", searchable=True),
        decimal(
            "total_cost",
            "Amount spent, in the client currency.",
            FieldUnit.MONEY,
            currency_from="client.currency",
            searchable=True,
        ),
        decimal("units", "Quantity for unit-priced categories such as kilometres; 1 otherwise."),
        flag(
            "is_closed",
            "Approved. Newer vendor docs call it deprecated in favour of approval_status.",
        ),
        flag("is_locked", "Invoiced, approved, or belonging to an archived project or person."),
        flag("is_billed", "Marked as invoiced; does not mean paid.", searchable=True),
        text("locked_reason", "Human text explaining the lock; do not parse it."),
        day("spent_date", "Calendar day of the expense, a plain date.", searchable=True),
        *changed("expense"),
        flag("billable", "Can be charged to the client.", searchable=True),
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
        flag("is_explicitly_locked", "Locked by a deliberate action (inferred).", hosted_only=True),
        record(
            "receipt",
            "Attached receipt, or null. The link needs a signed-in session.",
            text("url", "Where the file is."),
            text("file_name"),
            integer("file_size", "Bytes."),
            text("content_type"),
        ),
        record(
            "user",
            "Person who recorded it.",
            integer("id", ref="users"),
            text("name"),
            searchable=True,
        ),
        record("user_assignment", "Snapshot of the user assignment.", *USER_ASSIGNMENT),
        record(
            "project",
            "Project.",
            integer("id", ref="projects"),
            text("name"),
            text("code"),
            searchable=True,
        ),
        record(
            "expense_category",
            "Category with its unit price.",
            integer("id", ref="expense_categories"),
            text("name"),
            decimal("unit_price", unit=FieldUnit.MONEY_PER_UNIT),
            text("unit_name"),
            searchable=True,
        ),
        record(
            "client",
            "Client with currency.",
            integer("id", ref="clients"),
            text("name"),
            text("currency", "Currency of total_cost."),
            searchable=True,
        ),
        record(
            "invoice",
            "Invoice that contains the expense, or null.",
            integer("id", ref="invoices"),
            text("number"),
        ),
    ),
    relations=(
        ("user.id", "users.id"),
        ("client.id", "clients.id"),
        ("project.id", "projects.id"),
        ("expense_category.id", "expense_categories.id"),
        ("user_assignment.id", "user_assignments.id"),
        ("invoice.id", "invoices.id"),
    ),
    quirks=(
        "approval_status and is_explicitly_locked exist only in the connector reference.",
        (
            "units is an integer in the docs text, 1.0 in their examples and a number in the "
            "connector: read it as a decimal."
        ),
        'The docs sort "by spent_at", a field that does not exist; spent_date is meant.',
        (
            "client here includes currency and project includes code; in time entries they are "
            "documented without."
        ),
        "Search leaves out units, approval and lock fields, receipt, user_assignment and invoice.",
    ),
)

EXPENSE_CATEGORIES = Entity(
    name="expense_categories",
    label="Expense Categories",
    doc="Catalogue of expense kinds, optionally priced per unit.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/expense_categories",
    get_path="/expense_categories/{id}",
    envelope="expense_categories",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(
            name="is_active",
            kind=FieldType.BOOLEAN,
            doc="true keeps only active categories, false only archived ones; leave out for both.",
        ),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission="Administrator.",
    fields=(
        key("Numeric key of the category."),
        text("name", "Category name.", searchable=True),
        text("unit_name", "Unit such as km; null when not unit based.", searchable=True),
        decimal(
            "unit_price",
            "Price of one unit; no currency of its own.",
            FieldUnit.MONEY_PER_UNIT,
            searchable=True,
        ),
        flag("is_active", "false once archived.", searchable=True),
        *changed("category"),
    ),
)
