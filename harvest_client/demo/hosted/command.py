"""One command to a connector, read and checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from harvest_client.demo.hosted.generation import Interface
from harvest_client.demo.hosted.refusals import bad_command, bad_key, unreadable
from harvest_client.demo.hosted.trimming import Path
from harvest_client.entities import ENTITIES, Action, Entity

_LONGEST_INTENT = 512
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Command:
    """Action of a connector, and the requested trimming of its response.

    `select` and `exclude` are None when the command does not say.
    """

    entity: Entity
    action: Action
    params: Mapping[str, Any]
    truncates: bool
    select: Sequence[Path] | None
    exclude: Sequence[Path] | None


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object with fractions as `Decimal`; raises `Refusal` 400 for anything else."""
    try:
        read = _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise unreadable("The body is not JSON.") from None
    if not isinstance(read, dict):
        raise unreadable("The body is not an object.")
    return read


def read_command(interface: Interface, said: Mapping[str, Any]) -> Command:
    """The command that a body holds; raises `Refusal` 422 unless `interface` offers it."""
    known = {"entity", "action", "params"} | interface.flags
    for key in said:
        if key not in known:
            raise bad_key(f"Unknown key {key}.")
    for key in ("entity", "action"):
        if not isinstance(said.get(key), str):
            raise bad_key(f"{key} is required and is a text.")
    entity = ENTITIES.get(said["entity"])
    if entity is None:
        raise bad_command(f"Unknown entity {said['entity']}.")
    action = _action(interface, entity, said["action"])
    params = said.get("params", {})
    if not isinstance(params, dict):
        raise bad_key("params is an object.")
    skips = said.get("skip_truncation", False)
    if not isinstance(skips, bool):
        raise bad_key("skip_truncation is true or false.")
    intent = said.get("intent", "")
    if not isinstance(intent, str) or len(intent) > _LONGEST_INTENT:
        raise bad_key(f"intent is a text of at most {_LONGEST_INTENT} characters.")
    return Command(
        entity=entity,
        action=action,
        params=params,
        truncates="skip_truncation" in interface.flags and not skips,
        select=_paths(said, "select_fields"),
        exclude=_paths(said, "exclude_fields"),
    )


def _action(interface: Interface, entity: Entity, name: str) -> Action:
    actions = {
        "list": Action.LIST,
        "get": Action.GET,
        interface.search: Action.SEARCH,
    }
    if name in interface.closed:
        raise bad_command(interface.closed[name])
    if name not in actions or actions[name] not in entity.actions:
        raise bad_command(f"Unknown action {name} for entity {entity.name}.")
    return actions[name]


def _paths(said: Mapping[str, Any], key: str) -> list[Path] | None:
    if key not in said:
        return None
    paths = said[key]
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise bad_key(f"{key} is a list of texts.")
    return [tuple(path.split(".")) for path in paths]
