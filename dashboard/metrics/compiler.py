"""A question as one SQL statement.

Each fact is summed at its own grain, once per meaning of money; the sums are put one below the
other, added per combination of dimensions, divided, and only then named. So nothing is counted
twice by a join, no ratio is averaged, and names are looked up once per group.
"""

from collections.abc import Iterator, Mapping, Sequence

from dashboard.metrics.aggregates import Aggregate, AggregationPass, aggregates_of, value_expression
from dashboard.metrics.dimensions import CURRENCY, DAY, Dimension, starts_of_periods
from dashboard.metrics.fact_filters import AGES, SPANS, rows
from dashboard.metrics.metric import Fact, Money, TimeWindow
from dashboard.metrics.query import MetricQuery as MetricQuery
from dashboard.metrics.query import key_of
from dashboard.store.sql import Sql, sql_format, sql_join, sql_wrap


def compile_query(question: MetricQuery) -> Sql:
    """The statement whose rows are the answer, in the order and columns that `Answer` promises.

    But for names: those that are equal are yet to be told apart.
    """
    wanted = list(
        dict.fromkeys(s for metric in question.metrics for s in aggregates_of(metric, question))
    )
    parts = dict.fromkeys(item.pass_of(question) for item in wanted)
    pieces = [_pass_sql(question, part, wanted) for part in parts]
    tables = [
        _spans_sql(question) if question.has_spans else Sql(""),
        *_aggregate_sql(question, sql_join("\nUNION ALL\n", pieces)),
        sql_wrap("added AS (\n", _added_sql(question, wanted), "\n)"),
    ]
    return sql_join(
        "\n", [sql_wrap("WITH ", sql_join(",\n", tables), ""), _last_step_sql(question)]
    )


def _aggregate_sql(question: MetricQuery, pieces: Sql) -> list[Sql]:
    """The sums, which come by days where that is less work than to work out each row's period."""
    if not _is_by_day(question):
        return [sql_wrap("sums AS (\n", pieces, "\n)")]
    (key,) = map(key_of, question.by)
    # A balance has its period already, of which the first day is in the same one.
    (period,) = _key_columns(question, question.by, {"day": Sql(key)})
    named = sql_wrap("sums AS (SELECT * REPLACE (", period, ") FROM by_day)")
    return [sql_wrap("by_day AS (\n", pieces, "\n)"), named]


def _is_by_day(question: MetricQuery) -> bool:
    """Return whether rows are grouped by a period alone: then days are few, and rows many."""
    return len(question.by) == 1 and question.by[0].is_period and question.by[0] is not DAY


def _spans_sql(question: MetricQuery) -> Sql:
    """The periods asked by: the last day of each that has begun, and how many of its days have."""
    scope = question.scope
    keys = _key_columns(question, question.periods, {"day": Sql("d.day")})
    groups = _group_by(len(keys))
    # A balance is known today, also for a period that is all ahead.
    first = scope.start if question.periods else min(scope.start, scope.last)
    days = Sql(
        "(SELECT CAST(unnest(generate_series(CAST(? AS DATE), CAST(? AS DATE), INTERVAL 1 DAY))"
        " AS DATE) AS day) AS d",
        (first, scope.last),
    )
    return sql_join(
        "",
        [
            Sql(f"{SPANS} AS (\nSELECT "),
            sql_join(", ", [*keys, Sql("max(d.day) AS as_of"), Sql("count(*) AS days")]),
            Sql("\nFROM "),
            days,
            Sql(f"\n{groups}\n)" if groups else "\n)"),
        ],
    )


def _pass_sql(question: MetricQuery, part: AggregationPass, wanted: Sequence[Aggregate]) -> Sql:
    scope = question.scope
    balance = part.window is TimeWindow.AS_OF
    as_of = Sql("s.as_of" if balance else part.day)
    context = {"day": as_of, "as_of": as_of, "today": Sql("CAST(? AS DATE)", (scope.today,))}
    context["age"] = sql_format(AGES.get(part.fact, ""), context)
    dimensions = [dimension for dimension in question.by if dimension is not CURRENCY]
    if _is_by_day(question) and not balance:
        columns = [Sql(f"{part.day} AS {key_of(question.by[0])}")]
    else:
        columns = _key_columns(question, dimensions, context)
    if "currency" in question.keys:
        columns.append(sql_wrap("", _currency_sql(question, part), " AS currency"))
    groups = _group_by(len(columns))
    here = [item for item in wanted if item.pass_of(question) == part]
    for item in wanted:
        made = item.to_sql(question, as_of) if item in here else Sql("NULL")
        columns.append(sql_wrap("", made, f" AS {item.name}"))
    if question.totals:
        columns.append(Sql(f"{str(not balance).lower()} AS moves"))
    # What was settled long ago is no group of a balance; in a course over time it is a 0.
    settled = groups and balance and not question.periods
    there = [item.name for item in here if item.is_amount_of_group] if settled else []
    having = " OR ".join(f"{name} <> 0" for name in there)
    return sql_join(
        "\n",
        [
            sql_wrap("SELECT ", sql_join(", ", columns), ""),
            rows(part.fact, scope, window=part.window, day=part.day, among=part.among),
            Sql(groups),
            Sql(f"HAVING {having}" if having else ""),
        ],
    )


def _key_columns(
    question: MetricQuery, dimensions: Sequence[Dimension], context: Mapping[str, Sql]
) -> list[Sql]:
    context = {**context, **starts_of_periods(question.week_start, question.scope.fiscal_start)}
    return [
        sql_wrap("", sql_format(dimension.column, context), f" AS {key_of(dimension)}")
        for dimension in dimensions
    ]


def _group_by(columns: int) -> str:
    return f"GROUP BY {', '.join(str(n + 1) for n in range(columns))}" if columns else ""


def _currency_sql(question: MetricQuery, part: AggregationPass) -> Sql:
    if part.fact is Fact.CAPACITY:
        return Sql("CAST(? AS VARCHAR)", (question.capacity_currency,))
    if part.money is Money.ACCOUNT:
        return Sql("CAST(? AS VARCHAR)", (question.currency,))
    return Sql(CURRENCY.column)


def _added_sql(question: MetricQuery, wanted: Sequence[Aggregate]) -> Sql:
    # Parts have their keys in one order: dimensions, then currency.
    if question.totals:
        return _with_totals(question, wanted)
    columns = [*question.keys, *(f"sum({item.name}) AS {item.name}" for item in wanted)]
    groups = ", ".join(question.keys)
    if question.subtotals:
        inner = key_of(question.by[-1])
        columns.append(f"1 - grouping({inner}) AS level")
        groups = _two_levels(question, inner)
    grouped = f"\nGROUP BY {groups}" if groups else ""
    return Sql(f"SELECT {', '.join(columns)}\nFROM sums{grouped}")


def _two_levels(question: MetricQuery, inner: str) -> str:
    outer = ", ".join(key for key in question.keys if key != inner)
    return f"GROUPING SETS (({outer}), ({', '.join(question.keys)}))"


def _with_totals(question: MetricQuery, wanted: Sequence[Aggregate]) -> Sql:
    """Of the whole scope, movements are the sum over its periods, balances those of the last."""
    (step,) = question.by
    key = key_of(step)
    (last,) = _key_columns(
        question, [step], {"day": Sql("CAST(? AS DATE)", (question.scope.last,))}
    )
    last_sums = {
        item: f"sum({item.name}) FILTER (WHERE {key} = last_key)"
        for item in wanted
        if item.measure.window is TimeWindow.AS_OF
    }
    sums = (
        f"CASE WHEN grouping({key}) = 0 THEN sum({item.name}) ELSE {last_sums[item]} END"
        if item in last_sums
        else f"sum({item.name})"
        for item in wanted
    )
    named = (f"{made} AS {item.name}" for made, item in zip(sums, wanted, strict=True))
    columns = [*question.keys, *named, f"1 - grouping({key}) AS level"]
    # As without periods, what was settled long ago is no group.
    there = (f"{made} <> 0" for item, made in last_sums.items() if item.is_amount_of_group)
    some = " OR ".join([f"grouping({key}) = 0", "bool_or(moves)", *there])
    return sql_join(
        "\n",
        [
            Sql(f"SELECT {', '.join(columns)}"),
            sql_wrap("FROM sums, (SELECT ", last, ") AS l(last_key)"),
            Sql(f"GROUP BY {_two_levels(question, key)}"),
            Sql(f"HAVING {some}"),
        ],
    )


def _last_step_sql(question: MetricQuery) -> Sql:
    columns: list[Sql] = [Sql("a.level AS level")] if question.has_levels else []
    order: list[str] = ["level"] if question.totals else []
    joins: list[str] = []
    for position, dimension in enumerate(question.by):
        inner = question.subtotals and position == len(question.by) - 1
        if inner:
            order += ["currency"] if "currency" in question.keys else []
            order.append("level")
        label = _label_column(dimension)
        columns.append(
            Sql(
                f"{f'CASE WHEN a.level = 1 THEN {label} END' if inner else label}"
                f" AS {_quote_name(dimension.id)}"
            )
        )
        order += _order_columns(dimension)
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
        sql_wrap("", value_expression(metric, question), f" AS {_quote_name(metric.id)}")
        for metric in question.metrics
    ]
    text = sql_join(
        "\n",
        [
            sql_wrap("SELECT ", sql_join(",\n    ", columns), ""),
            Sql("FROM added AS a"),
            *map(Sql, joins),
        ],
    )
    return sql_wrap("", text, f"\nORDER BY {', '.join(order)}") if order else text


def _label_column(dimension: Dimension) -> str:
    key = f"a.{key_of(dimension)}"
    if dimension.naming:
        result = f"coalesce({dimension.id}_names.name, '#' || {key})"
        return f"CASE WHEN {key} IS NULL THEN '{dimension.naming.nothing}' ELSE {result} END"
    if dimension.texts:
        yes, no = dimension.texts
        return f"CASE WHEN {key} THEN '{yes}' ELSE '{no}' END"
    return key


def _order_columns(dimension: Dimension) -> Iterator[str]:
    label = _quote_name(dimension.id)
    if dimension.values:
        listed = ", ".join(f"'{value}'" for value in dimension.values)
        yield f"list_position([{listed}], {label})"
    elif not dimension.is_period:
        # As people sort: neither case nor accents first.
        yield f"strip_accents(lower({label}))"
    yield label


def _quote_name(name: str) -> str:
    return f'"{name}"'  # `user` is a keyword, and so are units of time
