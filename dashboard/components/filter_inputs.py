"""The widget for the value of a condition, by the kind of its field."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

import streamlit as st

from dashboard.web.page_access import callback
from harvest_client.models.fields import Field, FieldType
from harvest_client.search import MAX_VALUES
from harvest_client.search.filter_ast import value_json
from harvest_client.search.values import read

_SAFE = 2**53 - 1  # the largest whole number that a browser counts to
_FIRST, _LAST = date(1900, 1, 1), date(2999, 12, 31)
_WIDTH = 240
_NUMBERS = (FieldType.INTEGER, FieldType.INTEGERS, FieldType.DECIMAL)


Keep = Callable[[Any], None]


def value_input(field: Field, operator: str, value: Any, key: str, keep: Keep) -> None:
    """Draw the widget with `value` in it; `keep` is given what is typed, None for nothing.

    What a widget cannot hold exactly (a second, a large number) is typed as text. What was typed
    and is no value of the field is kept as the text it is, to be refused by the parser.
    """
    kind = field.kind
    if operator == "in":
        _many_input(field, value or (), f"{key}_many", keep)
    elif kind is FieldType.BOOLEAN and isinstance(value, bool | None):
        _flag_input(value, f"{key}_flag", keep)
    elif kind in (FieldType.INTEGER, FieldType.INTEGERS) and _is_countable(value):
        _integer_input(value, f"{key}_integer", keep)
    elif kind is FieldType.DECIMAL and _is_float(value):
        _decimal_input(value, f"{key}_decimal", keep)
    elif kind is FieldType.DATE and (value is None or _is_in_calendar(value)):
        _day_input(value, f"{key}_day", keep)
    elif kind is FieldType.TIMESTAMP and (value is None or _is_minute(value)):
        _instant_input(value, f"{key}_instant", keep)
    elif field.choices and operator in ("eq", "neq"):
        _choice_input(field, value, f"{key}_choice", keep)
    else:
        _text_input(field, value, f"{key}_text", keep)


def as_text(value: Any) -> str:
    """A value as it is typed: a text as it is, everything else as in JSON, without quotes."""
    return value if isinstance(value, str) else value_json(value).strip('"')


def from_text(kind: FieldType, text: str) -> Any:
    """Return the value of a field of that kind that was typed; the text itself where it is none."""
    result: Any = text
    if kind in _NUMBERS:
        try:
            result = int(text) if kind is not FieldType.DECIMAL else Decimal(text)
        except (ValueError, InvalidOperation):
            return text
    elif kind is FieldType.BOOLEAN:
        result = {"true": True, "false": False}.get(text, text)
    try:
        return read(kind, result)
    except ValueError:
        return text


def _many_input(field: Field, values: Sequence[Any], key: str, keep: Keep) -> None:
    chosen = [as_text(value) for value in values]

    def read_all(texts: list[str]) -> Any:
        return tuple(from_text(field.kind, text) for text in texts) or None

    st.multiselect(
        "Values",
        list(dict.fromkeys([*_field_choices(field), *chosen])),
        accept_new_options=field.kind is not FieldType.BOOLEAN,
        max_selections=MAX_VALUES,
        placeholder="Type a value and press Enter",
        width=_WIDTH,
        **_input_state(key, chosen, keep, read_all),
    )


def _flag_input(value: Any, key: str, keep: Keep) -> None:
    st.segmented_control(
        "Value", [True, False], format_func=_yes_or_no, **_input_state(key, value, keep)
    )


def _yes_or_no(value: bool) -> str:
    return "true" if value else "false"


def _integer_input(value: Any, key: str, keep: Keep) -> None:
    st.number_input(
        "Value", min_value=-_SAFE, max_value=_SAFE, value=None, step=1, width=_WIDTH,
        **_input_state(key, value, keep),
    )  # fmt: skip


def _decimal_input(value: Any, key: str, keep: Keep) -> None:
    shown = None if value is None else float(value)
    st.number_input(
        "Value", value=None, step=0.25, format="%g", width=_WIDTH,
        **_input_state(key, shown, keep, lambda found: Decimal(repr(float(found)))),
    )  # fmt: skip


def _day_input(value: Any, key: str, keep: Keep) -> None:
    st.date_input(
        "Day", value=None, min_value=_FIRST, max_value=_LAST, format="YYYY-MM-DD", width=_WIDTH,
        **_input_state(key, value, keep),
    )  # fmt: skip


def _instant_input(value: Any, key: str, keep: Keep) -> None:
    shown = None if value is None else value.astimezone(UTC).replace(tzinfo=None)
    st.datetime_input(
        "Instant (UTC)", value=None, min_value=datetime.combine(_FIRST, time()),
        max_value=datetime.combine(_LAST, time()), format="YYYY-MM-DD", step=60, width=_WIDTH,
        **_input_state(key, shown, keep, lambda found: found.replace(tzinfo=UTC)),
    )  # fmt: skip


def _choice_input(field: Field, value: Any, key: str, keep: Keep) -> None:
    options = list(dict.fromkeys([*field.choices, *([value] if value is not None else [])]))
    st.selectbox(
        "Value", options, index=None, accept_new_options=True, width=_WIDTH,
        **_input_state(key, value, keep),
    )  # fmt: skip


def _text_input(field: Field, value: Any, key: str, keep: Keep) -> None:
    is_text = field.kind in (FieldType.TEXT, FieldType.TEXTS)

    def read_one(text: str) -> Any:
        return from_text(field.kind, text) if text or is_text else None

    shown = "" if value is None else as_text(value)
    st.text_input(
        "Value", max_chars=1_000, width=_WIDTH, **_input_state(key, shown, keep, read_one)
    )


def _input_state(
    key: str, value: Any, keep: Keep, taken: Callable[[Any], Any] | None = None
) -> dict[str, Any]:
    """A widget's key and callback. It gets its value here: one not drawn has forgotten it."""
    st.session_state[key] = value

    def on_change() -> None:
        result = st.session_state[key]
        keep(taken(result) if taken and result is not None else result)

    return {"key": key, "on_change": callback(on_change)}


def _field_choices(field: Field) -> Sequence[str]:
    return ("true", "false") if field.kind is FieldType.BOOLEAN else field.choices


def _is_countable(value: Any) -> bool:
    return value is None or (isinstance(value, int) and abs(value) <= _SAFE)


def _is_float(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, Decimal | int) and Decimal(repr(float(value))) == value


def _is_in_calendar(value: Any) -> bool:
    return isinstance(value, date) and _FIRST <= value <= _LAST


def _is_minute(value: Any) -> bool:
    if not isinstance(value, datetime) or not _is_in_calendar(value.date()):
        return False
    return value == value.replace(second=0, microsecond=0)
