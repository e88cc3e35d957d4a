"""The connector's search: its filter language, and what a search asks and answers."""

from harvest_client.search.conditions import (
    And,
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
from harvest_client.search.document import (
    MAX_VALUES,
    Fields,
    SearchError,
    parse,
    parse_text,
    searchable,
)

__all__ = [
    "MAX_VALUES",
    "And",
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
