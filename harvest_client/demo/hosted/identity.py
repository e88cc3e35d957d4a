"""Client credentials and workspaces of the demo's hosted API."""

CLIENT_ID = "demo-client"
CLIENT_SECRET = "demo-secret"  # opens nothing but the demo account
BEARER = "demo-bearer"  # accepted as it is, and never expires
ORGANIZATION_ID = "5d0c9c1e-6a0f-4b52-9d4e-0f5a8a4f7c11"

WORKSPACE = "default"
CROWDED_WORKSPACE = "crowded"

DEFINITION_ID = "fe2b4084-3386-4d3b-9ad6-308f61a6f1e6"
"""What the hosted API calls a connector to Harvest, in every account."""

CONNECTOR_ID = "3b1f7c52-8f0e-4d0a-9a57-2f4f5c1f9e01"
CROWDED_CONNECTOR_IDS = (
    "3b1f7c52-8f0e-4d0a-9a57-2f4f5c1f9e02",
    "3b1f7c52-8f0e-4d0a-9a57-2f4f5c1f9e03",
)
FOREIGN_CONNECTOR_ID = "c77a2b64-0c5d-4f7e-8d0b-6a1b2c3d4e5f"
"""A connector to something else in the same workspace, listed before the one to Harvest."""
