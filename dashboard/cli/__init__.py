"""Command line of the dashboard: `python -m dashboard`."""
