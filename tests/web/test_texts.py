"""Three languages, whole: no text missing, none left over, none outside them."""

from __future__ import annotations

import re

import pytest

from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME, Choice, Disclosure, PartyKind, Purpose, Reason
from rekisteri.ground.errors import Missing, Refused, Rejected
from rekisteri.parties import Turn
from rekisteri.web import labels, tongues
from rekisteri.web.refusals import Phrasebook
from tests.web.texts import TEMPLATES, bare_texts, known, refusals, texts

SAME_EVERYWHERE = {"Rekisteri", "PDF", "JSON"}
"""Words that are names: the same in every language."""
GAP = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_text_of_the_pages_is_known_in_each_language_and_none_is_left_over(language: str) -> None:
    there = known(language)
    assert sorted(texts() - there.keys()) == []
    assert sorted(there.keys() - texts()) == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_translation_keeps_the_gaps_of_its_text(language: str) -> None:
    wrong = [text for text, said in known(language).items() if set(GAP.findall(text)) != set(GAP.findall(said))]
    assert wrong == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_refusal_that_can_reach_a_page_is_known_in_finnish_and_swedish(language: str) -> None:
    assert sorted(refusals() - known(f"errors.{language}").keys()) == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_translated_refusal_keeps_its_gaps(language: str) -> None:
    gap = re.compile(r"\{\d?\}")
    wrong = [text for text, said in known(f"errors.{language}").items() if text.count("{}") != len(gap.findall(said))]
    assert wrong == []


def test_no_text_of_a_template_stands_outside_the_languages() -> None:
    found = {
        (path.name, word)
        for path in TEMPLATES.rglob("*.html")
        for word in bare_texts(path.read_text("utf-8"))
        if word not in SAME_EVERYWHERE
    }
    assert found == set()


def test_the_test_of_bare_texts_sees_them() -> None:
    seen = bare_texts('<p title="Vihje">Moi {{ name }}</p><kbd>Enter</kbd><input placeholder="{{ _("x") }}">')
    assert seen == ["Vihje", "Moi"]


def test_everything_the_code_names_has_a_label() -> None:
    assert set(labels.ACTIONS) == set(Action)
    assert set(labels.RULES) == set(Choice)
    assert set(labels.DISCLOSURES) == set(Disclosure)
    assert set(labels.KINDS) == set(PartyKind)
    assert set(labels.TURNS) == set(Turn)
    assert {part.kind.name for item in BY_NAME.values() for part in item.parts if not part.kind.codes} == set(
        labels.FORMS
    )


def test_every_item_of_the_catalogue_stands_in_exactly_one_group_of_the_card() -> None:
    grouped = [name for _, names in labels.GROUPS for name in names]
    assert sorted(grouped) == sorted(BY_NAME)


def test_a_refusal_is_told_in_the_viewers_language_with_acts_and_purposes_in_words() -> None:
    phrases = Phrasebook(tongues.load())
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
    said = Phrasebook(tongues.load()).tell(Missing("Quite a new sentence."), "fi")
    assert (said.title, said.sentence, said.language) == ("Ei löydy", "Quite a new sentence.", "en")


def test_days_and_numbers_are_written_as_each_language_writes_them() -> None:
    spoken = tongues.load()
    assert [spoken[code].iso_day("1960-03-24") for code in ("fi", "sv", "en")] == [
        "24.3.1960",
        "24.3.1960",
        "24 Mar 1960",
    ]
    assert spoken["fi"].number(1234567) == "1\xa0234\xa0567"
    assert spoken["sv"].country("SE") == "Sverige"
