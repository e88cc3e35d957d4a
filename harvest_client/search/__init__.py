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
from harvest_client.search.cursor import Cursor
from harvest_client.search.document import MAX_VALUES, parse, parse_text
from harvest_client.search.faults import SearchError
from harvest_client.search.generations import Generation, Printed, printed
from harvest_client.search.matching import matches
from harvest_client.search.query import (
    Copy,
    Order,
    Search,
    SearchMeta,
    SearchPage,
    Sort,
    fingerprint,
    read_search,
)

__all__ = [
    "MAX_VALUES",
    "And",
    "AnyOf",
    "Compare",
    "Copy",
    "Cursor",
    "Fields",
    "Filter",
    "Generation",
    "Not",
    "OneOf",
    "Operator",
    "Or",
    "Order",
    "Printed",
    "Search",
    "SearchError",
    "SearchMeta",
    "SearchPage",
    "Sort",
    "Value",
    "all_of",
    "canonical",
    "conjuncts",
    "fields",
    "fingerprint",
    "matches",
    "parse",
    "parse_text",
    "printed",
    "read_search",
    "searchable",
]
