"""The command line inside this process: settings of a test's own, and what came out."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from harvest_client.__main__ import main

TODAY = "2026-11-20"


@dataclass(frozen=True)
class Done:
    """A command that ended: its exit code, and what it said where."""

    code: int | str | None
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def data(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json["data"]
        return found

    @property
    def lines(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.err
        return [json.loads(line) for line in self.out.splitlines()]


class CommandLine:
    """Runs `python -m harvest_client …` with the settings given to it and no others."""

    def __init__(
        self, capture: "pytest.CaptureFixture[bytes]", patch: pytest.MonkeyPatch, **settings: str
    ) -> None:
        self._capture = capture
        self._patch = patch
        self._settings = settings

    def with_(self, **more: str) -> "CommandLine":
        return CommandLine(self._capture, self._patch, **(self._settings | more))

    def __call__(self, *arguments: str) -> Done:
        with self._patch.context() as patch:
            for name, value in (BLANK | self._settings).items():
                patch.setenv(name, value)
            self._capture.readouterr()
            code: int | str | None
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = ended.code
        out, err = self._capture.readouterr()
        return Done(code, out, err.decode())


# An empty setting counts as none, and hides what a developer has in a file of secrets.
BLANK = dict.fromkeys(
    (
        "HARVEST_SOURCE", "HARVEST_ACCESS_TOKEN", "HARVEST_ACCOUNT_ID", "HARVEST_CLIENT_ID",
        "HARVEST_CLIENT_SECRET", "HARVEST_REFRESH_TOKEN", "HARVEST_BASE_URL", "HARVEST_ID_URL",
        "HARVEST_CACHE_DIR", "HARVEST_SYNC_START", "AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET",
        "AIRBYTE_ACCESS_TOKEN", "AIRBYTE_CONNECTOR_ID", "AIRBYTE_WORKSPACE_NAME",
        "AIRBYTE_ORGANIZATION_ID", "AIRBYTE_BASE_URL",
    ),
    "",
) | {"HARVEST_TODAY": TODAY, "HARVEST_CONTACT": "tests@example.com"}  # fmt: skip
