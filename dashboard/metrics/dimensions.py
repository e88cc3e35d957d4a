"""What an answer can be broken down by, and how each value is called."""

from dataclasses import dataclass
from datetime import date

from dashboard.metrics.metric import Fact
from dashboard.store.sql import Sql

_BOTH = frozenset({Fact.TIME, Fact.CAPACITY})
_TIME = frozenset({Fact.TIME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How the ids of an entity become labels.

    `qualifier` tells rows of one name apart; the id does where it cannot. `e` is a row of `table`.
    """

    table: str
    nothing: str
    qualifier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One way to group.

    `column` is the SQL of its value in `f`, a row of one of `facts`; a `?` in it is the account's
    first weekday. An entity has `naming`, a yes or no has `texts` for both, a period is a date.
    """

    id: str
    label: str
    column: str
    facts: frozenset[Fact]
    naming: Naming | None = None
    texts: tuple[str, str] | None = None
    is_period: bool = False

    def key(self, week_start: int) -> Sql:
        """The SQL of the value; `week_start` counts from Monday 0."""
        return Sql(self.column, (week_start,) * self.column.count("?"))


def _period(name: str, column: str) -> Dimension:
    return Dimension(id=name, label=name.capitalize(), column=column, facts=_BOTH, is_period=True)


DAY = _period("day", "f.day")
WEEK = _period("week", "f.day - CAST((isodow(f.day) + 6 - ?) % 7 AS INTEGER)")
MONTH = _period("month", "CAST(date_trunc('month', f.day) AS DATE)")
QUARTER = _period("quarter", "CAST(date_trunc('quarter', f.day) AS DATE)")
YEAR = _period("year", "CAST(date_trunc('year', f.day) AS DATE)")

CLIENT = Dimension(
    id="client",
    label="Client",
    column="f.client_id",
    facts=_TIME,
    naming=Naming(table="clients", nothing="No client"),
)
PROJECT = Dimension(
    id="project",
    label="Project",
    column="f.project_id",
    facts=_TIME,
    naming=Naming(
        table="projects",
        nothing="No project",
        qualifier="(SELECT c.name FROM clients AS c WHERE c.id = e.client_id)",
    ),
)
TASK = Dimension(
    id="task",
    label="Task",
    column="f.task_id",
    facts=_TIME,
    naming=Naming(table="tasks", nothing="No task"),
)
USER = Dimension(
    id="user",
    label="Person",
    column="f.user_id",
    facts=_BOTH,
    naming=Naming(table="users", nothing="No person", qualifier="e.email"),
)
ROLE = Dimension(
    id="role",
    label="Role",
    column="f.role_id",
    facts=_BOTH,
    naming=Naming(table="roles", nothing="No role"),
)
CURRENCY = Dimension(id="currency", label="Currency", column="f.currency", facts=_TIME)
BILLABLE = Dimension(
    id="billable",
    label="Billable",
    column="f.billable",
    facts=_TIME,
    texts=("Billable", "Non-billable"),
)
CONTRACTOR = Dimension(
    id="contractor",
    label="Contractor",
    column="f.is_contractor",
    facts=_BOTH,
    texts=("Contractor", "Employee"),
)

DIMENSIONS: dict[str, Dimension] = {
    dimension.id: dimension
    for dimension in (
        DAY,
        WEEK,
        MONTH,
        QUARTER,
        YEAR,
        CLIENT,
        PROJECT,
        TASK,
        USER,
        ROLE,
        CURRENCY,
        BILLABLE,
        CONTRACTOR,
    )
}

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def day_label(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_label(dimension: Dimension, first: date) -> str:
    """What the period that begins on `first` is called; a week by its first day."""
    match dimension.id:
        case "month":
            return f"{_MONTHS[first.month - 1]} {first.year}"
        case "quarter":
            return f"Q{(first.month + 2) // 3} {first.year}"
        case "year":
            return str(first.year)
        case _:
            return day_label(first)
