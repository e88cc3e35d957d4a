"""Audit log: views of restricted figures, and downloads."""

from dashboard.config import load_settings
from dashboard.ui.audited import chain_card, entries_card

told = load_settings()
chain_card(told)
entries_card(told)
