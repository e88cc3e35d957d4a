"""Records below another one, which the connector leaves out and Harvest lists one owner at a time.

What names the owner is a part of the path, and a field of the record: Harvest's own answer leaves
it out, so it is filled in.
"""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter
from harvest_client.entities.shared import CURSOR_PAGES, NUMBERED_PAGES, UPDATED_SINCE
from harvest_client.models.fields import (
    FieldType,
    FieldUnit,
    changed,
    day,
    decimal,
    instant,
    integer,
    record,
    text,
)

INVOICE_PAYMENTS = Entity(
    name="invoice_payments",
    label="Invoice Payments",
    doc="Single payments of an invoice with day and amount: the only source for part payments.",
    actions=(Action.LIST,),
    path="/invoices/{invoice_id}/payments",
    envelope="invoice_payments",
    paging=Paging.PAGE,
    sort=("created_at", "desc"),
    parameters=(
        Parameter(
            name="invoice_id",
            kind=FieldType.INTEGER,
            doc="Whose payments: there is no list of all.",
            required=True,
        ),
        UPDATED_SINCE,
        *NUMBERED_PAGES,
    ),
    permission="Whoever may read the invoice.",
    fields=(
        integer("id", "Numeric key of the payment.", required=True),
        integer("invoice_id", "Paid invoice, from the question.", ref="invoices"),
        decimal("amount", "What was paid, in the currency of the invoice.", FieldUnit.MONEY),
        instant("paid_at", "UTC instant of the payment."),
        day("paid_date", "Accounting day of the payment; prefer it to paid_at for date buckets."),
        text("recorded_by", "Name of the person who recorded it."),
        text("recorded_by_email", "Address of that person."),
        text("notes", "Free text on the payment."),
        text("transaction_id", "Id of the card or PayPal transaction, or null."),
        record(
            "payment_gateway",
            "Online service that it came through, or null in both.",
            integer("id"),
            text("name"),
        ),
        *changed("payment"),
    ),
    relations=(("invoice_id", "invoices.id"),),
    quirks=(
        "A deleted payment is gone from the list without a trace; that the invoice's updated_at "
        "moves with its payments is observed, not documented.",
    ),
)

USER_TEAMMATES = Entity(
    name="user_teammates",
    label="User Teammates",
    doc="The people assigned to a manager, whose time the manager sees wherever it was spent.",
    actions=(Action.LIST,),
    path="/users/{user_id}/teammates",
    envelope="teammates",
    primary_key=("user_id", "id"),
    parameters=(
        Parameter(
            name="user_id",
            kind=FieldType.INTEGER,
            doc="Whose teammates: there is no list of all.",
            required=True,
        ),
        *CURSOR_PAGES,
    ),
    permission="Administrator.",
    fields=(
        integer("id", "The person who is assigned.", ref="users", required=True),
        integer("user_id", "The manager, from the question.", ref="users"),
        text("first_name", "First name of that person."),
        text("last_name", "Last name of that person."),
        text("email", "Address of that person."),
    ),
    relations=(("user_id", "users.id"), ("id", "users.id")),
    quirks=(
        "Harvest answers 422 for somebody who is no manager. Who is assigned to several managers "
        "is in several lists; that a person's updated_at moves with it is not documented.",
    ),
)

DETAILS: dict[str, Entity] = {entity.name: entity for entity in (INVOICE_PAYMENTS, USER_TEAMMATES)}
