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
    BadRequest,
    BadSetting,
    Forbidden,
    HarvestError,
    InvalidResponse,
    MissingCredentials,
    NoCopy,
    NotFound,
    PaginationLoop,
    RateLimited,
    Redirected,
    RefreshTokenExpired,
    ServerError,
    TokenNotSaved,
    TooLarge,
    TooSlow,
    Truncated,
    Unauthorized,
    UnknownName,
    Unreachable,
    UntrustedLink,
    UsageError,
)
from harvest_client.oauth import AccountSummary
from harvest_client.odd_record import OddRecord
from harvest_client.records import Record
from harvest_client.resources import AsyncResource, Resource
from harvest_client.results import Meta, Page
from harvest_client.search.query import LocalSearch, SearchMeta, SearchPage

__all__ = [
    "DETAILS",
    "ENTITIES",
    "REPORTS",
    "AccountSummary",
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
    "LocalSearch",
    "PaginationLoop",
    "Forbidden",
    "UntrustedLink",
    "TokenNotSaved",
    "Harvest",
    "HarvestError",
    "InvalidResponse",
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
    "BadRequest",
    "Resource",
    "SearchMeta",
    "SearchPage",
    "ServerError",
    "RefreshTokenExpired",
    "RateLimited",
    "TooLarge",
    "TooSlow",
    "Truncated",
    "Unauthorized",
    "UnknownName",
    "Unreachable",
    "UsageError",
]
