"""Names in charts are shown as they are written."""

import pytest

from dashboard.charts.theme import plotly_text, visible_text


def test_tags_are_shown_and_not_obeyed() -> None:
    assert plotly_text("<b>R&D</b>") == "&lt;b&gt;R&amp;D&lt;/b&gt;"


def test_long_names_end_in_an_ellipsis_that_is_cut_before_escaping() -> None:
    assert plotly_text("&" * 9, longest=5) == "&amp;" * 4 + "…"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a\nb\tc", "a b c"), ("  a  ", "a"), ("abc\u202edef", "abc def"), ("a\u200bb", "a b")],
)
def test_one_visible_line(name: str, shown: str) -> None:
    assert visible_text(name) == shown


@pytest.mark.parametrize("name", ["日本 ☕", "Æther & Söhne", "a—b"])
def test_what_people_write_is_kept(name: str) -> None:
    assert visible_text(name) == name
