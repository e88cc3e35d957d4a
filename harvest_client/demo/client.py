"""A client of the demo account inside this process."""

from collections.abc import Callable
from datetime import date
from functools import cache

import httpx

from harvest_client.access import PersonalToken
from harvest_client.budget import Budget, Budgets
from harvest_client.client import Harvest
from harvest_client.demo.account import ACCOUNT_ID, TOKEN
from harvest_client.demo.app import app
from harvest_client.demo.build import build
from harvest_client.demo.inprocess import InProcess
from harvest_client.search.query import LocalSearch

# Nobody else asks the demo account inside this process, so it has no limits to keep.
_UNLIMITED = Budget(requests=1_000_000, seconds=1.0)


def demo_client(
    *,
    seed: int,
    entries: int,
    today: date,
    copy: LocalSearch | None = None,
    on_request: Callable[[], None] | None = None,
) -> Harvest:
    """A client of the account that `build` makes of these; made once for each."""
    access = PersonalToken(
        token=TOKEN,
        account_id=ACCOUNT_ID,
        base_url="http://localhost/v2",
        id_url="http://localhost/api/v2",
        contact="demo@example.com",
    )
    return Harvest(
        access,
        copy=copy,
        transport=_transport(seed, entries, today),
        budgets=Budgets(general=_UNLIMITED, reports=_UNLIMITED),
        on_request=on_request,
    )


@cache
def _transport(seed: int, entries: int, today: date) -> httpx.BaseTransport:
    account = build(seed=seed, entries=entries, today=today)
    return _Kept(app(account, limits=False, hosted=False))


class _Kept(InProcess):
    """Stays open when a client of it is closed: there will be others."""

    def close(self) -> None:
        pass
