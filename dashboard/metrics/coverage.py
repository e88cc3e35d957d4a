"""How much of a number is known, and the sentences that say so."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from dashboard.metrics.facts import rows
from dashboard.metrics.metric import Fact, Gap, Measure, Money, Total, Window, totals
from dashboard.metrics.numbers import number
from dashboard.metrics.question import Question
from dashboard.metrics.scope import Scope
from dashboard.metrics.sums import Aspect, Sum
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, around, joined

_FIRST = date(1000, 1, 1)


def gaps(snapshot: Snapshot, question: Question) -> frozenset[Gap]:
    """The gaps of the metrics asked for that there are anywhere in the account."""
    each = {measure.gap: measure.fact for m in question.metrics for measure in m.measures}
    return frozenset(
        gap
        for gap, fact in each.items()
        if gap and snapshot.once(f"SELECT 1 FROM {fact} AS f WHERE {gap.unknown} LIMIT 1")
    )


def unknown(snapshot: Snapshot, question: Question) -> Iterator[str]:
    """What of the numbers asked for is not known, and why."""
    measures: dict[Measure, list[str]] = {}
    for metric in question.metrics:
        # Of cost, a total says itself how much is known.
        covered = any(total.coverage for total in totals(metric))
        for measure in metric.measures:
            is_said = covered and measure.money is Money.ACCOUNT
            if measure.gap in question.gaps and not is_said:
                measures.setdefault(measure, []).append(metric.label)
    told: dict[str, list[str]] = {}
    for measure, labels in measures.items():
        if says := _gap(snapshot, measure, question.scope):
            told.setdefault(says, []).extend(labels)
    for says, labels in told.items():
        yield f"{', '.join(dict.fromkeys(labels))}: {says}"
    for total in dict.fromkeys(t for metric in question.metrics for t in totals(metric)):
        yield from _total(snapshot, total, question)


def _gap(snapshot: Snapshot, measure: Measure, scope: Scope) -> str:
    """What of a measure with a gap is known in scope; empty where all is."""
    gap = measure.gap
    assert gap
    balance = measure.window is Window.AS_OF
    days = replace(scope, start=min(scope.start, _FIRST), end=scope.last) if balance else scope
    question = Question((measure,), (), scope, 0, None, gaps=frozenset({gap}))
    as_of = Sql("CAST(? AS DATE)", (scope.last,))
    sums = (Sum(measure, aspect=aspect).sql(question, as_of) for aspect in list(Aspect)[1:])
    each = joined(", ", (around("CAST(coalesce(", one, ", 0) AS DOUBLE)") for one in sums))
    found = rows(measure.fact, days, day=measure.day, among=measure.among)
    ((known, not_known),) = snapshot.once(*joined(" ", [Sql("SELECT"), each, found]))
    if not not_known:
        return ""
    share = percent(snapshot, known / (known + not_known))
    return f"known for {share} of {gap.of}, as {gap.why}."


def percent(snapshot: Snapshot, share: float) -> str:
    """A part as the account writes it, not rounded up: 99.96 % are not all."""
    shown = min(round(share * 100, 1), 99.9)
    return f"{number(snapshot, shown, digits=0 if shown.is_integer() else 1)} %"


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
            yield (
                f"{total.label} counts no cost for hours without a cost rate: it is known for"
                f" {percent(snapshot, covered)} of the hours."
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
