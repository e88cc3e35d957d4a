"""The guide has every page of the menu, under its title, with a picture that is there."""

import re
from pathlib import Path

import pytest

from dashboard.ui.menu import MENU, Entry
from docs.screenshots import IMAGES, pictures

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"


def sections() -> dict[str, str]:
    _, *parts = re.split(r"^## ", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    return {title: body for title, _, body in (part.partition("\n") for part in parts)}


def test_its_sections_are_the_menus_in_the_menus_order() -> None:
    _, *titles = sections()

    assert titles == [entry.title for entry in MENU]


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.name)
def test_a_page_is_told_and_shown(entry: Entry) -> None:
    told = sections()[entry.title]

    assert f"(images/{entry.name}-light.png)" in told
    assert len(re.sub(r"!\[.*?\]\(.*?\)", "", told).split()) > 20
    anchor = entry.title.lower().replace(" ", "-")
    assert f"[{entry.title}](#{anchor})" in GUIDE.read_text("utf-8")


def test_its_pictures_are_those_that_are_taken() -> None:
    shown = set(re.findall(r"\(images/(.+?)\.png\)", GUIDE.read_text("utf-8")))
    taken = {f"{name}-{look}" for name, look in pictures()}

    assert shown == taken
    assert {path.stem for path in IMAGES.glob("*.png")} == taken
    for path in IMAGES.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
