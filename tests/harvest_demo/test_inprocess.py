"""The app asked without a socket, from one thread or many."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from starlette.types import Receive, Scope, Send

from harvest_client import Harvest
from harvest_demo import ACCOUNT_ID, TOKEN, Account, InProcess, app
from tests.harvest_demo.asking import BASE, Asking


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what it was asked."""
    message = await receive()
    await asyncio.sleep(0)
    asked = f"{scope['method']} {scope['path']} {scope['query_string'].decode()} ".encode()
    await send({"type": "http.response.start", "status": 207, "headers": [(b"x-a", b"b")]})
    await send({"type": "http.response.body", "body": asked, "more_body": True})
    await send({"type": "http.response.body", "body": message["body"]})


def test_the_request_arrives_whole_and_so_does_the_answer() -> None:
    with httpx.Client(transport=InProcess(echo), base_url="https://demo.test") as client:
        response = client.post("/a%20b/ü", params={"q": "1 2"}, content=b"body")

    assert response.status_code == 207
    assert response.headers["x-a"] == "b"
    assert response.content == "POST /a b/ü q=1+2 body".encode()


def test_many_threads_may_ask_at_once(account: Account) -> None:
    with InProcess(app(account, limits=False)) as transport:
        asking = Asking(transport)
        with ThreadPoolExecutor(8) as pool:
            pages = list(
                pool.map(
                    lambda page: asking.get("/time_entries", page=page, per_page=100), range(1, 41)
                )
            )

    ids = [row["id"] for page in pages for row in page["time_entries"]]
    assert len(set(ids)) == 4000


def test_the_thread_ends_with_the_transport() -> None:
    before = threading.active_count()
    transport = InProcess(echo)
    assert threading.active_count() == before + 1

    transport.close()
    transport.close()

    assert threading.active_count() == before


def test_a_transport_that_nobody_closed_ends_with_its_last_reference() -> None:
    before = threading.active_count()
    transport = InProcess(echo)
    transport.handle_request(httpx.Request("GET", BASE))

    del transport

    assert threading.active_count() == before


def test_the_connector_reads_the_demo_account_to_its_end(account: Account) -> None:
    with Harvest(
        token=TOKEN,
        account_id=ACCOUNT_ID,
        contact="tests@example.com",
        transport=InProcess(app(account, limits=False)),
    ) as harvest:
        entries = list(harvest.time_entries.all(user_id=4410021))
        contacts = [c for page in harvest.contacts.pages(per_page=7) for c in page.data]

    assert len(entries) == sum(entry.user["id"] == 4410021 for entry in account.entries)
    assert len(contacts) == len(account.tables["contacts"])
