"""A record that cannot be read, without any of its values."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class OddRecord:
    """A record with a value that Harvest's documents do not allow. It has no value of the record.

    `id` is its key, None where the entity has none or it cannot be read: then `digest` tells the
    record apart from others of its entity. `owner` is the id in the path of the list, of
    records below another one. `day` is what the list's window selects on, None where that cannot
    be read. `field` is the path of the value at fault, empty for the record itself, and `problem`
    says what is wrong with it. `message` says all of it, as an error does.
    """

    entity: str
    id: int | None
    field: str
    problem: str
    message: str
    day: date | None = None
    owner: int | None = None
    digest: str | None = None
