"""Typing errors: small, seeded, and never none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from rekisteri.simulators import Misspeller, people
from rekisteri.simulators.misspelling import KINDS, typed_wrong


def test_each_kind_of_error_is_the_one_it_says() -> None:
    assert typed_wrong("Virtanen", "swap", 1, 0) == "Vritanen"
    assert typed_wrong("Virtanen", "drop", 2, 0) == "Vitanen"
    assert typed_wrong("Virtanen", "double", 0, 0) == "VVirtanen"
    assert typed_wrong("Virtanen", "neighbour", 0, 0) == "Cirtanen"
    assert typed_wrong("Åström", "flatten", 0, 0) == "Astrom"
    assert typed_wrong("Virtanen", "alike", 0, 0) in {"Virthanen", "Vjrtanen"}
    assert set(KINDS) == {"swap", "drop", "double", "neighbour", "flatten", "alike"}


def test_one_error_in_a_name_is_small_and_repeats_for_the_same_number() -> None:
    misspeller = Misspeller(4)
    for person in people(1, 2000):
        wrong = misspeller.misspell(person.surname, person.index)
        assert wrong != person.surname
        assert wrong == Misspeller(4).misspell(person.surname, person.index)
        flattened = sum(not letter.isascii() for letter in person.surname)
        assert DamerauLevenshtein.distance(wrong, person.surname) <= max(2, flattened)


@given(text=st.text(min_size=1), number=st.integers(0, 10**6), errors=st.integers(1, 3))
def test_any_text_with_a_letter_comes_out_otherwise(text: str, number: int, errors: int) -> None:
    wrong = Misspeller(1).misspell(text, number, errors)
    assert (wrong != text) == any(letter.isalpha() for letter in text)
