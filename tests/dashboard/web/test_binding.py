"""Where the server may listen: this machine, unless people sign in."""

import pytest

from dashboard.web.security.bind_check import bind_refusal_reason, is_loopback, missing_requirements

SECRET = "c" * 64
WHOLE = {
    "redirect_uri": "https://harvest.example.com/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "us",
    "client_secret": "x",
    "server_metadata_url": "https://id.example.com/.well-known/openid-configuration",
}
PROVIDER = {key: WHOLE[key] for key in ("client_id", "client_secret", "server_metadata_url")}
NAMED = {"redirect_uri": WHOLE["redirect_uri"], "cookie_secret": SECRET, "google": PROVIDER}


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_may_be_served_without_sign_in(address: str) -> None:
    assert bind_refusal_reason(address, {}) is None


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.1.5", "example.com"])
def test_nobody_else_may(address: str | None) -> None:
    reason = bind_refusal_reason(address, {})

    assert reason
    assert "Without sign-in" in reason
    assert bind_refusal_reason(address, WHOLE) is None
    assert bind_refusal_reason(address, NAMED) is None


@pytest.mark.parametrize("key", WHOLE)
def test_sign_in_that_lacks_something_is_none(key: str) -> None:
    part = {name: value for name, value in WHOLE.items() if name != key}

    assert missing_requirements(part) == [key]
    for address in ("127.0.0.1", "0.0.0.0"):
        reason = bind_refusal_reason(address, part)
        assert reason
        assert key in reason


def test_a_provider_of_its_own_section_is_named_when_it_lacks_something() -> None:
    assert missing_requirements(NAMED | {"google": PROVIDER | {"client_id": ""}}) == [
        "google.client_id"
    ]


def test_a_cookie_secret_that_can_be_guessed_is_refused_and_not_repeated() -> None:
    reason = bind_refusal_reason("127.0.0.1", WHOLE | {"cookie_secret": "hunter2"})

    assert reason
    assert "cookie_secret" in reason
    assert "hunter2" not in reason


@pytest.mark.parametrize(
    ("address", "ours"),
    [("::ffff:127.0.0.1", True), ("::ffff:10.0.0.1", False), ("/run/socket", False), (None, False)],
)
def test_an_address_is_of_this_machine(address: str | None, ours: bool) -> None:
    assert is_loopback(address) is ours
