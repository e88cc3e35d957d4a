"""The guide has every page of the menu, under its title, with its pictures, which are there."""

import re
from pathlib import Path

import pytest
from PIL import Image

from dashboard.web.menu import MENU, PageEntry
from docs.screenshots import IMAGES, LOOKS

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"


def sections() -> dict[str, str]:
    _, *parts = re.split(r"^## ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    return {title: body for title, _, body in (part.partition("\n") for part in parts)}


def test_its_sections_are_the_menus_in_the_menus_order() -> None:
    _, *titles = sections()

    assert titles == [entry.title for entry in MENU]


def shown(text: str) -> list[str]:
    return re.findall(r"images/(.+?)\.png", text)


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.name)
def test_a_page_is_told_and_shown_in_every_look(entry: PageEntry) -> None:
    told = sections()[entry.title]

    assert shown(told) == [f"{entry.name}-{look}" for look in LOOKS]
    assert len(re.sub(r"!\[.*?\]\(.*?\)|<img .*?>", "", told).split()) > 20
    anchor = entry.title.lower().replace(" ", "-")
    assert f"[{entry.title}](#{anchor})" in GUIDE.read_text("utf-8")


def test_its_pictures_are_those_that_are_taken() -> None:
    taken = {
        f"{entry.name}-{look}": (width, height)
        for entry in MENU
        for look, (width, height, _) in LOOKS.items()
    }
    found = {path.stem: path for path in IMAGES.iterdir()}

    assert set(found) == set(taken) == set(shown(GUIDE.read_text("utf-8")))
    for name, size in taken.items():
        with Image.open(found[name]) as picture:
            assert (picture.format, picture.mode, picture.size) == ("PNG", "P", size), name
        assert found[name].stat().st_size < 120_000, name
    assert sum(path.stat().st_size for path in found.values()) < 4_000_000
