"""`python -m harvest_client ENTITY list|get|search`: one call of the connector."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial

from harvest_client.commands.client import connect_client
from harvest_client.commands.output import Output, visible_values
from harvest_client.entities import Action, Entity
from harvest_client.errors import UsageError
from harvest_client.records import Record, select_fields
from harvest_client.search.choosing import read_fields

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


def add_entity(commands: "Actions[Parser]", entity: Entity, given: Sequence[str] | None) -> None:
    """The entity's command; its actions and their options only with what was `given` behind it."""
    parser = commands.add_parser(
        entity.name, help=entity.doc, description=entity.doc, allow_abbrev=False
    )
    if given is None:
        return
    if given and not given[0].startswith("-") and given[0] not in entity.actions:
        unknown = UsageError.unknown_name(f"{entity.name} has no action", given[0], entity.actions)
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


def _list(entity: Entity, asked: argparse.Namespace) -> int:
    given = {name: value for name in entity.parameter_names if (value := vars(asked).get(name))}
    fields = _check_fields(entity, asked.fields)
    with connect_client() as harvest, Output(lines=asked.format == "jsonl") as output:
        resource = harvest.get_resource(entity.name)
        if asked.all:
            output.write_records(
                entity, _select_records(entity, resource.all(**given), fields), None
            )
        else:
            page = resource.list(**given)
            output.write_records(
                entity, _select_records(entity, page.data, fields), asdict(page.meta)
            )
    return 0


def _get(entity: Entity, asked: argparse.Namespace) -> int:
    fields = _check_fields(entity, asked.fields)
    with connect_client() as harvest:
        record = harvest.get_resource(entity.name).get(asked.id)
    (chosen,) = _select_records(entity, [record], fields)
    with Output(lines=asked.format == "jsonl") as output:
        output.write_document(visible_values(entity, chosen))
    return 0


def _search(entity: Entity, asked: argparse.Namespace) -> int:
    with (
        connect_client(searching=True, seen_by=asked.seen_by) as harvest,
        Output(lines=asked.format == "jsonl") as output,
    ):
        resource = harvest.get_resource(entity.name)
        if asked.all:
            found = resource.search_all(asked.query, limit=asked.limit, fields=asked.fields)
            output.write_records(entity, found, None)
        else:
            page = resource.search(
                asked.query, limit=asked.limit, cursor=asked.cursor, fields=asked.fields
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
