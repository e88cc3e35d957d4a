"""The error that all others are kinds of: see `errors`."""


class HarvestError(Exception):
    """Says what happened; `remedy` says what to do about it."""

    remedy = ""
