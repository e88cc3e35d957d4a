"""Estimates."""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter
from harvest_client.entities.shared import CURSOR_PAGES, LINE, NUMBERED_PAGES, UPDATED_SINCE
from harvest_client.models.fields import (
    FieldType,
    FieldUnit,
    changed,
    day,
    decimal,
    instant,
    integer,
    key,
    record,
    records,
    text,
)

ESTIMATES = Entity(
    name="estimates",
    label="Estimates",
    doc="Offers sent to clients before work starts, with state and line items.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/estimates",
    get_path="/estimates/{id}",
    envelope="estimates",
    paging=Paging.PAGE,
    sort=("issue_date", "desc"),
    parameters=(
        Parameter(name="client_id", kind=FieldType.INTEGER, doc="Only estimates of one client."),
        Parameter(name="from", kind=FieldType.DATE, doc="issue_date on or after this day."),
        Parameter(name="to", kind=FieldType.DATE, doc="issue_date on or before this day."),
        Parameter(name="state", kind=FieldType.TEXT, doc="One of draft, sent, accepted, declined."),
        UPDATED_SINCE,
        *NUMBERED_PAGES,
    ),
    permission="Administrator, or Manager allowed to work with estimates (estimates_manager).",
    fields=(
        key("Numeric key of the estimate."),
        text(
            "client_key",
            "Secret part of the public link. Treat it as a credential: do not show or log it.",
            secret=True,
        ),
        text("number", "Estimate number; a string.", searchable=True),
        text("purchase_order", "Purchase order reference; may be an empty string."),
        decimal(
            "amount",
            "Grand total after discount and taxes.",
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
        text("notes", "Free text."),
        text(
            "currency",
            "ISO 4217 code of every amount on the estimate.",
            format="currency-code",
            searchable=True,
        ),
        text(
            "state",
            "Progress of the offer.",
            choices=(
                "draft",
                "sent",
                "accepted",
                "declined",
            ),
            searchable=True,
        ),
        day("issue_date", "Date printed on the estimate.", searchable=True),
        instant("sent_at", "UTC instant it was sent."),
        instant("accepted_at", "UTC instant of acceptance."),
        instant("declined_at", "UTC instant of refusal."),
        *changed("estimate"),
        record(
            "client",
            "Client the offer is for.",
            integer("id", ref="clients"),
            text("name"),
            searchable=True,
        ),
        record("creator", "Person who created it.", integer("id", ref="users"), text("name")),
        records("line_items", "Lines of the estimate (no project inside).", *LINE),
    ),
    relations=(
        ("client.id", "clients.id"),
        ("creator.id", "users.id"),
        ("line_items[].kind", "estimate_item_categories.name"),
    ),
    quirks=(
        "Estimates carry no project link and no due date.",
        (
            "The docs type line quantity as integer here and as decimal on invoices: read both as "
            "decimals."
        ),
        (
            "Search leaves out client_key, tax and discount fields, line_items, sent_at, "
            "accepted_at, declined_at and creator."
        ),
    ),
)

ESTIMATE_ITEM_CATEGORIES = Entity(
    name="estimate_item_categories",
    label="Estimate Item Categories",
    doc="Kinds of estimate lines.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/estimate_item_categories",
    get_path="/estimate_item_categories/{id}",
    envelope="estimate_item_categories",
    sort=("created_at", "desc"),
    parameters=(
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission="Administrator.",
    fields=(
        key("Numeric key of the category."),
        text("name", "Category name; estimates refer to it by this text.", searchable=True),
        *changed("category"),
    ),
    quirks=("Estimate lines store the category name, not the id.",),
)
