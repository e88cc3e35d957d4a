"""Saved views: whose they are, what of them is kept, and that nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.access.saved_views import MOST, View, Views
from dashboard.config.errors import ConfigError


def test_a_view_is_its_owners_alone(tmp_path: Path) -> None:
    ada, bob = Views(tmp_path, "ada@example.com"), Views(tmp_path, "bob@example.com")

    ada.save_view("Mine", "hours", "period=last_month")
    bob.save_view("Mine", "invoices", "")

    assert ada.read() == (View("Mine", "hours", "period=last_month"),)
    assert bob.read() == (View("Mine", "invoices", ""),)


def test_the_same_name_takes_its_place_and_deleting_forgets_it(tmp_path: Path) -> None:
    views = Views(tmp_path, "")

    views.save_view("A", "hours", "period=7d")
    views.save_view("A", "hours", "period=12m")
    views.save_view("b", "hours", "")

    assert [view.query for view in views.read()] == ["period=12m", ""]
    views.delete_view("A")
    assert [view.name for view in views.read()] == ["b"]


def test_only_what_pages_know_is_kept_of_an_address(tmp_path: Path) -> None:
    views = Views(tmp_path, "")

    views.save_view(" two\n words ", "hours", "basis=raw&evil=1&where=%7B%7D&period=7d")

    assert views.read() == (View("two words", "hours", "period=7d&where=%7B%7D&basis=raw"),)


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"": [{"name": 1}]}', '{"": 3}'])
def test_a_damaged_file_is_no_view(tmp_path: Path, content: str) -> None:
    (tmp_path / "views.json").write_text(content)

    assert Views(tmp_path, "").read() == ()


def test_too_many_and_nameless_ones_are_refused(tmp_path: Path) -> None:
    views = Views(tmp_path, "")
    for number in range(MOST):
        views.save_view(f"view {number}", "hours", "")

    with pytest.raises(ConfigError, match="delete one"):
        views.save_view("another", "hours", "")
    with pytest.raises(ConfigError, match="name"):
        views.save_view("  ", "hours", "")
    assert len(views.read()) == MOST


def test_people_who_save_at_once_lose_nothing(tmp_path: Path) -> None:
    def save(number: int) -> None:
        Views(tmp_path, f"person {number % 4}").save_view(f"view {number}", "hours", "")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(save, range(40)))

    found = {
        view.name for number in range(4) for view in Views(tmp_path, f"person {number}").read()
    }
    assert found == {f"view {number}" for number in range(40)}


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    Views(tmp_path, "").save_view("A", "hours", "")

    assert (tmp_path / "views.json").stat().st_mode & 0o077 == 0
