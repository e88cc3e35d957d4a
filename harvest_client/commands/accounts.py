"""`python -m harvest_client accounts`: which Harvest accounts the configured token opens."""

import argparse

from harvest_client.commands.client import connect_client
from harvest_client.commands.output import Output


def add_accounts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "accounts", help="list the accounts that the token opens", description=__doc__
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Prints id and name of each."""
    with connect_client() as harvest:
        found = harvest.accounts()
    with Output(lines=False) as output:
        output.write_document([{"id": account.id, "name": account.name} for account in found])
    return 0
