"""The demo account inside this process, asked by one client after the other."""

from datetime import date

from harvest_demo.server.in_process import demo_client


def test_closing_a_client_leaves_the_account_to_the_next() -> None:
    names = []
    for _ in range(2):
        with demo_client(seed=7, entries=50, today=date(2026, 11, 20)) as harvest:
            names.append(harvest.company.get().name)

    assert names == ["Atelier Nordlicht GmbH"] * 2
