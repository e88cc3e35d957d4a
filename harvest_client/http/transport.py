"""One request and its whole answer, bounded in time, in size and in destination.

What can be sent is in `requests`. It goes to an address from the configuration: no answer can send
a token to another host.
"""

import asyncio
import time
import zlib
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import Any

import httpx

from harvest_client.errors import HarvestError, InvalidResponse, TooLarge, TooSlow, Unreachable
from harvest_client.http.requests import AuthorizedRequest

LARGEST = 64 * 1024 * 1024  # decoded bytes; a full page of time entries has 2.5 MB

_LONGEST_CONNECT = 10.0


@dataclass(frozen=True, slots=True)
class Sleep:
    """A wish to do nothing for that long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A whole answer, `body` freed of its transfer and content encodings.

    It shows neither: there may be a token in them, and what people wrote about their work is.
    """

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)


def client_options(*, base: httpx.URL, user_agent: str, deadline: float) -> dict[str, Any]:
    """Return the options of both httpx clients, except for the transport.

    `base` only tells whether a proxy may be in between: each request has its own address.
    """
    # Half the deadline, so that silence is told from an answer that does not end.
    patience = deadline / 2
    return {
        # Nothing here may say who asks: httpx sends these headers wherever it is told to.
        "headers": {
            "User-Agent": user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        },
        "timeout": httpx.Timeout(patience, connect=min(patience, _LONGEST_CONNECT), pool=deadline),
        # More than the permits of both rate budgets allow at once would never be used.
        "limits": httpx.Limits(max_connections=100, max_keepalive_connections=20),
        "follow_redirects": False,
        # A proxy of the environment would look for our own machine on its own.
        "trust_env": base.scheme == "https",
    }


def send(
    client: httpx.Client, signed: AuthorizedRequest, deadline: float
) -> RawResponse | HarvestError:
    """Return the answer, or why there is none. `deadline` is in seconds, for the whole of it."""
    answer = _ResponseReader(signed, deadline)
    try:
        with closing(client.send(_build_request(client, signed), stream=True)) as response:
            if answer.begin(response):
                for chunk in response.iter_raw():
                    answer.add_chunk(chunk)
        return answer.finish()
    except (HarvestError, httpx.HTTPError) as error:
        return answer.fail(error)


async def send_async(
    client: httpx.AsyncClient, signed: AuthorizedRequest, deadline: float
) -> RawResponse | HarvestError:
    """As `send`."""
    answer = _ResponseReader(signed, deadline)
    try:
        async with asyncio.timeout(deadline):
            sent = await client.send(_build_request(client, signed), stream=True)
            async with aclosing(sent) as response:
                if answer.begin(response):
                    async for chunk in response.aiter_raw():
                        answer.add_chunk(chunk)
        return answer.finish()
    except (HarvestError, httpx.HTTPError, TimeoutError) as error:
        return answer.fail(error)


def _build_request(
    client: httpx.Client | httpx.AsyncClient, signed: AuthorizedRequest
) -> httpx.Request:
    # Built before it is sent: httpx would keep headers and body in variables while it waits, for
    # the crash report of whoever interrupts it to show.
    request = signed.request
    kind = {"Content-Type": request.content_type} if request.content_type else {}
    return client.build_request(
        request.method,
        str(signed.base).rstrip("/") + request.target,
        content=request.content,
        headers={**signed.headers, **kind},
    )


class _ResponseReader:
    """An answer while it arrives."""

    def __init__(self, signed: AuthorizedRequest, deadline: float) -> None:
        self._signed = signed
        self._path = signed.name
        self._deadline = deadline
        self._due = time.monotonic() + deadline
        self._chunks: list[bytes] = []
        self._size = 0
        self._gzip: Any = None  # zlib names no type for it
        self._response: httpx.Response | None = None

    def begin(self, response: httpx.Response) -> bool:
        """Note the answer's head; false when its body is already whole."""
        self._response = response
        if response.is_stream_consumed:  # by a transport inside this process
            self._chunks = [response.content]
            return False
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            self._gzip = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        elif encoding not in ("identity", ""):
            raise InvalidResponse(
                f"{self._path}: the answer is encoded in a way we did not ask for."
            )
        return True

    def add_chunk(self, chunk: bytes) -> None:
        if time.monotonic() > self._due:
            raise TooSlow(self._late_text())
        if self._gzip:
            chunk = self._inflate(chunk)
        self._size += len(chunk)
        if self._size > LARGEST:
            raise TooLarge(f"{self._path}: the answer has more than {LARGEST:,} bytes.")
        self._chunks.append(chunk)

    def finish(self) -> RawResponse:
        if self._gzip and not self._gzip.eof and self._size:
            raise InvalidResponse(f"{self._path}: the compressed answer is cut off.")
        return self._make_reply(b"".join(self._chunks))

    def fail(self, error: Exception) -> RawResponse | HarvestError:
        # Made here and raised elsewhere: httpx's own errors hold the request and so the token.
        if self._response is not None and self._response.status_code != 200:
            return self._make_reply(b"")  # a refusal is one, whatever became of its explanation
        if isinstance(error, HarvestError):
            return error
        if isinstance(error, TimeoutError):
            return TooSlow(self._late_text())
        return Unreachable(f"{self._path}: {_failure_reason(error)} at {self._signed.base.host}.")

    def _make_reply(self, body: bytes) -> RawResponse:
        assert self._response is not None
        if self._response.status_code != 200:
            # Explanations get quoted, and nothing keeps a server from explaining with our token.
            for secret in self._signed.secrets:
                body = body.replace(secret.encode(), b"***")
        return RawResponse(self._response.status_code, self._response.headers, body)

    def _late_text(self) -> str:
        return f"{self._path}: the answer was not complete after {self._deadline:g} s."

    def _inflate(self, chunk: bytes) -> bytes:
        # Bounded, so that a small answer cannot unpack to more than we are ready to hold.
        room = LARGEST - self._size + 1
        try:
            inflated: bytes = self._gzip.decompress(chunk, room)
        except zlib.error:
            broken = True
        else:
            broken = bool(self._gzip.unused_data)
        if broken:
            raise InvalidResponse(f"{self._path}: the compressed answer is damaged.")
        return inflated


def _failure_reason(error: Exception) -> str:
    match error:
        case httpx.ConnectTimeout():
            return "no connection in time"
        case httpx.PoolTimeout():
            return "too many requests at once"
        case httpx.TimeoutException():
            return "silence"
        case httpx.ProxyError():
            return "the proxy refuses to connect"
        case httpx.ConnectError():
            return f"no connection ({error})"  # the operating system's words, or TLS's
        case httpx.RemoteProtocolError():
            return "an answer that is cut off or not HTTP"
        case _:
            return "a broken connection"
