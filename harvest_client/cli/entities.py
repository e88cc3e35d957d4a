"""Commands of the entities: `python -m harvest_client ENTITY list|get|search`."""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from types import TracebackType
from typing import Any, Self

import msgspec

from harvest_client.cli.arguments import connect_client
from harvest_client.entities import Action, Entity
from harvest_client.errors import HarvestError, UsageError
from harvest_client.models.records import Record, as_dict, select_fields
from harvest_client.search.projection import read_fields
from harvest_client.terminal import write_json, write_over

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_EVERY = 0.2  # seconds between two words about progress


class Output:
    """Writes one answer as it comes. With `lines`, a record on each line and nothing else.

    Nothing is written before the first record is there, and a document that breaks off later is
    closed with `error` in it: what is on stdout is empty or can be read. Fields that open a page
    without a login are left out.
    """

    def __init__(self, *, lines: bool) -> None:
        self._lines = lines
        self._progress = _Progress()

    def write_records(
        self, entity: Entity, records: Iterable[Record], meta: Mapping[str, Any] | None
    ) -> None:
        """The records, and `meta` behind them."""
        written = False
        try:
            for record in records:
                text = _ENCODER.encode(visible_values(entity, record))
                if self._lines:
                    write_json(text + b"\n")
                else:
                    write_json((b",\n " if written else b'{"data": [\n ') + text)
                written = True
                self._progress.record()
        except HarvestError as error:
            if written:
                self._close({"error": str(error)})
            raise
        if not written and not self._lines:
            write_json(b'{"data": [')
        self._close({} if meta is None else {"meta": meta})

    def write_document(self, value: Any) -> None:
        text = _ENCODER.encode(value)
        whole = text if self._lines else msgspec.json.format(text, indent=1)
        write_json(whole + b"\n")

    def _close(self, behind: Mapping[str, Any]) -> None:
        if self._lines:
            return
        more = b"".join(
            b", " + _ENCODER.encode(name) + b": " + _ENCODER.encode(value)
            for name, value in behind.items()
        )
        write_json(b"\n]" + more + b"}\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.end()
        if kind is None or issubclass(kind, HarvestError):
            sys.stdout.buffer.flush()


def visible_values(entity: Entity, record: Record) -> dict[str, Any]:
    """Return the record without what must not be shown."""
    secret = {field.name for field in entity.fields if field.secret}
    return {name: value for name, value in as_dict(record).items() if name not in secret}


class _Progress:
    """A count that is written over itself, on a terminal that does not show the records too."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty() and not sys.stdout.isatty()
        self._count = 0
        self._next = time.monotonic() + _EVERY

    def record(self) -> None:
        self._count += 1
        if self._shown and time.monotonic() >= self._next:
            write_over(f"{self._count:,} records")
            self._next = time.monotonic() + _EVERY

    def end(self) -> None:
        if self._shown and self._count:
            write_over(f"{self._count:,} records", last=True)


def add_accounts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "accounts", help="list the accounts that the token opens", description=__doc__
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print id and name of each."""
    with connect_client() as harvest:
        result = harvest.accounts()
    with Output(lines=False) as output:
        output.write_document([{"id": account.id, "name": account.name} for account in result])
    return 0


Parser = argparse.ArgumentParser
Actions = argparse._SubParsersAction

_DOES = {
    Action.LIST: "the records as Harvest lists them, newest first",
    Action.GET: "one record by its id",
    Action.SEARCH: "the records that a filter selects",
}
_EPILOGS = {
    Action.LIST: (
        "Days are 2026-01-31 or 20260131. A hosted list ends after 2,000 records: meta.truncated "
        "then says so, and --all fails with code 3 and prints nothing."
    ),
    Action.GET: None,
    Action.SEARCH: "The filter language is in docs/search.md, the fields are in docs/entities.md.",
}


def add_entity(
    commands: "Actions[Parser]", entity: Entity, arguments: Sequence[str] | None
) -> None:
    """The entity's command; its actions and their options only with what was `given` behind it."""
    parser = commands.add_parser(
        entity.name, help=entity.doc, description=entity.doc, allow_abbrev=False
    )
    if arguments is None:
        return
    if arguments and not arguments[0].startswith("-") and arguments[0] not in entity.actions:
        unknown = UsageError.unknown_name(
            f"{entity.name} has no action", arguments[0], entity.actions
        )
        parser.error(str(unknown))
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    adders = {Action.LIST: _add_list, Action.GET: _add_get, Action.SEARCH: _add_search}
    for action in entity.actions:
        made = actions.add_parser(
            action, help=_DOES[action], description=f"{entity.label}: {_DOES[action]}.",
            epilog=_EPILOGS[action], allow_abbrev=False,
        )  # fmt: skip
        made.set_defaults(parser=made)
        adders[action](made, entity)
        made.add_argument(
            "--fields",
            type=_split_names,
            metavar="PATH[,PATH…]",
            help="only these, such as id,user.name",
        )
        made.add_argument(
            "--format", choices=("json", "jsonl"), default="json",
            help="jsonl: a record on each line, nothing else",
        )  # fmt: skip


def _add_list(parser: Parser, entity: Entity) -> None:
    for parameter in entity.parameters:
        names = [f"--{parameter.name.replace('_', '-')}"]
        if parameter.name == "per_page":
            names.append("--limit")  # as a search calls it
        parser.add_argument(
            *names, dest=parameter.name, help=parameter.doc.replace("%", "%%"),
            metavar=parameter.kind.upper(),
        )  # fmt: skip
    parser.add_argument("--all", action="store_true", help="every page, not only the first")
    parser.set_defaults(run=partial(_list, entity))


def _add_get(parser: Parser, entity: Entity) -> None:
    if entity.get_path and "{id}" in entity.get_path:
        parser.add_argument("id", metavar="ID")
    else:
        parser.set_defaults(id=None)
    parser.set_defaults(run=partial(_get, entity))


def _add_search(parser: Parser, entity: Entity) -> None:
    parser.add_argument(
        "--query", default="{}", metavar="JSON",
        help='{"filter": {"eq": {"FIELD": VALUE}}, "sort": [{"FIELD": "desc"}]}; default: all',
    )  # fmt: skip
    parser.add_argument("--limit", type=int, metavar="N", help="records a page; default: 1000")
    parser.add_argument("--cursor", help="meta.cursor of the page before")
    parser.add_argument("--all", action="store_true", help="every page, not only one")
    parser.add_argument(
        "--as", dest="seen_by", metavar="EMAIL", help="what this person of the account may see"
    )
    parser.set_defaults(run=partial(_search, entity))


def _list(entity: Entity, arguments: argparse.Namespace) -> int:
    values = {
        name: value for name in entity.parameter_names if (value := vars(arguments).get(name))
    }
    fields = _check_fields(entity, arguments.fields)
    with connect_client() as harvest, Output(lines=arguments.format == "jsonl") as output:
        resource = harvest.get_resource(entity.name)
        if arguments.all:
            output.write_records(
                entity, _select_records(entity, resource.all(**values), fields), None
            )
        else:
            page = resource.list(**values)
            output.write_records(
                entity, _select_records(entity, page.data, fields), asdict(page.meta)
            )
    return 0


def _get(entity: Entity, arguments: argparse.Namespace) -> int:
    fields = _check_fields(entity, arguments.fields)
    with connect_client() as harvest:
        record = harvest.get_resource(entity.name).get(arguments.id)
    (chosen,) = _select_records(entity, [record], fields)
    with Output(lines=arguments.format == "jsonl") as output:
        output.write_document(visible_values(entity, chosen))
    return 0


def _search(entity: Entity, arguments: argparse.Namespace) -> int:
    with (
        connect_client(searching=True, seen_by=arguments.seen_by) as harvest,
        Output(lines=arguments.format == "jsonl") as output,
    ):
        resource = harvest.get_resource(entity.name)
        if arguments.all:
            result = resource.search_all(
                arguments.query, limit=arguments.limit, fields=arguments.fields
            )
            output.write_records(entity, result, None)
        else:
            page = resource.search(
                arguments.query,
                limit=arguments.limit,
                cursor=arguments.cursor,
                fields=arguments.fields,
            )
            output.write_records(entity, page.data, asdict(page.meta))
    return 0


def _select_records(
    entity: Entity, records: Iterable[Record], fields: tuple[str, ...] | None
) -> Iterator[Record]:
    for record in records:
        yield record if fields is None else select_fields(record, entity, fields)


def _check_fields(entity: Entity, names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else read_fields(entity, names, "--fields")


def _split_names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
