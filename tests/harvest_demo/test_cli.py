"""`python -m harvest_client demo`: a real server, told to stop, and told nonsense."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from harvest_client.__main__ import main
from harvest_demo import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, CONNECTOR_ID, TOKEN

HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "Harvest-Account-Id": ACCOUNT_ID,
    "User-Agent": "Tests (tests@example.com)",
}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "harvest_client", *arguments]


@contextmanager
def serving(
    *arguments: str, **environment: str
) -> Iterator[tuple["subprocess.Popen[str]", httpx.Client]]:
    process = subprocess.Popen(
        command("demo", "--port", "0", "--entries", "300", *arguments),
        env=os.environ | environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr
    assert process.stdout
    # It speaks when it is ready: nothing to wait or to try for.
    line, hosted = process.stderr.readline(), process.stderr.readline()
    try:
        assert f"account {ACCOUNT_ID} token {TOKEN}" in line
        assert f"client {CLIENT_ID} secret {CLIENT_SECRET} connector {CONNECTOR_ID}" in hosted
        assert hosted.split()[0] == line.split()[0].removesuffix("/v2") + "/api/v1"
        with httpx.Client(base_url=line.split()[0], headers=HEADERS, trust_env=False) as client:
            yield process, client
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        process.stdout.close()


def test_it_answers_over_http_with_links_to_itself() -> None:
    with serving("--today", "2025-03-14") as (_, client):
        response = client.get("/time_entries", params={"per_page": 100})
        page = response.json()
        following = client.get(page["links"]["next"]).json()

    assert page["total_entries"] == 300
    assert page["time_entries"][0]["spent_date"] == "2025-03-14"
    assert page["links"]["next"].startswith(str(client.base_url))
    assert following["page"] == 2
    assert len(response.headers.get_list("date")) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_to(number: signal.Signals) -> None:
    with serving("--today", "2025-03-14") as (process, client):
        assert client.get("/users/me").status_code == 200
        process.send_signal(number)

        assert process.wait(10) == 0
        assert process.stderr
        assert process.stdout
        assert process.stderr.read() == ""
        assert process.stdout.read() == ""


def test_today_defaults_to_the_reporting_date_and_limits_can_be_switched_off() -> None:
    with serving("--no-limits", "--latency", "1", HARVEST_TODAY="2024-02-29") as (_, client):
        entries = client.get("/time_entries", params={"per_page": 1}).json()["time_entries"]
        statuses = {client.get("/users/me").status_code for _ in range(110)}

    assert entries[0]["spent_date"] == "2024-02-29"
    assert statuses == {200}


@pytest.mark.parametrize(
    ("arguments", "action", "whole"),
    [
        ((), "context_store_search", False),
        (("--copy-days", "36500"), "context_store_search", True),
        (("--generation", "A", "--token-seconds", "60"), "search", True),
    ],
)
def test_the_hosted_api_is_served_beside_it(
    arguments: tuple[str, ...], action: str, whole: bool
) -> None:
    with serving("--today", "2025-03-14", *arguments) as (_, client):
        hosted = client.base_url.copy_with(path="/api/v1/")
        pair = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        issued = client.post(f"{hosted}account/applications/token", json=pair).json()
        found = client.post(
            f"{hosted}integrations/connectors/{CONNECTOR_ID}/execute",
            headers={"Authorization": f"Bearer {issued['access_token']}"},
            json={"entity": "time_entries", "action": action, "params": {"query": {}}},
        ).json()["result"]["data"]

    assert (len(found) == 300) == whole
    assert whole or min(row["updated_at"] for row in found) >= "2024-09-15"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "COMMAND"),
        (("dance",), "dance"),
        (("demo", "--port", "70000"), "'70000' is not a number from 0 to 65535"),
        (("demo", "--entries", "0"), "'0' is not a number"),
        (("demo", "--entries", "many"), "'many' is not a number"),
        (("demo", "--today", "2026-02-30"), "'2026-02-30' is not a date"),
        (("demo", "--latency", "-1"), "not a number of milliseconds"),
        (("demo", "--seed", "x"), "invalid int value"),
        (("demo", "--generation", "D"), "invalid choice: 'D'"),
        (("demo", "--copy-days", "-3"), "'-3' is not a number from 0 to 36500"),
        (("demo", "--token-seconds", "0"), "'0' is not a number from 1 to 86400"),
    ],
)
def test_nonsense_gets_a_sentence_and_code_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    printed = capsys.readouterr()
    assert ended.value.code == 2
    assert said in printed.err
    assert printed.out == ""


def test_a_bad_reporting_date_and_a_taken_port_are_named() -> None:
    environment = os.environ | {"HARVEST_TODAY": "soon"}
    dated = subprocess.run(
        command("demo"), env=environment, capture_output=True, text=True, check=False
    )
    with serving() as (_, client):
        port = str(client.base_url.port)
        taken = subprocess.run(
            command("demo", "--port", port), capture_output=True, text=True, check=False
        )

    assert (dated.returncode, taken.returncode) == (2, 2)
    assert "HARVEST_TODAY must be a date such as 2026-01-31, not 'soon'" in dated.stderr
    assert f"port {port} cannot be used" in taken.stderr


def test_help_says_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", "--help"])

    said = capsys.readouterr().out
    assert ended.value.code == 0
    for option in (
        "--port", "--entries", "--seed", "--today", "--latency", "--no-limits", "--generation",
        "--copy-days", "--token-seconds",
    ):  # fmt: skip
        assert option in said
