"""The account itself, kept beside its records: its time zone, and what facts are made with."""

from dashboard.calendar import Calendar
from dashboard.store.duck_progress import SyncStateTable
from dashboard.store.records import Account
from harvest_client.timezones import find_zone


class AccountTable(SyncStateTable):
    """The part of `Records` that is about the account."""

    _account: Account
    _calendar: Calendar

    def get_timezone(self) -> str | None:
        """Return what Harvest calls the zone of the token's user, None if it has not said."""
        found = self._first_row("SELECT timezone FROM accounts WHERE account_id = ?")
        return found[0] if found else None

    def keep_timezone(self, label: str | None) -> None:
        """Keep what Harvest calls the zone of the token's user."""
        with self.transaction():
            self.write("UPDATE accounts SET timezone = $2 WHERE account_id = $1", label)

    @property
    def zone(self) -> str:
        """The IANA id of the zone whose days instants fall on; this machine's if none is known."""
        told = find_zone(self.get_timezone() or "")
        wanted = self._account.zone or (told.key if told else None)
        # This machine may know zones that the store does not: their lists are of other years.
        ((zone,),) = (
            self._connection.cursor()
            .execute(
                "SELECT coalesce(max(z.name), current_setting('TimeZone'))"
                " FROM pg_timezone_names() AS z WHERE z.name = ?",
                [wanted],
            )
            .fetchall()
        )
        return str(zone)

    @property
    def _made_with(self) -> str:
        """Values that facts depend on beside the records: a change of them requires new facts."""
        return f"{self._calendar.text} {self._account.currency or ''} {self.zone}".strip()

    def _read_version(self) -> tuple[int, bool]:
        found = self._first_row(
            "SELECT version, changed OR calendar IS DISTINCT FROM $2 FROM accounts"
            " WHERE account_id = $1",
            self._made_with,
        )
        return (int(found[0]), bool(found[1])) if found else (0, True)
