"""Where records come from: Harvest itself, or the demo account inside this process."""

from collections.abc import Callable
from datetime import date
from functools import cache

import httpx

from dashboard.config import Settings, Source
from dashboard.store.records import Account
from harvest_client import Budget, Budgets, Harvest, demo

# A background sync may wait out a quarter of an hour, Harvest's longest window.
_PATIENCE = 900.0

# Nobody else asks the demo account inside this process, so it has no limits to keep.
_UNLIMITED = Budget(requests=1_000_000, seconds=1.0)


def account(settings: Settings) -> Account:
    """The account behind the settings, as the store knows it."""
    if settings.source is Source.DEMO:
        # The demo account is made anew for each day, so that it always ends today.
        identity = f"demo {settings.demo_seed} {settings.demo_entries} {settings.today}"
    else:
        assert settings.access
        identity = f"{settings.access.base} {settings.account_id}"
    return Account(settings.account_id, settings.source.value, identity)


def connect(
    settings: Settings, *, on_request: Callable[[], None], sleep: Callable[[float], None]
) -> Harvest:
    """A client for the configured account.

    `on_request` is called for each request sent, `sleep` for each wait.
    """
    if settings.source is Source.DEMO:
        return Harvest(
            token=demo.TOKEN,
            account_id=demo.ACCOUNT_ID,
            base_url="http://localhost/v2",
            transport=_demo(settings.demo_seed, settings.demo_entries, settings.today),
            contact="demo@example.com",
            budgets=Budgets(general=_UNLIMITED, reports=_UNLIMITED),
            on_request=on_request,
        )
    return Harvest(
        settings.access,
        patience=_PATIENCE,
        on_request=on_request,
        sleep=sleep,
    )


@cache
def _demo(seed: int, entries: int, today: date) -> httpx.BaseTransport:
    account = demo.build(seed=seed, entries=entries, today=today)
    return demo.InProcess(demo.app(account, limits=False))
