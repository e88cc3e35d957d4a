"""The generations of the hosted API, and a filter printed for one. (Being written.)"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from harvest_client.fields import Field
from harvest_client.search.conditions import Filter


class Generation(StrEnum):
    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Printed:
    document: dict[str, Any] | None
    exact: bool


def printed(filter: Filter, generation: Generation, fields: Iterable[Field]) -> Printed:
    return Printed(None, False)
