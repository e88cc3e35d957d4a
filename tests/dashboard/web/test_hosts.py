"""Under which names the server answers."""

import pytest

from dashboard.web.security.middleware import allowed_names, is_known

KNOWN = allowed_names(
    ["Harvest.example.com.", "*.team.example"],
    {"redirect_uri": "https://in.example/oauth2callback"},
)


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost:8501", "LOCALHOST", "127.0.0.1:8501", "[::1]:8501",
        "harvest.example.com", "harvest.example.com.", "HARVEST.example.com:443", "a.team.example",
        "in.example",
    ],
)  # fmt: skip
def test_its_own_names_are_known(host: str) -> None:
    assert is_known(host, KNOWN)


@pytest.mark.parametrize(
    "host",
    [
        None, "", ":8501", "evil.example", "harvest.example.com.evil.example", "team.example",
        "xharvest.example.com", "localhost@evil.example", "evil.example@localhost",
        "localhost/evil.example", "localhost?x", "localhost#x", "localhost:99999", "localhost:x",
        "127.0.0.1.evil.example", "0.0.0.0", "[::1", " localhost", "localhost evil.example",
    ],
)  # fmt: skip
def test_no_other_name_is(host: str | None) -> None:
    assert not is_known(host, KNOWN)


def test_a_star_alone_is_every_name() -> None:
    assert is_known("anything.example", allowed_names(["*"], {}))
    assert not is_known("anything.example", allowed_names([], {}))
