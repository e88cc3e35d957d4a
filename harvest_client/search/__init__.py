"""The connector's search: its filter language, and what a search asks and answers."""

from harvest_client.search.cursor import Cursor
from harvest_client.search.document import MAX_VALUES, parse, parse_text
from harvest_client.search.errors import SearchError
from harvest_client.search.evaluate import matches
from harvest_client.search.field_paths import Fields, searchable_fields
from harvest_client.search.filter_ast import (
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
    canonical_json,
    field_paths,
    iterate_conjuncts,
)
from harvest_client.search.query import (
    LocalSearch,
    Order,
    Search,
    SearchMeta,
    SearchPage,
    Sort,
    read_search,
    search_digest,
)
from harvest_client.search.wire_format import ApiVersion, WireQuery, write_query

__all__ = [
    "MAX_VALUES",
    "And",
    "AnyOf",
    "Compare",
    "LocalSearch",
    "Cursor",
    "Fields",
    "Filter",
    "ApiVersion",
    "Not",
    "OneOf",
    "Operator",
    "Or",
    "Order",
    "WireQuery",
    "Search",
    "SearchError",
    "SearchMeta",
    "SearchPage",
    "Sort",
    "Value",
    "all_of",
    "canonical_json",
    "iterate_conjuncts",
    "field_paths",
    "search_digest",
    "matches",
    "parse",
    "parse_text",
    "write_query",
    "read_search",
    "searchable_fields",
]
