"""Connectors of each workspace."""

from collections.abc import Mapping, Sequence

from harvest_client.demo.copies import Row
from harvest_client.demo.hosted.generation import Interface
from harvest_client.demo.hosted.identity import (
    CONNECTOR_ID,
    CROWDED_CONNECTOR_IDS,
    CROWDED_WORKSPACE,
    DEFINITION_ID,
    FOREIGN_CONNECTOR_ID,
    WORKSPACE,
)
from harvest_client.demo.hosted.refusals import bad_key, no_connector

_OTHER_DEFINITION_ID = "0b8b2f5e-2f1d-4d0c-9e77-9a5f7a1c3d20"
_HARVEST = {"name": "Harvest", "definition_id": DEFINITION_ID}


class Connectors:
    """The directory of connectors; `crowded` adds a workspace that has two to Harvest."""

    def __init__(self, interface: Interface, *, crowded: bool) -> None:
        self._named_by = interface.workspace
        foreign = {
            "id": FOREIGN_CONNECTOR_ID,
            "name": "Mail",
            "definition_id": _OTHER_DEFINITION_ID,
        }
        self._workspaces: dict[str, Sequence[Row]] = {
            WORKSPACE: [foreign, {"id": CONNECTOR_ID, **_HARVEST}]
        }
        if crowded:
            self._workspaces[CROWDED_WORKSPACE] = [
                {"id": connector_id, **_HARVEST} for connector_id in CROWDED_CONNECTOR_IDS
            ]

    def find(self, query: Mapping[str, str]) -> list[Row]:
        """The connectors of a workspace, none for an unknown one; without a definition, all."""
        for name in query:
            if name not in (self._named_by, "definition_id"):
                raise bad_key(f"Unknown query parameter {name}.")
        if not query.get(self._named_by):
            raise bad_key(f"Query parameter {self._named_by} is required.")
        definition = query.get("definition_id")
        return [
            row
            for row in self._workspaces.get(query[self._named_by], ())
            if definition in (None, row["definition_id"])
        ]

    def reaches_harvest(self, connector_id: str) -> bool:
        """Return whether it is a connector to Harvest; raises `Refusal` 404 if there is none."""
        for rows in self._workspaces.values():
            for row in rows:
                if row["id"] == connector_id:
                    return bool(row["definition_id"] == DEFINITION_ID)
        raise no_connector()
