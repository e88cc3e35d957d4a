"""The pages of docs/ that are made from the code say what the code says."""

import pytest

from docs.generate import HERE, pages


@pytest.mark.parametrize("name", pages())
def test_page_is_fresh(name: str) -> None:
    written = (HERE / name).read_text("utf-8")

    assert written == pages()[name], "run `make docs` and commit the result"
