"""One dashboard over the planted account, its viewers, and what Harvest itself shows each."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from harvest_client.entities import ENTITIES
from harvest_demo import ACCOUNT_ID
from harvest_demo.account.users import (
    ADMINISTRATOR,
    FIRST_USER_ID,
    INVOICING_MANAGER,
    MANAGER,
    MEMBER,
    SECOND_MANAGER,
)
from tests.finding import Found, doubles, in_file, in_frame, in_json
from tests.planted_demo import COST, ONE, OPENERS, OTHER, RATE, email
from tests.serving import ROOT, Server, command, dashboard, direct, free_port, wait_for
from tests.signing_in import Browser, account, provider, secrets

TODAY = "2026-11-20"
PLACES = {
    "administrator": ADMINISTRATOR,
    "manager who sees rates": MANAGER,
    "manager who invoices": INVOICING_MANAGER,
    "manager": SECOND_MANAGER,
    "member": MEMBER,
}
FOUR = ("administrator", "manager who sees rates", "manager who invoices", "member")
SEE_RATES = {"administrator", "manager who sees rates"}
TWINS = {"one": ONE, "other": OTHER}
_QUARTER = 4  # the shortest entry is a quarter of an hour
_LEAST = {
    "manager who sees rates": float(COST) / _QUARTER,
    "manager who invoices": float(RATE) * 2,  # all bills together are less
    "manager": 100_000.0,
    "member": 100_000.0,
}
"""From which on a number is made of rates, or bills, that the viewer may not see."""
# A report is of a year at most.
_SPANS = [
    {"from": f"{year}{first}", "to": f"{year}{last}"}
    for year in range(2023, 2027)
    for first, last in (("0101", "0630"), ("0701", "1231"))
]
_RECORDS = [*ENTITIES, "users/me"]
_ALL = [
    *_RECORDS,
    *(f"reports/time/{by}" for by in ("clients", "projects", "tasks", "team")),
    *(f"reports/expenses/{by}" for by in ("clients", "projects", "categories", "team")),
    "reports/uninvoiced", "reports/project_budget",
]  # fmt: skip


@dataclass
class Watched:
    """What one viewer may find, and what they found; `typed` are tokens that they wrote."""

    who: str
    may: Found
    browser: Browser
    everything: Found
    frames: list[bytes] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)

    def drain(self) -> Found:
        """What the frames hold that came since; they are then forgotten."""
        found = Found()
        for data in dict.fromkeys(self.frames):
            found.add(in_frame(data))
        found.cents |= doubles(b"".join(self.frames), self.everything.cents)
        self.frames.clear()
        return found

    def leaks(self, found: Found) -> dict[str, list[str]]:
        """What the viewer should not have found: tokens, numbers of others, and what hides some."""
        tokens = found.tokens - self.may.tokens - self.typed
        tokens |= {token for token in found.tokens if token[2:4] == OPENERS}
        cents = (found.cents & self.everything.cents) - self.may.cents
        least = _LEAST.get(self.who)
        large = {cents for cents in found.cents if least and cents >= least * 100}
        if self.who == "manager who invoices":
            large -= self.may.cents
        told = {"tokens": sorted(tokens), "numbers": [f"{c / 100:.2f}" for c in sorted(cents)]}
        told["made of them"] = [f"{c / 100:.2f}" for c in sorted(large - cents)]
        return {name: found for name, found in told.items() if found}

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.browser.http.get(f"{self.browser.url}/{path}", params=query)

    def read(self, name: str, answer: httpx.Response) -> Found:
        """What an answer holds, in its headers too."""
        form = name if answer.status_code == 200 else "sentence.csv"
        found = in_file(form, answer.content)
        found.raw(str(answer.headers.raw).encode())
        return found


@dataclass(frozen=True)
class Watch:
    harvest: Server
    dashboard: Server
    settings: dict[str, str]
    directory: Path
    viewers: dict[str, Watched]
    twins: dict[str, Browser]


@contextmanager
def watch(directory: Path) -> Iterator[Watch]:
    """Synced, running and everybody signed in."""
    port, file = free_port(), directory / "secrets.toml"
    arguments = [sys.executable, "-m", "tests.planted_demo", str(port), TODAY]
    process = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        harvest = Server(f"http://127.0.0.1:{port}/v2", process.pid)
        with provider() as url:
            wait_for(f"{harvest.url}/users/me", process)
            settings = direct(harvest, directory, HARVEST_TODAY=TODAY)
            synced = command("sync", settings=settings)
            assert synced.returncode == 0, synced.stderr
            secrets(file, {"": url})
            options = ["--secrets.files", str(file)]
            with dashboard(settings, directory / "log", options) as served:
                browsers = {
                    who: _signed_in(served, url, place) for who, place in (PLACES | TWINS).items()
                }
                everything = shown(harvest, ADMINISTRATOR, _RECORDS)
                everything.cents = {cents for cents in everything.cents if cents % 100}
                viewers = {
                    who: Watched(who, _may(harvest, who), browsers[who], everything)
                    for who in PLACES
                }
                twins = {who: browsers[who] for who in TWINS}
                yield Watch(harvest, served, settings, directory, viewers, twins)
        log = (directory / "log").read_text("utf-8")
        assert "Traceback" not in log, log[-4000:]
    finally:
        process.terminate()
        process.wait(15)


def _may(harvest: Server, who: str) -> Found:
    found = shown(harvest, PLACES[who])
    if who not in SEE_RATES:
        # The budget of a task may be in money, and no record says so: it goes with the rates.
        found.cents = {cents for cents in found.cents if cents < RATE * 100}
    return found


def shown(harvest: Server, place: int, paths: Sequence[str] = _ALL) -> Found:
    """What Harvest answers that person, whichever of the paths they ask for."""
    found = Found()
    headers = {"Authorization": f"Bearer person{place}", "Harvest-Account-Id": ACCOUNT_ID}
    with httpx.Client(headers=headers, trust_env=False, timeout=60) as client:
        for path in paths:
            for days in _SPANS if "reports/" in path else [{}]:
                answer = client.get(f"{harvest.url}/{path}", params={"per_page": "2000", **days})
                if answer.status_code in (403, 404):
                    break
                assert answer.status_code == 200, (path, answer.text)
                assert not (answer.json().get("links") or {}).get("next")
                found.add(in_json(answer.text))
    return found


def _signed_in(served: Server, provider: str, place: int) -> Browser:
    subject = f"person{place}"
    account(provider, subject, email=email(place), email_verified=True)
    browser = Browser(served.url)
    browser.sign_in(subject)
    return browser


def user_id(who: str) -> int:
    return FIRST_USER_ID + PLACES[who]
