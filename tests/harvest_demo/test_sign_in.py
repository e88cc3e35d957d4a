"""The demo account's Harvest ID: an OAuth sign-in works against it as against the real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.types import ASGIApp

import harvest_demo
from harvest_client import Harvest, OAuth, RefreshTokenExpired, Unauthorized
from harvest_demo.server import sign_in
from tests.harvest_client.clock import Clock


@contextmanager
def signed_in(
    server: ASGIApp, clock: Clock, refresh: str, keep: Path | None = None
) -> Iterator[Harvest]:
    access = OAuth(
        client_id=sign_in.CLIENT_ID, client_secret=sign_in.CLIENT_SECRET, refresh_token=refresh,
        base_url="http://localhost/v2", id_url="http://localhost/api/v2", keep=keep, clock=clock,
    )  # fmt: skip
    with Harvest(access, transport=harvest_demo.InProcess(server)) as harvest:
        yield harvest


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(account: harvest_demo.Account, clock: Clock) -> ASGIApp:
    return harvest_demo.app(account, limits=False, hosted=False, clock=clock)


def test_a_sign_in_finds_its_account_and_reads_it(server: ASGIApp, clock: Clock) -> None:
    with signed_in(server, clock, sign_in.REFRESH_TOKEN) as harvest:
        (account,) = harvest.accounts()

        assert str(account.id) == harvest_demo.ACCOUNT_ID
        assert harvest.users.list().data


def test_a_token_that_has_ended_is_renewed(server: ASGIApp, clock: Clock, tmp_path: Path) -> None:
    keep = tmp_path / "sign-in.json"
    with signed_in(server, clock, sign_in.REFRESH_TOKEN, keep) as harvest:
        harvest.company.get()
        clock.now += 10_000
        harvest.company.get()


def test_a_refresh_token_works_once(server: ASGIApp, clock: Clock, tmp_path: Path) -> None:
    keep = tmp_path / "sign-in.json"
    with signed_in(server, clock, sign_in.REFRESH_TOKEN, keep) as harvest:
        harvest.company.get()
    used = keep.read_text("utf-8").split('"refresh": "')[1].split('"')[0]
    clock.now += 10_000
    with signed_in(server, clock, sign_in.REFRESH_TOKEN, keep) as harvest:
        harvest.company.get()

    with signed_in(server, clock, used) as harvest, pytest.raises(RefreshTokenExpired):
        harvest.company.get()


def test_the_wrong_secret_and_no_token_are_refused(server: ASGIApp, clock: Clock) -> None:
    access = OAuth(
        client_id=sign_in.CLIENT_ID, client_secret="wrong", refresh_token="r",
        base_url="http://localhost/v2", id_url="http://localhost/api/v2", clock=clock,
    )  # fmt: skip
    with (
        Harvest(access, transport=harvest_demo.InProcess(server)) as harvest,
        pytest.raises(RefreshTokenExpired),
    ):
        harvest.company.get()
    with (
        Harvest(
            token="wrong",
            account_id="1",
            base_url="http://localhost/v2",
            transport=harvest_demo.InProcess(server),
        ) as harvest,
        pytest.raises(Unauthorized),
    ):
        harvest.company.get()
