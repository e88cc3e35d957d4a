"""Explorer: records of any entity by list, id or search."""

from dashboard.explorer.form import call_card, request_form, stored_caption
from dashboard.explorer.results import record_card, records_card

explored = request_form()
if explored is not None:
    stored_caption(explored)
    record_card(records_card(explored))
    call_card(explored)
