"""The demo account behind the hosted agent API, in the three generations that there are."""

from harvest_client.demo.hosted.generation import Generation
from harvest_client.demo.hosted.identity import (
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
from harvest_client.demo.hosted.replica import Replica

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
