"""A connector to Harvest (getharvest.com): 18 entities, read over HTTP."""

from harvest_client.access import Airbyte, OAuth, PersonalToken
from harvest_client.budget import Budget, Budgets
from harvest_client.client import AsyncHarvest, Harvest
from harvest_client.entities import DETAILS, ENTITIES, REPORTS
from harvest_client.errors import (
    AmbiguousAccount,
    AmbiguousConnector,
    ApiError,
    BadAnswer,
    BadSetting,
    EndlessList,
    Forbidden,
    ForeignLink,
    GrantNotKept,
    HarvestError,
    Malformed,
    MissingCredentials,
    NoCopy,
    NotFound,
    Redirected,
    Rejected,
    ServerError,
    SignInEnded,
    Throttled,
    TooLarge,
    TooSlow,
    Truncated,
    Unauthorized,
    UnknownName,
    Unreachable,
    UsageError,
)
from harvest_client.oauth import AccountOf
from harvest_client.odd_record import OddRecord
from harvest_client.records import Record
from harvest_client.resources import AsyncResource, Resource
from harvest_client.results import Meta, Page
from harvest_client.search.query import Copy, SearchMeta, SearchPage

__all__ = [
    "DETAILS",
    "ENTITIES",
    "REPORTS",
    "AccountOf",
    "Airbyte",
    "AmbiguousAccount",
    "AmbiguousConnector",
    "ApiError",
    "AsyncHarvest",
    "AsyncResource",
    "BadAnswer",
    "BadSetting",
    "Budget",
    "Budgets",
    "Copy",
    "EndlessList",
    "Forbidden",
    "ForeignLink",
    "GrantNotKept",
    "Harvest",
    "HarvestError",
    "Malformed",
    "Meta",
    "MissingCredentials",
    "NoCopy",
    "NotFound",
    "OAuth",
    "OddRecord",
    "Page",
    "PersonalToken",
    "Record",
    "Redirected",
    "Rejected",
    "Resource",
    "SearchMeta",
    "SearchPage",
    "ServerError",
    "SignInEnded",
    "Throttled",
    "TooLarge",
    "TooSlow",
    "Truncated",
    "Unauthorized",
    "UnknownName",
    "Unreachable",
    "UsageError",
]
