"""Writes the pages of docs/ that are made from the code: `make docs`. A test keeps them fresh."""

import ast
from collections.abc import Iterator
from pathlib import Path

from dashboard.metrics.catalog import METRICS
from dashboard.metrics.dimensions import DIMENSIONS, Dimension
from docs.search_page import search
from harvest_client.entities import DETAILS, ENTITIES, REPORTS, Entity
from harvest_client.models.fields import Field

HERE = Path(__file__).parent


def pages() -> dict[str, str]:
    """The text of each generated page, by file name."""
    return {
        "entities.md": entities(),
        "metrics.md": metrics(),
        "modules.md": modules(),
        "search.md": search(),
    }


def modules() -> str:
    """Return the list of modules by package, with the first line of each docstring."""
    lines = [
        "# Modules",
        "",
        "From the docstrings. [Architecture](architecture.md) explains the packages.",
        "",
    ]
    root = HERE.parent
    packages: dict[str, list[Path]] = {}
    for package in ("harvest_client", "harvest_demo", "dashboard", "pages"):
        for path in sorted((root / package).rglob("*.py")):
            packages.setdefault(str(path.parent.relative_to(root)), []).append(path)
    for package, paths in packages.items():
        head = next((path for path in paths if path.name == "__init__.py"), None)
        lines += [f"## {package}", ""]
        if head:
            lines += [_summary(head), ""]
        lines += ["| module | content |", "|---|---|"]
        lines += [
            f"| `{path.name}` | {_cell(_summary(path))} |" for path in paths if path is not head
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _summary(path: Path) -> str:
    text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return text.partition("\n\n")[0].replace("\n", " ")


def metrics() -> str:
    lines = [
        "# What every number means",
        "",
        "From the catalogue in `dashboard/metrics/catalog/`, which the pages' help, the command",
        "line and the tests read as well. A metric is a sum over one fact, a total of such sums,",
        "or a ratio of two of those: a ratio divides what was added up, it is never an average of",
        "ratios. Over nothing it is empty, not zero, and so it is over less than nothing: a margin",
        "of a negative revenue would have the wrong sign. Amounts of different currencies are",
        "never added: each has a row of its own, and so has what is divided or weighed by them.",
        "",
        "What Harvest does not tell, or not to this access token, is unknown: a sum of nothing",
        "else is empty, and beside what is known the answer says how much that is.",
        "",
        "A balance (outstanding, overdue, uninvoiced fixed fees) is as of the end of the period,",
        "or today where that comes first; by months it is as of the end of each. It is a sum of",
        "dated movements, so a part payment counts from its own day. What Harvest keeps no history",
        "of (amounts, due dates, states) is as it is today, and the answer says so. A month, or",
        "another period, that has not begun has no balance.",
        "",
        "A project begins on its first day, or on the day it was created where it has none. Its",
        "budget begins on the earliest of those two days and of its first time or expense. Where",
        "no hours are, nothing is missing of their cost: it is zero in a margin.",
        "",
        "Where `HARVEST_SYNC_START`, a first sync under way or the hosted connector leaves out",
        "days, a number counts the days that are stored, and the answer says since when they",
        "are. A sum of which no day is stored is empty. Balances and what is uninvoiced have the",
        "records of all days: invoices, payments and estimates are read in full, and so is",
        "uninvoiced work.",
        "",
        "Hours and amounts are *rounded* unless asked for *raw*: Harvest's reports and invoices",
        "use hours rounded by the account's rule, each entry before it is added; timesheets show",
        "them as tracked.",
        "",
        "| id | metric | unit | definition | formula | source |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{metric.id}` | {metric.label} | {metric.unit} | {_cell(metric.doc)}"
        f" | {_cell(metric.formula)} | [Harvest]({metric.source}) |"
        for metric in METRICS.values()
    ]
    lines += [
        "",
        "## Dimensions",
        "",
        "Entities are grouped by id and labelled by name; two of one name get told apart. A person",
        "with several roles counts under the first by name, so that parts sum to the whole.",
        "",
        "An invoice's age is the days since it was due, as of the end of the period: `current` is",
        "due that day or later. Uninvoiced work's is the days since it was done, as of today:",
        "`current` was done today or is dated ahead. Late is an age, not an invoice state. Credit",
        "is never late, so its age is `current`.",
        "",
        "A period is its first day. A quarter is one of the fiscal year, which begins in the month",
        "that `HARVEST_FISCAL_YEAR_START` says; a year is one of the calendar.",
        "",
        "| id | label | known to |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{dimension.id}` | {dimension.label} | {_known_to(dimension)} |"
        for dimension in DIMENSIONS.values()
    ]
    return "\n".join(lines) + "\n"


def _known_to(dimension: Dimension) -> str:
    # What is uninvoiced is the same fact: more of its days are stored.
    names = {fact.removesuffix("_facts").removeprefix("uninvoiced_") for fact in dimension.facts}
    return ", ".join(sorted(names))


def entities() -> str:
    lines = [
        "# Entities",
        "",
        "Every record that the connector reads, from the table in `harvest_client/entities/`.",
        "Fields marked *searchable* are the ones that the hosted search filters, sorts and",
        "returns; the local search knows all of them. *Hosted only* fields are in the connector's",
        "reference but not in Harvest's own. Any field but a key may be null: not set, or not",
        "visible to the token.",
        "",
        *(f"- [{entity.label}](#{_anchor(entity)})" for entity in ENTITIES.values()),
        "- [Further reports of Harvest](#further-reports-of-harvest)",
        "- [Records below another one](#records-below-another-one)",
    ]
    for entity in ENTITIES.values():
        lines += _section(entity, "##")
    lines += [
        "",
        "## Further reports of Harvest",
        "",
        "Not part of the connector's eighteen; a direct source lists them in the same way.",
    ]
    for report in REPORTS.values():
        lines += _section(report, "###")
    lines += [
        "",
        "## Records below another one",
        "",
        "Not part of the connector's eighteen either, and not to be had from a hosted source; a",
        "direct source lists them in the same way, one owner at a time.",
    ]
    for detail in DETAILS.values():
        lines += _section(detail, "###")
    return "\n".join(lines) + "\n"


def _section(entity: Entity, heading: str) -> Iterator[str]:
    yield from ("", f"{heading} {entity.label}", "", entity.doc, "")
    yield f"`harvest.{entity.name}`: " + ", ".join(f"`{action}`" for action in entity.actions)
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| key | {', '.join(f'`{name}`' for name in entity.primary_key) or 'one per account'} |"
    if entity.path:
        yield f"| list | `GET {entity.path}`, paged by {entity.paging}, {entity.rate} rate limit |"
    if entity.get_path:
        yield f"| get | `GET {entity.get_path}` |"
    if entity.sort:
        yield f"| order | {' '.join(entity.sort)} |"
    if entity.parameters:
        yield f"| parameters | {', '.join(f'`{name}`' for name in entity.parameter_names)} |"
    yield f"| who may read it | {_cell(entity.permission)} |"
    yield from (f"| visibility | {_cell(line)} |" for line in entity.visibility)
    yield from ("", "| field | type | meaning |", "|---|---|---|")
    for field in entity.fields:
        yield from _field(field)
    if entity.notes or entity.quirks:
        yield ""
        yield from (f"- {line}" for line in (*entity.notes, *entity.quirks))


def _field(field: Field, prefix: str = "") -> Iterator[str]:
    marks = [
        mark
        for mark, holds in (
            ("searchable", field.searchable),
            ("hosted only", field.hosted_only),
            ("secret: never shown or exported", field.secret),
        )
        if holds
    ]
    unit = f", {field.unit.replace('_', ' ')}" if field.unit else ""
    doc = field.doc + "".join(f" *{mark.capitalize()}.*" for mark in marks)
    if field.choices:
        doc += " One of " + ", ".join(f"`{choice}`" for choice in field.choices) + "."
    yield f"| `{prefix}{field.name}` | {field.kind}{unit} | {_cell(doc.strip())} |"
    inner = f"{prefix}{field.name}{'[]' if field.kind.is_list else ''}."
    for part in field.fields:
        yield from _field(part, inner)


def _anchor(entity: Entity) -> str:
    return entity.label.lower().replace(" ", "-")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, "utf-8")
