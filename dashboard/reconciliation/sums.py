"""Our sums of each project: the parts from which any reading of a report can be calculated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from dashboard.config.currencies import currency_decimals, decimals_sql
from dashboard.reconciliation.readings import AMOUNTS, DECIMALS, HALVES, RUNNING
from dashboard.store.snapshots import Snapshot

ZERO = Decimal(0)

Values = Mapping[str, str]
"""The value of each reading, by the reading's id."""


@dataclass(frozen=True, slots=True)
class Project:
    """The attributes of a project that decide how a report shows it."""

    id: int
    name: str
    client_id: int | None
    client: str
    is_fixed_fee: bool
    is_billable: bool
    is_active: bool
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over the records of one project in one currency.

    `stopped` and `running` hold them apart, by name; a name is missing where nothing was summed.
    An amount is there exactly, and as `<name>_up` and `<name>_even` of rounded records; with
    `_two` after it, of records rounded to two places in any currency.
    """

    project: Project
    currency: str | None
    stopped: dict[str, Decimal] = field(default_factory=dict)
    running: dict[str, Decimal] = field(default_factory=dict)

    def get_total(self, name: str, values: Values) -> Decimal:
        """Return the sum of that name, with running timers where reports count them."""
        total = self.stopped.get(name, ZERO)
        return total + self.running.get(name, ZERO) if values[RUNNING.id] == "counted" else total

    @property
    def is_worth_known(self) -> bool:
        """Return whether the token sees the project and all rates and fees of its time."""
        hidden = self.stopped.get("hidden", ZERO) + self.running.get("hidden", ZERO)
        return self.project.is_known and not hidden

    def get_amount(self, name: str, values: Values) -> Decimal:
        """Return the amount of that name before a report rounds it."""
        if values[AMOUNTS.id] != "entry":
            return self.get_total(name, values)
        digits = "_two" if values[DECIMALS.id] == "two" else ""
        return self.get_total(f"{name}_{values[HALVES.id]}{digits}", values)

    def round_amount(self, amount: Decimal, values: Values) -> Decimal:
        """Return `amount` as a report prints it in this currency."""
        way = ROUND_HALF_EVEN if values[HALVES.id] == "even" else ROUND_HALF_UP
        digits = 2 if values[DECIMALS.id] == "two" else currency_decimals(self.currency)
        return amount.quantize(Decimal(1).scaleb(-digits), way)


Key = tuple[int, str | None]
"""A project and a currency."""


def merge_sums(parts: Sequence[Sums]) -> Sums:
    """Return the sums of one project over its currencies: of use for hours alone."""
    whole = Sums(parts[0].project, parts[0].currency if len(parts) == 1 else None)
    for part in parts:
        for into, values in ((whole.stopped, part.stopped), (whole.running, part.running)):
            for name, value in values.items():
                into[name] = into.get(name, ZERO) + value
    return whole


_ENTRIES = """\
WITH entries AS (
    SELECT f.*, CASE WHEN f.billable THEN
        TRY_CAST(CAST(f.rounded_hours AS DECIMAL(19, 6)) * f.billable_rate AS DECIMAL(18, 6))
    END AS amount
    FROM ({facts}) AS f
    WHERE f.project_id IS NOT NULL
)
"""
_BY_PROJECT = """\
SELECT e.project_id AS project_id, e.currency AS currency, e.is_running AS is_running,
    sum(e.rounded_hours) AS hours,
    sum(e.rounded_hours) FILTER (e.billable) AS billable_hours,
    sum(e.rounded_hours) FILTER (e.billable AND NOT e.is_billed) AS uninvoiced_hours,
    sum(e.rounded_hours) FILTER (NOT e.is_billed) AS unbilled_hours,
    CAST(count(*) FILTER (e.is_rate_hidden) AS DECIMAL(18, 0)) AS hidden,
    {amounts}
FROM entries AS e
WHERE e.day BETWEEN ? AND ?
GROUP BY ALL
"""
_EXPENSES = """\
SELECT e.project_id AS project_id, e.currency AS currency, false AS is_running,
    {amounts}
FROM expense_facts AS e
WHERE e.day BETWEEN ? AND ? AND e.project_id IS NOT NULL
GROUP BY ALL
"""


def time_sums(snapshot: Snapshot, first: date, last: date) -> dict[Key, Sums]:
    """Return hours and amounts of the time of these days, by project and currency."""
    amounts = ", ".join(
        [
            *amount_columns("billable", "e.amount"),
            *amount_columns("uninvoiced_time", "e.amount", "NOT e.is_billed"),
        ]
    )
    sql = entries_sql(snapshot) + _BY_PROJECT.format(amounts=amounts)
    return collect_sums(snapshot, {}, sql, [first, last])


def expense_sums(
    snapshot: Snapshot, first: date, last: date, sums: dict[Key, Sums] | None = None
) -> dict[Key, Sums]:
    """Return the expenses of these days, by project and currency, added to `sums`."""
    amounts = ", ".join(
        [
            *amount_columns("expenses", "e.amount"),
            *amount_columns("billable_expenses", "e.amount", "e.billable"),
            *amount_columns("uninvoiced_expenses", "e.amount", "e.billable AND NOT e.is_billed"),
        ]
    )
    result = {} if sums is None else sums
    return collect_sums(snapshot, result, _EXPENSES.format(amounts=amounts), [first, last])


def entries_sql(snapshot: Snapshot) -> str:
    """Return a WITH clause of `entries`: all time, also the timers that metrics leave out."""
    facts = ["SELECT * FROM time_facts"]
    if snapshot.has_table("running_facts"):
        facts.append("SELECT * FROM running_facts")
    return _ENTRIES.format(facts=" UNION ALL BY NAME ".join(facts))


def amount_columns(name: str, column: str, condition: str = "", end: str = "") -> list[str]:
    """Return the sums of an amount: exact, and of rounded records; `end` comes after `name`."""
    only = f" FILTER ({condition})" if condition else ""
    digits = decimals_sql("e.currency")
    ways = {
        "": column,
        "_up": _each_sql(column, digits, ""),
        "_even": _each_sql(column, digits, "_even"),
        "_up_two": f"round({column}, 2)",
        "_even_two": f"round_even({column}, 2)",
    }
    return [f"sum({value}){only} AS {name}{end}{way}" for way, value in ways.items()]


def _each_sql(column: str, digits: str, way: str) -> str:
    return (
        f"CASE {digits} WHEN 0 THEN round{way}({column}, 0) WHEN 3 THEN round{way}({column}, 3)"
        f" WHEN 4 THEN round{way}({column}, 4) ELSE round{way}({column}, 2) END"
    )


def collect_sums(
    snapshot: Snapshot, sums: dict[Key, Sums], sql: str, parameters: Sequence[object] = ()
) -> dict[Key, Sums]:
    """Add the rows of `sql` to `sums`: its columns but project, currency and whether it runs."""
    projects = projects_of(snapshot)
    frame = snapshot.query_arrow(sql, parameters)
    for row in frame.to_pylist():
        key = (row.pop("project_id"), row.pop("currency"))
        if key not in sums:
            sums[key] = Sums(projects[key[0]], key[1])
        into = sums[key].running if row.pop("is_running") else sums[key].stopped
        into.update({name: value for name, value in row.items() if value is not None})
    return sums


def projects_of(snapshot: Snapshot) -> dict[int, Project]:
    """Return every project by id."""
    rows: list[tuple[Any, ...]] = snapshot.cached_rows(
        "SELECT p.id, p.name, p.client_id, coalesce(c.name, ''), p.is_fixed_fee, p.is_billable,"
        " p.is_active, p.is_known FROM projects AS p LEFT JOIN clients AS c ON c.id = p.client_id"
    )
    return {row[0]: Project(*row) for row in rows}
