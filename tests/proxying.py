"""Reverse proxy under test: passes HTTP and WebSockets on, with or without the path before ours."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from urllib.parse import urlsplit

from tests.serving import free_port

_END = b"\r\n\r\n"
_EMPTY = b"Content-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def proxy(target: str, prefix: str = "", *, strips: bool = False) -> Iterator[str]:
    """Serve what is below `prefix` from the server `target`; yield the address with the prefix.

    With `strips`, the target receives paths without the prefix. All else is a 404.
    """
    port, loop = free_port(), asyncio.new_event_loop()
    there = urlsplit(target)
    serving: set[asyncio.Task[None] | None] = set()  # the loop itself holds no task for good

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        serving.add(task)
        try:
            await answer(reader, writer)
        finally:
            serving.discard(task)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            head = await reader.readuntil(_END)
            line, _, rest = head.partition(b"\r\n")
            method, path, version = line.split(b" ")
            if path == prefix.encode():
                writer.write(b"HTTP/1.1 301 Moved\r\nLocation: " + path + b"/\r\n" + _EMPTY)
            elif not path.startswith(f"{prefix}/".encode()):
                writer.write(b"HTTP/1.1 404 Elsewhere\r\n" + _EMPTY)
            else:
                path = path.removeprefix(prefix.encode()) if strips else path
                lines = [one for one in rest.split(b"\r\n") if one]
                if not any(one.lower().startswith(b"upgrade:") for one in lines):
                    # One request for each connection: the next has another path to strip.
                    lines = [one for one in lines if not one.lower().startswith(b"connection:")]
                    lines.append(b"Connection: close")
                begin = b"\r\n".join([b" ".join([method, path, version]), *lines]) + _END
                await exchange(begin, reader, writer)

    async def exchange(
        begin: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        from_server, to_server = await asyncio.open_connection(there.hostname, there.port)
        async with _closing(to_server):
            to_server.write(begin)
            sending = asyncio.create_task(_pass(reader, to_server))
            try:
                await _pass(from_server, writer)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def start() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", port)

    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()
    server = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    try:
        yield f"http://127.0.0.1:{port}{prefix}"
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        running.join(20)
        loop.close()


@asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        # Cancelled is what is open when the test ends.
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            yield
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
