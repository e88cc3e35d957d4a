"""Entity: description of one kind of record and of its endpoints."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from harvest_client.models.fields import Field, FieldType, by_name


class Action(StrEnum):
    LIST = "list"
    GET = "get"
    SEARCH = "search"


class Paging(StrEnum):
    """Paging of a list. In both forms `links.next` is followed to its end."""

    CURSOR = "cursor"
    PAGE = "page"
    NONE = "none"


class Rate(StrEnum):
    """Request budget of Harvest that a call uses."""

    GENERAL = "general"  # 100 requests in 15 seconds
    REPORTS = "reports"  # 100 requests in 15 minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter that Harvest takes on a list."""

    name: str
    kind: FieldType
    doc: str
    required: bool = False
    deprecated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of record.

    `path` lists, `get_path` fetches one (what is in braces is filled in); None where Harvest or
    the connector has no such call. `envelope` is the key of the array in a list answer, None when
    the answer is the bare record. `sums` are the fields of a report that add up over consecutive
    windows: only then can a longer window be asked for in parts. `quirks` are the places where
    the reference, Harvest's documentation and observed behaviour disagree, and what to do about it.
    """

    name: str
    label: str
    doc: str
    actions: tuple[Action, ...]
    path: str | None
    get_path: str | None = None
    envelope: str | None = None
    primary_key: tuple[str, ...] = ("id",)
    paging: Paging = Paging.CURSOR
    rate: Rate = Rate.GENERAL
    sort: tuple[str, str] | None = None
    sums: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    permission: str
    visibility: tuple[str, ...] = ()
    fields: tuple[Field, ...]
    relations: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()

    @property
    def updated_since(self) -> bool:
        """Return whether changed records can be requested alone."""
        return "updated_since" in self.parameter_names

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def in_path(self) -> tuple[str, ...]:
        """The parameters that are a part of `path`: whose records a list has."""
        return tuple(name for name in self.parameter_names if f"{{{name}}}" in (self.path or ""))

    @property
    def date_field(self) -> str | None:
        """The field that `from` and `to` select on; None when a list has no window of days."""
        if "from" not in self.parameter_names or self.rate is Rate.REPORTS:
            return None
        return self.sort[0] if self.sort else None

    @property
    def searchable(self) -> tuple[Field, ...]:
        """The only fields that the hosted search filters, sorts and returns."""
        return tuple(field for field in self.fields if field.searchable)

    def field(self, path: str) -> Field:
        """The field at `path`, such as `hours` or `client.name`; `KeyError` when there is none."""
        name, *rest = path.split(".")
        result = by_name(self.fields)[name]
        for part in rest:
            result = result.field(part)
        return result

    def paths(self) -> Iterator[str]:
        """Yield every path that `field` knows, objects before what is inside them."""
        for field in self.fields:
            yield field.name
            if field.kind.is_object:
                yield from (f"{field.name}.{inner.name}" for inner in field.fields)
