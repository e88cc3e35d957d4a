"""Links into Harvest: only ever to the account's own address there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dashboard.reports.table import record_url
from dashboard.store.snapshots import Meta
from harvest_demo.account.company import company

WHEN = datetime(2026, 1, 15, 12, tzinfo=UTC)
META = Meta(
    version=1, account_id="1", account_name="Studio", source="direct", published_at=WHEN,
    synced_at=WHEN, since=None, partial=False, currency="EUR", week_start=0, derived_until=None,
    base_uri="https://studio.harvestapp.com", time_format=None, date_format=None,
    decimal_symbol=None, thousands_separator=None, currency_symbol_display=None,
    currency_code_display=None,
)  # fmt: skip


def url(base_uri: str | None, path: str = "/invoices/7") -> str | None:
    return record_url(replace(META, base_uri=base_uri), path)


@pytest.mark.parametrize(
    "base_uri",
    [
        "https://studio.harvestapp.com",
        "https://studio.harvestapp.com/",
        "https://STUDIO.harvestapp.com",
    ],
)
def test_a_record_is_at_the_accounts_own_address(base_uri: str) -> None:
    assert url(base_uri) == "https://studio.harvestapp.com/invoices/7"
    assert url(base_uri, "invoices/7") == "https://studio.harvestapp.com/invoices/7"


def test_the_demo_account_has_one() -> None:
    assert url(str(company()["base_uri"])) == "https://nordlicht.harvestapp.com/invoices/7"


@pytest.mark.parametrize(
    "base_uri",
    [
        None,
        "",
        "studio.harvestapp.com",
        "http://studio.harvestapp.com",
        "javascript:alert(1)//.harvestapp.com",
        "data:text/html,x.harvestapp.com",
        "https://harvestapp.com",
        "https://.harvestapp.com",
        "https://-studio.harvestapp.com",
        "https://evil.example",
        "https://evil.example/studio.harvestapp.com",
        "https://evil.example#.harvestapp.com",
        "https://evil.example?.harvestapp.com",
        "https://evil.example\\.harvestapp.com",
        "https://studio.harvestapp.com@evil.example",
        "https://evil.example:1@studio.harvestapp.com",
        "https://studio.harvestapp.com.evil.example",
        "https://evilharvestapp.com",
        "https://studioXharvestappXcom",
        "https://studio.harvestapp.com:8443",
        "https://studio.harvestapp.com/redirect?to=https://evil.example",
        "https://studio.harvestapp.com//evil.example",
        " https://studio.harvestapp.com",
        "https://studio.harvestapp.com\n",
        "https://evil.example\n.harvestapp.com",
        "https://stud\u0131o.harvestapp.com",
        "https://studio\uff0eharvestapp.com",
        "https://\u202estudio.harvestapp.com",
    ],
)
def test_no_other_address_becomes_a_link(base_uri: str | None) -> None:
    assert url(base_uri) is None


def test_a_path_stays_on_the_site() -> None:
    base = "https://studio.harvestapp.com"

    assert url(base, "@evil.example/x") == "https://studio.harvestapp.com/%40evil.example/x"
    assert url(base, "//evil.example") == "https://studio.harvestapp.com/evil.example"
    assert url(base, "/a b?c#d") == "https://studio.harvestapp.com/a%20b%3Fc%23d"
