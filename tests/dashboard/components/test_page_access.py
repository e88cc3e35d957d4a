"""Callbacks and fragments: one way to make them, which looks up access before they run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access.rights import EVERYTHING, Right, Viewer
from dashboard.config.errors import SignInNeeded
from dashboard.web.page_access import Access, Refusal, may_run

ROOT = Path(__file__).parents[3]
SCREENS = [
    *ROOT.glob("dashboard/*.py"), *ROOT.glob("dashboard/components/*.py"),
    *ROOT.glob("dashboard/explorer/*.py"),
    *ROOT.glob("dashboard/web/*.py"), *ROOT.glob("pages/*.py"),
]  # fmt: skip
OWNER = "page_access.py"
MEMBER = Viewer(user_id=1, name="A", rights=frozenset())
MANAGER = Viewer(user_id=1, name="A", rights=frozenset({Right.RATES}))
REFUSED = Refusal("SignInNeeded", "Nobody.", SignInNeeded("Nobody."))
WITHOUT_CALLBACK = {"rerun", "ignore", None}


def callbacks(tree: ast.AST) -> Iterator[tuple[int, ast.expr]]:
    """Yield the line and the value of everything that is given to a widget as its callback."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and (node.arg or "").startswith("on_"):
            yield node.value.lineno, node.value
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and str(key.value).startswith("on_"):
                    yield value.lineno, value


def is_checked(value: ast.expr) -> bool:
    if isinstance(value, ast.IfExp):
        return is_checked(value.body) and is_checked(value.orelse)
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "callback"
    return isinstance(value, ast.Constant) and value.value in WITHOUT_CALLBACK


def test_every_callback_passes_through_the_check_of_access() -> None:
    found = [
        (path.name, line, value)
        for path in SCREENS
        for line, value in callbacks(ast.parse(path.read_text("utf-8")))
    ]

    assert len(found) > 30
    assert not [(name, line) for name, line, value in found if not is_checked(value)]


def test_every_fragment_passes_through_the_check_of_access() -> None:
    fragments = [
        (path.name, node.lineno)
        for path in SCREENS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("fragment", "dialog")
    ]

    assert {name for name, _ in fragments} == {OWNER}


@pytest.mark.parametrize(
    ("drawn", "now", "needs", "runs"),
    [
        (MEMBER, MEMBER, (), True),
        (MANAGER, MANAGER, {Right.RATES}, True),
        (EVERYTHING, EVERYTHING, {Right.ACCOUNT}, True),
        (REFUSED, REFUSED, (), True),
        (MANAGER, MEMBER, (), False),
        (MEMBER, MANAGER, (), False),
        (MEMBER, REFUSED, (), False),
        (REFUSED, MEMBER, (), False),
        (MEMBER, MEMBER, {Right.RATES}, False),
    ],
)
def test_callback_runs_only_for_the_viewer_it_was_drawn_for(
    drawn: Access, now: Access, needs: set[Right], runs: bool
) -> None:
    assert may_run(drawn, now, needs) is runs


def _counting() -> None:
    import streamlit as st

    from dashboard.web.page_access import draw_for, was_viewer
    from tests.dashboard.components.test_page_access import MEMBER, REFUSED

    draw_for(REFUSED if st.query_params.get("ended") else MEMBER)
    st.session_state["drawn"] = st.session_state.get("drawn", 0) + 1
    st.caption(f"drawn {st.session_state['drawn']}, was viewer: {was_viewer()}")


def test_session_of_another_viewer_is_emptied() -> None:
    app = AppTest.from_function(_counting)
    assert app.run().caption[0].value == "drawn 1, was viewer: True"
    assert app.run().caption[0].value == "drawn 2, was viewer: True"

    app.query_params["ended"] = "yes"

    assert app.run().caption[0].value == "drawn 1, was viewer: True"
