"""Seeded faults: small changes of code that decides something, which the tests must notice."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).with_name("faults.toml")


@dataclass(frozen=True, slots=True)
class Fault:
    """A replacement of `before`, which occurs once in `file`, by `after`.

    `tests` are paths of tests, of which at least one must fail; the quickest come first.
    """

    name: str
    area: str
    file: str
    consequence: str
    before: str
    after: str
    tests: tuple[str, ...]


def load_faults() -> list[Fault]:
    """Return the faults in the order of `faults.toml`."""
    rows = tomllib.loads(FAULTS.read_text("utf-8"))["fault"]
    return [Fault(**{**row, "tests": tuple(row["tests"])}) for row in rows]
