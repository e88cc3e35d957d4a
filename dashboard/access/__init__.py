"""Who may see what: Harvest's own permissions, below every question, cache and file."""
