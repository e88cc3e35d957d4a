"""Sentences that must be shown with an answer's numbers."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from dashboard.access.rights import Right
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.facts import followed, rows
from dashboard.metrics.metric import Fact, Total, totals
from dashboard.metrics.numbers import number
from dashboard.metrics.question import Question
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import only_people
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, around, joined

_FIRST = date(1000, 1, 1)
_BEGAN = """\
SELECT
    count(*) FILTER (WHERE CASE
        WHEN r.budget_is_monthly THEN CAST(? AS DATE)
        ELSE coalesce(r.starts_on, CAST(timezone(?, timezone('UTC', r.created_at)) AS DATE))
    END < CAST(? AS DATE)) AS older,
    count(*) AS budgets
FROM records.projects AS r
JOIN"""
_ACTIVE = "AS b ON b.id = r.id WHERE r.is_active"
_PAID = frozenset({Fact.PAYMENTS, Fact.RECEIVABLES})


def notes(snapshot: Snapshot, question: Question) -> tuple[str, ...]:
    """What to say beside the answer to `question`, each thing once."""
    scope, asked = question.scope, question.facts
    found: list[str] = []
    if Fact.TIME in asked:
        found += _derived(snapshot, scope)
    if Fact.CAPACITY in asked:
        found += _capacity(scope)
        found += only_people(snapshot.viewer)
        found += _seen(snapshot, scope)
    if question.has_balance:
        found += _balance(question)
    if Fact.BUDGETS in asked:
        found += _budgets(snapshot, question)
        found += _older(snapshot, scope)
    if asked & _PAID:
        found += _reconstructed(snapshot, scope)
    for total in dict.fromkeys(t for metric in question.metrics for t in totals(metric)):
        found += _total(snapshot, total, question)
    return tuple(dict.fromkeys(found))


def _derived(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    until = snapshot.meta.derived_until
    if until is not None and scope.start <= until:
        yield (
            f"Up to {day_label(until)} the source has neither rounded hours nor rates for most"
            " entries: they are derived from the account's rules as they are now. The data page"
            " shows how far off that is."
        )


def _capacity(scope: Scope) -> Iterator[str]:
    rest = followed(Fact.CAPACITY, scope.where).rest
    if rest:
        yield (
            "Share of capacity spent on this selection: capacity is not recorded per "
            f"{' or '.join(sorted(rest))}, so all of it counts."
        )
    if scope.end > scope.today:
        yield f"Capacity and what is divided by it count up to {day_label(scope.today)}."


def _seen(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    until = _latest(_reconstructed_days(snapshot, Fact.CAPACITY), scope.start, scope.last)
    if until is not None and followed(Fact.CAPACITY, scope.where).where:
        ours = rows(Fact.CAPACITY, scope, among="f.is_reconstructed")
        ((until,),) = snapshot.rows(*joined("\n", [Sql("SELECT max(f.day)"), ours]))
    if until is not None:
        yield (
            f"Up to {day_label(until)} capacity, roles and contracts are as they were when first"
            " seen after it: Harvest keeps no history of them."
        )


def _budgets(snapshot: Snapshot, question: Question) -> Iterator[str]:
    if not snapshot.viewer.may({Right.RATES}):
        yield f"Not visible to you: budgets in money. They need {Right.RATES}."
    ((known_from,),) = snapshot.once("SELECT max(known_from) FROM budget_facts")
    scope = question.scope
    if known_from is not None and (scope.last < known_from or question.periods):
        yield (
            f"Sizes of budgets before {day_label(known_from)} are as they were when first seen:"
            " Harvest keeps no history of them."
        )


def _older(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    """What was spent before the first day stored is missing in budgets that began earlier."""
    since = snapshot.meta.since
    if since is None or not snapshot.holds_records:
        return
    ever = replace(scope, start=min(scope.start, _FIRST))
    budgets = around("(SELECT DISTINCT f.project_id AS id\n", rows(Fact.BUDGETS, ever), ")")
    began = Sql(_BEGAN, (scope.last.replace(day=1), snapshot.meta.zone or "UTC", since))
    ((older, of),) = snapshot.rows(*joined("\n", [began, budgets, Sql(_ACTIVE)]))
    if older:
        yield (
            f"Time and expenses before {day_label(since)} are not stored, and {older} of {of}"
            " budgets of active projects began before: what is used of them may be more, and what"
            " is left less, than is shown."
        )


def _balance(question: Question) -> Iterator[str]:
    scope = question.scope
    if scope.end != scope.today:
        today = ", today" if scope.last == scope.today else ""
        yield f"Balances are as of {day_label(scope.last)}{today}."
    # Budgets are as they were, where that is known: see below.
    if (scope.end < scope.today or question.periods) and question.facts != {Fact.BUDGETS}:
        yield (
            "Balances before today are made of amounts, due dates and states as they are today:"
            " Harvest keeps no history of them."
        )


def _reconstructed(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    days = _reconstructed_days(snapshot, Fact.PAYMENTS)
    if _latest(days, scope.start, scope.end) is None:
        return
    ours = joined(
        "\n",
        [
            Sql("SELECT 1 FROM (SELECT f.is_reconstructed AS is_reconstructed"),
            rows(Fact.PAYMENTS, scope),
            Sql(") WHERE is_reconstructed LIMIT 1"),
        ],
    )
    if not followed(Fact.PAYMENTS, scope.where).where or snapshot.rows(*ours):
        yield (
            "Some payments are reconstructed from their invoices, which tell the last day of"
            " payment but not the parts before it: those are dated when the invoice last changed."
        )


def _reconstructed_days(snapshot: Snapshot, fact: Fact) -> list[date]:
    """All days with a row of `fact` that is reconstructed, in order."""
    found = snapshot.once(
        f"SELECT DISTINCT f.day FROM {fact} AS f"
        " WHERE f.is_reconstructed AND f.day IS NOT NULL ORDER BY f.day"
    )
    return [day for (day,) in found]


def _latest(days: list[date], first: date, last: date) -> date | None:
    """The last of the ordered `days` that is in the period."""
    place = bisect_right(days, last)
    return days[place - 1] if place and days[place - 1] >= first else None


def _total(snapshot: Snapshot, total: Total, question: Question) -> Iterator[str]:
    if total.is_mixed:
        paid = _currencies(snapshot, total, question)
        others = {one for one in paid if one is None or one != question.currency}
        names = ", ".join(sorted(other or "none" for other in others))
        if others and question.currency is None:
            yield (
                f"Harvest does not tell which currency cost is in, so {total.label.lower()} is"
                f" unknown for amounts in {names}: set HARVEST_CURRENCY."
            )
        elif others:
            yield (
                f"Cost is in {question.currency}, so {total.label.lower()} is unknown for amounts"
                f" in {names}."
            )
    if total.coverage:
        covered = _coverage(snapshot, total, question)
        if covered is not None and covered < 1:
            # Not rounded up: 99.96 % are not all.
            share = min(round(covered * 100, 1), 99.9)
            told = number(snapshot, share, digits=0 if share.is_integer() else 1)
            yield (
                f"{total.label} counts no cost for hours without a cost rate: it is known for"
                f" {told} % of the hours."
            )


def _currencies(snapshot: Snapshot, total: Total, question: Question) -> set[str | None]:
    parts: Iterable[Fact] = dict.fromkeys(part.fact for part in total.parts)
    each = (
        joined("\n", [Sql("SELECT f.currency AS currency"), rows(fact, question.scope)])
        for fact in parts
    )
    union = joined("\nUNION\n", each)
    return {currency for (currency,) in snapshot.once(*union)}


def _coverage(snapshot: Snapshot, total: Total, question: Question) -> float | None:
    assert total.coverage
    known, whole = total.coverage.measures
    basis = question.scope.basis
    sums = Sql(
        f"SELECT CAST(sum({known.summed(basis)}) FILTER (WHERE {known.counted(basis)}) AS DOUBLE),"
        f" CAST(sum({whole.summed(basis)}) AS DOUBLE)"
    )
    ((covered, hours),) = snapshot.once(*joined("\n", [sums, rows(Fact.TIME, question.scope)]))
    return (covered or 0.0) / hours if hours else None
