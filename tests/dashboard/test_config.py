"""Settings come from two places, are checked once, and never show a secret."""

import pickle
from datetime import date
from pathlib import Path

import pytest

from dashboard.config import Settings, Source, settings
from dashboard.errors import ConfigError

NOWHERE = Path("/nonexistent/secrets.toml")
DIRECT = {"HARVEST_ACCESS_TOKEN": "canary-token", "HARVEST_ACCOUNT_ID": "12345"}


def read(**environment: str) -> Settings:
    return settings(environment, NOWHERE)


def test_without_credentials_the_demo_account_opens() -> None:
    found = read()

    assert found.source is Source.DEMO
    assert found.account_id == "demo"
    assert found.store == Path(".data/store.duckdb")
    assert found.cache_dir == Path(".data/snapshots")
    assert found.sync_minutes == 15


def test_a_token_and_an_account_read_harvest_itself() -> None:
    found = read(**DIRECT)

    assert found.source is Source.DIRECT
    assert found.base_url == "https://api.harvestapp.com/v2"
    assert found.token is not None
    assert found.token.reveal() == "canary-token"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('HARVEST_TODAY = "2026-01-31"\nHARVEST_SYNC_MINUTES = 5\n', "utf-8")

    found = settings({"HARVEST_SYNC_MINUTES": "0"}, file)

    assert found.pinned_today == date(2026, 1, 31)
    assert found.today == date(2026, 1, 31)
    assert found.sync_minutes == 0


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HARVEST_ACCOUNT_ID": "1"}, "HARVEST_ACCESS_TOKEN must be set"),
        ({"HARVEST_ACCESS_TOKEN": "t"}, "HARVEST_ACCOUNT_ID must be set"),
        ({"HARVEST_SOURCE": "direct"}, "HARVEST_ACCESS_TOKEN and HARVEST_ACCOUNT_ID"),
        ({"HARVEST_SOURCE": "harvest"}, "HARVEST_SOURCE must be 'direct' or 'demo'"),
        (DIRECT | {"HARVEST_ACCOUNT_ID": "my account"}, "HARVEST_ACCOUNT_ID must be a number"),
        (DIRECT | {"HARVEST_BASE_URL": "harvest"}, "HARVEST_BASE_URL must be a web address"),
        ({"HARVEST_SYNC_MINUTES": "often"}, "HARVEST_SYNC_MINUTES must be a whole number"),
        ({"HARVEST_SYNC_MINUTES": "-1"}, "HARVEST_SYNC_MINUTES must be between 0"),
        ({"HARVEST_TODAY": "31.01.2026"}, "HARVEST_TODAY must be a date such as 2026-01-31"),
        ({"HARVEST_TODAY": "2026-02-30"}, "HARVEST_TODAY must be a date"),
        ({"HARVEST_FISCAL_YEAR_START": "13"}, "HARVEST_FISCAL_YEAR_START must be between 1"),
        ({"HARVEST_STORE_URL": "sqlite:///x"}, "HARVEST_STORE_URL must be duckdb:///PATH"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(environment: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        settings(environment, NOWHERE)

    assert caught.value.remedy


def test_a_store_address_with_a_password_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        read(HARVEST_STORE_URL="postgresql://user:canary@db/harvest")

    assert "canary" not in str(caught.value)


def test_a_secrets_file_that_is_not_toml_is_named_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text("HARVEST_ACCESS_TOKEN = canary", "utf-8")

    with pytest.raises(ConfigError, match=r"secrets\.toml is not valid TOML") as caught:
        settings({}, file)

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_token_shows_itself_only_when_asked_to() -> None:
    found = read(**DIRECT)

    assert "canary" not in repr(found)
    assert "canary" not in str(found.token)
    with pytest.raises(TypeError):
        pickle.dumps(found.token)
