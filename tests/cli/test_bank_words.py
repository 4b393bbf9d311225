"""What `bank` says: in three languages, of one thing and of many."""

from __future__ import annotations

from string import Formatter

import pytest

from rekisteri.cli import bank_words
from rekisteri.cli.bank_words import COUNTED, SENTENCES, STATES, counted

EVERY = {
    **SENTENCES,
    **STATES,
    **{f"{name} {number}": text for name, both in COUNTED.items() for number, text in enumerate(both)},
}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_each_is_said_in_three_languages_with_the_same_things_in_it(name: str) -> None:
    text = EVERY[name]
    assert len({parts(text.fi), parts(text.sv), parts(text.en)}) == 1
    assert all((text.fi, text.sv, text.en))


def test_one_is_one_and_many_are_many() -> None:
    assert [counted("files", count, "en") for count in (0, 1, 2)] == ["0 files taken", "1 file taken", "2 files taken"]
    assert counted("files", 1, "fi") == "otettu 1 tiedosto"
    assert counted("sent", 2, "sv") == "2 meddelanden har sänts"


def test_a_state_that_has_no_words_of_its_own_is_none() -> None:
    with pytest.raises(KeyError):
        bank_words.state("lost", "fi")


def parts(text: str) -> frozenset[str]:
    """What a sentence has room for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)
