"""The page about the search language, from the table of its operators."""

from harvest_client.models.fields import FieldType
from harvest_client.search.document import MAX_CONDITIONS, MAX_DEPTH, MAX_VALUES
from harvest_client.search.operators import OPERATORS, OperatorSpec
from harvest_client.search.projection import MAX_FIELDS, MAX_SORT
from harvest_client.search.query import DEFAULT_LIMIT, MAX_LIMIT
from harvest_client.search.values import MAX_DOCUMENT, MAX_TEXT

_KINDS = tuple(FieldType)


def search() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *map(_operator, OPERATORS.values()), _TAIL]) + "\n"


def _operator(row: OperatorSpec) -> str:
    cells = (f"`{row.name}`", row.operand, row.meaning, _takes(row), f"`{row.example}`")
    return f"| {' | '.join(cells)} | {row.generations} |"


def _takes(row: OperatorSpec) -> str:
    return ", ".join(kind for kind in _KINDS if kind in row.takes) or "–"


_HEAD = """# Search

A search of one entity asks for the records that a filter selects, in an order, a page at a time.
The same language filters the local copy, the hosted copy and the dashboard's questions.

```json
{
  "query": {
    "filter": {"and": [{"eq": {"billable": true}}, {"gte": {"spent_date": "2026-01-01"}}]},
    "sort": [{"spent_date": "desc"}]
  },
  "limit": 500,
  "fields": ["id", "spent_date", "hours", "client.name"]
}
```

## Filters

The operator is the outer key, the field the inner one. Several operators in one object must all
be true; `{}` selects everything. A key inside an object is written with a dot (`client.name`);
[the entities](entities.md) and their fields have a page of their own.

| operator | operand | true when | kinds of field | example | generations |
|---|---|---|---|---|---|"""

_TAIL = f"""
*Generations* are those of the hosted API that know the operator in this meaning, see below.

**Values** are strict: numbers without quotes, `true` and `false`, days as `2026-01-31`, instants
with their zone as `2026-01-31T09:00:00Z`. A bare day, compared with an instant, is its midnight in
UTC.

**Null** is a value like any other. A comparison with a field that is null is false, so `neq` and
`not` are true of it: `{{"neq": {{"notes": "x"}}}}` selects the entries without notes as well. Null
itself is asked for with `{{"eq": {{"notes": null}}}}`. What is inside an object that is null is
null.

**Case** is ignored character by character: `Σ` is `σ` wherever it stands, `İ` is `i`, `ß` is `ẞ`
but not `ss`. `eq`, `neq`, `in`, `array_contains` and the order of texts heed case. `e` with an
accent and `é` are two texts.

**Words** are runs of letters, marks and digits, so `Kick-off` is two. `fuzzy` and `keyword` need
at least one.

**Objects** are compared by the keys that are named: `{{"eq": {{"client": {{"id": 5}}}}}}` means
`client.id` is 5, `{{"eq": {{"invoice": null}}}}` that there is none, `{{"eq": {{"client": {{}}}}}}`
that there is one.

**Lists of objects**, such as `line_items`, are asked about with `any`; inside it the paths begin
at the element. Two conditions on the same line go into one `any`:

```json
{{"any": {{"line_items": {{"and": [
  {{"eq": {{"kind": "Service"}}}}, {{"gt": {{"amount": 100}}}}
]}}}}}}
```

**Secrets**, such as the key in the public link of an invoice, are unknown to filters, to `sort`
and to `fields`.

## Limits

| | at most |
|---|---|
| levels of `and`, `or`, `not` and `any` | {MAX_DEPTH} |
| operators in a filter | {MAX_CONDITIONS} |
| values of one `in` | {MAX_VALUES} |
| characters of one text | {MAX_TEXT:,} |
| characters of a filter | {MAX_DOCUMENT:,} |
| fields in `sort` | {MAX_SORT} |
| entries of `fields` | {MAX_FIELDS} |
| `limit` | {MAX_LIMIT:,} |

Whatever is unknown, too large or of the wrong kind is refused before anything is asked, with its
place and the nearest right name: `$.query.filter.and[1].eq.hour is no field; did you mean hours?`

## Parameters

**`query`** must be there, and may be empty. It holds `filter` and `sort`, or is a JSON text that
does.

**`sort`** is a list of one-key objects, a field to `asc` or `desc`; earlier ones win. Texts are
ordered by code point. Records without a value come last, either way. The primary key is added at
the end, so that the order is always complete.

**`limit`** is the number of records in a page, {DEFAULT_LIMIT:,} unless said otherwise.

**`cursor`** is `meta.cursor` of the page before. It belongs to the entity, the filter and the
sort it was made for, and is refused by another search; `limit` and `fields` may change.

**`fields`** are dotted paths (`"client.name"`) or lists of keys (`["client", "name"]`). The
records have these attributes and no others. An object and a key of it together are the whole
object.

## The hosted API

There are three generations of it: A, the connector's first reference; B, the package of its own;
C, the agent SDK. The same search selects the same records whichever answers: what a generation
cannot say is left out of what is sent, and the answers are checked here. Such a search reads more
than it returns, in the worst case all of the copy. Sent are

- `eq`, `in` and the orders of numbers, days and instants, to all of them;
- `neq` and `not` only for keys: what the servers do with null is not documented;
- `like`, `startswith`, `endswith`, `contains`, `fuzzy` and `keyword` to A and B as `like`, if they
  hold no letters with case and no `%`, `_` or `\\` of their own: nobody says whether `like` ignores
  case, and it has no escape;
- the same to C as `startswith`, `endswith` and `contains`;
- `array_contains` to C under its name and to B as `contains`, which there means that;
- never `any`, null, the order of texts, or what is inside an object.

`contains` of a list, as documents for generation B have it, is read as `array_contains`."""
