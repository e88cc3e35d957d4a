"""Reconciliation: our totals beside Harvest's own reports, with explained differences."""
