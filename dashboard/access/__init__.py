"""Access rights: Harvest's permissions, applied below every query, cache and file."""
