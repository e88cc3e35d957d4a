"""What leaves a process by its logs has no secrets in it, and its files are for their owner."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from harvest_client.auth.redaction import Secret, redact
from tests.serving import ROOT

TOKEN = 'c4nary/"token"+=ä'
SAID = [
    TOKEN, repr(TOKEN), json.dumps({"a": TOKEN}), "https://x/?a=c4nary%2F%22token%22%2B%3D%C3%A4",
    "GET /oauth2callback?code=c4nary&state=c4nary HTTP/1.1", "http://127.0.0.1:1/a?b=c4nary#c",
    "Authorization: Bearer c4nary-abcdef", "'Authorization': 'c4nary'", '"access_token": "c4nary"',
    "{'refresh_token': 'c4nary', 'client_secret': \"c4nary\"}", "cookie_secret = 'c4nary'",
    "client_secret=c4nary&grant_type=x", "Set-Cookie: c4nary=1", "Cookie: _streamlit_user=c4nary",
    "basic YzRuYXJ5OmM0bmFyeQ==", "id_token=c4nary)", r"{\"access_token\": \"c4nary\"}",
]  # fmt: skip
PROCESS = """
import logging, sys, threading
from pathlib import Path
import uvicorn.logging
from harvest_client.auth.redaction import install_redaction
from harvest_client.auth.redaction import Secret
early = logging.getLogger("early")
early.addHandler(logging.StreamHandler())
install_redaction()
token = Secret("c4nary-token")
late = logging.getLogger("late")
late.propagate = False
late.addHandler(logging.StreamHandler(sys.stdout))
late.handlers[0].setFormatter(uvicorn.logging.AccessFormatter("%(client_addr)s %(request_line)s"))
came = ("1.2.3.4:5", "GET", "/oauth2callback?code=c4nary", "1.1", 302)
late.warning('%s - "%s %s HTTP/%s" %d', *came)
early.error("%r", {"said": token.reveal()})
logging.warning("nobody's: %s", token.reveal())
try:
    raise ValueError(token.reveal())
except ValueError:
    early.exception("caught")
logging.getLogger("httpx").info("GET c4nary")
def dies():
    raise RuntimeError(f"thread {token.reveal()}")
thread = threading.Thread(target=dies)
thread.start()
thread.join()
Path(sys.argv[1], "file").write_text("x")
Path(sys.argv[1], "directory").mkdir()
raise RuntimeError(f"process {token.reveal()}")
"""


def test_a_secret_that_is_part_of_a_name_hides_no_other_from_the_search() -> None:
    word = Secret("secret")

    said = redact("client_secret=c4nary&grant_type=x, and the secret itself")

    assert word.reveal() not in said
    assert "c4nary" not in said


@pytest.mark.parametrize("text", SAID)
def test_no_form_of_a_secret_stays(text: str) -> None:
    secret = Secret(TOKEN)

    told = redact(f"before {text} after")

    assert secret.reveal() == TOKEN
    assert "c4nary" not in told
    assert "YzRu" not in told
    assert told.startswith("before ")
    assert "***" in told


@pytest.mark.parametrize(
    "text",
    [
        "Synced 25,000 entries in 3.2 s.", "GET /v2/time_entries: 404", "What now? 3/4 of it?",
        "https://api.harvestapp.com/v2/users", "token: refused", "/export/{name}", "a ? b : c",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_of_two_that_are_equal_the_other_is_still_known() -> None:
    first, second = Secret("twice-the-same"), Secret("twice-the-same")
    del first

    assert redact("a twice-the-same b") == "a *** b"
    assert second.reveal() == "twice-the-same"


def test_a_process_logs_and_dies_without_them(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROCESS, str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, umask=0o022,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert ended.returncode == 1
    assert "c4nary" not in ended.stdout + ended.stderr
    assert "GET /oauth2callback?*** HTTP/1.1" in ended.stdout
    assert {line.strip() for line in ended.stderr.splitlines() if "***" in line} == {
        "{'said': '***'}",
        "WARNING:root:nobody's: ***",
        "ValueError: ***",
        "RuntimeError: thread ***",
        "RuntimeError: process ***",
    }
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "directory").stat().st_mode) == 0o700
