"""Sentences that must be shown with an answer's numbers."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from dashboard.access.rights import Right
from dashboard.metrics.completeness import FIRST, complete_since, find_shortfalls
from dashboard.metrics.coverage import unknown_sentences
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.fact_filters import rows, split_filter
from dashboard.metrics.metric import Fact
from dashboard.metrics.permissions import only_people
from dashboard.metrics.query import MetricQuery
from dashboard.metrics.scope import Scope
from dashboard.metrics.staffing import without_capacity
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join

_HIDDEN = """\
SELECT count(*) FROM records.projects AS r, visibility AS v
WHERE v.rates <> 'all' AND r.is_active AND r.budget_by IN ('project_cost', 'task_fees')
    AND NOT EXISTS (SELECT 1 FROM budget_facts AS f WHERE f.project_id = r.id)"""
_PAID = frozenset({Fact.PAYMENTS, Fact.RECEIVABLES, Fact.RETAINERS})
_TIME = frozenset({Fact.TIME, Fact.UNINVOICED_TIME})


def notes_for(snapshot: Snapshot, question: MetricQuery) -> tuple[str, ...]:
    """Return the notes of the result of `question`, each once."""
    scope, requested = question.scope, question.facts
    matches = [
        item.sentence
        for lacking in find_shortfalls(snapshot, question).values()
        for item in lacking
    ]
    if requested & _TIME:
        matches += _derived_notes(snapshot, scope)
    if Fact.CAPACITY in requested:
        matches += _capacity_notes(scope)
        matches += only_people(snapshot.viewer)
        matches += _first_seen_notes(snapshot, scope)
        matches += without_capacity(snapshot, question)
    if question.has_balance:
        matches += _balance_notes(question)
    if Fact.BUDGETS in requested:
        matches += _budget_notes(snapshot, question)
        matches += _reported_notes(snapshot, scope)
    if requested & _PAID:
        matches += _reconstructed_notes(snapshot, scope)
    matches += unknown_sentences(snapshot, question)
    return tuple(dict.fromkeys(matches))


def _derived_notes(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    until = snapshot.meta.derived_until
    if until is not None and scope.start <= until:
        yield (
            f"Up to {day_label(until)} the source has neither rounded hours nor rates for most"
            " entries: they are derived from the account's rules as they are now. The data page"
            " shows how far off that is."
        )


def _capacity_notes(scope: Scope) -> Iterator[str]:
    rest = split_filter(Fact.CAPACITY, scope.where).rest
    if rest:
        yield (
            "Share of capacity spent on this selection: capacity is not recorded per "
            f"{' or '.join(sorted(rest))}, so all of it counts."
        )
    if scope.end > scope.today:
        yield f"Capacity and what is divided by it count up to {day_label(scope.today)}."


def _first_seen_notes(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    until = _latest_day(_reconstructed_days(snapshot, Fact.CAPACITY), scope.start, scope.last)
    if until is not None and split_filter(Fact.CAPACITY, scope.where).where:
        ours = rows(Fact.CAPACITY, scope, among="f.is_reconstructed")
        ((until,),) = snapshot.rows(*sql_join("\n", [Sql("SELECT max(f.day)"), ours]))
    if until is not None:
        yield (
            f"Up to {day_label(until)} capacity, roles and contracts are as they were when first"
            " seen after it: Harvest keeps no history of them."
        )


def _budget_notes(snapshot: Snapshot, question: MetricQuery) -> Iterator[str]:
    if not snapshot.viewer.has_rights({Right.RATES}):
        yield f"Not visible to you: budgets in money. They need {Right.RATES}."
    elif hidden := _hidden_budgets(snapshot):
        yield (
            f"The access token may not see the budget in money of {hidden}"
            f" {'project' if hidden == 1 else 'projects'}: they are left out."
        )
    ((known_from,),) = snapshot.cached_rows("SELECT max(known_from) FROM budget_facts")
    scope = question.scope
    if known_from is not None and (scope.last < known_from or question.periods):
        yield (
            f"Sizes of budgets before {day_label(known_from)} are as they were when first seen:"
            " Harvest keeps no history of them."
        )


def _hidden_budgets(snapshot: Snapshot) -> int:
    """Return the number of active projects with a budget in money that this token cannot see."""
    if not snapshot.holds_records:
        return 0
    ((count,),) = snapshot.cached_rows(_HIDDEN)
    return int(count)


def _reported_notes(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    """Yield a note on budgets whose use before the first day stored is from Harvest's report."""
    since = complete_since(snapshot, Fact.BUDGETS)
    if since is None or not snapshot.has_table("completeness"):
        return
    ever = replace(scope, start=min(scope.start, FIRST))
    counts = Sql("SELECT count(DISTINCT f.project_id) FILTER (f.is_reported)")
    ((count,),) = snapshot.cached_rows(*sql_join("\n", [counts, rows(Fact.BUDGETS, ever)]))
    if count:
        budgets = "one budget" if count == 1 else f"{count} budgets"
        yield (
            f"What {budgets} used before {day_label(since)} is taken from Harvest's budget report,"
            " less what is stored."
        )


def _balance_notes(question: MetricQuery) -> Iterator[str]:
    scope = question.scope
    if scope.end != scope.today:
        today = ", today" if scope.last == scope.today else ""
        yield f"Balances are as of {day_label(scope.last)}{today}."
    # Budgets are as they were, where that is known: see below.
    if (scope.end < scope.today or question.periods) and question.facts != {Fact.BUDGETS}:
        yield (
            "Past balances are recalculated from today's invoice data (Harvest keeps no history)."
        )


def _reconstructed_notes(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    days = _reconstructed_days(snapshot, Fact.PAYMENTS)
    if _latest_day(days, scope.start, scope.end) is None:
        return
    ours = sql_join(
        "\n",
        [
            Sql("SELECT 1 FROM (SELECT f.is_reconstructed AS is_reconstructed"),
            rows(Fact.PAYMENTS, scope),
            Sql(") WHERE is_reconstructed LIMIT 1"),
        ],
    )
    if not split_filter(Fact.PAYMENTS, scope.where).where or snapshot.rows(*ours):
        yield (
            "Some partial-payment dates are estimated: only the final payment date "
            "is known for these invoices."
        )


def _reconstructed_days(snapshot: Snapshot, fact: Fact) -> list[date]:
    """Return all days with a row of `fact` that is reconstructed, in order."""
    result = snapshot.cached_rows(
        f"SELECT DISTINCT f.day FROM {fact} AS f"
        " WHERE f.is_reconstructed AND f.day IS NOT NULL ORDER BY f.day"
    )
    return [day for (day,) in result]


def _latest_day(days: list[date], first: date, last: date) -> date | None:
    """Return the last of the ordered `days` that is in the period."""
    place = bisect_right(days, last)
    return days[place - 1] if place and days[place - 1] >= first else None
