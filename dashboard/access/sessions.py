"""Sessions and bindings: signed-in people, and the provider account of each; stored by this server.

A provider's cookie alone would be good for thirty days, also after signing out. Here a sign-in ends
for good, in all its tabs, and no copy of its cookie brings it back.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dashboard.access.sqlite_file import SqliteFile, readable_rows
from dashboard.access.user_mapping import Identity
from dashboard.config.errors import NoAccess, SignInNeeded
from harvest_client.durable import rename_durably

SIGN_IN_FILE = "sign-ins.sqlite"
LONGEST = timedelta(hours=12)
FUTURE = timedelta(minutes=2)
"""By which the clock of a provider may be ahead."""

# An older cookie is refused for its age, so what became of it need not be known any more.
_KEPT = 2 * LONGEST
_EVERYBODY = 0  # in place of a person: nobody in Harvest has this id

_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    key TEXT PRIMARY KEY, user_id INTEGER, account TEXT NOT NULL, started_at REAL NOT NULL,
    ended_at REAL, ended_for TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS bindings (
    account TEXT PRIMARY KEY, user_id INTEGER NOT NULL UNIQUE, email TEXT, bound_at REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS revoked (user_id INTEGER PRIMARY KEY, at REAL NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that was let in; `ended_for` is None while it lasts."""

    user_id: int | None
    account: str
    started_at: datetime
    ended_for: str | None


@dataclass(frozen=True, slots=True)
class Binding:
    """An account at a provider, "issuer subject", that is a person of Harvest."""

    account: str
    user_id: int
    email: str | None
    bound_at: datetime


class SignIns:
    """Those of one Harvest account, in a file that its owner alone can read."""

    def __init__(self, directory: Path) -> None:
        self._own = SqliteFile(directory / SIGN_IN_FILE, _TABLES)
        self.path, self.close, self._open = self._own.path, self._own.close, self._own.open

    def require(self, signed_in: Identity, now: datetime) -> None:
        """Raise `SignInNeeded` unless this sign-in is still good, or new and recent."""
        if signed_in.issued_at > now + FUTURE:  # nothing would end it
            raise SignInNeeded("Your sign-in is dated in the future.")
        with self._open() as file:
            row = file.execute(
                "SELECT started_at, ended_for FROM sessions WHERE key = ?", (signed_in.key,)
            ).fetchone()
        started, ended_for = row or (signed_in.issued_at.timestamp(), None)
        if ended_for:
            raise SignInNeeded(ended_for)
        if now.timestamp() - started > LONGEST.total_seconds():
            raise SignInNeeded("Your sign-in ended after 12 hours.")

    def add_session(self, signed_in: Identity, user_id: int, now: datetime) -> None:
        """Note that this sign-in is that person's. Raises `SignInNeeded` for one revoked."""
        issued, key = signed_in.issued_at.timestamp(), signed_in.key
        with self._open() as file:
            ((revoked,),) = file.execute(
                "SELECT coalesce(max(at), 0.0) FROM revoked WHERE user_id IN (?, ?)",
                (user_id, _EVERYBODY),
            )
            if issued <= revoked:
                raise SignInNeeded("An administrator ended your sign-in.")
            known = file.execute("SELECT user_id FROM sessions WHERE key = ?", (key,)).fetchone()
            if known == (user_id,):
                return
            oldest = (now - _KEPT).timestamp()
            file.execute("DELETE FROM sessions WHERE started_at < ?", (oldest,))
            file.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, NULL, NULL)"
                " ON CONFLICT (key) DO UPDATE SET user_id = excluded.user_id",
                (key, user_id, signed_in.account, min(issued, now.timestamp())),
            )

    def end_session(self, signed_in: Identity, why: str, now: datetime) -> None:
        """End this sign-in for good, known or not; `why` is said to whoever comes with it."""
        issued = min(signed_in.issued_at, now).timestamp()
        with self._open() as file:
            file.execute(
                "INSERT INTO sessions VALUES (?, NULL, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
                " SET ended_at = excluded.ended_at, ended_for = excluded.ended_for"
                " WHERE ended_for IS NULL",
                (signed_in.key, signed_in.account, issued, now.timestamp(), why),
            )

    def is_open(self, signed_in: Identity) -> bool:
        """Return whether this sign-in was accepted and has not ended."""
        with self._open() as file:
            return bool(
                file.execute(
                    "SELECT 1 FROM sessions WHERE key = ? AND ended_for IS NULL", (signed_in.key,)
                ).fetchone()
            )

    def revoke_all(self, user_id: int, now: datetime) -> None:
        """End every sign-in of a person so far, also those that were never seen here."""
        with self._open() as file:
            file.execute(
                "INSERT INTO revoked VALUES (?, ?)"
                " ON CONFLICT (user_id) DO UPDATE SET at = excluded.at",
                (user_id, now.timestamp()),
            )
            file.execute(
                "UPDATE sessions SET ended_at = ?, ended_for = 'An administrator ended your"
                " sign-in.' WHERE user_id = ? AND ended_for IS NULL",
                (now.timestamp(), user_id),
            )

    def bound_user(self, signed_in: Identity) -> int | None:
        """Return the user that is bound to this provider account, None if there is none."""
        with self._open() as file:
            row = file.execute(
                "SELECT user_id FROM bindings WHERE account = ?", (signed_in.account,)
            ).fetchone()
        return int(row[0]) if row else None

    def bind_user(self, signed_in: Identity, user_id: int, now: datetime) -> None:
        """Make the account that person's, for good. Raises `NoAccess` where either is taken."""
        with self._open() as file:
            file.execute(
                "INSERT INTO bindings VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (signed_in.account, user_id, signed_in.email, now.timestamp()),
            )
            holder = file.execute(
                "SELECT account FROM bindings WHERE user_id = ?", (user_id,)
            ).fetchone()
        if holder != (signed_in.account,):
            raise NoAccess(
                f"{signed_in.email} is the address of a person who signs in with another account.",
                remedy="An administrator of the dashboard can remove that binding.",
            )

    def unbind_user(self, user_id: int) -> bool:
        """Let the person's next sign-in be with another account; whether there was one."""
        with self._open() as file:
            return file.execute("DELETE FROM bindings WHERE user_id = ?", (user_id,)).rowcount > 0

    def list_sessions(self, now: datetime) -> list[Session]:
        """Return those that last, the newest first."""
        oldest = (now - LONGEST).timestamp()
        with self._open() as file:
            return [
                Session(user_id, account, datetime.fromtimestamp(started, UTC), ended_for)
                for user_id, account, started, ended_for in file.execute(
                    "SELECT user_id, account, started_at, ended_for FROM sessions WHERE"
                    " ended_for IS NULL AND started_at >= ? ORDER BY started_at DESC",
                    (oldest,),
                )
            ]

    def list_bindings(self) -> list[Binding]:
        with self._open() as file:
            return [
                Binding(account, user_id, email, datetime.fromtimestamp(bound, UTC))
                for account, user_id, email, bound in file.execute(
                    "SELECT account, user_id, email, bound_at FROM bindings ORDER BY user_id"
                )
            ]


def replace_damaged(directory: Path, now: datetime) -> tuple[Path, int]:
    """Set a damaged file aside and begin a new one; return its new path, and the bindings kept.

    Which sign-ins had ended may not be readable, so every sign-in up to `now` ends.
    """
    path, beside = directory / SIGN_IN_FILE, directory / f"{SIGN_IN_FILE}.new"
    beside.unlink(missing_ok=True)
    bindings = readable_rows(path, "bindings", "account, user_id, email, bound_at")
    file = SqliteFile(beside, _TABLES)
    with file.open() as new:
        new.executemany("INSERT OR IGNORE INTO bindings VALUES (?, ?, ?, ?)", bindings)
        new.execute("INSERT INTO revoked VALUES (?, ?)", (_EVERYBODY, now.timestamp()))
    file.close()
    aside = SqliteFile.set_aside(path)
    rename_durably(beside, path)
    return aside, len(bindings)
