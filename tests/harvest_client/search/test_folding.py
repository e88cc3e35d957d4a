"""Case and words are read character by character, and every spelling of a letter is known."""

import sys
import unicodedata

import pytest

from harvest_client.search.values import case_spellings, fold_case, split_words, word_ranges

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


def test_every_character_folds_to_one_that_folds_to_itself() -> None:
    for character in CHARACTERS:
        once = fold_case(character)
        assert len(once) == 1
        assert fold_case(once) == once


def test_the_spellings_of_a_character_are_all_that_fold_to_it() -> None:
    found: dict[str, str] = {}
    for character in CHARACTERS:
        found[fold_case(character)] = found.get(fold_case(character), "") + character

    assert {small: case_spellings(small) for small in found} == found


def test_folding_does_not_look_at_the_neighbours() -> None:
    texts = ["ΟΔΟΣ", "İstanbul", "ΑΣ ΑΣ.", "\u0130\u0307"]

    for text in texts:
        assert fold_case(text) == "".join(map(fold_case, text))


def test_the_ranges_are_all_letters_marks_and_digits() -> None:
    within = {
        chr(code) for first, last in word_ranges() for code in range(ord(first), ord(last) + 1)
    }

    assert within == {
        character
        for character in CHARACTERS
        if unicodedata.category(character) == "Nd" or unicodedata.category(character)[0] in "LM"
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Retro, WORKSHOP retro", ("retro", "workshop")),
        ("re-tro_2", ("re", "tro", "2")),
        ("Über¼e\u0301é", ("über", "e\u0301é")),
        (" -–— ", ()),
        ("", ()),
    ],
)
def test_words_are_runs_of_letters_marks_and_digits(text: str, found: tuple[str, ...]) -> None:
    assert split_words(text) == found
