"""Answers kept by key: made once however many readers ask, and ahead of being asked for."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Query(Generic[T]):
    """Something to make. Equal keys must mean equal results: of which version, and what of it."""

    key: tuple[str, ...]
    make: Callable[[], T]


class QueryCache:
    """The `most` results that were asked for last, for all readers of this process.

    They are shared, so nobody may change one. Unlike Streamlit's own cache this one hands out what
    it holds without copying it, and lets two readers, or a page and its own threads, wait for the
    same result instead of making it twice.
    """

    def __init__(self, most: int, threads: int) -> None:
        self._most = most
        self._lock = Lock()
        self._futures: OrderedDict[tuple[str, ...], Future[Any]] = OrderedDict()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ahead")

    def get(self, wanted: Query[T]) -> T:
        """The result; raises what making it raises, and then forgets it."""
        future, is_new = self._get_future(wanted)
        if is_new:
            self._run_query(wanted, future)
        result: T = future.result()
        return result

    def prefetch(self, *wanted: Query[Any]) -> None:
        """Begins with what will be asked for, in this order, on other threads."""
        for one in wanted:
            future, is_new = self._get_future(one)
            if is_new:
                self._pool.submit(self._run_query, one, future)

    def _get_future(self, wanted: Query[Any]) -> tuple[Future[Any], bool]:
        with self._lock:
            future = self._futures.get(wanted.key)
            if future is not None:
                self._futures.move_to_end(wanted.key)
                return future, False
            future = self._futures[wanted.key] = Future()
            if len(self._futures) > self._most:
                self._futures.popitem(last=False)
            return future, True

    def _run_query(self, wanted: Query[Any], future: Future[Any]) -> None:
        try:
            future.set_result(wanted.make())
        except BaseException as error:
            with self._lock:
                self._futures.pop(wanted.key, None)
            future.set_exception(error)
