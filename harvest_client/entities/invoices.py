"""Invoices and their payments."""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter
from harvest_client.entities.shared import CURSOR_PAGES, LINE, NUMBERED_PAGES, UPDATED_SINCE
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
    records,
    text,
    texts,
)

INVOICES = Entity(
    name="invoices",
    label="Invoices",
    doc="Bills to clients with state, taxes, due amounts and line items.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/invoices",
    get_path="/invoices/{id}",
    envelope="invoices",
    paging=Paging.PAGE,
    sort=("issue_date", "desc"),
    parameters=(
        Parameter(name="client_id", kind=FieldType.INTEGER, doc="Only invoices of one client."),
        Parameter(name="project_id", kind=FieldType.INTEGER, doc="Only invoices of one project."),
        Parameter(name="from", kind=FieldType.DATE, doc="issue_date on or after this day."),
        Parameter(name="to", kind=FieldType.DATE, doc="issue_date on or before this day."),
        Parameter(name="state", kind=FieldType.TEXT, doc="One of draft, open, paid, closed."),
        UPDATED_SINCE,
        *NUMBERED_PAGES,
    ),
    permission=(
        "Administrator, or Manager with an invoice right (managed_projects_invoice_drafter or "
        "managed_projects_invoice_manager; managers get managed projects only)."
    ),
    fields=(
        key("Numeric key of the invoice."),
        text(
            "client_key",
            (
                "Secret part of the public invoice link. Treat it as a credential: do not show or "
                "log it."
            ),
            secret=True,
        ),
        text(
            "number",
            "Invoice number; a string, may hold letters and leading zeros.",
            searchable=True,
        ),
        text("purchase_order", "Purchase order reference; may be an empty string."),
        decimal(
            "amount",
            "Grand total after discount and taxes.",
            FieldUnit.MONEY,
            currency_from="currency",
            searchable=True,
        ),
        decimal(
            "due_amount",
            "What is still owed now; falls with partial payments.",
            FieldUnit.MONEY,
            currency_from="currency",
            searchable=True,
        ),
        decimal("tax", "First tax rate; 19.0 means 19 percent.", FieldUnit.PERCENT),
        decimal(
            "tax_amount",
            "Money of the first tax; text says null without a tax, examples show 0.",
            FieldUnit.MONEY,
            currency_from="currency",
        ),
        decimal("tax2", "Second tax rate.", FieldUnit.PERCENT),
        decimal(
            "tax2_amount", "Money of the second tax.", FieldUnit.MONEY, currency_from="currency"
        ),
        decimal(
            "discount", "Discount rate, taken off the subtotal before taxes.", FieldUnit.PERCENT
        ),
        decimal(
            "discount_amount",
            "Money of the discount, positive number.",
            FieldUnit.MONEY,
            currency_from="currency",
        ),
        text("subject", "Subject line.", searchable=True),
        text("notes", "Free text on the invoice."),
        text(
            "currency",
            "ISO 4217 code of every amount on the invoice; can differ from the client currency.",
            format="currency-code",
            searchable=True,
        ),
        text(
            "state",
            (
                "draft: not sent; open: sent and not settled (includes part-paid and overdue); "
                "paid; closed: written off, not collected."
            ),
            choices=(
                "draft",
                "open",
                "paid",
                "closed",
            ),
            searchable=True,
        ),
        day("period_start", "First day of the imported time; null on free-form invoices."),
        day("period_end", "Last day of the imported time."),
        day(
            "issue_date",
            "Date printed on the invoice; what from and to filter on.",
            searchable=True,
        ),
        day("due_date", "Day payment is due.", searchable=True),
        text(
            "payment_term",
            "Payment period label.",
            choices=(
                "upon receipt",
                "net 15",
                "net 30",
                "net 45",
                "net 60",
                "custom",
            ),
        ),
        texts(
            "payment_options",
            "Online payment methods switched on; may be empty.",
            choices=(
                "ach",
                "credit_card",
                "paypal",
            ),
        ),
        instant("sent_at", "UTC instant it was sent or marked as sent, null for drafts."),
        instant("paid_at", "UTC instant of full payment."),
        day("paid_date", "Accounting day of payment; prefer it to paid_at for date buckets."),
        instant("closed_at", "UTC instant it was written off."),
        integer(
            "recurring_invoice_id",
            (
                "Key of the recurring schedule that produced it, or null (no endpoint documented "
                "for it)."
            ),
        ),
        *changed("invoice"),
        record(
            "client", "Billed client.", integer("id", ref="clients"), text("name"), searchable=True
        ),
        record(
            "estimate",
            "Estimate the invoice was made from, or null.",
            integer("id", ref="estimates"),
        ),
        record(
            "retainer", "Retainer it belongs to, or null (no endpoint documented).", integer("id")
        ),
        record("creator", "Person who created it.", integer("id", ref="users"), text("name")),
        records(
            "line_items",
            "Lines of the invoice.",
            record(
                "project",
                "Project of the line, or null on free-form lines.",
                integer("id", ref="projects"),
                text("name"),
                text("code"),
            ),
            *LINE,
        ),
    ),
    relations=(
        ("client.id", "clients.id"),
        ("creator.id", "users.id"),
        ("estimate.id", "estimates.id"),
        ("line_items[].project.id", "projects.id"),
        ("line_items[].kind", "invoice_item_categories.name"),
    ),
    quirks=(
        (
            "Search leaves out client_key, every tax and discount field, line_items, payment_term,"
            " period_start, period_end, sent_at, paid_at, paid_date, closed_at, estimate, retainer"
            " and creator: no cash-in, tax or line-level analysis from search."
        ),
        (
            "No overdue state exists: derive it from state open, due_date before today and "
            "due_amount above zero."
        ),
        (
            "The docs text says tax_amount is null without a tax while vendor examples show 0 for "
            "unused tax2_amount and discount_amount: accept both."
        ),
        (
            "Payments and messages are Harvest sub-resources (/invoices/{id}/payments, "
            "/invoices/{id}/messages) that the connector does not expose: dates of partial "
            "payments are invisible."
        ),
    ),
)

INVOICE_ITEM_CATEGORIES = Entity(
    name="invoice_item_categories",
    label="Invoice Item Categories",
    doc="Kinds of invoice lines; two of them are the defaults for imported hours and expenses.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/invoice_item_categories",
    get_path="/invoice_item_categories/{id}",
    envelope="invoice_item_categories",
    sort=("created_at", "desc"),
    parameters=(
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission="Administrator or Project Manager.",
    fields=(
        key("Numeric key of the category."),
        text("name", "Category name; invoices refer to it by this text.", searchable=True),
        flag("use_as_service", "Default kind for billed hours.", searchable=True),
        flag("use_as_expense", "Default kind for billed expenses.", searchable=True),
        *changed("category"),
    ),
    quirks=(
        (
            "Invoice lines store the category name, not the id: renaming a category breaks the "
            "join for old lines."
        ),
    ),
)
