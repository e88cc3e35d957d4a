"""Hosted connector: a named one, or the only one of a workspace."""

from contextlib import suppress
from urllib.parse import urlencode

import msgspec

from harvest_client.budget import Budget
from harvest_client.errors import AmbiguousConnector, BadRequest, InvalidResponse
from harvest_client.once import SingleFlight
from harvest_client.patience import Flow
from harvest_client.requests import Get
from harvest_client.signing import AuthorizedSender
from harvest_client.transport import RawResponse

DEFINITION_ID = "fe2b4084-3386-4d3b-9ad6-308f61a6f1e6"
"""What Airbyte calls the Harvest connector."""

_PATH = "/api/v1/integrations/connectors"


class _Named(msgspec.Struct):
    id: str
    definition_id: str = DEFINITION_ID


class _Listed(msgspec.Struct):
    data: list[_Named]


class Connector:
    """The connector's id, looked up when it is first needed and remembered."""

    def __init__(self, connector_id: str | None, workspace: str) -> None:
        self._configured = connector_id
        self._workspace = workspace
        self._found: SingleFlight[str] = SingleFlight()

    def find_id(self, desk: AuthorizedSender, budget: Budget) -> Flow[str]:
        """Raises `AmbiguousConnector` where the workspace has none or several."""
        if self._configured:
            return self._configured
        return (yield from self._found.get(lambda: self._look_up(desk, budget)))

    def forget_id(self, connector_id: str) -> bool:
        """Hears that the connector is not there; whether looking again may find another."""
        self._found.invalidate(connector_id)
        return self._configured is None

    def _look_up(self, desk: AuthorizedSender, budget: Budget) -> Flow[str]:
        reply = None
        with suppress(BadRequest):  # by a server older than the name
            reply = yield from desk.send_request(self._list_request("workspace_name"), budget)
        if reply is None:
            reply = yield from desk.send_request(self._list_request("customer_name"), budget)
        return self._read_only_id(reply)

    def _list_request(self, name: str) -> Get:
        return Get(_PATH, urlencode({name: self._workspace, "definition_id": DEFINITION_ID}))

    def _read_only_id(self, reply: RawResponse) -> str:
        try:
            listed = _LISTED.decode(reply.body).data
            # A server that takes no notice of the definition lists whatever the workspace has.
            found = [one.id for one in listed if one.definition_id == DEFINITION_ID]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            found = None
        if found is None:
            raise InvalidResponse(f"{_PATH}: the answer is no list of connectors.")
        where = f"The Airbyte workspace {self._workspace!r}"
        if not found:
            raise AmbiguousConnector(f"{where} has no Harvest connector.")
        if len(found) > 1:
            raise AmbiguousConnector(f"{where} has several Harvest connectors: {', '.join(found)}.")
        return found[0]


_LISTED = msgspec.json.Decoder(_Listed)
