"""Parser of the command line: an argument that an error repeats is visible text."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from harvest_client.terminal import escape_controls


class Parser(argparse.ArgumentParser):
    """Argument parser that escapes what a terminal obeys, and rejects arguments without a text."""

    def parse_known_args(  # type: ignore[override]  # argparse has an overload for each namespace
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[Any, list[str]]:
        """Parse `args`. Exits with code 2 for bytes that are not UTF-8."""
        given = sys.argv[1:] if args is None else list(args)
        for argument in given:
            try:
                argument.encode()
            except UnicodeEncodeError:
                self.error(f"{argument!r} is not UTF-8 text")
        return super().parse_known_args(given, namespace)

    def error(self, message: str) -> NoReturn:
        """Print usage and message, and exit with code 2."""
        super().error(escape_controls(message))
