"""The demo account: an agency that never was, and a server that shows it as Harvest would."""

from harvest_demo.account.account import ACCOUNT_ID, MANAGER_TOKEN, MEMBER_TOKEN, TOKEN, Account
from harvest_demo.account.build import build
from harvest_demo.server.airbyte import (
    BEARER,
    CLIENT_ID,
    CLIENT_SECRET,
    CONNECTOR_ID,
    CROWDED_CONNECTOR_IDS,
    CROWDED_WORKSPACE,
    ORGANIZATION_ID,
    WORKSPACE,
)
from harvest_demo.server.app import app
from harvest_demo.server.in_process import InProcess

__all__ = [
    "ACCOUNT_ID",
    "BEARER",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "CONNECTOR_ID",
    "CROWDED_CONNECTOR_IDS",
    "CROWDED_WORKSPACE",
    "MANAGER_TOKEN",
    "MEMBER_TOKEN",
    "ORGANIZATION_ID",
    "TOKEN",
    "WORKSPACE",
    "Account",
    "InProcess",
    "app",
    "build",
]
