"""A sign-in that renews itself: in time, once for everybody, and never lost."""

import asyncio
import stat
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx
import pytest

from harvest_client import (
    AmbiguousAccount,
    AsyncHarvest,
    Budget,
    Budgets,
    Harvest,
    HarvestError,
    InvalidResponse,
    MissingCredentials,
    OAuth,
    RefreshTokenExpired,
    ServerError,
    TokenNotSaved,
    Unauthorized,
)
from harvest_client.auth.redaction import Secret
from tests.harvest_client.clock import Clock
from tests.harvest_client.fake_identity import CLIENT_SECRET, FIRST, FakeIdentity


@pytest.fixture
def identity() -> FakeIdentity:
    return FakeIdentity()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def shortly(seconds: float) -> None:
    """Gives way to the thread that is waited for; the clock of the test stands still."""
    Event().wait(min(seconds, 0.005))


@contextmanager
def signed_in(
    identity: FakeIdentity,
    clock: Clock,
    keep: Path | None = None,
    refresh: str = FIRST,
    account_id: str | None = "17",
    client_secret: str = CLIENT_SECRET,
    sleep: Callable[[float], None] | None = None,
) -> Iterator[Harvest]:
    access = OAuth(
        client_id="us", client_secret=client_secret, refresh_token=refresh, keep=keep,
        account_id=account_id, clock=clock,
    )  # fmt: skip
    budgets = Budgets(Budget(1000, 15.3, clock=clock))
    with Harvest(
        access, transport=identity.transport(), budgets=budgets, sleep=sleep or clock.sleep
    ) as harvest:
        yield harvest


def test_a_refresh_token_becomes_an_access_token(identity: FakeIdentity, clock: Clock) -> None:
    with signed_in(identity, clock) as harvest:
        assert harvest.company.get().name
        harvest.users.list()

    assert len(identity.exchanges) == 1
    assert identity.exchanges[0] == {
        "grant_type": "refresh_token",
        "refresh_token": FIRST,
        "client_id": "us",
        "client_secret": CLIENT_SECRET,
    }
    asked = identity.harvest.requests[0]
    assert asked.headers["Authorization"] == "Bearer canary-access-1"
    assert asked.headers["Harvest-Account-Id"] == "17"
    # The account's header is for Harvest, and credentials are for Harvest ID alone.
    assert "Harvest-Account-Id" not in identity.asked[0].headers
    assert CLIENT_SECRET not in str(asked.url) + repr(asked.headers.raw)


def test_a_token_is_renewed_before_it_ends(identity: FakeIdentity, clock: Clock) -> None:
    with signed_in(identity, clock) as harvest:
        harvest.company.get()
        clock.now += 699
        harvest.company.get()
        assert len(identity.exchanges) == 1
        clock.now += 2
        harvest.company.get()

    assert [given["refresh_token"] for given in identity.exchanges] == [FIRST, "canary-refresh-1"]


def test_a_token_that_is_refused_is_renewed_once(identity: FakeIdentity, clock: Clock) -> None:
    with signed_in(identity, clock) as harvest:
        harvest.company.get()
        identity.revoke_access()
        harvest.company.get()

    assert len(identity.exchanges) == 2


def test_a_second_refusal_is_final(identity: FakeIdentity, clock: Clock) -> None:
    identity.harvest.trouble.extend([httpx.Response(401), httpx.Response(401)])

    with signed_in(identity, clock) as harvest, pytest.raises(Unauthorized):
        harvest.company.get()

    assert len(identity.exchanges) == 2


def test_one_request_renews_for_every_thread(identity: FakeIdentity, clock: Clock) -> None:
    with (
        signed_in(identity, clock, sleep=shortly) as harvest,
        ThreadPoolExecutor(16) as pool,
    ):
        names = list(pool.map(lambda _: harvest.company.get().name, range(64)))
        identity.revoke_access()
        names += pool.map(lambda _: harvest.company.get().name, range(64))

    assert len(names) == 128
    assert len(identity.exchanges) == 2


def test_one_request_renews_for_every_task(identity: FakeIdentity, clock: Clock) -> None:
    async def ask() -> None:
        access = OAuth(
            client_id="us", client_secret=CLIENT_SECRET, refresh_token=FIRST, account_id="17",
            clock=clock,
        )  # fmt: skip
        async with AsyncHarvest(access, transport=identity.transport()) as harvest:
            await asyncio.gather(*(harvest.company.get() for _ in range(32)))

    asyncio.run(ask())

    assert len(identity.exchanges) == 1


def test_the_new_refresh_token_outlives_the_process(
    identity: FakeIdentity, clock: Clock, tmp_path: Path
) -> None:
    keep = tmp_path / "data" / "sign-in.json"
    with signed_in(identity, clock, keep) as harvest:
        harvest.company.get()
    assert stat.S_IMODE(keep.stat().st_mode) == 0o600

    clock.now += 5000
    with signed_in(identity, clock, keep) as harvest:
        harvest.company.get()

    assert [given["refresh_token"] for given in identity.exchanges] == [FIRST, "canary-refresh-1"]


def test_another_process_uses_the_token_that_is_kept(
    identity: FakeIdentity, clock: Clock, tmp_path: Path
) -> None:
    keep = tmp_path / "sign-in.json"
    with (
        signed_in(identity, clock, keep, sleep=shortly) as one,
        signed_in(identity, clock, keep, sleep=shortly) as other,
        ThreadPoolExecutor(8) as pool,
    ):
        list(pool.map(lambda number: (one, other)[number % 2].company.get(), range(40)))
        clock.now += 5000
        list(pool.map(lambda number: (one, other)[number % 2].company.get(), range(40)))

    assert len(identity.exchanges) == 2


def test_it_is_on_disk_before_the_access_token_is_used(
    identity: FakeIdentity, clock: Clock, tmp_path: Path
) -> None:
    keep = tmp_path / "sign-in.json"
    seen: list[bool] = []
    answer = identity.harvest.answer

    def noticing(request: httpx.Request) -> httpx.Response:
        seen.append("canary-refresh-1" in keep.read_text("utf-8"))
        return answer(request)

    identity.harvest.answer = noticing  # type: ignore[method-assign]
    with signed_in(identity, clock, keep) as harvest:
        harvest.company.get()

    assert seen == [True]


def test_where_it_cannot_be_kept_nothing_is_renewed(
    identity: FakeIdentity, clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    keep = tmp_path / "file" / "sign-in.json"

    with signed_in(identity, clock, keep) as harvest, pytest.raises(TokenNotSaved, match="renewed"):
        harvest.company.get()

    assert not identity.exchanges


def test_a_grant_that_could_not_be_written_is_not_lost(
    identity: FakeIdentity, clock: Clock, tmp_path: Path
) -> None:
    keep = tmp_path / "sign-in.json"
    keep.mkdir()  # a file cannot take a directory's place
    with signed_in(identity, clock, keep) as harvest:
        with pytest.raises(TokenNotSaved, match="cannot be written") as caught:
            harvest.company.get()
        assert "canary" not in "".join(traceback.format_exception(caught.value))
        keep.rmdir()
        harvest.company.get()

    assert len(identity.exchanges) == 1
    assert "canary-refresh-1" in keep.read_text("utf-8")


def test_who_signs_in_anew_is_not_held_back_by_what_was_kept(
    identity: FakeIdentity, clock: Clock, tmp_path: Path
) -> None:
    keep = tmp_path / "sign-in.json"
    with signed_in(identity, clock, keep) as harvest:
        harvest.company.get()
    identity.refresh = "canary-anew"

    with signed_in(identity, clock, keep, refresh="canary-anew") as harvest:
        harvest.company.get()

    assert identity.exchanges[-1]["refresh_token"] == "canary-anew"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"of": 1}', "\x00"])
def test_a_damaged_file_counts_as_none(
    identity: FakeIdentity, clock: Clock, tmp_path: Path, text: str
) -> None:
    keep = tmp_path / "sign-in.json"
    keep.write_text(text, "utf-8")

    with signed_in(identity, clock, keep) as harvest:
        harvest.company.get()

    assert "canary-refresh-1" in keep.read_text("utf-8")


def test_an_ended_sign_in_says_what_to_do_and_not_what_it_was(
    identity: FakeIdentity, clock: Clock
) -> None:
    with (
        signed_in(identity, clock, refresh="canary-old") as harvest,
        pytest.raises(
            RefreshTokenExpired, match=r"\(400: invalid_grant: the token \*\*\* is"
        ) as caught,
    ):
        harvest.company.get()

    assert "HARVEST_REFRESH_TOKEN" in caught.value.remedy
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "canary" not in "".join(shown.format())
    assert len(identity.exchanges) == 1


def test_a_failure_is_shared_by_all_who_waited(identity: FakeIdentity, clock: Clock) -> None:
    def ask(harvest: Harvest) -> type[HarvestError] | None:
        try:
            harvest.company.get()
        except HarvestError as error:
            return type(error)
        return None

    with (
        signed_in(identity, clock, refresh="canary-old", sleep=shortly) as harvest,
        ThreadPoolExecutor(8) as pool,
    ):
        ends = set(pool.map(ask, [harvest] * 8))

    assert ends == {RefreshTokenExpired}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, json={}), InvalidResponse),
        (httpx.Response(200, json={"access_token": "canary\nspoiled"}), InvalidResponse),
        (httpx.Response(200, json={"access_token": 7}), InvalidResponse),
        (httpx.Response(200, text="<html>canary"), InvalidResponse),
        (httpx.Response(200, content=b"\xff canary"), InvalidResponse),
    ],
    ids=["nothing", "spoiled", "number", "page", "bytes"],
)
def test_an_answer_without_a_token_is_not_quoted(
    identity: FakeIdentity, clock: Clock, answer: httpx.Response, error: type[HarvestError]
) -> None:
    identity.trouble.append(answer)

    with signed_in(identity, clock) as harvest, pytest.raises(error, match="no access") as caught:
        harvest.company.get()

    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_trouble_at_harvest_id_is_waited_out(identity: FakeIdentity, clock: Clock) -> None:
    identity.trouble.extend([httpx.Response(503), httpx.Response(429)])

    with signed_in(identity, clock) as harvest:
        harvest.company.get()

    assert len(identity.exchanges) == 1


def test_trouble_that_lasts_is_told(identity: FakeIdentity, clock: Clock) -> None:
    identity.trouble.extend([httpx.Response(503)] * 5)

    with signed_in(identity, clock) as harvest, pytest.raises(ServerError, match="Harvest ID"):
        harvest.company.get()


def test_the_only_account_is_found_and_named(identity: FakeIdentity, clock: Clock) -> None:
    with signed_in(identity, clock, account_id=None) as harvest:
        harvest.company.get()
        harvest.users.list()
        (account,) = harvest.accounts()

    assert {request.headers["Harvest-Account-Id"] for request in identity.harvest.requests} == {
        "17"
    }
    assert (account.id, account.name) == (17, "Acme")


@pytest.mark.parametrize("id", ["17", 17.0])
def test_account_has_the_same_id_in_another_form(
    identity: FakeIdentity, clock: Clock, id: object
) -> None:
    identity.accounts = [{"id": id, "name": "Acme", "product": "harvest"}]

    with signed_in(identity, clock, account_id=None) as harvest:
        harvest.company.get()

    (request,) = identity.harvest.requests
    assert request.headers["Harvest-Account-Id"] == "17"


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        ([], "opens no Harvest account"),
        ([{"id": 99, "name": "x", "product": "forecast"}], "opens no Harvest account"),
        (
            [{"id": 1, "name": "One", "product": "harvest"},
             {"id": 2, "name": "Two", "product": "harvest"}],
            r"several Harvest accounts: 1 \(One\), 2 \(Two\)",
        ),
    ],
    ids=["none", "only Forecast", "two"],
)  # fmt: skip
def test_an_account_is_never_picked_for_anybody(
    identity: FakeIdentity, clock: Clock, accounts: list[dict[str, object]], said: str
) -> None:
    identity.accounts = accounts

    with (
        signed_in(identity, clock, account_id=None) as harvest,
        pytest.raises(AmbiguousAccount, match=said),
    ):
        harvest.company.get()

    assert not identity.harvest.requests


@pytest.mark.parametrize("name", ["client_id", "client_secret", "refresh_token"])
@pytest.mark.parametrize("value", [None, "", "canary spoiled", "canäry"])
def test_credentials_are_checked_before_anything_is_sent(name: str, value: str | None) -> None:
    given = {"client_id": "us", "client_secret": "s", "refresh_token": "r"} | {name: value}

    with pytest.raises(MissingCredentials) as caught:
        OAuth(**given, account_id="1")  # type: ignore[arg-type]

    assert "spoiled" not in "".join(traceback.format_exception(caught.value))


def test_the_line_end_of_a_file_is_no_part_of_a_secret() -> None:
    access = OAuth(client_id="us\n", client_secret=Secret("s\r\n"), refresh_token="r\n")

    assert access.client_id == "us"
    assert access.client_secret == Secret("s")
    assert access.refresh_token == Secret("r")
