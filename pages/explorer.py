"""Explorer: records of any entity by list, id or search."""

from dashboard.ui.explored import record_card, records_card
from dashboard.ui.explorer import call_card, request_form, stored_caption

explored = request_form()
if explored is not None:
    stored_caption(explored)
    record_card(records_card(explored))
    call_card(explored)
