"""Query parameters that many lists share."""

from harvest_client.entities.entity import Parameter
from harvest_client.fields import FieldType

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
