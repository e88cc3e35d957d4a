"""Figures of the product's code: sizes of modules, names of functions, summaries of docstrings.

Run `python -m tests.code_figures` to print them. `tests/test_house.py` limits them.
"""

import ast
import re
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("harvest_client", "harvest_demo", "dashboard", "pages")
SHORT, LONG, LONGEST = 40, 500, 800  # lines of a module

_QUESTION = re.compile(r"(what|who|whom|whose|which|how|when|whether|where|why)\b", re.IGNORECASE)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name, its text and its syntax tree."""

    name: str
    path: Path
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def is_package(self) -> bool:
        """Return whether it is an `__init__.py` that holds a docstring and no more."""
        return self.path.name == "__init__.py" and len(self.tree.body) <= 1

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Iterate over functions and methods, without properties and dunder methods."""
        for node in ast.walk(self.tree):
            if not isinstance(node, _FUNCTIONS) or node.name.startswith("__"):
                continue
            decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
            if not decorators & {"property", "cached_property", "override"}:
                yield node

    def summaries(self) -> Iterator[tuple[int, str]]:
        """Iterate over line numbers and first lines of all docstrings."""
        for node in ast.walk(self.tree):
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Module)):
                text = ast.get_docstring(node)
                if text:
                    yield getattr(node, "lineno", 1), text.splitlines()[0]


def read_modules(root: Path = ROOT) -> list[Module]:
    """Return the modules of the product, sorted by name."""
    paths = [path for package in PACKAGES for path in (root / package).rglob("*.py")]
    if (root / "app.py").exists():
        paths.append(root / "app.py")
    modules = []
    for path in sorted(paths):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        modules.append(Module(name.removesuffix(".__init__"), path, path.read_text("utf-8")))
    return modules


def find_importers(modules: list[Module]) -> dict[str, set[str]]:
    """Return the modules that import each module."""
    names = {module.name for module in modules}
    importers: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    target = inner if inner in names else node.module
                    if target in names and target != module.name:
                        importers[target].add(module.name)
    return importers


def find_small(modules: list[Module]) -> list[str]:
    """Return modules under `SHORT` lines that exactly one module imports."""
    importers = find_importers(modules)
    return [
        module.name
        for module in modules
        if module.lines < SHORT and not module.is_package and len(importers[module.name]) == 1
    ]


def find_question_summaries(modules: list[Module]) -> list[str]:
    """Return the places of summaries that begin with a question word."""
    return [
        f"{module.name}:{line}: {summary}"
        for module in modules
        for line, summary in module.summaries()
        if _QUESTION.match(summary)
    ]


def one_word_share(modules: list[Module]) -> float:
    """Return the share of functions and methods whose name is a single word, from 0 to 1."""
    names = [function.name.strip("_") for module in modules for function in module.functions()]
    return sum("_" not in name for name in names) / len(names)


def import_share(modules: list[Module]) -> float:
    """Return the share of lines that belong to import statements, from 0 to 1."""
    imports = sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    )
    return imports / sum(module.lines for module in modules)


def figures(root: Path = ROOT) -> dict[str, str]:
    """Return the figures by their label, as text."""
    modules = read_modules(root)
    real = [module for module in modules if not module.is_package]
    summaries = [summary for module in modules for _, summary in module.summaries()]
    return {
        "modules, without bare `__init__.py`": f"{len(real)}",
        "lines": f"{sum(module.lines for module in modules):,}",
        "median lines of a module": f"{statistics.median(module.lines for module in real):.0f}",
        f"modules above {LONG} lines": f"{sum(module.lines > LONG for module in real)}",
        f"modules under {SHORT} lines": f"{sum(module.lines < SHORT for module in real)}",
        f"modules under {SHORT} lines with one importer": f"{len(find_small(modules))}",
        "lines of imports": f"{import_share(modules):.1%}",
        "functions with a one-word name": f"{one_word_share(modules):.0%}",
        "summaries that begin with a question word": (
            f"{len(find_question_summaries(modules))} of {len(summaries)}"
        ),
    }


if __name__ == "__main__":
    print("| figure | value |\n|---|---:|")
    for label, value in figures().items():
        print(f"| {label} | {value} |")
