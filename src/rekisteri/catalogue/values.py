"""Checks of scalar values: text in, canonical value or reason out. Pure, no database.

What the value means is the item's business; here only its form is judged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache

import babel
import pycountry

from rekisteri.catalogue.model import Kind, Parse, Scalar
from rekisteri.catalogue.reasons import Reason
from rekisteri.catalogue.vocabulary import Text
from rekisteri.ground import numbers

NAME_MAX = 100
STREET_MAX = 100
TOWN_MAX = 50
REFERENCE_MAX = 70
MATTERS_MAX = 200
LIST_MAX = 20
WHOLE_DIGITS_MAX = 9
EARLIEST_YEAR = 1850
LATEST_YEAR = 2150
REMEMBERED = 65_536

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))
"""Soft hyphen, zero-width space, word joiner, byte order mark: copied along, seen by nobody, they keep equal texts apart."""
_UNSEEN_IN_CODES = _UNSEEN | dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Marks of direction too, as copied from a contact list: in a text they may mislead its reader, in figures they say nothing."""
_GARBLED = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
"""What most letters' two bytes of UTF-8 become when they are read as Windows-1252 or Latin-1: no word of any language."""
_FORMULA = re.compile(r"[=@]|[+\-][^\d\s(]")
_BLANKS = re.compile(r"\s+")
_FINNISH_DATE = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})(?: 0?0[:.]00(?:[:.]00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_PLAIN_EADDRESS = r"[A-Za-z0-9:._\-]{2,35}"
_EADDRESS = re.compile(_PLAIN_EADDRESS)
EADDRESS_MAX = 35
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z]{2})?")
"""A code of ISO 639, or a tag of BCP 47 whose region says nothing of the language a bill is written in."""
_LIST_SEPARATOR = re.compile(r"\s*[|;]\s*")

_LETTER = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f"
_PLAIN_TEXT = f"[{_LETTER}][{_LETTER}.,:/&'()\\-]*(?: [{_LETTER}.,:/&'()\\-]+)*"
"""Words that begin with a letter or figure, one blank between them."""
_PLAIN_DATE = "(?:1[89][5-9][0-9]|19[0-4][0-9]|20[0-9][0-9])-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
_PLAIN_POSTCODE = "[0-9]{5}"


def tidy(text: str) -> str | Reason:
    """One line of composed text without needless blanks and signs nobody sees, or why it can't be one."""
    if text.isascii():
        seen = text
    else:
        seen = unicodedata.normalize("NFC", text.translate(_UNSEEN))
        if _GARBLED.search(seen):
            return Reason.GARBLED
    if _CONTROL.search(seen):
        return Reason.FORBIDDEN_CHARACTER
    return _BLANKS.sub(" ", seen).strip()


def text(name: str, longest: int) -> Kind:
    """A kind of plain text of at most ``longest`` characters; never cut, formulas refused."""

    def parse(raw: str) -> Scalar | Reason:
        clean = raw if raw.isascii() and raw.isalpha() else tidy(raw)
        if isinstance(clean, Reason):
            return clean
        if len(clean) > longest:
            return Reason.TOO_LONG
        return Reason.FORMULA if _FORMULA.match(clean) else clean

    return Kind(name, parse, plain=_PLAIN_TEXT, longest=longest)


def texts(name: str, longest: int) -> Kind:
    """A kind of several texts in one cell, divided by ``|`` or ``;``."""
    single = text(name, longest).parse

    def parse(raw: str) -> Scalar | Reason:
        found: list[str] = []
        for piece in _LIST_SEPARATOR.split(raw.strip()):
            value = single(piece)
            if isinstance(value, Reason):
                return value
            if isinstance(value, str) and value and value not in found:
                found.append(value)
        return found if len(found) <= LIST_MAX else Reason.TOO_LONG

    return Kind(name, parse, plain=_PLAIN_TEXT, longest=longest)


def code(name: str, codes: dict[str, Text], **others: str) -> Kind:
    """A kind of code list; ``others`` are further spellings, folded to lower case."""
    table = {key: key for key in codes} | others
    for key, label in codes.items():
        for spelling in (label.fi, label.sv, label.en):
            table.setdefault(spelling.lower(), key)

    def parse(raw: str) -> Scalar | Reason:
        return table.get(raw.strip().lower(), Reason.CODE_UNKNOWN)

    return Kind(name, parse, codes)


def _numbered(check: Callable[[str], str | None], reason: Reason) -> Parse:
    def parse(raw: str) -> Scalar | Reason:
        return check(raw.translate(_UNSEEN_IN_CODES)) or reason

    return parse


@lru_cache(maxsize=REMEMBERED)
def _date(raw: str) -> Scalar | Reason:
    clean = raw.translate(_UNSEEN_IN_CODES).strip()
    if found := _FINNISH_DATE.fullmatch(clean):
        day, month, year = (int(group) for group in found.groups())
    elif found := _ISO_DATE.fullmatch(clean):
        year, month, day = (int(group) for group in found.groups())
    else:
        return Reason.FORMULA if clean.startswith("=") else Reason.NOT_A_DATE
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        return Reason.DATE_OUT_OF_RANGE
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return Reason.NOT_A_DATE


_YES = frozenset(("k", "kyllä", "kylla", "x", "1", "true", "j", "ja", "y", "yes", "t", "on"))
_NO = frozenset(("e", "ei", "0", "false", "n", "nej", "no", "f", "off"))


def _flag(raw: str) -> Scalar | Reason:
    clean = raw.strip().lower()
    if clean in _YES:
        return True
    return False if clean in _NO else Reason.NOT_YES_OR_NO


@lru_cache(maxsize=REMEMBERED)
def _country(raw: str) -> Scalar | Reason:
    clean = raw.strip().upper()
    try:
        return str(pycountry.countries.lookup(clean).alpha_2)
    except LookupError:
        return _countries_by_name().get(clean, Reason.COUNTRY_UNKNOWN)


@lru_cache(maxsize=1)
def _countries_by_name() -> dict[str, str]:
    """Countries by their names in Finnish, Swedish and English, and by what people write of them, capitals."""
    named = {
        name.upper(): code
        for tongue in ("en", "sv", "fi")
        for code, name in babel.Locale(tongue).territories.items()
        if pycountry.countries.get(alpha_2=code)
    }
    return named | _SPOKEN_OF


_SPOKEN_OF = {
    "UK": "GB", "ENGLANTI": "GB", "ENGLAND": "GB", "SKOTLANTI": "GB", "SKOTTLAND": "GB", "SCOTLAND": "GB", "WALES": "GB",
    "USA": "US", "AMERIKAN YHDYSVALLAT": "US", "HOLLANTI": "NL", "HOLLAND": "NL", "VENÄJÄN FEDERAATIO": "RU",
    "TSEKKI": "CZ", "TSHEKKI": "CZ", "TŠEKIN TASAVALTA": "CZ", "VIET NAM": "VN", "EESTI": "EE", "DEUTSCHLAND": "DE",
}  # fmt: skip
"""Names of countries that are not the ones their Finnish, Swedish and English lists know."""


@lru_cache(maxsize=REMEMBERED)
def _language(raw: str) -> Scalar | Reason:
    clean = raw.strip().lower()
    tag = _LANGUAGE_TAG.fullmatch(clean)
    if tag is None:
        return _languages_by_name().get(clean, Reason.CODE_UNKNOWN)
    code = tag.group(1)
    found = pycountry.languages.get(**{"alpha_2" if len(code) == 2 else "alpha_3": code})
    alpha_2 = getattr(found, "alpha_2", None)
    return str(alpha_2) if alpha_2 else Reason.CODE_UNKNOWN


@lru_cache(maxsize=1)
def _languages_by_name() -> dict[str, str]:
    """Languages by their names in Finnish, Swedish and English, small letters."""
    named = {
        name.lower(): code
        for tongue in ("en", "sv", "fi")
        for code, name in babel.Locale(tongue).languages.items()
        if len(code) == 2
    }
    return named | {"saame": "se"}


def _postcode(raw: str) -> Scalar | Reason:
    clean = tidy(raw)
    if isinstance(clean, Reason):
        return clean
    clean = clean.upper().removeprefix("FI-")
    fits = 2 <= len(clean) <= 10 and all(part.isalnum() for part in re.split(r"[ -]", clean))
    return clean if fits and clean.isascii() else Reason.POSTCODE_INVALID


def whole(name: str, least: int, most: int) -> Kind:
    """A kind of whole numbers from ``least`` to ``most``, written without leading zeros."""

    def parse(raw: str) -> Scalar | Reason:
        clean = raw.strip()
        if not (clean.isascii() and clean.isdigit() and len(clean) <= WHOLE_DIGITS_MAX):
            return Reason.CODE_UNKNOWN
        return str(int(clean)) if least <= int(clean) <= most else Reason.CODE_UNKNOWN

    return Kind(name, parse)


def _eaddress(raw: str) -> Scalar | Reason:
    clean = raw.strip().replace(" ", "")
    return clean if _EADDRESS.fullmatch(clean) else Reason.EADDRESS_INVALID


NAME = text("name", NAME_MAX)
NAMES = texts("names", NAME_MAX)
STREET = text("street", STREET_MAX)
TOWN = text("town", TOWN_MAX)
REFERENCE = text("reference", REFERENCE_MAX)
MATTERS = text("matters", MATTERS_MAX)
HETU = Kind("hetu", _numbered(numbers.hetu, Reason.HETU_INVALID))
YTUNNUS = Kind("ytunnus", _numbered(numbers.ytunnus, Reason.YTUNNUS_INVALID))
IBAN = Kind("iban", _numbered(numbers.iban, Reason.IBAN_INVALID))
PHONE = Kind(
    "phone", _numbered(numbers.phone, Reason.PHONE_INVALID), plain=numbers.PLAIN_PHONE, longest=numbers.PLAIN_PHONE_MAX
)
EMAIL = Kind(
    "email", _numbered(numbers.email, Reason.EMAIL_INVALID), plain=numbers.PLAIN_EMAIL, longest=numbers.PLAIN_EMAIL_MAX
)
DATE = Kind("date", _date, plain=_PLAIN_DATE, longest=10)
FLAG = Kind("flag", _flag)
COUNTRY = Kind("country", _country)
LANGUAGE = Kind("language", _language)
POSTCODE = Kind("postcode", _postcode, plain=_PLAIN_POSTCODE, longest=5)
DAY_OF_MONTH = whole("day_of_month", 1, 31)
TIMES_A_YEAR = whole("times_a_year", 1, 366)
EADDRESS = Kind("eaddress", _eaddress, plain=_PLAIN_EADDRESS, longest=EADDRESS_MAX)
