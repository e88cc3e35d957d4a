"""Sentences that must be shown with an answer's numbers."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from dashboard.access.rights import Right
from dashboard.metrics.completeness import FIRST, complete_since, shortfalls
from dashboard.metrics.dimensions import day_label
from dashboard.metrics.facts import followed, rows
from dashboard.metrics.metric import Fact, Total, totals
from dashboard.metrics.numbers import number
from dashboard.metrics.question import Question
from dashboard.metrics.scope import Scope
from dashboard.metrics.visible import only_people
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, joined

_PAID = frozenset({Fact.PAYMENTS, Fact.RECEIVABLES})
_TIME = frozenset({Fact.TIME, Fact.UNINVOICED_TIME})


def notes(snapshot: Snapshot, question: Question) -> tuple[str, ...]:
    """What to say beside the answer to `question`, each thing once."""
    scope, asked = question.scope, question.facts
    found = [one.sentence for lacking in shortfalls(snapshot, question).values() for one in lacking]
    if asked & _TIME:
        found += _derived(snapshot, scope)
    if Fact.CAPACITY in asked:
        found += _capacity(scope)
        found += only_people(snapshot.viewer)
        found += _seen(snapshot, scope)
    if question.has_balance:
        found += _balance(question)
    if Fact.BUDGETS in asked:
        found += _budgets(snapshot, question)
        found += _reported(snapshot, scope)
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


def _reported(snapshot: Snapshot, scope: Scope) -> Iterator[str]:
    """What was used of budgets before the first day stored, where Harvest's report says it."""
    since = complete_since(snapshot, Fact.BUDGETS)
    if since is None or not snapshot.holds("completeness"):
        return
    ever = replace(scope, start=min(scope.start, FIRST))
    counts = Sql("SELECT count(DISTINCT f.project_id) FILTER (f.is_reported)")
    ((count,),) = snapshot.once(*joined("\n", [counts, rows(Fact.BUDGETS, ever)]))
    if count:
        budgets = "one budget" if count == 1 else f"{count} budgets"
        yield (
            f"What {budgets} used before {day_label(since)} is taken from Harvest's budget report,"
            " less what is stored."
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
        others = _currencies(snapshot, total, question) - {question.currency}
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
