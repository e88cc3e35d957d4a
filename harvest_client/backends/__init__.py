"""Data sources: Harvest's API v2 and Airbyte's hosted connector."""
