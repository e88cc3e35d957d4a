"""Query parameters that many lists share."""

from harvest_client.entities.entity import Parameter
from harvest_client.fields import Kind

PER_PAGE = Parameter(
    name="per_page",
    kind=Kind.INTEGER,
    doc="Page size, 1 to 2000; Harvest falls back to 2000 when it is left out.",
)

CURSOR_PAGES = (
    Parameter(
        name="page",
        kind=Kind.INTEGER,
        doc="1-based page number; deprecated where a cursor exists.",
        deprecated=True,
    ),
    Parameter(
        name="cursor",
        kind=Kind.TEXT,
        doc="Opaque position taken from links.next; wins over page when both are sent.",
    ),
    PER_PAGE,
)

NUMBERED_PAGES = (
    Parameter(name="page", kind=Kind.INTEGER, doc="1-based page number."),
    PER_PAGE,
)

UPDATED_SINCE = Parameter(
    name="updated_since",
    kind=Kind.TIMESTAMP,
    doc="Only records changed after this instant. Inclusive or exclusive is not documented: "
    "overlap and de-duplicate by id.",
)

WINDOW = (
    Parameter(name="from", kind=Kind.DATE, doc="First day of the window.", required=True),
    Parameter(
        name="to",
        kind=Kind.DATE,
        doc="Last day of the window, at most 365 days in all.",
        required=True,
    ),
)

FIXED_FEE = Parameter(
    name="include_fixed_fee",
    kind=Kind.BOOLEAN,
    doc="Whether billable amounts are computed for fixed-fee projects as well. Left out, the time "
    "reports do not and the uninvoiced report does.",
)
