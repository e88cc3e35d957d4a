"""Names in Markdown are shown as they are written."""

import re
from string import punctuation

from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.theme import visible_text
from dashboard.components.text import md_text

_JOINER = "\u2060"


def shown(markdown: str) -> str:
    """What a reader sees: backslashes are obeyed, the joiner has no width."""
    return re.sub(r"\\(.)", r"\1", markdown).replace(_JOINER, "")


@given(st.text())
def test_the_reader_sees_the_name(name: str) -> None:
    assert shown(md_text(name)) == visible_text(name)


@given(st.text(alphabet=punctuation + "ab \n"))
def test_no_punctuation_is_left_to_mean_something(name: str) -> None:
    left = re.sub(r"\\.", "", md_text(name))

    assert not set(left) & set(punctuation)


def test_bare_addresses_are_no_links() -> None:
    text = md_text("see https://evil.example, www.evil.example or a@b.example")

    assert "https:" not in text
    assert "www." not in text
    assert "a@" not in text
