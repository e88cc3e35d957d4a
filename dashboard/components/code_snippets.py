"""Calls as text to copy: Python, the hosted API, the command line."""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from dashboard.components.text import md_text
from dashboard.metrics.scope import Scope
from harvest_client.entities import ENTITIES, Action, Entity
from harvest_client.search import (
    And,
    AnyOf,
    Filter,
    Not,
    Or,
    Order,
    Search,
    Sort,
    all_of,
    canonical_json,
    field_paths,
    parse,
    searchable_fields,
)
from harvest_client.search.filter_ast import Compare, OneOf
from harvest_client.search.operators import OPERATORS
from harvest_client.search.values import load_json

_EXECUTE = '"https://api.airbyte.ai/api/v1/integrations/connectors/${AIRBYTE_CONNECTOR_ID}/execute"'
_BEARER = '"Authorization: Bearer ${AIRBYTE_ACCESS_TOKEN}"'
_WIDE = 88  # characters of a Python call on one line


@dataclass(frozen=True, slots=True)
class Call:
    """One call: an action of an entity with its parameters, as the connector names them."""

    entity: Entity
    action: Action
    params: dict[str, Any]


def search_call(search: Search) -> Call:
    """The search, without what is so anyway: its primary key at the end of the sort, no filter."""
    query: dict[str, Any] = {}
    if search.filter != And(()):
        query["filter"] = load_json(canonical_json(search.filter))
    if sort := _given_sort(search):
        query["sort"] = [{item.field: item.order.value} for item in sort]
    params: dict[str, Any] = {"query": query, "limit": search.limit}
    if search.fields is not None:
        params["fields"] = list(search.fields)
    return Call(search.entity, Action.SEARCH, params)


def entries_search(where: Filter | None, start: date, end: date) -> Search | None:
    """Return the search for the time entries of a dashboard's filter and days, newest first.

    None where the filter asks about what is recorded elsewhere, such as a person's roles.
    """
    entity = ENTITIES["time_entries"]
    if where is not None and field_paths(where) - searchable_fields(entity).keys():
        return None
    days = [{"gte": {"spent_date": start}}, {"lte": {"spent_date": end}}]
    whole = all_of(where, *(parse(day, entity) for day in days))
    sort = (Sort("spent_date", Order.DESC), Sort("id"))
    return Search(entity, whole, sort)


def list_call(entity: Entity, values: Mapping[str, object], limit: int) -> Call:
    """Return the list with the parameters `given`; the reports must have `from` and `to`."""
    return Call(entity, Action.LIST, {**values, "per_page": limit})


def get_call(entity: Entity, record_id: int | None) -> Call:
    return Call(entity, Action.GET, {} if record_id is None else {"id": record_id})


def python_call(call: Call) -> str:
    """Return the call where `await` may be typed and `harvest` is an `AsyncHarvest`."""
    given = [
        f"{'from_' if name == 'from' else name}={_python_literal(value)}"
        for name, value in call.params.items()
    ]
    head = f"await harvest.{call.entity.name}.{call.action}("
    line = f"{head}{', '.join(given)})"
    if len(line) <= _WIDE:
        return line
    return "\n".join([head, *(f"    {item}," for item in given), ")"])


def curl_call(call: Call) -> str:
    """The call of the hosted API. Connector and token come from the shell, never from here."""
    values = {"entity": call.entity.name, "action": call.action.value, "params": call.params}
    return _join_lines(
        f"curl --location {_EXECUTE}",
        "--header 'Content-Type: application/json'",
        f"--header {_BEARER}",
        f"--data {shlex.quote(json_text(values))}",
    )


def cli_call(call: Call) -> str:
    """Return the call on the command line."""
    parts = [f"python -m harvest_client {call.entity.name} {call.action}"]
    for name, value in call.params.items():
        match name:
            case "id":
                parts[0] += f" {value}"
            case "query":
                if value:
                    parts.append(f"--query {shlex.quote(json_text(value))}")
            case "fields":
                parts.append(f"--fields {shlex.quote(','.join(value))}")
            case _:
                text = json_text(value) if isinstance(value, bool) else str(value)
                parts.append(f"--{name.replace('_', '-')} {shlex.quote(text)}")
    return _join_lines(*parts)


def report_call(
    where: Filter | None, start: date, end: date, metrics: Sequence[str], basis: str = "rounded"
) -> str:
    """Return the numbers of a dashboard under its filter, on the command line."""
    parts = [
        f"python -m dashboard report {','.join(metrics)}",
        f"--from {start.isoformat()} --to {end.isoformat()}",
    ]
    if basis != "rounded":
        parts.append(f"--basis {shlex.quote(basis)}")
    if where is not None:
        parts.append(f"--where {shlex.quote(json_text(load_json(canonical_json(where))))}")
    return _join_lines(*parts)


def api_versions(filter: Filter) -> str:
    """Return those of the hosted API that know every operator of `filter`, such as `A B C`."""
    known = {"A", "B", "C"}
    for name in _filter_operators(filter):
        known &= set(re.findall(r"\b[ABC]\b", OPERATORS[name].generations.partition("(")[0]))
    return " ".join(sorted(known))


def not_hosted(search: Search) -> tuple[str, ...]:
    """Return the parts of the search that the hosted copy can neither filter, sort nor return."""
    there = {field.name for field in search.entity.searchable}
    paths = [*sorted(field_paths(search.filter)), *(sort.field for sort in _given_sort(search))]
    paths += search.fields or ()
    return tuple(dict.fromkeys(path for path in paths if path.partition(".")[0] not in there))


def json_text(value: Any) -> str:
    """JSON on one line with every digit; what cannot be seen is escaped."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            pairs = (f"{json_text(name)}: {json_text(item)}" for name, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ", ".join(map(json_text, value)) + "]"
        case str():
            return "".join(map(_visible_character, json.dumps(value, ensure_ascii=False)))
        case _:
            return json.dumps(value)


def _python_literal(value: Any) -> str:
    """Return a Python literal that is read as the same value."""
    match value:
        case Decimal():
            return repr(float(value))
        case dict() if not _is_exact(value):
            return _python_literal(
                json_text(value)
            )  # a query may be a JSON text, which has all digits
        case dict():
            pairs = (
                f"{_python_literal(name)}: {_python_literal(item)}" for name, item in value.items()
            )
            return "{" + ", ".join(pairs) + "}"
        case list():
            return "[" + ", ".join(map(_python_literal, value)) + "]"
        case str():
            written = json.dumps(value, ensure_ascii=False)
            return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in written)
        case _:
            return repr(value)


def _is_exact(value: Any) -> bool:
    match value:
        case dict():
            return all(map(_is_exact, value.values()))
        case list():
            return all(map(_is_exact, value))
        case Decimal():
            return Decimal(repr(float(value))) == value
        case _:
            return True


def _visible_character(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _given_sort(search: Search) -> tuple[Sort, ...]:
    """Return the sort without the part of the primary key that is added at its end anyway."""
    key = tuple(map(Sort, search.entity.primary_key))
    tail = len(key)
    if tail and search.sort[-tail:] == key:
        return search.sort[:-tail]
    return search.sort


def _filter_operators(filter: Filter) -> set[str]:
    match filter:
        case Compare(operator):
            return {operator.value}
        case OneOf():
            return {"in"}
        case AnyOf(_, part):
            return {"any"} | _filter_operators(part)
        case Not(part):
            return {"not"} | _filter_operators(part)
        case And(parts):
            return set[str]().union(*map(_filter_operators, parts))
        case Or(parts):
            return {"or"}.union(*map(_filter_operators, parts))


def _join_lines(*parts: str) -> str:
    return " \\\n  ".join(parts)


def call_tabs(call: Call, search: Search | None = None) -> None:
    """One call in three languages, and what the hosted API would make of it."""
    in_python, in_curl, as_command = st.tabs(["Python", "Hosted API", "Command"])
    with in_python:
        code_block(python_call(call))
    with in_curl:
        code_block(curl_call(call))
        for note in _call_notes(search) if search else ():
            st.caption(note)
    with as_command:
        code_block(cli_call(call))


def filter_tabs(scope: Scope, metrics: Sequence[str]) -> None:
    """The filter of the dashboards as the command of its numbers, and as a search of its entries.

    The search only where time entries themselves have every field that is asked about.
    """
    search = entries_search(scope.where, scope.start, scope.end)
    names = ["Command", *(["Python", "Hosted API"] if search else [])]
    first, *others = st.tabs(names)
    with first:
        code_block(report_call(scope.where, scope.start, scope.end, metrics, scope.basis.value))
    if search is None:
        st.caption(
            "This filter uses a field time entries do not have, so there is no "
            "equivalent search call."
        )
        return
    call = search_call(search)
    for tab, text in zip(others, (python_call(call), curl_call(call)), strict=True):
        with tab:
            code_block(text)
            st.caption("Returns the time entries behind these figures.")


def _call_notes(search: Search) -> list[str]:
    notes = ["Set your connector ID and token as environment variables."]
    known = api_versions(search.filter)
    if known != "A B C":
        those = f"Only generation {known} knows" if known else "No generation knows"
        notes.append(f"{those} all operators of this filter in this meaning.")
    if missing := not_hosted(search):
        notes.append(f"The hosted copy does not have {md_text(', '.join(missing))}.")
    return notes


def code_block(text: str) -> None:
    """A text to copy, in one colour: Streamlit's for code are too pale on white for WCAG AA."""
    st.code(text, language=None, wrap_lines=True)
