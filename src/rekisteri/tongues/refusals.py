"""What the rooms say when they refuse, and what commands say, in the language of whoever is told.

Rooms raise in English, for logs and integrators. ``translations/sentences.<language>.po`` holds
each of those sentences with ``{}`` where a room puts a value in; here the sentence is met
again and said in Finnish or Swedish. One that is not known is shown as it is, marked English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from babel.messages import Message, pofile

from rekisteri.catalogue import EXPLANATIONS, PURPOSES, ROLES, Purpose, Reason, Role
from rekisteri.ground.errors import Rejected, RekisteriError
from rekisteri.tongues.names import ACTION_OF_NAME, ACTIONS, REFUSALS
from rekisteri.tongues.tongue import FOLDER, Tongue, load

ROOMS_LANGUAGE = "en"
GAP = "{}"


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal in words: its heading, its sentence, and the language the sentence is in."""

    title: str
    sentence: str
    language: str


class Phrasebook:
    """Every sentence of the rooms, in every language it is known in."""

    def __init__(self, tongues: Mapping[str, Tongue]) -> None:
        self._tongues = tongues

    def tell(self, error: RekisteriError, language: str, *, codes: bool = False) -> Said:
        """The refusal in a language; the sentence stays English where no translation is known.

        With ``codes`` acts, roles and purposes bear their code names too, as options and requests name them.
        """
        title = self._tongues[language].say(REFUSALS.get(error.slug, REFUSALS["error"]))
        if isinstance(error, Rejected) and error.reason in set(Reason):
            explanation = EXPLANATIONS[Reason(error.reason)]
            told = f"{explanation.what.in_(language)}. {explanation.mend.in_(language)}."
            return Said(title, told, language)
        known = self._translate(error.message, language, lambda value: self._named(value, language, codes=codes))
        if known is None:
            return Said(title, error.message, ROOMS_LANGUAGE)
        return Said(title, known, language)

    def retell(self, message: str, language: str) -> Said:
        """A message that was kept, as ``tell`` would tell it."""
        return self.tell(RekisteriError(message), language)

    def say(self, sentence: str, language: str) -> str:
        """Any sentence of ours in a language, its values as they are; English where no translation is known."""
        return self._translate(sentence, language, lambda value: _fixed(language).get(value, value)) or sentence

    def _translate(self, message: str, language: str, named: Callable[[str], str]) -> str | None:
        if language == ROOMS_LANGUAGE:
            return message
        for pattern, translated in _phrases(language):
            if met := pattern.fullmatch(message):
                return translated.format(*map(named, met.groups()))
        return None

    def _named(self, value: str, language: str, *, codes: bool) -> str:
        """A value of a sentence: code names of acts, roles and purposes, and phrases of the rooms, in words."""
        named = value.split(", ")
        words = [self._word(one, language) for one in named]
        if None in words:
            return _fixed(language).get(value, value)
        return ", ".join(f"{word} ({one})" if codes else str(word) for word, one in zip(words, named, strict=True))

    def _word(self, code: str, language: str) -> str | None:
        """What an act, a role or a purpose is called; None of anything else."""
        if code in ACTION_OF_NAME:
            return self._tongues[language].say(ACTIONS[ACTION_OF_NAME[code]])
        if code in set(Role):
            return ROLES[Role(code)].in_(language)
        return PURPOSES[Purpose(code)].in_(language) if code in set(Purpose) else None


@cache
def phrasebook() -> Phrasebook:
    """The phrasebook of this process."""
    return Phrasebook(load())


@cache
def _known(language: str) -> tuple[Message, ...]:
    """Every sentence of a language's file: read once, at the first refusal."""
    with (FOLDER / f"sentences.{language}.po").open("rb") as source:
        return tuple(one for one in pofile.read_po(source) if one.id and one.string)


@cache
def _fixed(language: str) -> Mapping[str, str]:
    """Phrases without a gap, in a language."""
    return MappingProxyType({str(one.id): str(one.string) for one in _known(language) if GAP not in one.id})


@cache
def _phrases(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences as patterns, those that say most of their own first."""
    known = sorted(_known(language), key=lambda one: len(str(one.id).replace(GAP, "")), reverse=True)
    return tuple((_pattern(str(one.id)), str(one.string)) for one in known)


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(piece) for piece in sentence.split(GAP)), re.DOTALL)
