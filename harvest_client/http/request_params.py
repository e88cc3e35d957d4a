"""A call's parameters, checked against the entity table and spelled as Harvest reads them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from harvest_client.entities import Entity, Parameter, Rate
from harvest_client.errors import UsageError
from harvest_client.models.fields import FieldType

LARGEST_PAGE = 2000
LONGEST_REPORT = 365  # days, both ends counted: a leap year is too long

_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}", re.ASCII)


def list_query(entity: Entity, values: Mapping[str, object]) -> str:
    """Return the query string of a list; raises `UsageError` for what Harvest would not understand.

    What is a part of the path is checked and left out. `from_` stands for `from`, which Python
    keeps for itself. A parameter that is None is left out.
    """
    checked = list_values(entity, {"per_page": LARGEST_PAGE, **_check_names(values)})
    for parameter in entity.parameters:
        if parameter.required and parameter.name not in checked:
            why = (
                "there is no list of all."
                if parameter.name in entity.in_path
                else f"a report has a window of at most {LONGEST_REPORT} days."
            )
            raise UsageError(f"{entity.name} needs {parameter.name}: {why}")
    _check_length(entity, checked)
    request = {name: value for name, value in checked.items() if name not in entity.in_path}
    return urlencode({name: _encode_value(entity, value) for name, value in request.items()})


def list_values(entity: Entity, arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters of a list, each converted to the type of its parameter.

    Raises `UsageError` for a parameter that the list does not take and for what is no value of one.
    What is missing is left for `list_query` to say.
    """
    values = _check_names(arguments)
    known = {parameter.name: parameter for parameter in entity.parameters}
    for name in values:
        if name not in known:
            raise UsageError.unknown_name(f"{entity.name} takes no parameter", name, known)
    checked = {name: _check_value(entity, known[name], value) for name, value in values.items()}
    first, last = checked.get("from"), checked.get("to")
    if isinstance(first, date) and isinstance(last, date) and first > last:
        raise UsageError(f"{entity.name}: from ({first}) is later than to ({last}).")
    return checked


def list_path(entity: Entity, values: Mapping[str, object]) -> str:
    """The path of a list, with whose records it has filled in; see `list_query` for the rest."""
    assert entity.path
    return entity.path.format(**{name: record_id(entity, values[name]) for name in entity.in_path})


def path_values(entity: Entity, path: str) -> dict[str, int]:
    """Return the values that fill the path of the list of `entity` at `path`."""
    pairs = zip((entity.path or "").split("/"), path.split("/"), strict=True)
    return {name[1:-1]: int(value) for name, value in pairs if name.startswith("{")}


def split_report_window(entity: Entity, arguments: Mapping[str, object]) -> list[dict[str, object]]:
    """The calls that a call stands for: several where a report's window is longer than Harvest's.

    Windows are consecutive, oldest first, none longer than `LONGEST_REPORT` days. What is wrong
    with a window is left for `list_query` to say.
    """
    values = _check_names(arguments)
    first, last = _parse_day(values.get("from")), _parse_day(values.get("to"))
    if not entity.sums or first is None or last is None:
        return [values]
    windows = []
    while first + timedelta(days=LONGEST_REPORT) <= last:
        end = first + timedelta(days=LONGEST_REPORT - 1)
        windows.append({**values, "from": first, "to": end})
        first = end + timedelta(days=1)
    return [*windows, {**values, "from": first, "to": last}]


def record_id(entity: Entity, value: object) -> int:
    """Return the id of one record; text of digits is accepted for callers that only have text."""
    number = _parse_integer(value)
    if number is None or number < 1:
        raise UsageError(f"{entity.name}: an id is a positive whole number, not {value!r}.")
    return number


def _check_names(values: Mapping[str, object]) -> dict[str, object]:
    if "from" in values and "from_" in values:
        raise UsageError("from and from_ are the same parameter: give one.")
    return {
        "from" if name == "from_" else name: value
        for name, value in values.items()
        if value is not None
    }


def _check_value(entity: Entity, parameter: Parameter, given: object) -> object:
    value: object
    match parameter.kind:
        case FieldType.INTEGER:
            value, wanted = _parse_count(parameter.name, given)
        case FieldType.BOOLEAN:
            value, wanted = _parse_flag(given), "True or False"
        case FieldType.DATE:
            value, wanted = _parse_day(given), "a day such as 2026-01-31"
        case FieldType.TIMESTAMP:
            value, wanted = (
                _parse_instant(given),
                "an instant with its zone, such as 2026-01-31T08:00Z",
            )
        case _:
            value, wanted = _parse_text(given), "some text"
    if value is None:
        raise UsageError(f"{entity.name}: {parameter.name} is {wanted}, not {given!r}.")
    return value


def _check_length(entity: Entity, checked: Mapping[str, object]) -> None:
    first, last = checked.get("from"), checked.get("to")
    if not (isinstance(first, date) and isinstance(last, date)):
        return
    days = (last - first).days + 1
    if entity.rate is Rate.REPORTS and days > LONGEST_REPORT:
        raise UsageError(
            f"{entity.name}: {first} to {last} are {days} days; a report has at most "
            f"{LONGEST_REPORT}."
        )


def _encode_value(entity: Entity, value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            # Cut to the second, which asks for a little more rather than a little less.
            return value.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
        case date() if entity.rate is Rate.REPORTS:
            return value.isoformat().replace("-", "")
        case _:
            return str(value)


def _parse_integer(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _parse_count(name: str, value: object) -> tuple[int | None, str]:
    number = _parse_integer(value)
    if name == "per_page":
        fits = number is not None and 1 <= number <= LARGEST_PAGE
        return (number if fits else None), f"1 to {LARGEST_PAGE}"
    return (number if number is not None and number >= 1 else None), "a positive whole number"


def _parse_flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))


def _parse_text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _parse_day(value: object) -> date | None:
    # An instant is no day: which one it is depends on a zone that nobody named.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _parse_instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(instant, datetime) and instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return None
