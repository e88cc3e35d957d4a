"""Safety checks: deletions, odd records and another token."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from dashboard.config.errors import SuspiciousDeletions, TokenChanged
from dashboard.store.odd_records import Odd
from dashboard.store.record_store import Records
from harvest_client import InvalidResponse, NotFound, OddRecord, Page, Record, Resource
from harvest_client.entities import Entity

MOST = 20  # requests of a sync and entity
_SHARE = 100  # one in so many may be odd


def ids_of(page: Page) -> Iterator[int]:
    """Return the ids of a page's records, odd ones among them: all of them are in Harvest."""
    odd = (record.id for record in page.odd if record.id is not None)
    return chain((record.id for record in page.data), odd)


def can_tell_apart(pages: Iterable[Page]) -> bool:
    """Return whether each record has a key: one without it may be any that seems to be gone."""
    return all(record.digest is None for page in pages for record in page.odd)


def note_odd(records: Records, odd: Iterable[OddRecord], start: date | None) -> None:
    """Note the odd records, but for those of days before `start`, which are not kept."""
    records.odd.note_odd(
        item for item in odd if start is None or item.day is None or item.day >= start
    )


def get_or_note(records: Records, resource: Resource, id: int | None = None) -> Record | None:
    """Return the record, or None if it is odd, which is noted. Raises `NotFound`."""
    try:
        return resource.get(id)
    except InvalidResponse as error:
        if error.odd is None:
            raise
        records.odd.note_odd([error.odd])
        return None


def read_again(records: Records, resource: Resource, store: Callable[[Record], object]) -> None:
    """Read the odd records of earlier syncs that this one has not met: they may be right now.

    Nothing says that they changed, so they are asked for by id, a few in each sync.
    """
    entity = resource.entity
    for id in records.odd.list_due(entity, MOST):
        try:
            record = get_or_note(records, resource, id)
        except NotFound:
            records.odd.remove_ids(entity, [id])
            continue
        if record:
            store(record)


def check_odd(records: Records, entity: Entity) -> None:
    """Raise `Malformed` if more than one record, and more than 1 % of all, are odd."""
    odd = records.odd.list_odd(entity) if records.odd.count_odd(entity) > 1 else []
    total = records.rows(entity) + sum(not item.is_stored for item in odd)
    if len(odd) * _SHARE > total:
        raise InvalidResponse(
            f"{entity.label}: {len(odd):,} of {total:,} records are not as documented, such as"
            f" {_odd_name(odd[0])}: {odd[0].problem}. That is too many to leave out, so the"
            " last version was kept."
        )


def _odd_name(odd: Odd) -> str:
    """Return the key, where it is known, and the field at fault."""
    return f"{odd.id}, {odd.field}" if odd.id is not None else odd.field or "one"


# More than this vanishing at once is rather a fault than somebody's work.
_MANY, _MANY_SHARE = 50, 0.005

PROBES = 20
"""Records that are asked for one by one before they are believed to be gone."""


@dataclass(frozen=True, slots=True)
class DeletionGuard:
    """`accepted`: somebody looked, and whatever is gone is gone."""

    accepted: bool = False

    def check_deletions(self, entity: Entity, missing: int, stored: int) -> None:
        """Raise `TooMuchVanished` if `gone` of `stored` records are too many.

        All of them are too many as well, unless they are so few that each is asked for by its id.
        """
        most = max(_MANY, int(stored * _MANY_SHARE))
        asked_for = stored <= PROBES and entity.get_path is not None
        if self.accepted or not missing or (missing <= most and missing < stored) or asked_for:
            return
        raise SuspiciousDeletions(
            f"{entity.label}: {missing:,} of {stored:,} records are no longer in Harvest. That is"
            " too many at once to be believed, so everything was kept as it was."
        )

    def check_token(self, records: Records, owner: Record) -> bool:
        """Return whether everything must be read again, because the token or its rights differ.

        Raises `TokenChanged` unless that was accepted. Another person, or other rights, see other
        records: what they do not see would look as if it had been deleted.
        """
        known, result = records.comparing.get_fingerprint(), token_fingerprint(owner)
        if known == result:
            return False
        if known is None:
            records.comparing.set_fingerprint(result)
            return False
        if not self.accepted:
            raise TokenChanged(
                "This access token belongs to a different user or has different "
                "permissions than before. Nothing was changed."
            )
        return True


def token_fingerprint(owner: Record) -> str:
    """Return a text that identifies the owner of a token and their rights."""
    return " ".join([str(owner.id), *sorted(owner.access_roles or ())])
