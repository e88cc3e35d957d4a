"""Signing in with a real provider: who gets in, as whom, for how long, and how it ends."""

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from dashboard.access.saved_views import Views
from harvest_demo import ACCOUNT_ID, TOKEN
from harvest_demo.account.users import ADMINISTRATOR, FIRST_USER_ID, MANAGER, MEMBER
from tests.serving import Server, command, dashboard, demo_server, direct
from tests.signing_in import COOKIE_SECRET, Browser, Shown, account, provider, secrets

HEARTBEAT = 10.0
# Places of members who stay, in the demo account.
FORMER_ADMINISTRATOR, LEAVER, RENAMED, ANOTHER = 10, 11, 12, 13


@dataclass(frozen=True)
class House:
    """A dashboard whose people sign in at `provider`, or at the same under its `other` name."""

    url: str
    provider: str
    other: str
    harvest: Server
    settings: dict[str, str]
    directory: Path
    before_first_sync: list[Shown] = field(default_factory=list)
    """What somebody without and with a sign-in was shown."""

    def browser(self) -> Browser:
        return Browser(self.url)

    def signed_in(self, subject: str, place: int) -> Browser:
        """The browser of that person of the demo account, signed in."""
        account(self.provider, subject, email=email(place), email_verified=True)
        browser = self.browser()
        browser.sign_in(subject)
        return browser

    def edit(self, place: int, **changes: object) -> None:
        httpx.patch(
            f"{self.harvest.url}/users/{FIRST_USER_ID + place}",
            json=changes,
            headers={"Authorization": f"Bearer {TOKEN}", "Harvest-Account-Id": ACCOUNT_ID},
            trust_env=False,
        ).raise_for_status()

    def run(self, *arguments: str) -> None:
        done = command(*arguments, settings=self.settings)
        assert done.returncode == 0, done.stderr

    def people_file(self, text: str) -> None:
        Path(self.settings["HARVEST_PEOPLE_FILE"]).write_text(text, "utf-8")

    @property
    def sign_ins(self) -> Path:
        return self.directory / "snapshots" / ACCOUNT_ID / "sign-ins.sqlite"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("house")
    file = directory / "secrets.toml"
    with provider() as url, demo_server("--entries", "300", "--no-limits") as harvest:
        # To the provider its own name is what it is asked under.
        other = url.replace("127.0.0.1", "localhost")
        secrets(file, {"": url, "other": other})
        settings = direct(harvest, directory) | {
            "HARVEST_PEOPLE_FILE": str(directory / "people.toml")
        }
        options = ["--secrets.files", str(file)]
        with dashboard(settings, directory / "log", options) as server:
            made = House(server.url, url, other, harvest, settings, directory)
            made.edit(FORMER_ADMINISTRATOR, access_roles=["administrator"])
            early = made.signed_in("boss", ADMINISTRATOR)
            made.before_first_sync.extend([opened(made.browser()), opened(early)])
            made.run("sync")
            yield made
        assert "Traceback" not in (directory / "log").read_text("utf-8")


@pytest.fixture(autouse=True)
def nobody_named(house: House) -> Iterator[None]:
    yield
    house.people_file("")


def email(place: int) -> str:
    return f"person{place + 1}@nordlicht.example"


def opened(browser: Browser, page: str = "hours") -> Shown:
    with browser.tab() as tab:
        return tab.open(page)


def assert_outside(shown: Shown, sentence: str) -> None:
    assert sentence in shown.text
    assert not shown.has_menu
    assert not shown.has_data
    assert not shown.is_lost


def test_before_signing_in_there_is_a_button_and_nothing_else(house: House) -> None:
    shown = opened(house.browser(), "hours?period=30d")

    assert_outside(shown, "Harvest Insights")
    assert shown.buttons == {"sign_in_default": "Sign in", "sign_in_other": "Sign in with Other"}


def test_before_the_first_sync_nobody_is_shown_how_far_it_is(house: House) -> None:
    without, signed_in = house.before_first_sync

    assert_outside(without, "Harvest Insights")
    assert "sign_in_default" in without.buttons
    assert_outside(signed_in, "The account is being read for the first time.")
    assert not signed_in.buttons


def test_a_download_needs_somebody_who_is_signed_in(house: House) -> None:
    answer = house.browser().export()

    assert answer.status_code == house.browser().export("no such file").status_code == 401
    assert answer.text == "Nobody is signed in. Sign in at the dashboard first.\n"


def test_whoever_signs_in_is_that_person_of_harvest(house: House) -> None:
    browser = house.signed_in("boss", ADMINISTRATOR)

    shown = opened(browser)

    assert shown.has_menu
    assert shown.has_data
    assert "Maja" in shown.text
    assert "Administrator" in shown.text
    assert browser.export().status_code == 200


def test_signing_in_leads_back_to_the_page_that_was_asked_for(house: House) -> None:
    account(house.provider, "boss", email=email(ADMINISTRATOR), email_verified=True)

    assert house.browser().sign_in("boss", page="wip?period=7d") == "/wip?period=7d"


def test_nothing_leads_away_from_this_server(house: House) -> None:
    browser = house.browser()
    browser.http.cookies.set("wanted_page", "//evil.example", domain="127.0.0.1")
    account(house.provider, "boss", email=email(ADMINISTRATOR), email_verified=True)

    assert browser.sign_in("boss") == "/"


def test_only_the_browser_that_began_to_sign_in_is_signed_in(house: House) -> None:
    account(house.provider, "boss", email=email(ADMINISTRATOR), email_verified=True)
    began, other = house.browser(), house.browser()
    back = began.way_back("boss")

    other.http.get(back)
    began.http.get(back)

    assert other.export().status_code == 401
    assert began.export().status_code == 200
    began.leave("/auth/logout")
    began.http.get(back)  # once more, and it has been used
    assert began.export().status_code == 401


def test_a_manager_is_one(house: House) -> None:
    assert "Manager" in opened(house.signed_in("manager", MANAGER)).text


def test_everybody_has_the_views_that_they_saved(house: House) -> None:
    directory = house.sign_ins.parent
    Views(directory, str(FIRST_USER_ID + MANAGER)).save_view(
        "The manager's own", "hours", "period=7d"
    )

    assert "The manager's own" in opened(house.signed_in("manager", MANAGER)).text
    assert "The manager's own" not in opened(house.signed_in("boss", ADMINISTRATOR)).text


def test_nobody_of_the_account_gets_in(house: House) -> None:
    account(house.provider, "stranger", email="x@elsewhere.example", email_verified=True)
    browser = house.browser()
    browser.sign_in("stranger")

    shown = opened(browser)

    assert_outside(shown, "no active person of this Harvest account")
    assert f"{house.provider} stranger" in shown.text
    assert list(shown.buttons) == ["sign_out"]
    assert browser.export().status_code == 403


@pytest.mark.parametrize("verified", [False, None, "false", 1])
def test_an_address_that_nobody_verified_is_nobodys(house: House, verified: object) -> None:
    subject = f"unverified-{verified}"
    account(house.provider, subject, email=email(MEMBER), email_verified=verified)
    browser = house.browser()
    browser.sign_in(subject)

    assert browser.export().status_code == 403
    assert "has not verified" in browser.export().text


def test_an_unverified_address_is_told_on_the_page(house: House) -> None:
    account(house.provider, "unverified", email=email(MEMBER), email_verified=False)
    browser = house.browser()
    browser.sign_in("unverified")

    assert_outside(opened(browser), "has not verified")


def test_the_file_of_people_says_whose_sign_in_it_is(house: House) -> None:
    account(house.provider, "alias", email="boss@elsewhere.example", email_verified=True)
    account(house.provider, "no address")
    house.people_file(
        f'[people]\n"{house.provider} no address" = {FIRST_USER_ID + MANAGER}\n'
        f'"Boss@Elsewhere.example" = "{email(14)}"\n'
    )
    named, alias = house.browser(), house.browser()
    named.sign_in("no address")
    alias.sign_in("alias")

    assert "Manager" in opened(named).text
    assert "Member" in opened(alias).text

    house.people_file(f'[people]\n"{house.provider} no address" = {FIRST_USER_ID + MEMBER}\n')
    with named.tab() as tab:
        assert "Member" in tab.open("hours").text
        house.people_file(f'[people]\n"{house.provider} no address" = {FIRST_USER_ID + MANAGER}\n')
        assert "Manager" in tab.beat(HEARTBEAT).text

    house.people_file("")

    assert named.export().status_code == 403


def test_a_file_of_people_that_cannot_be_read_lets_nobody_in(house: House) -> None:
    browser = house.signed_in("boss", ADMINISTRATOR)
    house.people_file("[people\n")

    assert_outside(opened(browser), "not configured correctly")
    assert browser.export().status_code == 400


def test_one_address_at_another_provider_is_not_the_same_person(house: House) -> None:
    first = house.signed_in("first", 15)
    assert first.export().status_code == 200
    other = house.browser()
    other.sign_in("first", button="sign_in_other")

    assert_outside(opened(other), "signs in with another account")
    assert other.export().status_code == 403
    assert first.export().status_code == 200


def test_only_the_providers_that_the_file_names_count(house: House) -> None:
    boss, other = house.signed_in("boss", ADMINISTRATOR), house.browser()
    account(house.provider, "elsewhere", email=email(16), email_verified=True)
    other.sign_in("elsewhere", button="sign_in_other")
    house.people_file(f'issuers = ["{house.provider}"]\n')

    assert boss.export().status_code == 200
    assert_outside(opened(other), f"{house.other} do not count here")
    assert other.export().status_code == 403


def test_an_address_that_becomes_another_persons_takes_nothing_along(house: House) -> None:
    assert house.signed_in("renamed", RENAMED).export().status_code == 200
    changed = house.signed_in("renamed", ANOTHER)

    assert_outside(opened(changed), "somebody else before")
    assert changed.export().status_code == 403

    house.run("sign-ins", "--forget", email(RENAMED))

    assert house.signed_in("renamed", ANOTHER).export().status_code == 200


def test_an_address_that_becomes_nobodys_changes_nothing(house: House) -> None:
    house.signed_in("married", 17).export()
    account(house.provider, "married", email="new@elsewhere.example", email_verified=True)
    browser = house.browser()
    browser.sign_in("married")

    assert browser.export().status_code == 200


def test_what_harvest_takes_away_is_gone_with_the_next_sync(house: House) -> None:
    former = house.signed_in("former", FORMER_ADMINISTRATOR)
    leaver = house.signed_in("leaver", LEAVER)
    with former.tab() as tab, leaver.tab() as other:
        assert "Administrator" in tab.open("hours").text
        assert other.open("hours").has_menu
        assert former.export("profitability.csv").status_code == 200

        house.edit(FORMER_ADMINISTRATOR, access_roles=["member"])
        house.edit(LEAVER, is_active=False)
        house.run("sync")

        assert "Member" in tab.beat(HEARTBEAT).text
        assert_outside(other.beat(HEARTBEAT), "no active person")
    assert former.export().status_code == 200
    assert former.export("profitability.csv").status_code == 403
    assert leaver.export().status_code == 401


def test_a_sign_in_ends_after_twelve_hours(house: House) -> None:
    browser = house.signed_in("tired", 18)
    with browser.tab() as tab:
        assert tab.open("hours").has_menu
        with closing(sqlite3.connect(house.sign_ins)) as file, file:
            file.execute(
                "UPDATE sessions SET started_at = started_at - 43200 WHERE account = ?",
                (f"{house.provider} tired",),
            )

        assert_outside(tab.beat(HEARTBEAT), "ended after 12 hours")
    assert browser.export().status_code == 401
    assert "sign_in_default" in opened(browser).buttons

    browser.sign_in("tired")

    assert browser.export().status_code == 200


def test_signing_out_ends_it_in_every_tab_and_for_every_copy_of_the_cookie(house: House) -> None:
    browser = house.signed_in("leaving", 19)
    thief = browser.copy()
    with browser.tab() as one, browser.tab() as two, thief.tab() as three:
        assert all(tab.open("hours").has_menu for tab in (one, two, three))

        browser.leave(one.press("sign_out").redirect)

        assert_outside(two.again(), "You signed out.")
        assert_outside(three.beat(HEARTBEAT), "You signed out.")
    assert "_streamlit_user" not in browser.http.cookies
    assert_outside(opened(thief), "You signed out.")
    assert thief.export().status_code == 401
    assert "You signed out." in thief.export().text


def test_a_cookie_that_never_opened_a_page_is_ended_by_leaving(house: House) -> None:
    browser = house.signed_in("quick", 20)
    thief = browser.copy()

    browser.leave("/auth/logout")

    assert thief.export().status_code == 401


def test_an_administrator_ends_a_sign_in(house: House) -> None:
    browser = house.signed_in("ended", 21)
    unused = house.signed_in("ended", 21)
    assert browser.export().status_code == 200

    house.run("sign-ins", "--end", email(21))

    assert_outside(opened(browser), "An administrator ended your sign-in.")
    assert browser.export().status_code == unused.export().status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Referer": "https://evil.example/auth/logout"},
        {},
    ],
)
def test_navigation_from_elsewhere_does_not_sign_out(house: House, headers: dict[str, str]) -> None:
    browser = house.signed_in("stays", 22)

    answer = browser.http.get(f"{house.url}/auth/logout", headers=headers)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "set-cookie" not in answer.headers
    assert browser.export().status_code == 200


def test_page_of_a_browser_that_says_no_site_signs_out(house: House) -> None:
    browser = house.signed_in("plain", 22)

    browser.http.get(f"{house.url}/auth/logout", headers={"Referer": f"{house.url}/hours"})

    assert "_streamlit_user" not in browser.http.cookies
    assert browser.export().status_code == 401


@pytest.mark.parametrize(
    "issued_at",
    ["now", None, True, [1], {}, math.nan, math.inf, -1, 1e30, 10**400, 4e9],
    ids=lambda value: str(value)[:12],
)
def test_sign_in_with_an_odd_time_is_none(house: House, issued_at: object) -> None:
    browser = house.signed_in("boss", ADMINISTRATOR).claim(COOKIE_SECRET, iat=issued_at)

    assert browser.export().status_code == 401
    assert_outside(opened(browser), "Harvest Insights")


@pytest.mark.parametrize("claim", ["iat", "exp", "auth_time", "nbf", "at_hash"])
@pytest.mark.parametrize("value", ["now", -1, [1]], ids=str)
def test_provider_with_odd_claims_signs_nobody_in_and_no_trace_is_logged(
    house: House, claim: str, value: object
) -> None:
    """But for `auth_time`, of which nothing depends, where it is a number of any kind."""
    claims = {"email": email(23), "email_verified": True, claim: value}
    account(house.provider, "odd", **claims)
    browser = house.browser()
    browser.sign_in("odd")

    allowed = (claim, value) in [("auth_time", -1), ("nbf", -1)]
    assert browser.export().status_code == (200 if allowed else 401)
    assert "Traceback" not in (house.directory / "log").read_text("utf-8")


def test_lookalike_of_an_address_is_nobodys(house: House) -> None:
    """U+212A KELVIN SIGN is "k" in lower case."""
    house.people_file(f'[people]\n"kim@nordlicht.example" = {FIRST_USER_ID + MANAGER}\n')
    account(house.provider, "kelvin", email="\u212aim@nordlicht.example", email_verified=True)
    browser = house.browser()
    browser.sign_in("kelvin")

    assert browser.export().status_code == 403
    assert_outside(opened(browser), "not in ASCII")


@pytest.mark.parametrize("change", [lambda c: c[:-2] + "AA", lambda c: "e30." + c, lambda c: ""])
def test_a_cookie_that_we_did_not_sign_is_none(house: House, change: object) -> None:
    browser = house.signed_in("boss", ADMINISTRATOR)
    cookie = next(one for one in browser.http.cookies.jar if one.name == "_streamlit_user")
    assert cookie.value
    cookie.value = change(cookie.value)  # type: ignore[operator]

    assert browser.export().status_code == 401


def test_the_file_of_sign_ins_is_its_owners_and_holds_no_cookie(house: House) -> None:
    browser = house.signed_in("boss", ADMINISTRATOR)
    browser.export()
    cookie = next(one for one in browser.http.cookies.jar if one.name == "_streamlit_user").value
    files = list(house.sign_ins.parent.glob("sign-ins.sqlite*"))

    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert cookie
    assert not any(cookie.encode() in file.read_bytes() for file in files)
