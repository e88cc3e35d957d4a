"""Single-flight cache: one caller fetches the value, concurrent callers wait for it."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from harvest_client.errors import HarvestError
from harvest_client.http.retry import Flow
from harvest_client.http.transport import Sleep

Value = TypeVar("Value")

_LOOK_AGAIN = 0.02  # seconds


class SingleFlight(Generic[Value]):
    """A value, found when it is first wanted and again when it is no longer good.

    Whoever wants it while another is finding it waits for that, and shares its failure. No lock is
    held between two steps of a conversation, so threads and tasks of one event loop may mix.
    """

    def __init__(self, result: Value | None = None) -> None:
        self._value = result
        self._lock = Lock()
        self._finding = False
        self._attempt = 0
        self._failure: tuple[int, HarvestError] | None = None

    def get(
        self,
        find: Callable[[], Flow[Value]],
        good: Callable[[Value], bool] = lambda value: True,
    ) -> Flow[Value]:
        """Return the value, by `find` where there is none that is `good`."""
        awaited: int | None = None
        while True:
            with self._lock:
                if self._value is not None and good(self._value):
                    return self._value
                if awaited and self._failure and self._failure[0] == awaited:
                    raise self._failure[1]
                mine = not self._finding
                if mine:
                    self._finding = True
                    self._attempt += 1
                awaited = self._attempt
            if mine:
                return (yield from self._load(find))
            yield Sleep(_LOOK_AGAIN)

    def invalidate(self, value: Value) -> None:
        """Make the next who wants it find it anew, unless that was done meanwhile."""
        with self._lock:
            if self._value == value:
                self._value = None

    def _load(self, find: Callable[[], Flow[Value]]) -> Flow[Value]:
        value, failure = None, None
        try:
            value = yield from find()
            return value
        except HarvestError as error:
            failure = error
            raise
        finally:
            with self._lock:
                self._finding = False
                if value is not None:
                    self._value = value
                elif failure:
                    self._failure = (self._attempt, failure)
