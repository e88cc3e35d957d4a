"""Known part of a number, and the sentences that state it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from dashboard.metrics.aggregates import Aggregate, Aspect
from dashboard.metrics.fact_filters import rows
from dashboard.metrics.labels import number_text
from dashboard.metrics.metric import Fact, Gap, Measure, Money, SumMetric, TimeWindow, totals_of
from dashboard.metrics.query import MetricQuery
from dashboard.metrics.scope import Scope
from dashboard.store.snapshots import Snapshot
from dashboard.store.sql import Sql, sql_join, sql_wrap

_FIRST = date(1000, 1, 1)


def find_gaps(snapshot: Snapshot, question: MetricQuery) -> frozenset[Gap]:
    """Return the gaps of the metrics asked for that there are anywhere in the account."""
    item = {measure.gap: measure.fact for m in question.metrics for measure in m.measures}
    return frozenset(
        gap
        for gap, fact in item.items()
        if gap and snapshot.cached_rows(f"SELECT 1 FROM {fact} AS f WHERE {gap.unknown} LIMIT 1")
    )


def unknown_sentences(snapshot: Snapshot, question: MetricQuery) -> Iterator[str]:
    """Yield sentences on the unknown part of the numbers of a query, with the reason."""
    measures: dict[Measure, list[str]] = {}
    for metric in question.metrics:
        # Of cost, a total says itself how much is known.
        covered = any(total.coverage for total in totals_of(metric))
        for measure in metric.measures:
            is_said = covered and measure.money is Money.ACCOUNT
            if measure.gap in question.gaps and not is_said:
                measures.setdefault(measure, []).append(metric.label)
    values: dict[str, list[str]] = {}
    for measure, labels in measures.items():
        if says := _gap_sentence(snapshot, measure, question.scope):
            values.setdefault(says, []).extend(labels)
    for says, labels in values.items():
        yield f"{', '.join(dict.fromkeys(labels))}: {says}"
    for total in dict.fromkeys(t for metric in question.metrics for t in totals_of(metric)):
        yield from _total_sentences(snapshot, total, question)


def _gap_sentence(snapshot: Snapshot, measure: Measure, scope: Scope) -> str:
    """Return a sentence on the unknown part of a measure in scope; empty if all is known."""
    gap = measure.gap
    assert gap
    balance = measure.window is TimeWindow.AS_OF
    days = replace(scope, start=min(scope.start, _FIRST), end=scope.last) if balance else scope
    question = MetricQuery((measure,), (), scope, 0, None, gaps=frozenset({gap}))
    as_of = Sql("CAST(? AS DATE)", (scope.last,))
    sums = (
        Aggregate(measure, aspect=aspect).to_sql(question, as_of) for aspect in list(Aspect)[1:]
    )
    item = sql_join(", ", (sql_wrap("CAST(coalesce(", item, ", 0) AS DOUBLE)") for item in sums))
    result = rows(measure.fact, days, day=measure.day, among=measure.base_filter)
    ((known, not_known),) = snapshot.cached_rows(*sql_join(" ", [Sql("SELECT"), item, result]))
    if not not_known:
        return ""
    share = format_percent(snapshot, known / (known + not_known))
    return f"known for {share} of {gap.of}, as {gap.why}."


def format_percent(snapshot: Snapshot, share: float) -> str:
    """Return a part as the account writes it, not rounded up: 99.96 % are not all."""
    shown = min(round(share * 100, 1), 99.9)
    return f"{number_text(snapshot, shown, digits=0 if shown.is_integer() else 1)} %"


def _total_sentences(snapshot: Snapshot, total: SumMetric, question: MetricQuery) -> Iterator[str]:
    if total.is_mixed:
        paid = _unknown_currencies(snapshot, total, question)
        others = {item for item in paid if item is None or item != question.currency}
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
        covered = _find_coverage(snapshot, total, question)
        if covered is not None and covered < 1:
            yield (
                f"{total.label} counts no cost for hours without a cost rate: it is known for"
                f" {format_percent(snapshot, covered)} of the hours."
            )


def _unknown_currencies(
    snapshot: Snapshot, total: SumMetric, question: MetricQuery
) -> set[str | None]:
    parts: Iterable[Fact] = dict.fromkeys(part.fact for part in total.parts)
    item = (
        sql_join("\n", [Sql("SELECT f.currency AS currency"), rows(fact, question.scope)])
        for fact in parts
    )
    union = sql_join("\nUNION\n", item)
    return {currency for (currency,) in snapshot.cached_rows(*union)}


def _find_coverage(snapshot: Snapshot, total: SumMetric, question: MetricQuery) -> float | None:
    assert total.coverage
    known, whole = total.coverage.measures
    basis = question.scope.basis
    sums = Sql(
        f"SELECT CAST(sum({known.value_sql(basis)})"
        f" FILTER (WHERE {known.filter_sql(basis)}) AS DOUBLE),"
        f" CAST(sum({whole.value_sql(basis)}) AS DOUBLE)"
    )
    ((covered, hours),) = snapshot.cached_rows(
        *sql_join("\n", [sums, rows(Fact.TIME, question.scope)])
    )
    return (covered or 0.0) / hours if hours else None
