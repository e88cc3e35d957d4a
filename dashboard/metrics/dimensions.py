"""Dimensions that results are grouped by, and the labels of their values."""

from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.config.dates import months_after, whole_months
from dashboard.metrics.metric import Fact
from dashboard.store.sql import Sql

# Which fact knows what. Whoever is billed is known of everything that is money.
_ALL = frozenset(Fact)
_TIME = frozenset({Fact.TIME, Fact.UNINVOICED_TIME})
_EXPENSES = frozenset({Fact.EXPENSES, Fact.UNINVOICED_EXPENSES})
_WORK = _TIME | _EXPENSES
_PEOPLE = _WORK | {Fact.CAPACITY}
_MONEY = _ALL - {Fact.CAPACITY}
_PROJECTS = _WORK | {Fact.FEES, Fact.FEE_BALANCES, Fact.BUDGETS}
_BILLS = frozenset({Fact.INVOICES, Fact.PAYMENTS, Fact.RECEIVABLES})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSource:
    """Source of the labels of an entity's ids.

    `qualifier` tells rows of one name apart; the id does where it cannot. `e` is a row of `table`.
    """

    table: str
    nothing: str
    qualifier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One way to group.

    `column` is the SQL of its value in `f`, a row of one of `facts`. It may name `{day}`, the day
    that puts the row into a period; `{week_start}`, the account's first weekday counted from Monday
    0; `{quarter_shift}` and `{year_shift}`, the months from January to the first fiscal quarter and
    year of a calendar year; and `{age}`, the days that the row is old. An entity has `naming`, a
    yes or no has `texts` for both, a period is a date, and a closed set has its `values` in order.
    """

    id: str
    label: str
    column: str
    facts: frozenset[Fact]
    naming: LabelSource | None = None
    texts: tuple[str, str] | None = None
    is_period: bool = False
    values: tuple[str, ...] = ()


def _period_dimension(name: str, column: str) -> Dimension:
    label = name.replace("_", " ").capitalize()
    return Dimension(id=name, label=label, column=column, facts=_ALL, is_period=True)


def _fiscal_dimension(name: str, unit: str) -> Dimension:
    """Return a period whose spans begin a few months after those of the calendar."""
    shift = f"{{{unit}_shift}}"
    return _period_dimension(
        name, f"CAST(date_trunc('{unit}', {{day}} - {shift}) + {shift} AS DATE)"
    )


DAY = _period_dimension("day", "{day}")
WEEK = _period_dimension("week", "{day} - CAST((isodow({day}) + 6 - {week_start}) % 7 AS INTEGER)")
MONTH = _period_dimension("month", "CAST(date_trunc('month', {day}) AS DATE)")
QUARTER = _fiscal_dimension("quarter", "quarter")
YEAR = _period_dimension("year", "CAST(date_trunc('year', {day}) AS DATE)")
FISCAL_YEAR = _fiscal_dimension("fiscal_year", "year")

CLIENT = Dimension(
    id="client",
    label="Client",
    column="f.client_id",
    facts=_MONEY,
    naming=LabelSource(table="clients", nothing="No client"),
)
PROJECT = Dimension(
    id="project",
    label="Project",
    column="f.project_id",
    facts=_PROJECTS,
    naming=LabelSource(
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
    naming=LabelSource(table="tasks", nothing="No task"),
)
USER = Dimension(
    id="user",
    label="Person",
    column="f.user_id",
    facts=_PEOPLE,
    naming=LabelSource(table="users", nothing="No person", qualifier="e.email"),
)
ROLE = Dimension(
    id="role",
    label="Role",
    column="f.role_id",
    facts=_PEOPLE,
    naming=LabelSource(table="roles", nothing="No role"),
)
CURRENCY = Dimension(id="currency", label="Currency", column="f.currency", facts=_MONEY)
BILLABLE = Dimension(
    id="billable",
    label="Billable",
    column="f.billable",
    facts=_WORK,
    texts=("Billable", "Non-billable"),
)
CONTRACTOR = Dimension(
    id="contractor",
    label="Contractor",
    column="f.is_contractor",
    facts=_PEOPLE,
    texts=("Contractor", "Employee"),
)
INVOICE_STATE = Dimension(
    id="invoice_state",
    label="Invoice state",
    column="f.state",
    facts=_BILLS,
    values=("draft", "open", "paid", "closed"),
)
AGE_BUCKET = Dimension(
    id="age_bucket",
    label="Age",
    # An invoice due today is not late, and what was worked today is not old.
    column=(
        "CASE WHEN {age} IS NULL THEN 'no due date' WHEN {age} <= 0 THEN 'current'"
        " WHEN {age} <= 30 THEN '1-30' WHEN {age} <= 60 THEN '31-60'"
        " WHEN {age} <= 90 THEN '61-90' ELSE '90+' END"
    ),
    facts=_WORK | {Fact.RECEIVABLES},
    values=("current", "1-30", "31-60", "61-90", "90+", "no due date"),
)
ESTIMATE_STATE = Dimension(
    id="estimate_state",
    label="Estimate state",
    column="f.state",
    facts=frozenset({Fact.ESTIMATES}),
    values=("draft", "sent", "accepted", "declined"),
)
EXPENSE_CATEGORY = Dimension(
    id="expense_category",
    label="Expense category",
    column="f.category_id",
    facts=_EXPENSES,
    naming=LabelSource(table="expense_categories", nothing="No category"),
)

DIMENSIONS: dict[str, Dimension] = {
    dimension.id: dimension
    for dimension in (
        DAY,
        WEEK,
        MONTH,
        QUARTER,
        YEAR,
        FISCAL_YEAR,
        CLIENT,
        PROJECT,
        TASK,
        USER,
        ROLE,
        CURRENCY,
        BILLABLE,
        CONTRACTOR,
        INVOICE_STATE,
        AGE_BUCKET,
        ESTIMATE_STATE,
        EXPENSE_CATEGORY,
    )
}

_DAY = timedelta(days=1)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def starts_of_periods(week_start: int, fiscal_start: int) -> dict[str, Sql]:
    """Return the parts of a period's `column` that tell when weeks and fiscal quarters begin."""
    later = fiscal_start - 1
    return {
        "week_start": Sql("?", (week_start,)),
        "quarter_shift": Sql("to_months(?)", (later % 3,)),
        "year_shift": Sql("to_months(?)", (later,)),
    }


def first_day_of(dimension: Dimension, day: date, week_start: int, fiscal_start: int) -> date:
    """Return the first day of the period that `day` is in, as the dimension's column has it."""
    match dimension.id:
        case "week":
            return day - (day.weekday() - week_start) % 7 * _DAY
        case "quarter":
            return months_after(day, -((day.month - fiscal_start) % 3))
        case "fiscal_year":
            return months_after(day, -((day.month - fiscal_start) % 12))
        case "month" | "year":
            return day.replace(month=1 if dimension is YEAR else day.month, day=1)
        case _:
            return day


def last_day_of(dimension: Dimension, first: date) -> date:
    """Return the last day of the period that begins on `first`."""
    match dimension.id:
        case "week":
            return first + 6 * _DAY
        case "month" | "quarter" | "year" | "fiscal_year":
            return months_after(first, _LENGTHS[dimension.id]) - _DAY
        case _:
            return first


_LENGTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}


def day_label(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def period_label(dimension: Dimension, first: date, fiscal_start: int = 1) -> str:
    """Return the name of the period that begins on `first`; a week is named by its first day.

    `fiscal_start` is the first month of the fiscal year, which quarters are counted from.
    """
    match dimension.id:
        case "month":
            return f"{_MONTHS[first.month - 1]} {first.year}"
        case "quarter":
            number = (first.month - fiscal_start) % 12 // 3 + 1
            year = first.year - (first.month < fiscal_start)
            return f"Q{number} {year if fiscal_start == 1 else _fiscal_year(year, fiscal_start)}"
        case "fiscal_year":
            return _fiscal_year(first.year, fiscal_start)
        case "year":
            return str(first.year)
        case _:
            return day_label(first)


def fiscal_label(first: date, last: date, fiscal_start: int) -> str:
    """Return the name of the fiscal quarter or year that the days are exactly, else nothing.

    A fiscal year that is the calendar year has no name of its own.
    """
    months = whole_months(first, last)
    if fiscal_start == 1 or months not in _FISCAL or (first.month - fiscal_start) % months:
        return ""
    return period_label(_FISCAL[months], first, fiscal_start)


_FISCAL = {3: QUARTER, 12: FISCAL_YEAR}


def _fiscal_year(year: int, fiscal_start: int) -> str:
    return f"FY{year}" if fiscal_start == 1 else f"FY{year}/{(year + 1) % 100:02}"
