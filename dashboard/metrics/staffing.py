"""People who worked and have no capacity: their hours are in no utilization.

They would be counted against the capacity of those who have one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboard.metrics.aggregates import capacity_of
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.labels import number_text
from dashboard.metrics.metric import Fact
from dashboard.metrics.query import MetricQuery
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join, sql_wrap


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """A person with hours and no capacity; `is_hidden` if the token does not see their capacity."""

    user_id: int
    hours: float
    is_hidden: bool


def find_unstaffed(snapshot: Snapshot, capacity: str, scope: Scope) -> list[Unstaffed]:
    """Return who worked in scope, up to today, and has nothing of `capacity`, a column, in it."""
    people = sql_join(" ", [Sql("SELECT f.user_id"), rows(Fact.CAPACITY, scope)])
    staffed = sql_wrap("(", people, f" GROUP BY f.user_id HAVING sum({capacity}) > 0)")
    to_date = replace(scope, start=min(scope.start, scope.last), end=scope.last)
    result = snapshot.cached_rows(
        *sql_join(
            " ",
            [
                Sql(
                    f"SELECT f.user_id, CAST(sum(f.{scope.basis}_hours) AS DOUBLE),"
                    " bool_and(cu.weekly_hours IS NULL)"
                ),
                rows(Fact.TIME, to_date, "LEFT JOIN users AS cu ON cu.id = f.user_id"),
                sql_wrap(
                    "AND f.user_id NOT IN ", staffed, " GROUP BY f.user_id ORDER BY f.user_id"
                ),
            ],
        )
    )
    return [Unstaffed(*row) for row in result]


def without_capacity(snapshot: Snapshot, question: MetricQuery) -> Iterator[str]:
    """Yield what of the work is in no utilization, of people whose capacity the viewer may see."""
    viewer = snapshot.viewer
    labels: dict[str, str] = {}
    for metric in question.metrics:
        labels.setdefault(capacity_of(metric), metric.label)
    for column, label in labels.items():
        if not column:
            continue
        people = [
            item
            for item in find_unstaffed(snapshot, column, question.scope)
            if viewer.sees_everything or item.user_id in viewer.people
        ]
        hours = sum(item.hours for item in people)
        if hours:
            told = number_text(snapshot, hours, digits=0 if hours.is_integer() else 2)
            of = "1 person" if len(people) == 1 else f"{len(people)} people"
            unseen = sum(item.is_hidden for item in people)
            hidden = f" (of {unseen} it is not visible)" if unseen else ""
            yield f"{label} leaves out {told} hours of {of} without capacity{hidden}."
