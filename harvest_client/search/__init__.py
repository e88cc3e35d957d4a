"""The connector's search: its filter language, and what a search asks and answers."""

from harvest_client.search.addressing import Fields, searchable
from harvest_client.search.conditions import (
    And,
    AnyOf,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    Value,
    all_of,
    canonical,
    conjuncts,
    fields,
)
from harvest_client.search.document import MAX_VALUES, parse, parse_text
from harvest_client.search.faults import SearchError

__all__ = [
    "MAX_VALUES",
    "And",
    "AnyOf",
    "Compare",
    "Fields",
    "Filter",
    "Not",
    "OneOf",
    "Operator",
    "Or",
    "SearchError",
    "Value",
    "all_of",
    "canonical",
    "conjuncts",
    "fields",
    "parse",
    "parse_text",
    "searchable",
]
