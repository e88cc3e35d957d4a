"""Base URLs that a token may be sent to."""

import httpx

from harvest_client.errors import UsageError

HARVEST = "https://api.harvestapp.com/v2"
HARVEST_ID = "https://id.getharvest.com/api/v2"
AIRBYTE = "https://api.airbyte.ai"

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def base_address(base_url: str) -> httpx.URL:
    """Return the base URL without a final slash; raises `UsageError` if unsafe for a token."""
    try:
        url = httpx.URL(base_url.strip().rstrip("/"))
    except httpx.InvalidURL:
        raise UsageError("the base URL is not an address.") from None
    if url.scheme != "https" and not (url.scheme == "http" and url.host in _LOOPBACK):
        raise UsageError(f"the base URL must begin with https:// (its host is {url.host!r}).")
    if url.userinfo or url.query or url.fragment or not url.host:
        raise UsageError("the base URL must be a scheme, a host and a path, nothing else.")
    return url
