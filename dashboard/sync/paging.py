"""Reading a list page by page while others write, without missing a record that stays.

The lists of what happens on a day come by page number, the newest day first: when a record of a
page that was read is deleted, all others move up, and the first of the next page is never seen.
So pages are not counted here. Each answer is whole in itself: what it has of the days before its
last is all there is, and the next question is for that day and those before.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from dashboard.sync.deletion_guard import ids_of
from harvest_client import Page, Resource

_DAY = timedelta(days=1)
_TRIES = 5  # of a day with more records than a page holds, until nothing moves while it is read


def iterate_list(resource: Resource, **parameters: object) -> Iterator[Page]:
    """The pages of a list, each fetched when it is asked for; a record may come in two of them.

    What is created or changed meanwhile may be missing: it has a new `updated_at`.
    """
    name = resource.entity.date_field
    if name is None:
        yield from resource.pages(**parameters)  # by cursor: nothing can move
        return
    request = dict(parameters)
    while True:
        page = resource.list(**request)
        yield page
        if page.meta.next_link is None:
            return
        days = [getattr(record, name) for record in page.data]
        if not days or not _is_newest_first(days):
            yield from resource.pages(**request)
            return
        last: date = days[-1]
        if days[0] == last:
            yield from _long_day(resource, last, request)
            last -= _DAY
            if request.get("from_") and last < request["from_"]:  # type: ignore[operator]
                return
        request["to"] = last


def _is_newest_first(days: list[date | None]) -> bool:
    return None not in days and all(a >= b for a, b in pairwise(days))  # type: ignore[operator]


def _long_day(resource: Resource, day: date, request: dict[str, object]) -> Iterator[Page]:
    """Yield the pages of one day, read again as long as their number changes on the way."""
    for _ in range(_TRIES):
        totals: set[int | None] = set()
        ids: set[int] = set()
        for page in resource.pages(**{**request, "from_": day, "to": day}):
            totals.add(page.meta.total_entries)
            ids.update(ids_of(page))
            yield page
        if len(totals) == 1 and totals <= {len(ids), None}:
            return
