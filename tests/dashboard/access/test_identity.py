"""Identities: claims of a sign-in, e-mail addresses, and the file that maps people."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.access.sessions import FUTURE, SignIns
from dashboard.access.user_mapping import identity_of_claims, normalize_address, read_mapping
from dashboard.cli.arguments import user_id
from dashboard.config.errors import ConfigError, NoAccess, SignInNeeded
from dashboard.store.snapshots import Snapshot
from dashboard.store.viewers import viewer_by_email
from tests.dashboard.access.kinds import PEOPLE

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CLAIMS = {"iss": "https://id.example", "sub": "1", "nonce": "n", "iat": NOW.timestamp()}
KELVIN, DOTLESS, LONG_S, FULL_WIDTH = "\u212a", "\u0131", "\u017f", "\uff4b"


def lookalikes(address: str) -> list[str]:
    """Return addresses that lower case, upper case or NFKC makes the same, and more."""
    changed = [
        address.replace("k", KELVIN),
        address.replace("i", DOTLESS),
        address.replace("s", LONG_S),
        address.replace("k", FULL_WIDTH),
        address.replace("@", "\uff20"),
        address.replace(".", "\u3002"),
        f"{address}\u200b",
        f"\u00a0{address}",
        f"{address}\x00",
        address.replace("e", "e\u0301"),
    ]
    return [one for one in changed if one != address]


@pytest.mark.parametrize("address", lookalikes("kim.siskin@example.com"))
def test_lookalike_of_an_address_is_no_address(address: str) -> None:
    claims = CLAIMS | {"email": address, "email_verified": True}

    assert normalize_address(address) is None
    assert identity_of_claims(claims).email is None


@pytest.mark.parametrize("text", ["Anna@Example.com", " anna@example.com ", "ANNA@EXAMPLE.COM"])
def test_case_and_spaces_around_an_address_do_not_count(text: str) -> None:
    assert normalize_address(text) == "anna@example.com"
    assert identity_of_claims(CLAIMS | {"email": text}).email == "anna@example.com"


def test_lookalike_finds_nobody_of_the_account(whole: Snapshot) -> None:
    ((address,),) = whole.rows(
        "SELECT u.email AS email FROM records.users AS u WHERE u.id = ?", (PEOPLE["member"],)
    )
    assert viewer_by_email(whole, address.upper()).user_id == PEOPLE["member"]
    assert user_id(whole, address.upper()) == PEOPLE["member"]

    for one in lookalikes(address):
        with pytest.raises(NoAccess):
            viewer_by_email(whole, one)
        with pytest.raises(NoAccess):
            user_id(whole, one)


@pytest.mark.parametrize("text", ["9" * 4300, "\uff11", "1" * 19, ""], ids=len)
def test_text_that_is_no_id_is_nobody(whole: Snapshot, text: str) -> None:
    with pytest.raises(NoAccess):
        user_id(whole, text)


@pytest.mark.parametrize(
    "line",
    [
        f'"{KELVIN}im@example.com" = 1',
        f'"kim@example.com" = "{KELVIN}im@example.com"',
        '"kim@example.com" = 1\n"Kim@example.com" = 2',
        '"kim@example.com" = 0',
        f'"kim@example.com" = {2**63}',
        '"kim@example.com" = true',
    ],
)
def test_people_file_with_an_address_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "people.toml"
    path.write_text(f"[people]\n{line}\n", "utf-8")

    with pytest.raises(ConfigError, match=r"people\.toml"):
        read_mapping(path)


@pytest.mark.parametrize(
    "issued_at",
    [
        None, "", "now", "1768478400", True, False, [], {}, [1], math.nan, math.inf, -math.inf,
        1e30, -1e30, 10**400, -(10**400), 2**63, 1e12,
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_odd_time_of_a_sign_in_needs_another_sign_in(issued_at: object) -> None:
    with pytest.raises(SignInNeeded):
        identity_of_claims(CLAIMS | {"iat": issued_at})


@pytest.mark.parametrize("issued_at", [0, -1, -1e9, NOW.timestamp() + 3600, 4e9, 2e11])
def test_sign_in_of_another_time_is_over_or_not_yet(tmp_path: Path, issued_at: float) -> None:
    signed_in = identity_of_claims(CLAIMS | {"iat": issued_at})

    with pytest.raises(SignInNeeded):
        SignIns(tmp_path).require(signed_in, NOW)


def test_clock_of_the_provider_may_be_a_little_ahead(tmp_path: Path) -> None:
    sign_ins = SignIns(tmp_path)

    sign_ins.require(identity_of_claims(CLAIMS | {"iat": (NOW + FUTURE).timestamp()}), NOW)
    too_late = identity_of_claims(
        CLAIMS | {"iat": (NOW + FUTURE + timedelta(seconds=1)).timestamp()}
    )
    with pytest.raises(SignInNeeded):
        sign_ins.require(too_late, NOW)
    sign_ins.close()


@pytest.mark.parametrize("name", ["iss", "sub", "nonce"])
@pytest.mark.parametrize("value", [None, "", 1, True, [], {}, "a\nb", "a\x00"])
def test_identity_without_a_name_needs_another_sign_in(name: str, value: object) -> None:
    with pytest.raises(SignInNeeded):
        identity_of_claims(CLAIMS | {name: value})


@pytest.mark.parametrize("name", ["exp", "auth_time", "nbf", "email", "email_verified", "name"])
@pytest.mark.parametrize(
    "value", [None, "soon", True, [], {}, math.nan, 10**400, -1], ids=lambda value: str(value)[:12]
)
def test_other_odd_claims_say_nothing(name: str, value: object) -> None:
    odd = identity_of_claims(CLAIMS | {name: value})

    assert (odd.account, odd.email) in {
        ("https://id.example 1", None), ("https://id.example 1", "soon"),
    }  # fmt: skip
