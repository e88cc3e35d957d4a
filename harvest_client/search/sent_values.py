"""Values as a hosted API compares them: numbers as numbers, days and instants as ISO texts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from harvest_client.search.conditions import Operator, Value

Sent = bool | int | float | str

_SECOND = timedelta(seconds=1)


def exact_value(value: Value) -> Sent | None:
    """Return the value that equals `value` alone; None if JSON has none."""
    match value:
        case Decimal():
            number = int(value) if value == int(value) else float(value)
            return number if Decimal(repr(number)) == value else None
        case datetime():
            return None if value.microsecond else _instant_text(value)
        case date():
            return value.isoformat()
        case _:
            return value


def widen_comparison(operator: Operator, value: Value) -> tuple[Operator, Sent] | None:
    """A comparison with a whole second that is true wherever the one asked for is."""
    if not isinstance(value, datetime):
        return None
    second = value.replace(microsecond=0)
    if operator in (Operator.GT, Operator.GTE):
        return Operator.GTE, _instant_text(second)
    if (
        operator in (Operator.LT, Operator.LTE)
        and second < datetime.max.replace(tzinfo=UTC) - _SECOND
    ):
        return operator, _instant_text(second + _SECOND)
    return None


def _instant_text(instant: datetime) -> str:
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
