"""Command line of the client: `python -m harvest_client`."""
