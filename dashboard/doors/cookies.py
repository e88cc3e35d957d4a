"""Cookies that a browser sends over TLS alone.

Streamlit leaves that to whoever serves it, and behind a proxy it cannot know: what people type, the
address that a provider sends them back to, says it.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class SecureCookies:
    """Adds `Secure`, and `SameSite=Lax` where nothing is said, to every cookie that is set."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, _secure_cookie(value) if name.lower() == b"set-cookie" else value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await self._app(scope, receive, send_secured if scope["type"] == "http" else send)


def _secure_cookie(cookie: bytes) -> bytes:
    said = {part.strip().partition(b"=")[0].lower() for part in cookie.split(b";")[1:]}
    if b"samesite" not in said:
        cookie += b"; SameSite=Lax"
    return cookie if b"secure" in said else cookie + b"; Secure"
