"""The demo account behind the hosted agent API, in the three generations that there are."""

from harvest_demo.server.airbyte.api_version import Generation
from harvest_demo.server.airbyte.replica import Replica
from harvest_demo.server.airbyte.tokens import (
    BEARER,
    CLIENT_ID,
    CLIENT_SECRET,
    CONNECTOR_ID,
    CROWDED_CONNECTOR_IDS,
    CROWDED_WORKSPACE,
    DEFINITION_ID,
    FOREIGN_CONNECTOR_ID,
    ORGANIZATION_ID,
    WORKSPACE,
)

__all__ = [
    "BEARER",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "CONNECTOR_ID",
    "CROWDED_CONNECTOR_IDS",
    "CROWDED_WORKSPACE",
    "DEFINITION_ID",
    "FOREIGN_CONNECTOR_ID",
    "ORGANIZATION_ID",
    "WORKSPACE",
    "Generation",
    "Replica",
]
