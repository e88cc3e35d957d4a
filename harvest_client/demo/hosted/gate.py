"""Checks of every request to the hosted API: token, organization, type of the body."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from harvest_client.demo.answers import refused
from harvest_client.demo.hosted.identity import ORGANIZATION_ID
from harvest_client.demo.hosted.refusals import unreadable, wrong_organization
from harvest_client.demo.hosted.tokens import Tokens
from harvest_client.demo.refusals import Refusal

PREFIX = "/api/v1"
TOKEN_PATH = f"{PREFIX}/account/applications/token"


class HostedGate:
    """Lets a request below `PREFIX` through, or answers it; others are none of its business."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self._app
        if scope["type"] == "http" and is_hosted(scope["path"]):
            try:
                self._check(scope)
            except Refusal as refusal:
                answering = refused(refusal)
        await answering(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if scope["path"] != TOKEN_PATH:
            self._tokens.check(headers.get("authorization", ""))
        if headers.get("x-organization-id", ORGANIZATION_ID) != ORGANIZATION_ID:
            raise wrong_organization()
        kind = headers.get("content-type", "").partition(";")[0].strip()
        if scope["method"] == "POST" and kind != "application/json":
            raise unreadable("A POST needs Content-Type: application/json.")


def is_hosted(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")
