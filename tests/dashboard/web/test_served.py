"""The doors of the real server: what each of its addresses answers, and where it does not start."""

import asyncio
import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import streamlit
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from dashboard.web.security.middleware import ALWAYS, content_policy
from tests.serving import ROOT, Server, dashboard, environment, free_port

SIGN_IN = """[auth]
redirect_uri = "https://harvest.example.com/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "us"
client_secret = "c"
server_metadata_url = "https://id.example.com/.well-known/openid-configuration"
"""


def settings(directory: Path) -> dict[str, str]:
    return {
        "HARVEST_SOURCE": "demo",
        "HARVEST_STORE_URL": f"duckdb:///{directory / 'store.duckdb'}",
        "HARVEST_SYNC_MINUTES": "0",
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("served")
    with dashboard(settings(directory), directory / "log") as server:
        yield server


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """The answer to exactly that path, which httpx would make tidy."""
    there = urlsplit(server.url)
    connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=20)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return httpx.Response(answer.status, headers=answer.getheaders(), content=answer.read())
    finally:
        connection.close()


def test_every_kind_of_answer_has_the_headers(served: Server) -> None:
    index = Path(streamlit.__file__).parent / "static" / "index.html"
    script = re.search(r'src="\.(/static/js/index[^"]+)"', index.read_text("utf-8"))
    assert script
    answers = {
        "/": 200, "/hours": 200, "/healthz": 503, "/export/hours.csv": 503,
        "/export/nothing.csv": 404, script[1]: 200, "/app/static/icon.svg": 200,
        "/app/static/none.svg": 404,
        "/_stcore/health": 200, "/_stcore/host-config": 200, "/_stcore/metrics": 404,
        "/media/0.csv": 404, "/auth/login": 302, "/oauth2callback?code=a&state=b": 302,
        "/hours/": 301, "/../etc/passwd": 400, "//evil.example": 400,
    }  # fmt: skip

    for path, status in answers.items():
        answer = ask(served, path)
        assert answer.status_code == status, path
        assert answer.headers.items() >= {k.lower(): v for k, v in ALWAYS.items()}.items(), path
        assert answer.headers["content-security-policy"] == content_policy(index.read_text("utf-8"))
        kept = path.startswith(("/static/", "/app/static/"))
        assert (answer.headers.get("cache-control") == "no-store") is not kept, path
        assert "Traceback" not in answer.text or kept, path


def test_the_policy_lets_one_written_script_run_and_no_other(served: Server) -> None:
    page = ask(served, "/")
    scripts = re.search(r"script-src ([^;]+)", page.headers["content-security-policy"])

    assert page.text.count("<script>") == 1
    assert scripts
    allowed = [re.sub("sha256-.{44}", "hash", one) for one in scripts[1].split()]
    assert allowed == ["'self'", "'wasm-unsafe-eval'", "'hash'"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize(
    "path", ["/", "/_stcore/upload_file/a/b", "/_stcore/agent/interact", "/export/hours.csv"]
)
def test_it_takes_no_upload_and_no_order(served: Server, path: str, method: str) -> None:
    assert ask(served, path, method).status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/", "//evil.example/", "///evil.example/", "/\\evil.example/", "/%5Cevil.example/",
        "/%2Fevil.example/", "/%09/evil.example/", "/evil.example/", "/hours//",
        "/.//evil.example/",
        "/auth/login?provider=evil", "/auth/login?next=//evil.example", "/auth/logout",
        "/auth/logout?next=https://evil.example", "/oauth2callback?error=x&state=//evil.example",
        "/oauth2callback?redirect_uri=https://evil.example", "/hours/?next=https://evil.example",
        "/%0d%0aLocation:%20https://evil.example/", "/export/..%2F..%2Fapp.py", "/https://evil.example/",
    ],
)  # fmt: skip
def test_it_sends_nobody_elsewhere(served: Server, path: str) -> None:
    answer = ask(served, path)

    if 300 <= answer.status_code < 400:
        there = answer.headers["location"]
        assert re.match(r"/(?![/\\])|\.\./", there), there
        assert urlsplit(urljoin(f"{served.url}{path}", there)).netloc == urlsplit(served.url).netloc
        assert not re.search(r"[\s\\]", there)
    else:
        assert answer.status_code in (200, 400, 404)
        assert "location" not in answer.headers


def test_it_answers_to_its_own_names_only(served: Server) -> None:
    port = urlsplit(served.url).port

    for name in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "0.0.0.0"):
        for path in ("/", "/export/hours.csv", "/_stcore/health", "/_stcore/host-config"):
            assert ask(served, path, Host=name).status_code == 421
    assert ask(served, "/", Host=f"localhost:{port}").status_code == 200


@pytest.mark.parametrize(
    ("host", "origin", "opened"),
    [
        (None, None, True),
        (None, "https://evil.example", False),
        (None, "null", False),
        ("evil.example", "http://evil.example", False),  # the same origin, by another name
    ],
)
def test_the_socket_is_for_its_own_pages(
    served: Server, host: str | None, origin: str | None, opened: bool
) -> None:
    headers = {"Origin": origin} if origin else {}

    async def knock() -> int:
        there = urlsplit(served.url)
        url = f"ws://{host or there.hostname}:{there.port}/_stcore/stream"
        try:
            async with connect(url, host="127.0.0.1", additional_headers=headers, proxy=None):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert asyncio.run(knock()) == (101 if opened else 403)


def start(*options: str, directory: Path, secrets: str = "") -> list[str]:
    (directory / "secrets.toml").write_text(secrets, "utf-8")
    return [
        sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(free_port()),
        "--secrets.files", str(directory / "secrets.toml"), *options,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "secrets", "sentence"),
    [
        (["--server.address", "0.0.0.0"], "", "server.address is 0.0.0.0"),
        (["--server.address", "0.0.0.0"], "[auth]\n", "server.address is 0.0.0.0"),
        ([], SIGN_IN.replace("client_id", "client_name"), "[auth] of the secrets lacks client_id"),
        ([], SIGN_IN.replace("89abcdef", ""), "cookie_secret in [auth]"),
        ([], "cookie_secret = '0123456789", "cannot be read"),
    ],
    ids=["everywhere", "no sign-in", "sign-in in part", "secret that can be guessed", "damaged"],
)
def test_it_does_not_start_where_it_must_not(
    options: list[str], secrets: str, sentence: str, tmp_path: Path
) -> None:
    ended = subprocess.run(
        start(*options, directory=tmp_path, secrets=secrets),
        cwd=ROOT, env=environment(settings(tmp_path)), capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "0123456789" not in ended.stderr
