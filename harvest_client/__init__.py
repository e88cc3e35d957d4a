"""A connector to Harvest (getharvest.com): 18 entities, read over HTTP."""

from harvest_client.budget import Budget, Budgets
from harvest_client.client import AsyncHarvest, AsyncResource, Harvest, Resource
from harvest_client.direct import Meta, Page
from harvest_client.entities import ENTITIES, REPORTS
from harvest_client.errors import (
    ApiError,
    BadAnswer,
    EndlessList,
    Forbidden,
    ForeignLink,
    HarvestError,
    Malformed,
    MissingCredentials,
    NotFound,
    Redirected,
    Rejected,
    ServerError,
    Throttled,
    TooLarge,
    TooSlow,
    Unauthorized,
    Unreachable,
    UsageError,
)
from harvest_client.records import Record

__all__ = [
    "ENTITIES",
    "REPORTS",
    "ApiError",
    "AsyncHarvest",
    "AsyncResource",
    "BadAnswer",
    "Budget",
    "Budgets",
    "EndlessList",
    "Forbidden",
    "ForeignLink",
    "Harvest",
    "HarvestError",
    "Malformed",
    "Meta",
    "MissingCredentials",
    "NotFound",
    "Page",
    "Record",
    "Redirected",
    "Rejected",
    "Resource",
    "ServerError",
    "Throttled",
    "TooLarge",
    "TooSlow",
    "Unauthorized",
    "Unreachable",
    "UsageError",
]
