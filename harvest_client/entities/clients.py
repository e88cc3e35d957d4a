"""Clients, their contacts, and the account itself."""

from harvest_client.entities.entity import Action, Entity, Paging, Parameter
from harvest_client.entities.shared import CURSOR_PAGES, UPDATED_SINCE
from harvest_client.models.fields import (
    FieldType,
    FieldUnit,
    changed,
    flag,
    integer,
    key,
    record,
    text,
)

CLIENTS = Entity(
    name="clients",
    label="Clients",
    doc=(
        "Customers that own projects, invoices and estimates; each client carries the currency of "
        "its projects."
    ),
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/clients",
    get_path="/clients/{id}",
    envelope="clients",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(
            name="is_active",
            kind=FieldType.BOOLEAN,
            doc="true keeps only active clients, false only archived ones; leave out for both.",
        ),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission=(
        "Administrator, or Manager allowed to create and edit clients (client_and_task_manager)."
    ),
    fields=(
        key("Numeric key of the client."),
        text("name", "Display name of the client.", searchable=True),
        flag("is_active", "false once archived.", searchable=True),
        text(
            "address",
            "Postal address as free text; may contain CR LF line breaks.",
            searchable=True,
        ),
        text(
            "statement_key",
            (
                "Secret part of the public statement link for this client. Treat it as a "
                "credential: do not show or log it."
            ),
            secret=True,
        ),
        text(
            "currency",
            "ISO 4217 code that applies to the client and its projects.",
            format="currency-code",
            searchable=True,
        ),
        *changed("client"),
    ),
    quirks=("Search leaves out statement_key.",),
)

CONTACTS = Entity(
    name="contacts",
    label="Contacts",
    doc="People at a client, used as recipients of invoices and estimates.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/contacts",
    get_path="/contacts/{id}",
    envelope="contacts",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(name="client_id", kind=FieldType.INTEGER, doc="Only contacts of one client."),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission=(
        "Administrator, or Manager allowed to create and edit clients (client_and_task_manager)."
    ),
    fields=(
        key("Numeric key of the contact."),
        text("title", "Job title or salutation.", searchable=True),
        text("first_name", "Given name (the only mandatory name part).", searchable=True),
        text("last_name", "Family name.", searchable=True),
        text("email", "Mail address.", format="email", searchable=True),
        text("phone_office", "Office phone."),
        text("phone_mobile", "Mobile phone."),
        text("fax", "Fax number."),
        *changed("contact"),
        record(
            "client",
            "Client the contact belongs to.",
            integer("id", ref="clients"),
            text("name"),
            searchable=True,
        ),
    ),
    relations=(("client.id", "clients.id"),),
    quirks=(
        (
            "The connector reference lost the section headings of this entity (no Contacts, "
            "Contacts List and so on); a parser keyed on headings will attach these tables to "
            "clients."
        ),
        "Search leaves out phone_office, phone_mobile and fax.",
        "No is_active flag exists, in contrast to most other entities.",
    ),
)

COMPANY = Entity(
    name="company",
    label="Company",
    doc="Account-wide settings: name, domain, plan, display formats, enabled modules.",
    actions=(
        Action.GET,
        Action.SEARCH,
    ),
    path=None,
    get_path="/company",
    primary_key=(),
    paging=Paging.NONE,
    permission="Administrator (the condensed docs say so for every company endpoint).",
    fields=(
        text("base_uri", "Web address of the account.", format="uri", searchable=True),
        text("full_domain", "Host name of the account.", searchable=True),
        text("name", "Company name.", searchable=True),
        flag("is_active", "false when the account is archived.", searchable=True),
        text(
            "week_start_day",
            "First day of the week; matters for weekly bucketing.",
            choices=(
                "Saturday",
                "Sunday",
                "Monday",
            ),
        ),
        flag(
            "wants_timestamp_timers",
            "true: time is entered as start and end; false: time is entered as a duration.",
        ),
        text(
            "time_format",
            "How durations are shown.",
            choices=(
                "decimal",
                "hours_minutes",
            ),
        ),
        text("date_format", "strftime-like pattern used by the web client."),
        text(
            "plan_type",
            "Subscription kind, for example trial, free or a plan name.",
            searchable=True,
        ),
        text(
            "clock",
            "Clock style; also decides the look of started_time and ended_time.",
            choices=(
                "12h",
                "24h",
            ),
        ),
        text(
            "currency_code_display",
            "Where the ISO code goes when money is shown.",
            choices=(
                "iso_code_none",
                "iso_code_before",
                "iso_code_after",
            ),
        ),
        text(
            "currency_symbol_display",
            "Where the currency sign goes when money is shown.",
            choices=(
                "symbol_none",
                "symbol_before",
                "symbol_after",
            ),
        ),
        text(
            "decimal_symbol", "Decimal separator for display only; JSON numbers always use a point."
        ),
        text("thousands_separator", "Grouping separator for display only."),
        text("color_scheme", "Theme of the web client."),
        integer(
            "weekly_capacity",
            "Default weekly working time of the company. Divide by 3600 for hours.",
            unit=FieldUnit.SECONDS,
            searchable=True,
        ),
        flag("expense_feature", "Expense module switched on."),
        flag("invoice_feature", "Invoice module switched on."),
        flag("estimate_feature", "Estimate module switched on."),
        flag("approval_feature", "Timesheet approval switched on."),
        flag("team_feature", "Team module switched on."),
        text(
            "currency",
            (
                "Account default currency (format not documented; expect an ISO code but accept "
                "longer text)."
            ),
            format="currency-code",
            hosted_only=True,
            searchable=True,
        ),
        flag("saml_sign_in_required", "Single sign-on enforced (inferred).", hosted_only=True),
        flag(
            "day_entry_notes_required",
            "Notes are mandatory on time entries (inferred).",
            hosted_only=True,
        ),
    ),
    quirks=(
        (
            "currency, saml_sign_in_required and day_entry_notes_required exist only in the "
            "connector reference."
        ),
        (
            "The Harvest example object omits team_feature although the attribute list has it: "
            "allow it to be absent."
        ),
        (
            "There is no id and no created_at or updated_at; there is exactly one record per "
            "account. No list action."
        ),
        "Neither the account time zone nor the time-rounding setting is part of this object.",
    ),
)
