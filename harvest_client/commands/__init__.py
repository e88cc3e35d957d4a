"""The connector on the command line."""
