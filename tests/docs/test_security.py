"""Promises of SECURITY.md name tests that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED = re.compile(r"`((?:[\w/]*/)?test_\w+\.py(?:::\w+)?)`")


def promises() -> list[str]:
    """The rows of the tables of promises."""
    rows, is_promise = [], False
    for line in TEXT.splitlines():
        if line.startswith("| promise | test |"):
            is_promise = True
        elif not line.startswith("|"):
            is_promise = False
        elif is_promise and not line.startswith("|---"):
            rows.append(line)
    return rows


def test_every_promise_names_a_test() -> None:
    tested = re.compile(r"\| (?:`(?:tests/[\w/]+\.py(?:::\w+)?|make check)`(?:, )?)+ \|$")

    assert len(promises()) > 20
    assert not [row for row in promises() if not tested.search(row)]


@pytest.mark.parametrize("name", sorted(set(NAMED.findall(TEXT))))
def test_named_test_exists(name: str) -> None:
    path, _, function = name.partition("::")

    tree = ast.parse((ROOT / path).read_text("utf-8"))
    there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert any(one.startswith("test_") for one in there)
    assert not function or function in there
