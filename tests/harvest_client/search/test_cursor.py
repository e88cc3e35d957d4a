"""A cursor leads to the next page of its own search, and nothing else is one."""

import string
from base64 import urlsafe_b64encode
from datetime import UTC
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_client.entities import ENTITIES
from harvest_client.search import Cursor, SearchError, read_search, search_digest

FIELDS = ["notes", "hours", "spent_date", "updated_at", "billable", "client.id"]
SEARCH = read_search(
    ENTITIES["time_entries"], {"query": {"sort": [{name: "desc"} for name in FIELDS]}}
)
OTHER = read_search(ENTITIES["time_entries"], {"query": {"sort": [{"notes": "desc"}]}})
ALPHABET = string.ascii_letters + string.digits + "-_"

values = st.tuples(
    st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    st.none() | st.decimals(-(10**11), 10**11, places=6),
    st.none() | st.dates(),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.none() | st.booleans(),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
)


def damaged(text: str) -> bool:
    with pytest.raises(SearchError) as raised:
        Cursor.from_text(text, SEARCH)
    return str(raised.value) == "$.cursor is damaged."


@given(values)
def test_a_cursor_reads_back_as_the_values_it_was_made_of(found: tuple[Any, ...]) -> None:
    text = Cursor(found).to_text(SEARCH)

    assert set(text) <= set(ALPHABET)
    assert Cursor.from_text(text, SEARCH) == Cursor(found)


def test_a_text_sorted_by_may_be_of_any_length() -> None:
    cursor = Cursor(("ä" * 50_000, None, None, None, None, None, 1))

    assert Cursor.from_text(cursor.to_text(SEARCH), SEARCH) == cursor


def test_the_cursor_of_another_search_is_refused() -> None:
    text = Cursor(("x", 1)).to_text(OTHER)

    with pytest.raises(SearchError, match=r"\$\.cursor belongs to another search"):
        Cursor.from_text(text, SEARCH)


@given(values, st.data())
def test_a_cursor_with_one_character_changed_cut_or_added_is_damaged(
    found: tuple[Any, ...], data: st.DataObject
) -> None:
    text = Cursor(found).to_text(SEARCH)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(ALPHABET).filter(lambda one: one != text[place]))

    assert damaged(text[:place] + letter + text[place + 1 :])
    assert damaged(text[:place])
    assert damaged(text[:place] + letter + text[place:])


@given(st.text() | st.text(ALPHABET, max_size=100))
def test_whatever_is_no_cursor_is_damaged(text: str) -> None:
    assert damaged(text)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "[null,null,null,null,null,null]",
        '["x",1,"2026-01-01","2026-01-01T00:00:00Z",true,1,"1"]',
        '["x",NaN,"2026-01-01","2026-01-01T00:00:00Z",true,1,1]',
        '["x",1e999999,"2026-01-01","2026-01-01T00:00:00Z",true,1,1]',
        '["x",1,"2026-02-30","2026-01-01T00:00:00Z",true,1,1]',
        '["x", 1,"2026-01-01","2026-01-01T00:00:00Z",true,1,1]',
        '["\\ud800",1,"2026-01-01","2026-01-01T00:00:00Z",true,1,1]',
        "[" * 100_000,
        b"\xff",
    ],
)
def test_a_forged_cursor_holds_what_its_fields_hold_or_is_damaged(body: str | bytes) -> None:
    written = body if isinstance(body, bytes) else body.encode()
    whole = bytes.fromhex(search_digest(SEARCH)) + written
    forged = urlsafe_b64encode(sha256(whole).digest()[:8] + whole).decode().rstrip("=")

    assert damaged(forged)
