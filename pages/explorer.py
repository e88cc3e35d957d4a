"""What does the connector answer: any entity, listed, got by its id, or searched?"""

from dashboard.ui.explored import record_card, records_card
from dashboard.ui.explorer import asked_card, call_card, stored_caption

explored = asked_card()
if explored is not None:
    stored_caption(explored)
    record_card(records_card(explored))
    call_card(explored)
