import traceback

import pytest

from harvest_client import Harvest, HarvestError, MissingCredentials, UsageError
from harvest_client.auth.credentials import PersonalToken, user_agent
from harvest_client.http.retry import RetryPolicy

SPOILED = [
    "canary\n-token",
    "canary\r\nX-Other: 1",
    "canary token",
    "canary\0token",
    "canary-tökén",
    "canary\u2028token",
]


@pytest.mark.parametrize("token", SPOILED)
def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(MissingCredentials, match="copy it anew") as caught:
        Harvest(token=token, account_id="1")

    assert "canary" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


@pytest.mark.parametrize("token", [None, "", "  \n"])
def test_no_token_is_said_to_be_missing(token: str | None) -> None:
    with pytest.raises(MissingCredentials, match="no access token") as caught:
        Harvest(token=token, account_id="1")

    assert "HARVEST_ACCESS_TOKEN" in caught.value.remedy


@pytest.mark.parametrize("account_id", [None, "", "1\n2", "ä"])
def test_an_account_id_is_checked_as_well(account_id: str | None) -> None:
    with pytest.raises(MissingCredentials, match="account id"):
        Harvest(token="t", account_id=account_id)


def test_the_line_end_of_a_file_is_no_part_of_a_token() -> None:
    access = PersonalToken(token=" token\n", account_id="\t17\n")
    signing = access.make_backend(None, RetryPolicy()).signer.get_headers()  # type: ignore[attr-defined]

    with pytest.raises(StopIteration) as ended:
        next(signing)

    assert ended.value.value == {"Authorization": "Bearer token", "Harvest-Account-Id": "17"}


def test_the_contact_is_in_the_user_agent() -> None:
    assert user_agent("ada@example.com") == "Harvest Insights (ada@example.com)"


def test_a_contact_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(UsageError, match="contact"):
        PersonalToken(token="t", account_id="1", contact="a\nb")


def test_credentials_do_not_show_their_token() -> None:
    assert "canary" not in repr(PersonalToken(token="canary", account_id="1"))


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.harvestapp.com/v2", "ftp://api.harvestapp.com/v2", "api.harvestapp.com/v2", "",
        "http://127.0.0.1.evil.example/v2", "http://localhost.evil.example/v2", "https:///v2",
        "https://me:pw@api.harvestapp.com/v2", "https://api.harvestapp.com/v2?x=1",
        "https://api.harvestapp.com/v2#x", "https://[::1/v2",
    ],
)  # fmt: skip
def test_a_base_url_that_endangers_the_token_is_refused(base_url: str) -> None:
    with pytest.raises(HarvestError, match="base URL"):
        Harvest(token="t", account_id="1", base_url=base_url)


@pytest.mark.parametrize(
    "base_url",
    ["https://api.harvestapp.com/v2/", "http://localhost:8088/v2", "http://[::1]:8088/v2"],
)
def test_our_own_machine_may_be_asked_without_encryption(base_url: str) -> None:
    Harvest(token="t", account_id="1", base_url=base_url).close()
