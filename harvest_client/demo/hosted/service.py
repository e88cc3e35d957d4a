"""The hosted API's addresses, and what stands behind each."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from harvest_client.demo.account import Account
from harvest_client.demo.answers import answer, refused
from harvest_client.demo.copies import Row
from harvest_client.demo.hosted.command import Command, read_command, read_object
from harvest_client.demo.hosted.connectors import Connectors
from harvest_client.demo.hosted.gate import PREFIX, TOKEN_PATH
from harvest_client.demo.hosted.generation import INTERFACES, Generation
from harvest_client.demo.hosted.live import Live, Throttled
from harvest_client.demo.hosted.refusals import bad_command, bad_search, from_harvest
from harvest_client.demo.hosted.replica import Replica
from harvest_client.demo.hosted.search import Search
from harvest_client.demo.hosted.tokens import Tokens
from harvest_client.demo.hosted.trimming import cut_texts, drop, keep
from harvest_client.demo.limits import Meter
from harvest_client.entities import Action

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
        """The body of the answer to a command that is offered."""
        entity, params = command.entity, command.params
        match command.action:
            case Action.LIST:
                listed = self._live.list(entity, params)
                rows = _trimmed(command, listed.rows)
                return {"result": rows, "connector_metadata": {"next_link": listed.next_link}}
            case Action.GET:
                return {"result": _trimmed(command, self._live.get(entity, params))}
            case Action.SEARCH:
                found = self._search.answer(entity, params)
                found["data"] = _trimmed(command, found["data"])
                return {"result": found}


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
