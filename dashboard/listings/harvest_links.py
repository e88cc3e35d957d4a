"""Addresses of records in Harvest, for links that lead into the account and nowhere else."""

import re
from urllib.parse import quote

from dashboard.store.snapshots import Meta

# One label: what comes before it would be another account, what comes after another site.
_ACCOUNT = re.compile(
    r"https://[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.harvestapp\.com/?", re.ASCII | re.IGNORECASE
)


def record_url(meta: Meta, path: str) -> str | None:
    """Return the address of a `path` in the Harvest account, such as `/invoices/7`.

    None where the account's address is not known or is not one of Harvest's own: the address is a
    record like any other, and no link follows it elsewhere.
    """
    base = meta.base_uri
    if base is None or not _ACCOUNT.fullmatch(base):
        return None
    return f"{base.removesuffix('/').lower()}/{quote(path.lstrip('/'))}"
