"""The demo account: an agency that never was, and a server that shows it as Harvest would."""

from harvest_client.demo.account import ACCOUNT_ID, MANAGER_TOKEN, MEMBER_TOKEN, TOKEN, Account
from harvest_client.demo.app import app
from harvest_client.demo.build import build
from harvest_client.demo.inprocess import InProcess

__all__ = [
    "ACCOUNT_ID",
    "MANAGER_TOKEN",
    "MEMBER_TOKEN",
    "TOKEN",
    "Account",
    "InProcess",
    "app",
    "build",
]
