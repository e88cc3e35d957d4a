"""Results of lists."""

from dataclasses import dataclass

from harvest_client.odd_record import OddRecord
from harvest_client.records import Record


@dataclass(frozen=True, slots=True)
class Meta:
    """Metadata of a page. `total_entries` counts the whole list, as of this response.

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
