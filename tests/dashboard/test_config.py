"""Settings come from two places, are checked once, and never show a secret."""

import pickle
import traceback
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.config.errors import ConfigError
from dashboard.config.settings import Settings, Source, load_settings
from harvest_client.auth.credentials import Airbyte, OAuth, PersonalToken

NOWHERE = Path("/nonexistent/secrets.toml")
DIRECT = {"HARVEST_ACCESS_TOKEN": "canary-token", "HARVEST_ACCOUNT_ID": "12345"}
OAUTH = {
    "HARVEST_CLIENT_ID": "us",
    "HARVEST_CLIENT_SECRET": "canary-secret",
    "HARVEST_REFRESH_TOKEN": "canary-refresh",
    "HARVEST_ACCOUNT_ID": "12345",
}
HOSTED = {"AIRBYTE_CLIENT_ID": "us", "AIRBYTE_CLIENT_SECRET": "canary-secret"}


def read(**environment: str) -> Settings:
    return load_settings(environment, NOWHERE)


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
    assert found.account_id == "12345"
    assert found.access == PersonalToken(token="canary-token", account_id="12345")


def test_a_refresh_token_signs_in_and_is_kept_beside_the_store() -> None:
    found = read(**OAUTH, HARVEST_STORE_URL="duckdb:////data/store.duckdb")

    assert found.source is Source.DIRECT
    assert isinstance(found.access, OAuth)
    assert found.access.keep == Path("/data/harvest-sign-in.json")
    assert found.access.account_id == "12345"


@pytest.mark.parametrize(
    ("more", "account_id"),
    [
        ({}, "hosted-default"),
        ({"AIRBYTE_WORKSPACE_NAME": "Ada & Söhne"}, "hosted-Ada-S-hne"),
        ({"AIRBYTE_CONNECTOR_ID": "11-22"}, "hosted-11-22"),
    ],
)
def test_airbyte_credentials_read_the_hosted_connector(
    more: dict[str, str], account_id: str
) -> None:
    found = read(**HOSTED, **more)

    assert found.source is Source.HOSTED
    assert found.account_id == account_id
    assert isinstance(found.access, Airbyte)
    assert found.access.workspace_name == more.get("AIRBYTE_WORKSPACE_NAME", "default")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text('HARVEST_TODAY = "2026-01-31"\nHARVEST_SYNC_MINUTES = 5\n', "utf-8")

    found = load_settings({"HARVEST_SYNC_MINUTES": "0"}, file)

    assert found.pinned_today == date(2026, 1, 31)
    assert found.today_in(None) == date(2026, 1, 31)
    assert found.sync_minutes == 0


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HARVEST_ACCOUNT_ID": "1"}, "HARVEST_ACCESS_TOKEN must be set"),
        ({"HARVEST_ACCESS_TOKEN": "t"}, "HARVEST_ACCOUNT_ID must be set"),
        ({"HARVEST_SOURCE": "direct"}, "HARVEST_ACCESS_TOKEN and HARVEST_ACCOUNT_ID"),
        ({"HARVEST_SOURCE": "harvest"}, "HARVEST_SOURCE must be 'direct' or 'hosted' or 'demo'"),
        (DIRECT | {"HARVEST_ACCOUNT_ID": "my account"}, "HARVEST_ACCOUNT_ID must be a number"),
        (DIRECT | {"HARVEST_BASE_URL": "harvest"}, "HARVEST_BASE_URL must begin with https"),
        (DIRECT | {"HARVEST_ID_URL": "http://x.example"}, "HARVEST_ID_URL must begin with https"),
        (DIRECT | {"AIRBYTE_ACCESS_TOKEN": "t"}, "HARVEST_SOURCE must say 'direct' or 'hosted'"),
        (DIRECT | {"HARVEST_REFRESH_TOKEN": "t"}, "Either HARVEST_ACCESS_TOKEN or"),
        ({"HARVEST_REFRESH_TOKEN": "t"}, "HARVEST_CLIENT_ID and HARVEST_CLIENT_SECRET and"),
        (OAUTH | {"HARVEST_CLIENT_SECRET": "can ary"}, "OAuth client secret has characters"),
        ({"AIRBYTE_CLIENT_ID": "t"}, "AIRBYTE_CLIENT_SECRET must be set"),
        ({"HARVEST_SOURCE": "hosted"}, "AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET must be set"),
        (HOSTED | {"AIRBYTE_BASE_URL": "http://x.example"}, "AIRBYTE_BASE_URL must begin with"),
        ({"HARVEST_SYNC_MINUTES": "often"}, "HARVEST_SYNC_MINUTES must be a whole number"),
        ({"HARVEST_SYNC_MINUTES": "-1"}, "HARVEST_SYNC_MINUTES must be between 0"),
        ({"HARVEST_TODAY": "31.01.2026"}, "HARVEST_TODAY must be a date such as 2026-01-31"),
        ({"HARVEST_TODAY": "2026-02-30"}, "HARVEST_TODAY must be a date"),
        ({"HARVEST_TIMEZONE": "Europe/Atlantis"}, "HARVEST_TIMEZONE must be a time zone such as"),
        ({"HARVEST_TIMEZONE": "UTC+1"}, "HARVEST_TIMEZONE must be a time zone such as"),
        ({"HARVEST_FISCAL_YEAR_START": "13"}, "HARVEST_FISCAL_YEAR_START must be between 1"),
        ({"HARVEST_CURRENCY": "Euro"}, "HARVEST_CURRENCY must be a code such as EUR"),
        ({"HARVEST_STORE_URL": "sqlite:///x"}, "HARVEST_STORE_URL must be duckdb:///PATH"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(environment: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        load_settings(environment, NOWHERE)

    assert caught.value.remedy


@pytest.mark.parametrize(
    ("environment", "label", "day"),
    [
        ({}, "Tokyo", date(2026, 2, 1)),
        ({}, "Pacific Time (US & Canada)", date(2026, 1, 31)),
        ({"HARVEST_TIMEZONE": "Asia/Tokyo"}, None, date(2026, 2, 1)),
        ({"HARVEST_TIMEZONE": "Asia/Tokyo"}, "London", date(2026, 2, 1)),
        ({"HARVEST_TIMEZONE": "London"}, "Tokyo", date(2026, 1, 31)),
        ({"HARVEST_TIMEZONE": "Tokyo", "HARVEST_TODAY": "2025-05-05"}, "Tokyo", date(2025, 5, 5)),
    ],
)
def test_today_is_that_of_the_setting_else_of_the_account(
    environment: dict[str, str], label: str | None, day: date
) -> None:
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)

    assert replace(read(**environment), clock=lambda: late).today_in(label) == day


def test_today_of_unknown_zone_is_that_of_the_machine() -> None:
    late = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    found = replace(read(), clock=lambda: late)

    assert found.today_in(None) == found.today_in("Atlantis") == late.astimezone().date()


def test_everyone_has_a_target_and_a_role_may_have_its_own() -> None:
    assert read().targets.for_role("Designer") == 0.75

    found = read(HARVEST_UTILIZATION_TARGET="0.6, Managing Director: 0.4").targets

    assert found.for_role("managing director") == 0.4
    assert found.for_role("Designer") == found.for_role(None) == 0.6
    assert read(HARVEST_UTILIZATION_TARGET="Designer: 0.8").targets.for_role("Tester") == 0.75


@pytest.mark.parametrize("meant", ["75", "0", "much", "0.75, Designer: x", "nan"])
def test_a_target_that_is_no_share_is_named(meant: str) -> None:
    with pytest.raises(ConfigError, match="HARVEST_UTILIZATION_TARGET must be a share"):
        read(HARVEST_UTILIZATION_TARGET=meant)


def test_a_store_address_with_a_password_is_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        read(HARVEST_STORE_URL="postgresql://user:canary@db/harvest")

    assert "canary" not in str(caught.value)


def test_a_secrets_file_that_is_not_toml_is_named_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text("HARVEST_ACCESS_TOKEN = canary", "utf-8")

    with pytest.raises(ConfigError, match=r"secrets\.toml is not valid TOML") as caught:
        load_settings({}, file)

    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("given", [DIRECT, OAUTH, HOSTED], ids=["direct", "oauth", "hosted"])
def test_secrets_are_in_no_text_about_the_settings(given: dict[str, str]) -> None:
    found = read(**given)

    assert "canary" not in repr(found)
    with pytest.raises(TypeError):
        pickle.dumps(found)


@pytest.mark.parametrize("name", [name for given in (DIRECT, OAUTH, HOSTED) for name in given])
@pytest.mark.parametrize("spoil", ["canary\nspoiled", "canäry spoiled"])
def test_a_setting_that_cannot_be_sent_is_not_repeated(name: str, spoil: str) -> None:
    given = next(given for given in (DIRECT, OAUTH, HOSTED) if name in given)
    with pytest.raises(ConfigError) as caught:
        read(**(given | {name: spoil}))

    shown = traceback.TracebackException.from_exception(caught.value)
    assert "spoiled" not in "".join(shown.format())
