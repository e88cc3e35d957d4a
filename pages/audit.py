"""Who looked at restricted figures, and who took which file?"""

from dashboard.config import settings
from dashboard.ui.audited import chain_card, entries_card

told = settings()
chain_card(told)
entries_card(told)
