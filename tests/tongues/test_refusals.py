"""What the rooms refuse with, whole in three languages."""

from __future__ import annotations

import ast
import re

import pytest

from rekisteri.catalogue import Purpose, Reason
from rekisteri.ground.errors import Missing, Refused, Rejected
from rekisteri.tongues import phrasebook
from tests.tongues.sentences import OPERATORS_ONLY, PACKAGE, bare, known, refusals


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_refusal_that_can_reach_anybody_but_the_operator_is_known_in_finnish_and_swedish(language: str) -> None:
    assert sorted(refusals() - known(f"sentences.{language}").keys()) == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_translated_refusal_keeps_its_gaps(language: str) -> None:
    gap = re.compile(r"\{\d?\}")
    wrong = [
        text for text, said in known(f"sentences.{language}").items() if text.count("{}") != len(gap.findall(said))
    ]
    assert wrong == []


def test_a_refusal_is_told_in_the_viewers_language_with_acts_and_purposes_in_words() -> None:
    phrases = phrasebook()
    refused = Refused("Your roles do not carry audit:search; ask your administrator for it.")
    assert (
        phrases.tell(refused, "fi").sentence == "Rooleissasi ei ole oikeutta: Lokin katselu. Pyydä sitä pääkäyttäjältä."
    )
    assert "Visning av logg" in phrases.tell(refused, "sv").sentence
    assert phrases.tell(refused, "en").sentence == refused.message
    wrong = Refused(f"customer:correct is not done for the purpose {Purpose.INVOICING}.")
    assert phrases.tell(wrong, "fi").sentence == "Tiedon korjaaminen ei kuulu käyttötarkoitukseen Laskutus."
    assert phrases.tell(Rejected(reason=Reason.IBAN_INVALID), "sv").sentence.startswith("Kontonumret")


def test_a_refusal_nobody_has_translated_is_shown_as_it_is_and_marked_english() -> None:
    said = phrasebook().tell(Missing("Quite a new sentence."), "fi")
    assert (said.title, said.sentence, said.language) == ("Ei löydy", "Quite a new sentence.", "en")


def test_at_a_terminal_and_in_the_api_acts_roles_and_purposes_bear_their_code_names_too() -> None:
    refused = Refused("Your roles do not carry audit:search; ask your administrator for it.")
    assert "Lokin katselu (audit:search)" in phrasebook().tell(refused, "fi", codes=True).sentence
    named = Rejected("The purposes are invoicing, collection.")
    told = phrasebook().tell(named, "sv", codes=True).sentence
    assert told == "Ändamålen är Fakturering (invoicing), Indrivning (collection)."
    other = Rejected("The purposes are invoicing, curiosity.")
    assert phrasebook().tell(other, "sv", codes=True).sentence == "Ändamålen är invoicing, curiosity."


OPERATORS_COMMANDS = OPERATORS_ONLY | {"commands.py", "log.py", "sealing.py", "upkeep.py", "worker.py"}


def test_nothing_that_is_said_to_whoever_is_signed_in_passes_the_phrasebook_by() -> None:
    found = {
        f"{file.name}: {sentence}"
        for file in (PACKAGE / "cli").glob("*.py")
        if file.name not in OPERATORS_COMMANDS
        for sentence in bare(ast.parse(file.read_text("utf-8")))
    }
    assert found == set()


def test_the_search_for_what_passes_it_by_sees_it() -> None:
    said = """
console.print("Nothing waits.")
console.print(table if found else f"{count} released.")
console.print(Line(f"{name}: {x or 'nobody'}"))
console.print(worded("Nothing waits.", language), f"  --purpose {one}")
"""
    assert list(bare(ast.parse(said))) == ["Nothing waits.", "released.", ": nobody"]


def test_what_the_terminal_says_leaves_names_as_they_are() -> None:
    """An account may be called as a role is."""
    told = phrasebook().say("Signed in as maintainer until 28.11.2026 05:12.", "sv")
    assert told == "Inloggad som maintainer till 28.11.2026 05:12."
    assert phrasebook().say("Quite a new sentence.", "sv") == "Quite a new sentence."
