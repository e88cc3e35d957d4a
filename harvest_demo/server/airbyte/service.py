"""Endpoints of the hosted API."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_client.entities import ENTITIES, Action, Entity
from harvest_demo.account.account import Account, Row
from harvest_demo.server.airbyte.api_version import INTERFACES, Generation, Interface
from harvest_demo.server.airbyte.connectors import Connectors, Live, Throttled
from harvest_demo.server.airbyte.refusals import (
    bad_command,
    bad_key,
    bad_search,
    from_harvest,
    unreadable,
)
from harvest_demo.server.airbyte.replica import Replica
from harvest_demo.server.airbyte.search import Path, Search, cut_texts, drop, keep
from harvest_demo.server.airbyte.tokens import PREFIX, TOKEN_PATH, Tokens
from harvest_demo.server.refusals import answer, refused
from harvest_demo.server.request_checks import Meter

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
    """Return a JSON object with fractions as `Decimal`; raises `Refusal` 400 for anything else."""
    try:
        read = _DECODER.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise unreadable("The body is not JSON.") from None
    if not isinstance(read, dict):
        raise unreadable("The body is not an object.")
    return read


def read_command(interface: Interface, values: Mapping[str, Any]) -> Command:
    """Return the command that a body holds; raises `Refusal` 422 unless `interface` offers it."""
    known = {"entity", "action", "params"} | interface.flags
    for key in values:
        if key not in known:
            raise bad_key(f"Unknown key {key}.")
    for key in ("entity", "action"):
        if not isinstance(values.get(key), str):
            raise bad_key(f"{key} is required and is a text.")
    entity = ENTITIES.get(values["entity"])
    if entity is None:
        raise bad_command(f"Unknown entity {values['entity']}.")
    action = _action(interface, entity, values["action"])
    params = values.get("params", {})
    if not isinstance(params, dict):
        raise bad_key("params is an object.")
    skips = values.get("skip_truncation", False)
    if not isinstance(skips, bool):
        raise bad_key("skip_truncation is true or false.")
    intent = values.get("intent", "")
    if not isinstance(intent, str) or len(intent) > _LONGEST_INTENT:
        raise bad_key(f"intent is a text of at most {_LONGEST_INTENT} characters.")
    return Command(
        entity=entity,
        action=action,
        params=params,
        truncates="skip_truncation" in interface.flags and not skips,
        select=_paths(values, "select_fields"),
        exclude=_paths(values, "exclude_fields"),
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


def _paths(values: Mapping[str, Any], key: str) -> list[Path] | None:
    if key not in values:
        return None
    paths = values[key]
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise bad_key(f"{key} is a list of texts.")
    return [tuple(path.split(".")) for path in paths]


_CONNECTORS = f"{PREFIX}/integrations/connectors"


class Hosted:
    """The hosted API of one generation over one account.

    `replica` is the copy that searches read. `token_seconds` is the life of a token by `clock`;
    `meter` counts what reaches Harvest, nothing when None. `crowded` adds a workspace with two
    connectors to Harvest; `lenient` takes unknown operators of a filter as true.
    """

    def __init__(
        self, account: Account, *, generation: Generation, copy_days: int | None,
        token_seconds: float, clock: Callable[[], float], meter: Meter | None, crowded: bool,
        lenient: bool,
    ) -> None:  # fmt: skip
        self.tokens = Tokens(clock, token_seconds)
        self.replica = Replica(account, copy_days)
        self._interface = INTERFACES[generation]
        self._connectors = Connectors(self._interface, crowded=crowded)
        self._live = Live(account, meter)
        self._search = Search(self.replica, generation, lenient=lenient)
        self.routes = [
            Route(TOKEN_PATH, self.token, methods=["POST"]),
            Route(_CONNECTORS, self.connectors, methods=["GET"]),
            Route(f"{_CONNECTORS}/{{connector_id}}/execute", self.execute, methods=["POST"]),
        ]

    async def token(self, request: Request) -> Response:
        pair = read_object(await request.body())
        issued = self.tokens.issue(pair.get("client_id"), pair.get("client_secret"))
        return answer({"access_token": issued, "token_type": "Bearer"})

    async def connectors(self, request: Request) -> Response:
        return answer({"data": self._connectors.find(request.query_params)})

    async def execute(self, request: Request) -> Response:
        harvest = self._connectors.reaches_harvest(request.path_params["connector_id"])
        said = read_object(await request.body())
        if not harvest:
            raise bad_command(f"Unknown entity {said.get('entity')}.")
        command = read_command(self._interface, said)
        try:
            return answer(self._run(command))
        except Throttled as throttled:
            wait = {"Retry-After": str(throttled.seconds)}
            return refused(from_harvest(429, "Harvest's request limit is reached."), wait)
        except RecursionError:
            raise bad_search("The query is nested too deeply.") from None

    def _run(self, command: Command) -> Row:
        """Return the body of the answer to a command that is offered."""
        entity, params = command.entity, command.params
        match command.action:
            case Action.LIST:
                listed = self._live.list(entity, params)
                rows = _trimmed(command, listed.rows)
                return {"result": rows, "connector_metadata": {"next_link": listed.next_link}}
            case Action.GET:
                return {"result": _trimmed(command, self._live.get(entity, params))}
            case Action.SEARCH:
                result = self._search.answer(entity, params)
                result["data"] = _trimmed(command, result["data"])
                return {"result": result}


def _trimmed(command: Command, rows: Any) -> Any:
    """The rows, or the row, with what the command wants of them. A single record is never cut."""
    truncates = command.truncates and command.action is not Action.GET
    if command.select is None and command.exclude is None and not truncates:
        return rows
    plain = msgspec.to_builtins(rows, builtin_types=(Decimal,))
    if command.select is not None:
        plain = keep(plain, command.select)
    elif command.exclude is not None:
        plain = drop(plain, command.exclude)
    return cut_texts(plain) if truncates else plain
