"""A question as one SQL statement.

Each fact is summed at its own grain, once per meaning of money; the sums are put one below the
other, added per combination of dimensions, divided, and only then named. So nothing is counted
twice by a join, no ratio is averaged, and names are looked up once per group.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.metrics.dimensions import CURRENCY, Dimension
from dashboard.metrics.facts import rows
from dashboard.metrics.metric import Fact, Measure, Metric, Money, Ratio, facts
from dashboard.metrics.scope import Basis, Scope
from dashboard.store.sql import Sql, around, joined


@dataclass(frozen=True, slots=True)
class Question:
    """Metrics by dimensions over a scope.

    `week_start` and `currency` are the account's; `capacity_currency` is the one currency beside
    which capacity may stand. With `subtotals`, groups of the first dimension alone come as well.
    """

    metrics: tuple[Metric, ...]
    by: tuple[Dimension, ...]
    scope: Scope
    week_start: int
    currency: str | None
    capacity_currency: str | None = None
    subtotals: bool = False

    @property
    def has_money(self) -> bool:
        return any(metric.money for metric in self.metrics)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        keys = tuple(map(_key, self.by))
        return (*keys, "currency") if self.has_money and CURRENCY not in self.by else keys

    @property
    def client_money(self) -> bool:
        """Whether rows are told apart by the clients' currencies, or by the account's alone."""
        return CURRENCY in self.by or any(m.money is Money.CLIENT for m in self.metrics)


@dataclass(frozen=True, slots=True)
class _Sum:
    """One measure to add up; `to_date` leaves out the days after today, as capacity does."""

    measure: Measure
    to_date: bool

    @property
    def name(self) -> str:
        return f"{self.measure.id}_to_date" if self.to_date else self.measure.id

    @property
    def value(self) -> str:
        """The sum as a float, in the statement's last step and not before."""
        name = f"a.{self.name}"
        return f"CAST({name if self.measure.may_be_unknown else f'coalesce({name}, 0)'} AS DOUBLE)"

    def sql(self, basis: Basis, today: date) -> Sql:
        conditions = [Sql(self.measure.condition)]
        if self.to_date:
            conditions.append(Sql("f.day <= ?", (today,)))
        only = joined(" AND ", conditions)
        total = Sql(f"sum({self.measure.summed(basis)})")
        return joined(" ", [total, around("FILTER (WHERE ", only, ")")] if only else [total])


def statement(question: Question) -> Sql:
    """The statement whose rows are the answer, in the order and columns that `Answer` promises."""
    sums = list(dict.fromkeys(s for metric in question.metrics for s in _sums(metric, question)))
    parts = [_part(question, fact, money, sums) for fact, money in _parts(question, sums)]
    tables = [
        around("sums AS (\n", joined("\nUNION ALL\n", parts), "\n)"),
        Sql(f"added AS (\n{_added(question, sums)}\n)"),
        *(_names(dimension) for dimension in question.by),
    ]
    return joined("\n", [around("WITH ", joined(",\n", tables), ""), Sql(_last(question))])


def _sums(metric: Metric, question: Question) -> tuple[_Sum, ...]:
    stops_today = Fact.CAPACITY in facts(metric) and question.scope.end > question.scope.today
    return tuple(
        _Sum(measure, stops_today and measure.fact is not Fact.CAPACITY)
        for measure in metric.measures
    )


def _parts(question: Question, sums: Iterable[_Sum]) -> Iterator[tuple[Fact, Money]]:
    """The sums that can be made in one pass: of one fact, its money in one meaning."""
    return iter(dict.fromkeys((s.measure.fact, _money(question, s.measure)) for s in sums))


def _money(question: Question, measure: Measure) -> Money:
    """Whose currency a measure is told apart by: hours go with the amounts they stand beside."""
    return measure.money or (Money.CLIENT if question.client_money else Money.ACCOUNT)


def _part(question: Question, fact: Fact, money: Money, sums: Sequence[_Sum]) -> Sql:
    scope = question.scope
    columns = [
        around("", dimension.key(question.week_start), f" AS {_key(dimension)}")
        for dimension in question.by
        if dimension is not CURRENCY
    ]
    if "currency" in question.keys:
        columns.append(around("", _currency(question, fact, money), " AS currency"))
    groups = ", ".join(str(position + 1) for position in range(len(columns)))
    for each in sums:
        here = each.measure.fact is fact and _money(question, each.measure) is money
        value = each.sql(scope.basis, scope.today) if here else Sql("NULL")
        columns.append(around("", value, f" AS {each.name}"))
    return joined(
        "\n",
        [
            around("SELECT ", joined(", ", columns), ""),
            rows(fact, scope),
            Sql(f"GROUP BY {groups}" if groups else ""),
        ],
    )


def _currency(question: Question, fact: Fact, money: Money) -> Sql:
    if fact is Fact.CAPACITY:
        return Sql("CAST(? AS VARCHAR)", (question.capacity_currency,))
    if money is Money.ACCOUNT:
        return Sql("CAST(? AS VARCHAR)", (question.currency,))
    return Sql(CURRENCY.column)


def _added(question: Question, sums: Sequence[_Sum]) -> str:
    # Parts have their keys in one order: dimensions, then currency.
    columns = [*question.keys, *(f"sum({each.name}) AS {each.name}" for each in sums)]
    groups = ", ".join(question.keys)
    if question.subtotals:
        inner = _key(question.by[1])
        columns.append(f"1 - grouping({inner}) AS level")
        outer = ", ".join(key for key in question.keys if key != inner)
        groups = f"GROUPING SETS (({outer}), ({groups}))"
    grouped = f"\nGROUP BY {groups}" if groups else ""
    return f"SELECT {', '.join(columns)}\nFROM sums{grouped}"


def _names(dimension: Dimension) -> Sql:
    """The labels of the ids in the answer, made different where names are equal."""
    naming = dimension.naming
    if naming is None:
        return Sql("")
    apart = f"coalesce({naming.qualifier}, CAST(e.id AS VARCHAR))" if naming.qualifier else "e.id"
    return Sql(f"""\
{dimension.id}_names AS (
SELECT id, CASE WHEN count(*) OVER (PARTITION BY label) > 1
    THEN name || ' (' || id || ')' ELSE label END AS label
FROM (
    SELECT e.id AS id, coalesce(e.name, '#' || e.id) AS name,
        CASE WHEN count(*) OVER (PARTITION BY e.name) > 1
            THEN name || ' (' || {apart} || ')' ELSE name
        END AS label
    FROM {naming.table} AS e
    WHERE e.id IN (SELECT {_key(dimension)} FROM added)
))""")


def _last(question: Question) -> str:
    columns: list[str] = ["a.level AS level"] if question.subtotals else []
    order: list[str] = []
    joins: list[str] = []
    for position, dimension in enumerate(question.by):
        inner = question.subtotals and position == 1
        if inner:
            order += ["currency"] if "currency" in question.keys else []
            order.append("level")
        label = _label(dimension)
        columns.append(
            f"{f'CASE WHEN a.level = 1 THEN {label} END' if inner else label}"
            f" AS {_quoted(dimension.id)}"
        )
        order += [_quoted(dimension.id)] if dimension.is_period else _order(dimension)
        if dimension.naming:
            names, key = f"{dimension.id}_names", f"a.{_key(dimension)}"
            columns.append(f"{key} AS {dimension.id}_id")
            joins.append(f"LEFT JOIN {names} ON {names}.id = {key}")
            order.append(f"{dimension.id}_id")
    if "currency" in question.keys and CURRENCY not in question.by:
        columns.append("a.currency AS currency")
        order.append("currency")
    columns += [
        f"{_value(metric, question)} AS {_quoted(metric.id)}" for metric in question.metrics
    ]
    text = "\n".join(["SELECT " + ",\n    ".join(columns), "FROM added AS a", *joins])
    return f"{text}\nORDER BY {', '.join(order)}" if order else text


def _label(dimension: Dimension) -> str:
    key = f"a.{_key(dimension)}"
    if dimension.naming:
        found = f"coalesce({dimension.id}_names.label, '#' || {key})"
        return f"CASE WHEN {key} IS NULL THEN '{dimension.naming.nothing}' ELSE {found} END"
    if dimension.texts:
        yes, no = dimension.texts
        return f"CASE WHEN {key} THEN '{yes}' ELSE '{no}' END"
    return key


def _order(dimension: Dimension) -> list[str]:
    """As people sort: neither case nor accents first."""
    label = _quoted(dimension.id)
    return [f"strip_accents(lower({label}))", label]


def _value(metric: Metric, question: Question) -> str:
    values = [each.value for each in _sums(metric, question)]
    if isinstance(metric, Ratio):
        above, below = values
        return f"{above} / nullif({below}, 0)"
    return values[0]


def _key(dimension: Dimension) -> str:
    """The column of a dimension's value, until it gets its label."""
    return "currency" if dimension is CURRENCY else f"{dimension.id}_key"


def _quoted(name: str) -> str:
    return f'"{name}"'  # `user` is a keyword, and so are units of time
