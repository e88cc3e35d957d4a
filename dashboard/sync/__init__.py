"""Bringing the copy up to date."""
