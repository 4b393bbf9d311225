"""What the rooms say when they refuse, in the viewer's language.

Rooms raise in English, for logs and integrators. ``translations/errors.<language>.po`` holds
each of those sentences with ``{}`` where a room puts a value in; here the sentence is met
again and said in Finnish or Swedish. One that is not known is shown as it is, marked English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from babel.messages import pofile

from rekisteri.ground.errors import RekisteriError
from rekisteri.web.tongues import FOLDER, LANGUAGES, Tongue

ROOMS_LANGUAGE = "en"
GAP = "{}"
_TITLES = {
    "rejected": "Tiedot eivät kelpaa",
    "refused": "Ei käyttöoikeutta",
    "unidentified": "Et ole kirjautunut",
    "missing": "Ei löydy",
    "conflict": "Tiedot ovat muuttuneet",
    "unavailable": "Palvelu ei vastaa",
    "error": "Jotain meni vikaan",
}
TITLES = tuple(_TITLES.values())


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
        self._phrases = {language: _phrases(language) for language in LANGUAGES if language != ROOMS_LANGUAGE}

    def tell(self, error: RekisteriError, language: str) -> Said:
        """The refusal in a language; the sentence stays English where no translation is known."""
        title = self._tongues[language].say(_TITLES.get(error.slug, _TITLES["error"]))
        known = self._translate(error.message, language)
        if known is None:
            return Said(title, error.message, ROOMS_LANGUAGE)
        return Said(title, known, language)

    def _translate(self, message: str, language: str) -> str | None:
        if language == ROOMS_LANGUAGE:
            return message
        for pattern, translated in self._phrases[language]:
            if met := pattern.fullmatch(message):
                return translated.format(*met.groups())
        return None


def _phrases(language: str) -> list[tuple[re.Pattern[str], str]]:
    with (FOLDER / f"errors.{language}.po").open("rb") as source:
        catalogue = pofile.read_po(source)
    return [(_pattern(str(one.id)), str(one.string)) for one in catalogue if one.id and one.string]


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(piece) for piece in sentence.split(GAP)), re.DOTALL)
