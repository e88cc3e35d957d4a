"""What a cookie is given behind TLS."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard.web.security.middleware import SecureCookies


@pytest.mark.parametrize(
    ("set_by_streamlit", "sent"),
    [
        ("a=1; HttpOnly; SameSite=lax", "a=1; HttpOnly; SameSite=lax; Secure"),
        ("a=1; path=/", "a=1; path=/; SameSite=Lax; Secure"),
        ("a=1; samesite=strict; secure", "a=1; samesite=strict; secure"),
        ("secure=1; SameSite=Lax", "secure=1; SameSite=Lax; Secure"),
    ],
)
def test_every_cookie_is_for_tls_alone(set_by_streamlit: str, sent: str) -> None:
    def answer(request: Request) -> Response:
        made = PlainTextResponse("")
        made.headers.append("set-cookie", set_by_streamlit)
        made.headers.append("set-cookie", "b=2; SameSite=Lax; Secure")
        return made

    async def asked() -> httpx.Response:
        app = SecureCookies(Starlette(routes=[Route("/", answer)]))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://ours") as client:
            return await client.get("/")

    cookies = asyncio.run(asked()).headers.get_list("set-cookie")

    assert cookies == [sent, "b=2; SameSite=Lax; Secure"]
