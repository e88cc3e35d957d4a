"""Safety checks that abort a sync: too many deletions at once, or a token of another user."""

from dataclasses import dataclass

from dashboard.errors import SuspiciousDeletions, TokenChanged
from dashboard.store.records import Records
from harvest_client.entities import Entity
from harvest_client.records import Record

# More than this vanishing at once is rather a fault than somebody's work.
_MANY, _MANY_SHARE = 50, 0.005

PROBES = 20
"""Records that are asked for one by one before they are believed to be gone."""


@dataclass(frozen=True, slots=True)
class DeletionGuard:
    """`accepted`: somebody looked, and whatever is gone is gone."""

    accepted: bool = False

    def check_deletions(self, entity: Entity, gone: int, stored: int) -> None:
        """Raises `TooMuchVanished` if `gone` of `stored` records are too many.

        All of them are too many as well, unless they are so few that each is asked for by its id.
        """
        most = max(_MANY, int(stored * _MANY_SHARE))
        asked_for = stored <= PROBES and entity.get_path is not None
        if self.accepted or not gone or (gone <= most and gone < stored) or asked_for:
            return
        raise SuspiciousDeletions(
            f"{entity.label}: {gone:,} of {stored:,} records are no longer in Harvest. That is too"
            " many at once to be believed, so everything was kept as it was."
        )

    def check_token(self, records: Records, owner: Record) -> bool:
        """Return whether everything must be read again, because the token or its rights differ.

        Raises `TokenChanged` unless that was accepted. Another person, or other rights, see other
        records: what they do not see would look as if it had been deleted.
        """
        known, found = records.comparing.get_fingerprint(), token_fingerprint(owner)
        if known == found:
            return False
        if known is None:
            records.comparing.set_fingerprint(found)
            return False
        if not self.accepted:
            raise TokenChanged(
                "The access token belongs to somebody else, or has other rights, than the one that"
                " this copy was read with. Everything was kept as it was."
            )
        return True


def token_fingerprint(owner: Record) -> str:
    """Return a text that identifies the owner of a token and their rights."""
    return " ".join([str(owner.id), *sorted(owner.access_roles or ())])
