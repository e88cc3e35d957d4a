"""File of a refresh token, for the next start and for other processes.

Harvest hands out a new refresh token with each renewal and forgets the old one: whoever loses it is
locked out. So it is on disk before the access token that came with it is used.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from harvest_client.auth.redaction import Secret
from harvest_client.durable import replace_text
from harvest_client.errors import TokenNotSaved


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A sign-in. `ends` is when the access token does, in seconds of the epoch."""

    access: Secret
    refresh: Secret
    ends: float


class TokenFile:
    """The latest grant that came of one configured refresh token; readable by its owner only.

    A grant of another configured token is ignored: whoever signs in anew means the new one.
    """

    def __init__(self, path: Path, *, client_id: str, configured: Secret) -> None:
        self._path = path
        told = f"{client_id}\n{configured.reveal()}".encode()
        self._of = hashlib.sha256(told).hexdigest()
        self._lock = FileLock(f"{path}.lock", mode=0o600, thread_local=False)

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Yield whether no other process is renewing; if so, lock them out until the block ends."""
        self._make_directory()
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()

    def read(self) -> StoredToken | None:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            if kept["of"] != self._of:
                return None
            return StoredToken(Secret(kept["access"]), Secret(kept["refresh"]), float(kept["ends"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, grant: StoredToken) -> None:
        """Replace the file at once; raises `GrantNotKept`."""
        text = json.dumps({
            "of": self._of,
            "access": grant.access.reveal(),
            "refresh": grant.refresh.reveal(),
            "ends": grant.ends,
        })  # fmt: skip
        failed = None
        try:
            replace_text(self._path, text)
        except OSError as error:
            failed = error.strerror
        if failed:
            raise TokenNotSaved(
                f"The new refresh token cannot be written to {self._path}: {failed}"
            )

    def _make_directory(self) -> None:
        failed = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            failed = error.strerror
        if failed or not os.access(self._path.parent, os.W_OK):
            raise TokenNotSaved(
                f"The refresh token is about to be renewed, but {self._path.parent} cannot be "
                f"written to{f': {failed}' if failed else '.'}"
            )
