"""A question as one SQL statement.

Each fact is summed at its own grain, once per meaning of money; the sums are put one below the
other, added per combination of dimensions, divided, and only then named. So nothing is counted
twice by a join, no ratio is averaged, and names are looked up once per group.
"""

from collections.abc import Iterator, Mapping, Sequence

from dashboard.metrics.dimensions import CURRENCY, DAY, Dimension, starts_of_periods
from dashboard.metrics.facts import AGES, SPANS, rows
from dashboard.metrics.metric import Fact, Money, Window
from dashboard.metrics.question import Question as Question
from dashboard.metrics.question import key_of
from dashboard.metrics.sums import Part, Sum, sums, value
from dashboard.store.sql import Sql, around, filled, joined


def statement(question: Question) -> Sql:
    """The statement whose rows are the answer, in the order and columns that `Answer` promises.

    But for names: those that are equal are yet to be told apart.
    """
    wanted = list(dict.fromkeys(s for metric in question.metrics for s in sums(metric, question)))
    parts = dict.fromkeys(each.part(question) for each in wanted)
    pieces = [_part(question, part, wanted) for part in parts]
    tables = [
        _spans(question) if question.has_spans else Sql(""),
        *_sums(question, joined("\nUNION ALL\n", pieces)),
        around("added AS (\n", _added(question, wanted), "\n)"),
    ]
    return joined("\n", [around("WITH ", joined(",\n", tables), ""), _last(question)])


def _sums(question: Question, pieces: Sql) -> list[Sql]:
    """The sums, which come by days where that is less work than to work out each row's period."""
    if not _is_by_day(question):
        return [around("sums AS (\n", pieces, "\n)")]
    (key,) = map(key_of, question.by)
    # A balance has its period already, of which the first day is in the same one.
    (period,) = _keys(question, question.by, {"day": Sql(key)})
    named = around("sums AS (SELECT * REPLACE (", period, ") FROM by_day)")
    return [around("by_day AS (\n", pieces, "\n)"), named]


def _is_by_day(question: Question) -> bool:
    """Whether rows are grouped by nothing but a period: then days are few, and rows many."""
    return len(question.by) == 1 and question.by[0].is_period and question.by[0] is not DAY


def _spans(question: Question) -> Sql:
    """The periods asked by: the last day of each that has begun, and how many of its days have."""
    scope = question.scope
    keys = _keys(question, question.periods, {"day": Sql("d.day")})
    groups = _groups(len(keys))
    # A balance is known today, also for a period that is all ahead.
    first = scope.start if question.periods else min(scope.start, scope.last)
    days = Sql(
        "(SELECT CAST(unnest(generate_series(CAST(? AS DATE), CAST(? AS DATE), INTERVAL 1 DAY))"
        " AS DATE) AS day) AS d",
        (first, scope.last),
    )
    return joined(
        "",
        [
            Sql(f"{SPANS} AS (\nSELECT "),
            joined(", ", [*keys, Sql("max(d.day) AS as_of"), Sql("count(*) AS days")]),
            Sql("\nFROM "),
            days,
            Sql(f"\n{groups}\n)" if groups else "\n)"),
        ],
    )


def _part(question: Question, part: Part, wanted: Sequence[Sum]) -> Sql:
    scope = question.scope
    balance = part.window is Window.AS_OF
    as_of = Sql("s.as_of" if balance else part.day)
    context = {"day": as_of, "as_of": as_of, "today": Sql("CAST(? AS DATE)", (scope.today,))}
    context["age"] = filled(AGES.get(part.fact, ""), context)
    dimensions = [dimension for dimension in question.by if dimension is not CURRENCY]
    if _is_by_day(question) and not balance:
        columns = [Sql(f"{part.day} AS {key_of(question.by[0])}")]
    else:
        columns = _keys(question, dimensions, context)
    if "currency" in question.keys:
        columns.append(around("", _currency(question, part), " AS currency"))
    groups = _groups(len(columns))
    here = [each for each in wanted if each.part(question) == part]
    for each in wanted:
        made = each.sql(question, as_of) if each in here else Sql("NULL")
        columns.append(around("", made, f" AS {each.name}"))
    if question.totals:
        columns.append(Sql(f"{str(not balance).lower()} AS moves"))
    # What was settled long ago is no group of a balance; in a course over time it is a 0.
    settled = groups and balance and not question.periods
    having = " OR ".join(f"{each.name} <> 0" for each in here) if settled else ""
    return joined(
        "\n",
        [
            around("SELECT ", joined(", ", columns), ""),
            rows(part.fact, scope, window=part.window, day=part.day, among=part.among),
            Sql(groups),
            Sql(f"HAVING {having}" if having else ""),
        ],
    )


def _keys(
    question: Question, dimensions: Sequence[Dimension], context: Mapping[str, Sql]
) -> list[Sql]:
    context = {**context, **starts_of_periods(question.week_start, question.scope.fiscal_start)}
    return [
        around("", filled(dimension.column, context), f" AS {key_of(dimension)}")
        for dimension in dimensions
    ]


def _groups(columns: int) -> str:
    return f"GROUP BY {', '.join(str(n + 1) for n in range(columns))}" if columns else ""


def _currency(question: Question, part: Part) -> Sql:
    if part.fact is Fact.CAPACITY:
        return Sql("CAST(? AS VARCHAR)", (question.capacity_currency,))
    if part.money is Money.ACCOUNT:
        return Sql("CAST(? AS VARCHAR)", (question.currency,))
    return Sql(CURRENCY.column)


def _added(question: Question, wanted: Sequence[Sum]) -> Sql:
    # Parts have their keys in one order: dimensions, then currency.
    if question.totals:
        return _with_totals(question, wanted)
    columns = [*question.keys, *(f"sum({each.name}) AS {each.name}" for each in wanted)]
    groups = ", ".join(question.keys)
    if question.subtotals:
        inner = key_of(question.by[-1])
        columns.append(f"1 - grouping({inner}) AS level")
        groups = _two_levels(question, inner)
    grouped = f"\nGROUP BY {groups}" if groups else ""
    return Sql(f"SELECT {', '.join(columns)}\nFROM sums{grouped}")


def _two_levels(question: Question, inner: str) -> str:
    outer = ", ".join(key for key in question.keys if key != inner)
    return f"GROUPING SETS (({outer}), ({', '.join(question.keys)}))"


def _with_totals(question: Question, wanted: Sequence[Sum]) -> Sql:
    """Of the whole scope, movements are the sum over its periods, balances those of the last."""
    (step,) = question.by
    key = key_of(step)
    (last,) = _keys(question, [step], {"day": Sql("CAST(? AS DATE)", (question.scope.last,))})
    balances = [each.name for each in wanted if each.measure.window is Window.AS_OF]
    sums = [
        f"CASE WHEN grouping({key}) = 0 THEN sum({name}) ELSE {_at_last(name, key)} END AS {name}"
        if name in balances
        else f"sum({name}) AS {name}"
        for name in (each.name for each in wanted)
    ]
    columns = [*question.keys, *sums, f"1 - grouping({key}) AS level"]
    # As without periods, what was settled long ago is no group.
    some = " OR ".join(
        [f"grouping({key}) = 0", "bool_or(moves)"]
        + [f"{_at_last(name, key)} <> 0" for name in balances]
    )
    return joined(
        "\n",
        [
            Sql(f"SELECT {', '.join(columns)}"),
            around("FROM sums, (SELECT ", last, ") AS l(last_key)"),
            Sql(f"GROUP BY {_two_levels(question, key)}"),
            Sql(f"HAVING {some}"),
        ],
    )


def _at_last(name: str, key: str) -> str:
    return f"sum({name}) FILTER (WHERE {key} = last_key)"


def _last(question: Question) -> Sql:
    columns: list[Sql] = [Sql("a.level AS level")] if question.has_levels else []
    order: list[str] = ["level"] if question.totals else []
    joins: list[str] = []
    for position, dimension in enumerate(question.by):
        inner = question.subtotals and position == len(question.by) - 1
        if inner:
            order += ["currency"] if "currency" in question.keys else []
            order.append("level")
        label = _label(dimension)
        columns.append(
            Sql(
                f"{f'CASE WHEN a.level = 1 THEN {label} END' if inner else label}"
                f" AS {_quoted(dimension.id)}"
            )
        )
        order += _order(dimension)
        if dimension.naming:
            names, key = f"{dimension.id}_names", f"a.{key_of(dimension)}"
            columns.append(Sql(f"{key} AS {dimension.id}_id"))
            named = f"(SELECT e.id, e.name FROM {dimension.naming.table} AS e)"
            joins.append(f"LEFT JOIN {named} AS {names} ON {names}.id = {key}")
            order.append(f"{dimension.id}_id")
    if "currency" in question.keys and CURRENCY not in question.by:
        columns.append(Sql("a.currency AS currency"))
        order.append("currency")
    if question.has_spans:
        same = " AND ".join(f"s.{key} = a.{key}" for key in map(key_of, question.periods))
        joins.append(f"LEFT JOIN {SPANS} AS s ON {same or 'true'}")
    columns += [
        around("", value(metric, question), f" AS {_quoted(metric.id)}")
        for metric in question.metrics
    ]
    text = joined(
        "\n",
        [
            around("SELECT ", joined(",\n    ", columns), ""),
            Sql("FROM added AS a"),
            *map(Sql, joins),
        ],
    )
    return around("", text, f"\nORDER BY {', '.join(order)}") if order else text


def _label(dimension: Dimension) -> str:
    key = f"a.{key_of(dimension)}"
    if dimension.naming:
        found = f"coalesce({dimension.id}_names.name, '#' || {key})"
        return f"CASE WHEN {key} IS NULL THEN '{dimension.naming.nothing}' ELSE {found} END"
    if dimension.texts:
        yes, no = dimension.texts
        return f"CASE WHEN {key} THEN '{yes}' ELSE '{no}' END"
    return key


def _order(dimension: Dimension) -> Iterator[str]:
    label = _quoted(dimension.id)
    if dimension.values:
        listed = ", ".join(f"'{value}'" for value in dimension.values)
        yield f"list_position([{listed}], {label})"
    elif not dimension.is_period:
        # As people sort: neither case nor accents first.
        yield f"strip_accents(lower({label}))"
    yield label


def _quoted(name: str) -> str:
    return f'"{name}"'  # `user` is a keyword, and so are units of time
