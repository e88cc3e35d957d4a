"""What lists answer."""

from dataclasses import dataclass

from harvest_client.odd_record import OddRecord
from harvest_client.records import Record


@dataclass(frozen=True, slots=True)
class Meta:
    """What a page says about its list. `total_entries` counts all of it, as of this answer.

    `truncated`: there are more records, and no way to list them (hosted only): nobody should sum
    what is here.
    """

    next_link: str | None
    total_entries: int | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, in Harvest's order. `odd` has the records that `data` leaves out."""

    data: list[Record]
    meta: Meta
    odd: tuple[OddRecord, ...] = ()
