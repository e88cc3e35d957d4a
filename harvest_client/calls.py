"""Calls that come as names and values, checked before any request."""

from collections.abc import Mapping
from typing import Any

from harvest_client.entities import Action, Entity
from harvest_client.errors import UsageError
from harvest_client.search.query import Search, read_search

_SEARCH_TAKES = ("query", "limit", "cursor", "fields")


def action_of(entity: Entity, name: object) -> Action:
    """The action of that name; `UsageError` offers the nearest that the entity has."""
    for action in entity.actions:
        if action == name:
            return action
    raise UsageError.unknown_name(f"{entity.name} has no action", str(name), entity.actions)


def get_id(entity: Entity, params: Mapping[str, object]) -> Any:
    """The `id` of a get; None where none was given."""
    _refuse_others(entity, Action.GET, params, ("id",) if entity.primary_key == ("id",) else ())
    return params.get("id")


def search_of(entity: Entity, params: Mapping[str, object]) -> Search:
    """The search that these parameters ask for; None counts as left out."""
    action_of(entity, Action.SEARCH)
    _refuse_others(entity, Action.SEARCH, params, _SEARCH_TAKES)
    return read_search(entity, {name: value for name, value in params.items() if value is not None})


def _refuse_others(
    entity: Entity, action: Action, params: Mapping[str, object], known: tuple[str, ...]
) -> None:
    for name in params:
        if name not in known:
            raise UsageError.unknown_name(f"{entity.name} {action} takes no parameter", name, known)
