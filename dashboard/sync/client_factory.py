"""Client of the configured source: Harvest, Airbyte, or the demo account in this process."""

import time
from collections.abc import Callable

from dashboard.config.settings import Settings, Source
from dashboard.store.record_store import Account
from harvest_client import Harvest
from harvest_client.models.records import Record
from harvest_demo.server.in_process import demo_client

# A background sync may wait out a quarter of an hour, Harvest's longest window.
_PATIENCE = 900.0

_DEMO_CURRENCY = "EUR"  # of the demo agency's own cost


def find_account(settings: Settings) -> Account:
    """Return the account behind the settings, as the store knows it."""
    if settings.source is Source.DEMO:
        # The demo account is made anew for each day, so that it always ends today.
        today = settings.today_in(None)
        identity = f"demo {settings.demo_seed} {settings.demo_entries} {today}"
        currency: str | None = settings.currency or _DEMO_CURRENCY
    else:
        assert settings.access
        identity = f"{settings.access.base} {settings.account_id}"
        currency = settings.currency
    zone = settings.zone.key if settings.zone else None
    return Account(settings.account_id, settings.source.value, identity, currency, zone)


def timezone_of(settings: Settings, owner: Record) -> str | None:
    """Return what Harvest calls the zone of the token's user, None if it does not say.

    The demo account ends on this machine's day, wherever its people live.
    """
    label: str | None = owner.timezone
    return label or None if settings.source is not Source.DEMO else None


def connect_client(
    settings: Settings,
    *,
    on_request: Callable[[], None] | None = None,
    sleep: Callable[[float], None] = time.sleep,
    patience: float = _PATIENCE,
) -> Harvest:
    """Return a client for the configured account.

    `on_request` is called for each request sent, `sleep` for each wait. `patience` is the number
    of seconds that all waiting for one answer may take.
    """
    if settings.source is Source.DEMO:
        return demo_client(
            seed=settings.demo_seed,
            entries=settings.demo_entries,
            today=settings.today_in(None),
            on_request=on_request,
        )
    return Harvest(
        settings.access,
        patience=patience,
        on_request=on_request,
        sleep=sleep,
    )
