"""Error messages for invalid parameters in an explorer link."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches

from dashboard.listings.explorer import USUAL
from dashboard.listings.listed import list_params, param_choices
from dashboard.ui.parameters import FIRST, FLAGS, LAST, every_parameter
from harvest_client.entities import ENTITIES, Action, Entity
from harvest_client.fields import FieldType
from harvest_client.search.addressing import selectable_fields
from harvest_client.search.choosing import MAX_FIELDS
from harvest_client.search.faults import quote_name
from harvest_client.search.sorting import MAX_SORT

_NAMED = 20  # names in a sentence

Said = Callable[[str], Sequence[str]]
"""The values that the address has under a name, where a widget has still to take them."""


def link_errors(said: Said, sortable: Callable[[Entity], Sequence[str]]) -> Iterator[str]:
    """A sentence for each part of the link that is left out, with the nearest right name."""
    (named, *_) = said("entity") or [USUAL]
    yield from _unknown_values([named], list(ENTITIES), "There is no entity")
    entity = ENTITIES.get(named, ENTITIES[USUAL])
    (wanted, *_) = said("action") or [Action.SEARCH.value]
    yield from _unknown_values(
        [wanted], list(entity.actions), f"{entity.label}: there is no action"
    )
    action = wanted if wanted in entity.actions else Action.SEARCH
    if action == Action.SEARCH:
        fields = list(selectable_fields(entity))
        what = f"{entity.label}: there is no"
        yield from _unknown_values(said("sort"), sortable(entity), f"{what} sort", MAX_SORT)
        yield from _unknown_values(said("fields"), fields, f"{what} field", MAX_FIELDS)
    taken = {one.name: one for one in list_params(entity)} if action == Action.LIST else {}
    for parameter in every_parameter():
        values = said(parameter.name)
        if values and parameter.name not in taken:
            yield f"{entity.label}: {action} takes no parameter {parameter.name}."
        elif values and parameter.kind is FieldType.BOOLEAN:
            yield from _unknown_values(values, FLAGS, f"{parameter.name} cannot be")
        elif values and parameter.kind is FieldType.DATE:
            yield from (
                f"{parameter.name} cannot be {quote_name(text)!r}; it is a day such as 2026-01-31."
                for text in values
                if not _is_day(text)
            )
        elif values and (known := param_choices(entity, parameter)):
            yield from _unknown_values(values, known, f"{parameter.name} cannot be")


def _unknown_values(
    values: Sequence[str], known: Sequence[str], what: str, most: int | None = None
) -> Iterator[str]:
    for text in values:
        if text not in known:
            yield f"{what} {quote_name(text)!r}{_nearest_name(text, known)}"
    if most is not None and len(values) > most:
        yield f"Of {len(values)} names only {most} fit."


def _nearest_name(text: str, known: Sequence[str]) -> str:
    found = get_close_matches(text[:60], known, n=1)
    if found:
        return f"; did you mean {found[0]}?"
    return f"; there are {', '.join(known)}." if len(known) <= _NAMED else "."


def _is_day(text: str) -> bool:
    try:
        return FIRST <= date.fromisoformat(text) <= LAST
    except ValueError:
        return False
