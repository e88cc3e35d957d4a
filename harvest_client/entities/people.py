"""The people of the account and what they are called upon for."""

from harvest_client.entities.entity import Action, Entity, Parameter
from harvest_client.entities.shared import CURSOR_PAGES, UPDATED_SINCE
from harvest_client.models.fields import (
    FieldType,
    FieldUnit,
    changed,
    decimal,
    flag,
    integer,
    integers,
    key,
    text,
    texts,
)

USERS = Entity(
    name="users",
    label="Users",
    doc=(
        "People of the Harvest account, active and archived, with capacity, rates and access "
        "rights."
    ),
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/users",
    get_path="/users/{id}",
    envelope="users",
    sort=("created_at", "desc"),
    parameters=(
        Parameter(
            name="is_active",
            kind=FieldType.BOOLEAN,
            doc="true keeps only active people, false only archived ones; leave out for both.",
        ),
        UPDATED_SINCE,
        *CURSOR_PAGES,
    ),
    permission="Administrator, or Manager with assigned teammates; anybody may read /users/me.",
    visibility=(
        (
            "default_hourly_rate: administrators and managers allowed to see billable rates; "
            "otherwise expect null or a missing key"
        ),
        (
            "cost_rate: treat as administrator-only (the cost rate history endpoint is "
            "administrator-only)"
        ),
    ),
    fields=(
        key("Numeric key of the person."),
        text("first_name", "Given name.", searchable=True),
        text("last_name", "Family name.", searchable=True),
        text("email", "Login and contact address.", format="email", searchable=True),
        text(
            "telephone",
            "Phone number; often an empty string instead of null when unset.",
            searchable=True,
        ),
        text(
            "timezone",
            (
                "Display time zone under a Rails-style label such as Berlin or Mountain Time (US &"
                " Canada); map it to an IANA id before doing date arithmetic."
            ),
            format="rails-timezone",
            searchable=True,
        ),
        flag(
            "has_access_to_all_future_projects",
            "New projects pick this person up automatically when true.",
        ),
        flag(
            "is_contractor", "true for external contractors, false for employees.", searchable=True
        ),
        flag(
            "is_active",
            "false once the person has been archived; their history stays readable.",
            searchable=True,
        ),
        integer(
            "weekly_capacity",
            "Working time available per week; multiples of 1800. Divide by 3600 for hours.",
            unit=FieldUnit.SECONDS,
            searchable=True,
        ),
        decimal(
            "default_hourly_rate",
            (
                "Billable rate handed to new project assignments. Current value only, no history "
                "and no currency code."
            ),
            FieldUnit.MONEY_PER_HOUR,
            searchable=True,
        ),
        decimal(
            "cost_rate",
            "Internal cost per hour. Current value only, no history and no currency code.",
            FieldUnit.MONEY_PER_HOUR,
            searchable=True,
        ),
        texts(
            "roles",
            "Names of business roles, for filtering reports; grants nothing.",
            searchable=True,
        ),
        texts(
            "access_roles",
            "Permission level plus optional manager add-ons.",
            choices=(
                "administrator",
                "manager",
                "member",
                "project_creator",
                "billable_rates_manager",
                "managed_projects_invoice_drafter",
                "managed_projects_invoice_manager",
                "client_and_task_manager",
                "time_and_expenses_manager",
                "estimates_manager",
            ),
        ),
        text("avatar_url", "Address of the profile picture.", format="uri", searchable=True),
        *changed("person"),
        text(
            "employee_id",
            "Free-form staff number (meaning inferred from the name).",
            hosted_only=True,
        ),
        flag(
            "calendar_integration_enabled",
            "Whether a calendar is connected to the account (inferred).",
            hosted_only=True,
        ),
        text(
            "calendar_integration_source",
            "Which calendar provider is connected (inferred).",
            hosted_only=True,
        ),
        flag(
            "can_create_projects",
            (
                "Whether the person may create projects (inferred; overlaps access_roles "
                "project_creator)."
            ),
            hosted_only=True,
        ),
        texts("permissions_claims", "Fine-grained permission names (inferred).", hosted_only=True),
    ),
    quirks=(
        (
            "Five record fields exist only in the connector reference: employee_id, "
            "calendar_integration_enabled, calendar_integration_source, can_create_projects, "
            "permissions_claims. Harvest does not document them; allow them to be absent."
        ),
        (
            "Harvest documents an additional access role people_manager (held implicitly once "
            "teammates are assigned) that is missing from its own list of possible values."
        ),
        (
            "Search does not return access_roles, has_access_to_all_future_projects or any of the "
            "connector-only fields."
        ),
    ),
)

ROLES = Entity(
    name="roles",
    label="Roles",
    doc="Business roles and the people who hold them.",
    actions=(
        Action.LIST,
        Action.GET,
        Action.SEARCH,
    ),
    path="/roles",
    get_path="/roles/{id}",
    envelope="roles",
    sort=("created_at", "desc"),
    parameters=(*CURSOR_PAGES,),
    permission="Administrator.",
    fields=(
        key("Numeric key of the role."),
        text("name", "Role name; users.roles repeats this text.", searchable=True),
        integers(
            "user_ids",
            "Keys of the people holding the role; may be empty.",
            ref="users",
            searchable=True,
        ),
        *changed("role"),
    ),
    relations=(("user_ids[]", "users.id"),),
    quirks=(
        (
            "Harvest documents no updated_since for roles; the replication source behind the "
            "hosted store sends it anyway. Plan a full pull."
        ),
        (
            "The SDK hint says roles define rates and permissions; the Harvest docs say the "
            "opposite (labels for filtering only)."
        ),
    ),
)
