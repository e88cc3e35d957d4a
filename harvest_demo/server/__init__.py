"""The servers of the demo: Harvest's API v2, Airbyte's hosted API and Harvest ID."""
