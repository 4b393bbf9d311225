"""Three languages, whole: no text missing, none left over, none outside them."""

from __future__ import annotations

import re

import pytest

from rekisteri.access import Action
from rekisteri.catalogue import BY_NAME, Choice, Disclosure, PartyKind
from rekisteri.parties import Turn
from rekisteri.web import labels
from tests.tongues.sentences import known
from tests.web.texts import TEMPLATES, bare_texts, texts

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
