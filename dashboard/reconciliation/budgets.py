"""Budgets in Harvest's report: their size, and the sums that use them up."""

from datetime import date
from decimal import Decimal
from itertools import product

from dashboard.reconciliation.sums import (
    Key,
    Sums,
    amount_columns,
    collect_sums,
    entries_sql,
    projects_of,
)
from dashboard.store.snapshots import Snapshot

_STATES = {"invoiced": "l.state IS DISTINCT FROM 'draft'", "drafted": "l.state = 'draft'"}
_UNTIL = {"": "true", "_in_time": "l.day <= $last"}
_LINES = {"": "NOT l.is_expense", "_with_expenses": "true"}
_SUMS = {
    f"fee_{state}{until}{lines}": " AND ".join((_STATES[state], _UNTIL[until], _LINES[lines]))
    for state, until, lines in product(_STATES, _UNTIL, _LINES)
}
_FEES = f"""\
SELECT p.id AS project_id, p.currency AS currency, k.starts_on AS starts_on, k.fee AS fee,
    {", ".join(f"coalesce(sum(l.amount) FILTER ({rows}), 0) AS {n}" for n, rows in _SUMS.items())}
FROM projects AS p
JOIN records.projects AS k ON k.id = p.id
CROSS JOIN visibility AS v
LEFT JOIN invoice_line_facts AS l
    ON l.project_id = p.id AND l.currency IS NOT DISTINCT FROM p.currency AND NOT l.is_retainer
WHERE p.is_fixed_fee AND (k.fee > 0 OR k.fee IS NULL AND v.rates <> 'all')
GROUP BY ALL
"""


def add_fees(snapshot: Snapshot, sums: dict[Key, Sums], last: date) -> dict[Key, Sums]:
    """Add each fixed fee to `sums`, but of projects that start after `last`.

    The names are `fee`, and `fee_invoiced` and `fee_drafted`; after these `_in_time` for lines up
    to `last`, and `_with_expenses` for all lines in place of those for work.
    """
    projects = projects_of(snapshot)
    rows = snapshot.rows(_FEES.replace("$last", f"DATE '{last.isoformat()}'"))
    for project_id, currency, starts_on, *amounts in rows:
        if starts_on is None or starts_on <= last:
            key = (project_id, currency)
            into = sums.setdefault(key, Sums(projects[project_id], currency)).stopped
            if amounts[0] is None:
                into["hidden"] = Decimal(1)  # the token does not see the fee
            else:
                into.update(zip(("fee", *_SUMS), amounts, strict=True))
    return sums


_BUDGETS = """\
budgets AS (
    SELECT k.id AS id, p.currency AS currency,
        k.budget_by IN ('project', 'task', 'person') AS is_hours,
        k.budget_by = 'project_cost' AND coalesce(k.cost_budget_include_expenses, false)
            AS with_expenses,
        CASE WHEN k.budget_is_monthly THEN CAST(date_trunc('month', $today) AS DATE)
            ELSE least(k.starts_on, CAST(k.created_at AS DATE)) END < $since AS began_before,
        CASE WHEN k.budget_is_monthly THEN CAST(date_trunc('month', $today) AS DATE)
            ELSE DATE '0001-01-01' END AS first_day,
        CASE WHEN k.budget_is_monthly
            THEN CAST(date_trunc('month', $today) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE)
            ELSE DATE '9999-12-31' END AS last_day,
        -- Tasks or people that have a budget of their own; NULL where the project has it.
        CASE
            WHEN k.budget_by IN ('task', 'task_fees') THEN (
                SELECT list(a.task.id) FROM records.task_assignments AS a
                WHERE a.project.id = k.id AND a.budget IS NOT NULL
            )
        END AS tasks,
        CASE
            WHEN k.budget_by = 'person' THEN (
                SELECT list(a.user.id) FROM records.user_assignments AS a
                WHERE a.project.id = k.id AND a.budget IS NOT NULL
            )
        END AS people,
        CASE k.budget_by
            WHEN 'project' THEN k.budget
            WHEN 'project_cost' THEN k.cost_budget
            WHEN 'person' THEN (
                SELECT sum(a.budget) FROM records.user_assignments AS a WHERE a.project.id = k.id
            )
            ELSE (SELECT sum(a.budget) FROM records.task_assignments AS a WHERE a.project.id = k.id)
        END AS size
    FROM records.projects AS k
    JOIN projects AS p ON p.id = k.id
    WHERE k.budget_by IS NOT NULL AND k.budget_by <> 'none'
)
"""
_SIZES = "SELECT b.id, b.currency, b.is_hours, b.size, b.began_before FROM budgets AS b"
_TIME = """\
SELECT b.id AS project_id, b.currency AS currency, e.is_running AS is_running,
    CAST(count(*) FILTER (e.is_rate_hidden) AS DECIMAL(18, 0)) AS hidden, {sums}
FROM budgets AS b
JOIN entries AS e ON e.project_id = b.id AND e.day BETWEEN b.first_day AND b.last_day
GROUP BY ALL
"""
_EXPENSES = """\
SELECT b.id AS project_id, b.currency AS currency, false AS is_running, {sums}
FROM budgets AS b
JOIN expense_facts AS e ON e.project_id = b.id AND e.day BETWEEN b.first_day AND b.last_day
WHERE b.with_expenses
GROUP BY ALL
"""
_ON_BUDGETS = (
    "(b.tasks IS NULL OR list_contains(b.tasks, e.task_id))"
    " AND (b.people IS NULL OR list_contains(b.people, e.user_id))"
)
_KINDS = {
    f"{kind}{of}": f"{condition} AND {on}"
    for kind, condition in {
        "marked": "e.is_budgeted", "billable": "e.is_budgeted AND e.billable", "all": "true",
    }.items()
    for of, on in {"": "true", "_on_budgets": _ON_BUDGETS}.items()
}  # fmt: skip
_EXPENSE_KINDS = {"all": "true", "billable": "e.billable"}
_DAYS = {"": "e.day <= $today", "_ahead": "e.day > $today"}


def budget_sums(snapshot: Snapshot, first: date, last: date) -> dict[Key, Sums]:
    """Return the budgets of all projects as of `last`, which is today, by project and currency.

    `is_hours` is there where a budget is in hours, `began_before` where some of what was spent may
    be from before the first day stored. A monthly budget counts the month of `last`.
    """
    today, since = f"DATE '{last.isoformat()}'", snapshot.meta.since
    budgets = _BUDGETS.replace("$today", today).replace(
        "$since", f"DATE '{since.isoformat()}'" if since else "CAST(NULL AS DATE)"
    )
    projects = projects_of(snapshot)
    sums: dict[Key, Sums] = {}
    for project_id, currency, is_hours, size, began_before in snapshot.rows(
        f"WITH {budgets}{_SIZES}"
    ):
        result = sums[project_id, currency] = Sums(projects[project_id], currency)
        if is_hours:
            result.stopped["is_hours"] = Decimal(1)
        if began_before:
            result.stopped["began_before"] = Decimal(1)
        if size is not None:
            result.stopped["budget"] = size
    time = [
        column
        for kind, condition in _KINDS.items()
        for end, days in _DAYS.items()
        for column in (
            f"sum(e.rounded_hours) FILTER ({condition} AND {days}) AS {kind}_hours{end}",
            *amount_columns(f"{kind}_fees", "e.amount", f"{condition} AND {days}", end),
        )
    ]
    expenses = [
        column
        for kind, condition in _EXPENSE_KINDS.items()
        for end, days in _DAYS.items()
        for column in amount_columns(f"{kind}_expenses", "e.amount", f"{condition} AND {days}", end)
    ]
    for statement, columns in (
        (f"{entries_sql(snapshot)}, {budgets}{_TIME}", time),
        (f"WITH {budgets}{_EXPENSES}", expenses),
    ):
        sql = statement.format(sums=", ".join(columns)).replace("$today", today)
        collect_sums(snapshot, sums, sql)
    return sums
