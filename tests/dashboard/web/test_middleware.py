"""The doors around a small house: what they let in, and what they say when something falls."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard.web.security.middleware import (
    ALWAYS,
    SecurityConfig,
    SecurityMiddleware,
    allowed_names,
    content_policy,
)

POLICY = "default-src 'self'"


def fine(request: Request) -> Response:
    return PlainTextResponse("fine", headers={"Cache-Control": "public, max-age=9"})


def falls(request: Request) -> Response:
    raise RuntimeError("Ada's salary")


def falls_half_way(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("the disk")

    return StreamingResponse(parts())


def house(sign_in: bool = False, base: str = "") -> Starlette:
    doors = SecurityConfig(POLICY, allowed_names(["harvest.example.com"], {}), sign_in, base)
    return Starlette(
        routes=[
            Route("/falls", falls),
            Route("/half", falls_half_way),
            Route("/{path:path}", fine, methods=["GET", "POST", "PUT", "DELETE", "OPTIONS"]),
        ],
        middleware=[Middleware(SecurityMiddleware, doors)],
    )


def ask(
    path: str = "/",
    *,
    app: Starlette | None = None,
    method: str = "GET",
    url: str = "http://127.0.0.1",
    client: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    transport = httpx.ASGITransport(app or house(), client=(client, 1))

    async def answered() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url=url) as asking:
            return await asking.request(method, path, headers=headers)

    return asyncio.run(answered())


def test_every_answer_has_the_headers() -> None:
    for answer in (ask(), ask("/media/a.csv"), ask(method="PUT"), ask("/falls")):
        assert answer.headers.items() >= {k.lower(): v for k, v in ALWAYS.items()}.items()
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in answer.headers


def test_only_the_program_itself_may_be_kept() -> None:
    kept = {path for path in ("/", "/hours", "/export/a.csv", "/static/a.js", "/app/static/a.svg",
                              "/app", "/statics", "/app/other") 
            if ask(path).headers["cache-control"] != "no-store"}  # fmt: skip

    assert kept == {"/static/a.js", "/app/static/a.svg"}


def test_behind_tls_browsers_are_told_to_stay_there() -> None:
    safe = ask(url="https://127.0.0.1")

    assert safe.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"])
def test_nothing_is_sent_to_it_but_questions(method: str) -> None:
    refused = ask(method=method)

    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("base", ["", "/harvest"])
@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics", "/_stcore/upload_file/1/2", "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp", "/_stcore/bidi-components/a/b.js", "/_stcore/script-health-check",
        "/_stcore/stream", "/_stcore", "/_stcore/", "/_stcore/health/", "/_stcore/health/x",
        "/media/abc.csv", "/media", "/component/a/index.html", "/%5Fstcore/metrics",
        "/hours/_stcore/metrics",
    ],
)  # fmt: skip
def test_what_nobody_needs_is_closed(path: str, base: str) -> None:
    assert ask(base + path, app=house(base=base)).status_code == 404


@pytest.mark.parametrize("base", ["", "/harvest"])
@pytest.mark.parametrize(
    "path",
    ["/", "/hours", "/_stcore/health", "/_stcore/host-config", "/static/media/a.woff2", "/healthz",
     "/export/hours.csv", "/oauth2callback", "/auth/login"],
)  # fmt: skip
def test_what_is_needed_is_open(path: str, base: str) -> None:
    assert ask(base + path, app=house(base=base)).text == "fine"


def test_other_names_and_two_at_once_are_refused() -> None:
    assert ask(url="http://evil.example").status_code == 403  # ASGI's server is that name, too
    assert ask(headers={"Host": "evil.example"}).status_code == 421
    assert ask(headers={"Host": "harvest.example.com"}).status_code == 200


def test_without_sign_in_only_this_machine_is_answered() -> None:
    for there in (
        ask(client="192.168.1.9"),
        ask(url="http://192.168.1.5", headers={"Host": "localhost"}),
    ):
        assert there.status_code == 403
        assert "Without sign-in" in there.text
    signed_in = house(sign_in=True)
    assert ask(app=signed_in, client="192.168.1.9").text == "fine"


def test_a_page_of_another_site_may_link_here_and_no_more() -> None:
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}

    assert ask("/export/hours.csv", headers=cross).status_code == 403
    assert ask("/hours", headers=cross | {"Sec-Fetch-Mode": "navigate"}).status_code == 200
    assert ask("/hours", headers=cross | {"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_what_falls_is_a_sentence_outside_and_a_trace_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = ask("/falls?person=Ada")

    assert answer.status_code == 500
    reference = answer.text.partition("Reference: ")[2][:8]
    assert f"reference {reference}: GET /falls" in caplog.text
    assert "RuntimeError: Ada's salary" in caplog.text
    assert "person=Ada" not in caplog.text
    assert not {"Traceback", "RuntimeError", "Ada", ".py"} & set(
        answer.text.replace(",", " ").split()
    )


def test_half_an_answer_is_not_ended_as_if_it_were_whole() -> None:
    with pytest.raises(RuntimeError, match="the disk"):
        ask("/half")


@pytest.mark.parametrize(
    ("path", "host", "let_in"),
    [
        ("/_stcore/stream", "127.0.0.1", True),
        ("/_stcore/stream", "evil.example", False),
        ("/_stcore/other", "127.0.0.1", False),
        ("/hours/_stcore/stream", "127.0.0.1", False),
    ],
)
def test_there_is_one_socket(path: str, host: str, let_in: bool) -> None:
    met: list[str] = []
    sent: list[dict[str, Any]] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        met.append(scope["path"])

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "websocket", "path": path, "headers": [(b"host", host.encode())],
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    asyncio.run(
        SecurityMiddleware(inner, SecurityConfig(POLICY, allowed_names([], {}), False))(
            scope, receive, send
        )
    )

    assert met == ([path] if let_in else [])
    assert [one["type"] for one in sent] == ([] if let_in else ["websocket.close"])


def test_scripts_in_the_page_are_known_by_their_hash() -> None:
    policy = content_policy(
        '<script type="module" src="a.js"></script><script>x\n</script><script src=b.js></script>'
    )

    # printf 'x\n' | openssl dgst -sha256 -binary | base64
    assert " 'sha256-c8s4WKaHqElMozIwUwFigvPa051Cz2LKTnndoqrH2aw=';" in policy
    assert policy.count("sha256-") == 1
