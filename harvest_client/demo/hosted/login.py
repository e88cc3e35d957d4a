"""The login to Harvest that the demo connector holds."""

from harvest_client.demo.account import TOKEN, Account
from harvest_client.demo.permissions import Viewer


def viewer_of(account: Account) -> Viewer | None:
    """The administrator whose rights decide what the connector reads; None once they are gone."""
    user = account.tables.get("users", {}).get(account.tokens.get(TOKEN, 0))
    return None if user is None else Viewer(account, user)
