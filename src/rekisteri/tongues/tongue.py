"""The three languages of the face: texts by gettext, dates and numbers by Babel.

Message ids are the Finnish texts themselves, so Finnish needs no catalogue; ``sv.po`` and
``en.po`` lie beside this module and are compiled in memory at start. What the catalogue
says comes from the catalogue.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages import mofile, pofile
from babel.numbers import format_decimal

from rekisteri.ground import clock

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = ("fi", "sv", "en")
NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
_LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
# Babel's short and medium Swedish forms are those of Sweden; in Finland the day comes first.
_DAY = {"fi": "d.M.y", "sv": "d.M.y", "en": "d MMM y"}
_MINUTE = {"fi": "d.M.y 'klo' H.mm", "sv": "d.M.y 'kl.' H.mm", "en": "d MMM y, HH:mm"}
_SECOND = {"fi": "d.M.y 'klo' H.mm.ss", "sv": "d.M.y 'kl.' H.mm.ss", "en": "d MMM y, HH:mm:ss"}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: its texts, its dates, its numbers."""

    code: str
    locale: Locale
    texts: gettext.NullTranslations

    def say(self, message: str, **values: object) -> str:
        """A text of the face in this language; ``%(name)s`` stands for a value."""
        text = self.texts.gettext(message)
        return text % values if values else text

    def day(self, day: date) -> str:
        """A day as it is written: ``4.3.1960``, ``4 Mar 1960``."""
        return format_date(day, _DAY[self.code], locale=self.locale)

    def eve(self, end: date) -> str:
        """The last day of a period, given the day it no longer holds."""
        return self.day(end - timedelta(days=1))

    def iso_day(self, text: str) -> str:
        """A day given in ISO form as it is written; what is no day is left as it is."""
        try:
            return self.day(date.fromisoformat(text))
        except ValueError:
            return text

    def instant(self, instant: datetime, *, seconds: bool = False) -> str:
        """An instant in Finnish time."""
        form = (_SECOND if seconds else _MINUTE)[self.code]
        return format_datetime(instant, form, tzinfo=clock.HELSINKI, locale=self.locale)

    def number(self, number: int) -> str:
        """A whole number with the thousands apart."""
        return format_decimal(number, locale=self.locale)

    def country(self, code: str) -> str:
        """The name of a country."""
        return str(self.locale.territories.get(code, code))

    def language(self, code: str) -> str:
        """The name of a language."""
        return str(self.locale.languages.get(code, code))


@cache
def load() -> Mapping[str, Tongue]:
    """Every language of the face; read once, for the files do not change while the register runs."""
    spoken = {code: Tongue(code, Locale.parse(_LOCALES[code]), _texts(f"{code}.po")) for code in LANGUAGES}
    return MappingProxyType(spoken)


def _texts(name: str) -> gettext.NullTranslations:
    path = FOLDER / name
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        catalogue = pofile.read_po(source)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def choose(*wishes: str | None, accept: str = "") -> str:
    """The first wish that is a language of the face, else the first acceptable one, else Finnish."""
    accepted = [part.partition(";")[0].strip()[:2].lower() for part in accept.split(",")]
    return next((wish for wish in (*wishes, *accepted) if wish in LANGUAGES), LANGUAGES[0])
