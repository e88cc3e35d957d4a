"""The connector's filter language in SQL: every value bound, every name from a table of ours."""

from collections.abc import Mapping
from datetime import UTC, datetime

from dashboard.store.sql import Sql, around, joined
from harvest_client.search.conditions import And, Compare, Filter, Not, OneOf, Operator, Or

_TEMPLATES = {
    Operator.EQ: "{} = ?",
    Operator.NEQ: "{} IS DISTINCT FROM ?",  # true where the field is null
    Operator.GT: "{} > ?",
    Operator.GTE: "{} >= ?",
    Operator.LT: "{} < ?",
    Operator.LTE: "{} <= ?",
    Operator.LIKE: r"lower({}) LIKE lower(?) ESCAPE '\'",
    Operator.STARTSWITH: "starts_with(lower({}), lower(?))",
    Operator.ENDSWITH: "ends_with(lower({}), lower(?))",
    Operator.CONTAINS: "contains(lower({}), lower(?))",
    Operator.ARRAY_CONTAINS: "list_contains({}, ?)",
}
_NULL = {Operator.EQ: "{} IS NULL", Operator.NEQ: "{} IS NOT NULL"}
_ESCAPED = str.maketrans({"\\": r"\\", "_": r"\_"})


def condition(filter: Filter, columns: Mapping[str, str]) -> Sql:
    """What is true of the rows that `filter` selects; null never is.

    `columns` gives the SQL expression of each path; the paths of `filter` must be among them.
    """
    match filter:
        case Compare():
            return _comparison(filter, columns[filter.field])
        case OneOf():
            marks = ", ".join("?" * len(filter.values))
            return Sql(f"{columns[filter.field]} IN ({marks})", tuple(map(_bound, filter.values)))
        case Not():
            # NOT would be null, and so lose the row, where a field is null.
            return around("(", condition(filter.part, columns), ") IS NOT TRUE")
        case And(()):
            return Sql("true")
        case And():
            return joined(" AND ", (_nested(part, columns) for part in filter.parts))
        case Or():
            return joined(" OR ", (_nested(part, columns) for part in filter.parts))


def _nested(part: Filter, columns: Mapping[str, str]) -> Sql:
    return around("(", condition(part, columns), ")")


def _comparison(compare: Compare, column: str) -> Sql:
    if compare.value is None:
        return Sql(_NULL[compare.operator].format(column))
    value = compare.value
    if compare.operator is Operator.LIKE and isinstance(value, str):
        value = value.translate(_ESCAPED)
    return Sql(_TEMPLATES[compare.operator].format(column), (_bound(value),))


def _bound(value: object) -> object:
    # Instants are stored in UTC without a zone.
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
