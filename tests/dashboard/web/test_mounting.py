"""Paths before ours: at the root, below `server.baseUrlPath`, and behind a proxy that strips it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from dashboard.web.routes import ROUTES
from dashboard.web.security.middleware import add_base, base_path, local_path, tidy_path
from tests import signing_in
from tests.proxying import proxy
from tests.serving import Server, dashboard, free_port

PREFIX = "/insights"
BASE = ["--server.baseUrlPath", "insights"]


@dataclass(frozen=True)
class Way:
    """How browsers get to the server: at `url`, which ends in the path before ours."""

    url: str
    server: Server


# Options of the server, and whether a proxy before it passes the path on, strips it, or is not.
WAYS: dict[str, tuple[list[str], str | None]] = {
    "root": ([], None),
    "below a path": (BASE, None),
    "below a path, passed on": (BASE, "passes"),
    "stripped": ([], "strips"),
    "stripped, path known": (BASE, "strips"),
}


def settings(directory: Path) -> dict[str, str]:
    return {
        "HARVEST_SOURCE": "demo",
        "HARVEST_STORE_URL": f"duckdb:///{directory / 'store.duckdb'}",
        "HARVEST_SYNC_MINUTES": "0",
    }


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, Server]]:
    """One at the root, and one below the path."""
    directory = tmp_path_factory.mktemp("mounting")
    with (
        dashboard(settings(directory), directory / "log") as root,
        dashboard(settings(directory), directory / "log", BASE) as below,
    ):
        yield {False: root, True: below}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, servers: dict[bool, Server]) -> Iterator[Way]:
    options, before = WAYS[request.param]
    server = servers[bool(options)]
    if before is None:
        yield Way(f"{server.url}{PREFIX if options else ''}", server)
        return
    with proxy(server.url, PREFIX, strips=before == "strips") as url:
        yield Way(url, server)


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=20)


def test_own_addresses_answer_by_every_way(way: Way) -> None:
    assert {route.path for route in ROUTES} == {"/healthz", "/export/{name}"}
    assert get(f"{way.url}/healthz").json() == {"status": "no data"}
    assert get(f"{way.url}/export/hours.csv").status_code == 503
    assert get(f"{way.url}/export/nothing.csv").status_code == 404
    assert get(f"{way.url}/_stcore/health").text == "ok"
    for closed in ("_stcore/metrics", "media/x.csv", "component/a/b.js", "hours/_stcore/metrics"):
        assert get(f"{way.url}/{closed}").status_code == 404
    logo = get(f"{way.url}/app/static/icon.svg")
    assert logo.headers["content-type"] == "image/svg+xml"
    assert logo.headers.get("cache-control") != "no-store"
    assert "<script" in get(f"{way.url}/hours").text


def test_the_programs_files_are_where_its_page_looks_for_them(way: Way) -> None:
    page = get(f"{way.url}/hours").text
    script = page.partition('src="./static/')[2].partition('"')[0]

    assert script
    found = get(urljoin(f"{way.url}/hours", f"./static/{script}"))
    assert "javascript" in found.headers["content-type"]
    assert found.headers["cache-control"] != "no-store"


@pytest.mark.parametrize("path", ["/hours/", "/export/hours.csv/"])
def test_slash_at_the_end_leads_to_the_same_place_without(way: Way, path: str) -> None:
    answer = get(f"{way.url}{path}?period=30d&where=%7B%7D")

    assert answer.status_code == 301
    there = urljoin(str(answer.url), answer.headers["location"])
    assert there == f"{way.url}{path.rstrip('/')}?period=30d&where=%7B%7D"


def test_path_before_ours_without_a_slash_leads_to_the_start(servers: dict[bool, Server]) -> None:
    answer = get(f"{servers[True].url}{PREFIX}?period=30d")

    assert answer.status_code == 301
    there = urljoin(str(answer.url), answer.headers["location"])
    assert there == f"{servers[True].url}{PREFIX}/?period=30d"
    assert get(there).status_code == 200


def test_page_opens_its_socket_by_every_way(way: Way) -> None:
    with signing_in.Browser(way.url).tab() as tab:
        assert tab.open("hours").has_menu


def head(server: Server, request: str, *headers: str) -> str:
    """The first line of the answer to a request of exactly these lines."""
    there = urlsplit(server.url)
    with socket.create_connection((there.hostname, there.port), timeout=20) as connection:
        connection.sendall("\r\n".join([request, *headers, "", ""]).encode())
        return connection.recv(4096).decode().partition("\r\n")[0]


@pytest.mark.parametrize("is_below", [False, True])
def test_health_is_told_to_balancers_that_do_not_know_our_name(
    servers: dict[bool, Server], is_below: bool
) -> None:
    server = servers[is_below]
    for path in ["/healthz", *([f"{PREFIX}/healthz"] if is_below else [])]:
        asked = [
            head(server, f"GET {path} HTTP/1.1", "Host: 10.0.0.7", "Connection: close"),
            head(server, f"GET {path} HTTP/1.1", "Host: balancer.example", "Connection: close"),
            head(server, f"GET {path} HTTP/1.0"),
        ]
        assert {one.partition(" ")[2] for one in asked} == {"503 Service Unavailable"}
    for path in ("/", "/export/hours.csv", "/_stcore/health", "/healthz/x"):
        refused = head(server, f"GET {path} HTTP/1.1", "Host: 10.0.0.7", "Connection: close")
        assert " 421 " in refused


@contextmanager
def with_sign_in(directory: Path, options: list[str], *, strips: bool) -> Iterator[tuple[str, str]]:
    """Addresses of a dashboard behind a proxy, and of the provider to sign in with."""
    file, port = directory / "secrets.toml", free_port()
    with (
        signing_in.provider() as provider,
        proxy(f"http://127.0.0.1:{port}", PREFIX, strips=strips) as url,
    ):
        signing_in.secrets(file, {"": provider})
        file.write_text(file.read_text("utf-8").replace("http://127.0.0.1:{port}", url), "utf-8")
        more = ["--secrets.files", str(file), *options]
        with dashboard(settings(directory), directory / "log", more, port=port):
            yield url, provider


@pytest.mark.parametrize(
    ("options", "strips"),
    [([], True), (BASE, True), (BASE, False)],
    ids=["stripped", "stripped, path known", "passed on"],
)
def test_people_sign_in_and_out_below_the_path(
    options: list[str], strips: bool, tmp_path: Path
) -> None:
    with with_sign_in(tmp_path, options, strips=strips) as (url, provider):
        signing_in.account(provider, "ada", email="ada@example.com", email_verified=True)
        browser = signing_in.Browser(url)

        assert browser.export().status_code == 401
        assert browser.sign_in("ada", page="hours?period=30d") == f"{PREFIX}/hours?period=30d"
        assert browser.export().status_code == 503  # signed in, and nothing was synced
        with browser.tab() as tab:
            assert "being read for the first time" in tab.open("hours").text
        left = browser.http.get(f"{url}/auth/logout", headers={"Sec-Fetch-Site": "same-origin"})
        assert left.is_redirect
        assert browser.export().status_code == 401


def scope(path: str, root: str = "") -> dict[str, object]:
    return {"type": "http", "path": root + path, "root_path": root, "raw_path": b"x"}


@pytest.mark.parametrize(
    ("base", "root", "path", "local"),
    [
        ("", "", "/hours", "/hours"),
        ("", "/x", "/hours", "/hours"),
        ("/in", "", "/in/hours", "/hours"),
        ("/in", "", "/hours", "/hours"),
        ("/in", "", "/inside", "/inside"),
        ("/in", "", "/in", ""),
        ("/in", "", "/", "/"),
        ("/in", "/x", "/in/hours", "/hours"),
        ("/in", "/x", "/hours", "/hours"),
    ],
)
def test_path_below_ours_is_the_same_with_and_without_it(
    base: str, root: str, path: str, local: str
) -> None:
    found = add_base(scope(path, root), base)

    assert local_path(found, base) == local
    assert found["path"] == f"{root}{base}{local}"
    assert add_base(found, base) == found


@pytest.mark.parametrize(
    ("configured", "callback", "base"),
    [
        ("", "", ""),
        ("/", "/oauth2callback", ""),
        ("insights", "", "/insights"),
        ("/a/b/", "/c/oauth2callback", "/a/b"),
        ("", "/c/oauth2callback", "/c"),
        ("", "/elsewhere", ""),
    ],
)
def test_path_before_ours_is_configured_or_where_people_come_back_to(
    configured: str, callback: str, base: str
) -> None:
    assert base_path(configured, callback) == base


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/", None), ("/hours", None), ("/hours/", "../hours"), ("/a/b//", "../../b"),
        ("//evil.example/", None), ("/\\evil.example/", None), ("//", None),
        ("/javascript:x/", "../javascript%3Ax"), ("/a\r\nb/", "../a%0D%0Ab"),
    ],
)  # fmt: skip
def test_address_without_slashes_is_relative_and_of_this_host(
    path: str, address: str | None
) -> None:
    assert tidy_path(path) == address
