"""Who asks: the token, the account and the contact, checked before anything can quote them."""

from dataclasses import dataclass, field

from harvest_client.errors import MissingCredentials, UsageError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token and an account id that can be sent. The token is in no text about this object."""

    token: str = field(repr=False)
    account_id: str
    contact: str | None

    @classmethod
    def checked(
        cls, token: str | None, account_id: str | None, contact: str | None
    ) -> "Credentials":
        """Without surrounding whitespace, such as the line end of a file that held them."""
        contact = (contact or "").strip()
        if not (contact.isascii() and contact.isprintable()):
            raise UsageError("the contact must be an e-mail or web address in ASCII.")
        return cls(_plain(token, "access token"), _plain(account_id, "account id"), contact or None)

    @property
    def headers(self) -> dict[str, str]:
        """What goes with each request. Harvest refuses those that do not say who is asking."""
        return {
            "Authorization": f"Bearer {self.token}",
            "Harvest-Account-Id": self.account_id,
            "User-Agent": f"Harvest Insights ({self.contact or 'self-hosted'})",
        }


def _plain(value: str | None, words: str) -> str:
    # HTTP libraries quote a header that they refuse: ours must never come that far.
    plain = (value or "").strip()
    if not plain:
        raise MissingCredentials(f"There is no {words}.")
    if not (plain.isascii() and plain.isprintable()) or " " in plain:
        raise MissingCredentials(f"The {words} has characters that none can have: copy it anew.")
    return plain
