"""Currency codes, also where Harvest writes a name beside the code."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from harvest_client.entities import Entity
from harvest_client.models.fields import Field
from harvest_client.models.records import Record

_CODE = re.compile(r"[A-Za-z]{3}")
# The company's currency has no documented form: "United States Dollar - USD" has been seen.
_NAMED = re.compile(r".+ - ([A-Za-z]{3})", re.DOTALL)
_FIELD = "currency"


@lru_cache(maxsize=1_000)  # a page of invoices has few, each many times
def currency_code(text: str) -> str | None:
    """Return the code that `text` means, None for nothing; text without a code stays as it is."""
    text = text.strip()
    named = _NAMED.fullmatch(text)
    if named:
        return named[1].upper()
    return text.upper() if _CODE.fullmatch(text) else text or None


def normalize_currencies(entity: Entity, records: Iterable[Record]) -> None:
    """Replace each currency of the records by its code."""
    paths = tuple(_currency_paths(entity.fields))
    if not paths:
        return  # time entries, of which there are most
    for record in records:
        for path in paths:
            _normalize_code(record, path)


def _currency_paths(fields: Iterable[Field]) -> Iterator[str | None]:
    """Yield the name of each object that has a currency, None for the record itself."""
    for field in fields:
        if field.name == _FIELD:
            yield None
        elif any(part.name == _FIELD for part in field.fields) and not field.kind.is_list:
            yield field.name


def _normalize_code(record: Record, path: str | None) -> None:
    # A record of a search lacks the fields that were not selected.
    owner = record if path is None else getattr(record, path, None)
    text = getattr(owner, _FIELD, None)
    if text is not None:
        setattr(owner, _FIELD, currency_code(text))
