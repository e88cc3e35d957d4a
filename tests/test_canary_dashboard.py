"""No credential leaves a running dashboard, whatever goes wrong behind it: not in what it sends to
a browser, nor in its log, nor in any file; and what it writes is for its owner alone."""

import asyncio
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.streamlit_session import StreamlitSession
from tests.canary_server import DATA, TOKENS, WORD, CanaryServer, Misbehave, canary_server
from tests.serving import Server, dashboard, program
from tests.test_canary_files import DIRECT, HOSTED, OAUTH, READY, files_with_a_canary

SIGN_IN = """[auth]
redirect_uri = "https://harvest.example.com/oauth2callback"
cookie_secret = "c4nary-9-cookie-secret-of-the-sign-in"
client_id = "us"
client_secret = "c4nary-10-sign-in"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""
Case = tuple[dict[str, str], Misbehave | None, Misbehave | None, str]
CASES: dict[str, Case] = {
    "refused token": (DIRECT, DATA["refused token"], None, ""),
    "answer cut off": (OAUTH, DATA["cut JSON"], None, ""),
    "forbidden": (READY, DATA["forbidden"], None, ""),
    "refused refresh": (OAUTH, None, TOKENS["refused refresh"], ""),
    "refused client": (HOSTED, None, TOKENS["refused client"], ""),
    "token of two lines": (OAUTH, None, TOKENS["token of two lines"], ""),
    "a setting that cannot be sent": (
        DIRECT | {"HARVEST_ACCESS_TOKEN": "c4nary-a\nc4nary-b"}, None, None, "",
    ),
    "a provider that does not answer": (DIRECT, None, None, SIGN_IN),
    "nothing": (OAUTH, None, None, ""),
}  # fmt: skip
PAGES = ("data", "overview?period=90d", "explorer", "nowhere")
PATHS = (
    "/", "/healthz", "/export/hours.csv", "/export/hours.xlsx?period=soon", "/export/c.csv",
    "/auth/login", "/auth/login?provider=eyJ", "/oauth2callback?code=c4nary-code&state=c4nary",
    "/auth/logout", "/_stcore/metrics", "/media/x",
)  # fmt: skip


def test_no_credential_leaves_it(tmp_path: Path) -> None:
    def attempt(number: int) -> str:
        name, (settings, data, token, secrets) = list(CASES.items())[number]
        directory = tmp_path / str(number)
        with canary_server(data, token) as server:
            seen = look(server, settings, secrets, directory)
        assert WORD not in seen, name
        assert files_with_a_canary(directory / "data") <= {"harvest-sign-in.json"}, name
        return seen

    with ThreadPoolExecutor(2) as pool:
        seen = list(pool.map(attempt, range(len(CASES))))

    assert len(seen) == 9
    # Otherwise nothing went wrong that could have been told.
    assert ["The first sync failed" in one for one in seen[:6]] == [True] * 6


def look(server: CanaryServer, settings: dict[str, str], secrets: str, directory: Path) -> str:
    """All that was sent to browsers and written to the log, as text."""
    (directory / "data").mkdir(parents=True)
    (directory / "secrets.toml").write_text(secrets, "utf-8")
    log = directory / "dashboard.log"
    given = settings | {
        "HARVEST_BASE_URL": f"{server.url}/v2", "HARVEST_ID_URL": f"{server.url}/api/v2",
        "AIRBYTE_BASE_URL": server.url, "HARVEST_SYNC_MINUTES": "60",
        "HARVEST_STORE_URL": f"duckdb:///{directory / 'data' / 'store.duckdb'}",
        "STREAMLIT_SECRETS_FILES": str(directory / "secrets.toml"),
        "TMPDIR": str(directory / "data"),
    }  # fmt: skip
    with dashboard(given, log) as served:
        if "c4nary-a" not in settings.get("HARVEST_ACCESS_TOKEN", ""):
            wait_for_the_sync(served)
        told = [*asyncio.run(heard(served)), *answers(served)]
    return "".join(told) + log.read_text("utf-8")


def wait_for_the_sync(served: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        health = httpx.get(f"{served.url}/healthz", trust_env=False).json()
        if health["status"] != "first sync":
            return
        time.sleep(0.2)


async def heard(served: Server) -> list[str]:
    frames: list[bytes] = []
    async with StreamlitSession(served.url, heard=frames) as session:
        for page in PAGES:
            await session.open(page)
    assert len(frames) > len(PAGES)
    return [frame.decode("utf-8", "replace") for frame in frames]


def answers(served: Server) -> list[str]:
    said = []
    with httpx.Client(base_url=served.url, trust_env=False) as browser:
        for path in PATHS:
            cookies = f"_streamlit_user={WORD}; _streamlit_user_tokens={WORD}"
            answer = browser.get(
                path, headers={"Cookie": cookies, "Authorization": f"Bearer {WORD}"}
            )
            said += [f"{answer.status_code} {answer.headers}", answer.text]
    return said


def test_what_it_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    settings = {
        "HARVEST_SOURCE": "demo", "HARVEST_DEMO_ENTRIES": "300", "HARVEST_SYNC_MINUTES": "0",
        "HARVEST_STORE_URL": f"duckdb:///{data / 'store.duckdb'}", "TMPDIR": str(data),
    }  # fmt: skip
    synced = program("sync", settings=settings)
    assert synced.returncode == 0, synced.stderr
    exported = program("export", "hours", "--out", str(data / "hours.csv"), settings=settings)
    assert exported.returncode == 0, exported.stderr
    with dashboard(settings) as served:
        wait_for_the_sync(served)
        asyncio.run(heard(served))
        answers(served)
        found = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in data.rglob("*")}

    assert {"store.duckdb", "hours.csv"} <= set(found)
    assert len(found) > 5
    assert not {name: oct(mode) for name, mode in found.items() if mode & 0o077}
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
