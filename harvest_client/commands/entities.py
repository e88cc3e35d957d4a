"""`python -m harvest_client ENTITY list|get|search`: one call of the connector."""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import partial

from harvest_client.commands.client import connected
from harvest_client.commands.output import Output, plain
from harvest_client.entities import Action, Entity
from harvest_client.records import Record, project
from harvest_client.search.choosing import read_fields

Parser = argparse.ArgumentParser
Actions = argparse._SubParsersAction

_DOES = {
    Action.LIST: "the records as Harvest lists them, newest first",
    Action.GET: "one record by its id",
    Action.SEARCH: "the records that a filter selects",
}


def add(commands: "Actions[Parser]", entity: Entity, *, whole: bool) -> None:
    """The entity's command; its actions and their options only when `whole`."""
    parser = commands.add_parser(entity.name, help=entity.doc, description=entity.doc)
    if not whole:
        return
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    adders = {Action.LIST: _add_list, Action.GET: _add_get, Action.SEARCH: _add_search}
    for action in entity.actions:
        made = actions.add_parser(action, help=_DOES[action], description=_DOES[action])
        adders[action](made, entity)
        made.add_argument(
            "--fields", type=_names, metavar="PATH[,PATH…]", help="only these, such as id,user.name"
        )
        made.add_argument(
            "--format", choices=("json", "jsonl"), default="json",
            help="jsonl: a record on each line, nothing else",
        )  # fmt: skip


def _add_list(parser: Parser, entity: Entity) -> None:
    for parameter in entity.parameters:
        if parameter.name not in ("page", "cursor"):  # --all goes through the pages
            option = f"--{parameter.name.replace('_', '-')}"
            parser.add_argument(option, dest=parameter.name, help=parameter.doc)
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
    parser.set_defaults(run=partial(_search, entity))


def _list(entity: Entity, asked: argparse.Namespace) -> int:
    given = {name: value for name in entity.parameter_names if (value := vars(asked).get(name))}
    fields = _fields(entity, asked.fields)
    with connected() as harvest, Output(lines=asked.format == "jsonl") as output:
        resource = harvest.resource(entity.name)
        if asked.all:
            output.records(entity, _chosen(entity, resource.all(**given), fields), None)
        else:
            page = resource.list(**given)
            output.records(entity, _chosen(entity, page.data, fields), asdict(page.meta))
    return 0


def _get(entity: Entity, asked: argparse.Namespace) -> int:
    fields = _fields(entity, asked.fields)
    with connected() as harvest:
        record = harvest.resource(entity.name).get(asked.id)
    (chosen,) = _chosen(entity, [record], fields)
    with Output(lines=asked.format == "jsonl") as output:
        output.document(plain(entity, chosen))
    return 0


def _search(entity: Entity, asked: argparse.Namespace) -> int:
    with connected(searching=True) as harvest, Output(lines=asked.format == "jsonl") as output:
        resource = harvest.resource(entity.name)
        if asked.all:
            found = resource.search_all(asked.query, limit=asked.limit, fields=asked.fields)
            output.records(entity, found, None)
        else:
            page = resource.search(
                asked.query, limit=asked.limit, cursor=asked.cursor, fields=asked.fields
            )
            output.records(entity, page.data, asdict(page.meta))
    return 0


def _chosen(
    entity: Entity, records: Iterable[Record], fields: tuple[str, ...] | None
) -> Iterator[Record]:
    for record in records:
        yield record if fields is None else project(record, entity, fields)


def _fields(entity: Entity, names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else read_fields(entity, names, "--fields")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
