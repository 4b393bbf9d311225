"""Folding of text to words a clerk may mistype, and the words a party is found by.

A word of a party is a lexeme with a class letter before it: ``n`` name, ``a`` address and
contact (covered by non-disclosure), ``i`` other identifier, ``o`` client organisation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

import polars as pl

from rekisteri.catalogue import Content, PartyKind

REMEMBERED = 32_768
"""Texts whose words are remembered: names come again and again, most streets with a number but once. 13 MiB."""
WORD_MAX = 40
VARIANT_MIN = 3
"""Shorter words have no variants: one slip in three letters is another word."""

_SPECIAL = str.maketrans(
    {"ø": "o", "æ": "a", "œ": "o", "ß": "ss", "đ": "d", "ŋ": "n", "ł": "l", "ð": "d", "þ": "t", "ı": "i", "ŧ": "t", "w": "v"}
)  # fmt: skip
_WORD = re.compile(rf"([^\W_]{{1,{WORD_MAX}}})[^\W_]*")
_MARKS = re.compile(r"[\u0300-\u036f]")
_DIGITS = re.compile(r"\D+")

NAME_ITEMS = ("surname", "first_names", "called_name", "organisation_name")
NAME_LISTS = ("former_surnames", "auxiliary_names")
ADDRESS_ITEMS = ("permanent_address", "temporary_address", "postal_address", "contact_address")
ADDRESS_PARTS = ("street", "postcode", "town", "care_of")


def folded(text: str) -> tuple[str, ...]:
    """The words of a text: lower case, no accents (å ä ö too), w as v, cut at ``WORD_MAX``."""
    plain = text.lower().translate(_SPECIAL)
    if not plain.isascii():
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return tuple(_WORD.findall(plain))


@lru_cache(maxsize=REMEMBERED)
def fold(text: str) -> tuple[str, ...]:
    """``folded`` of a text that comes again and again, as single names and streets do."""
    return folded(text)


def _plain_letter(letter: str) -> str:
    """What ``fold`` makes of one letter."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", letter.translate(_SPECIAL)))


_LETTERS = MappingProxyType(
    {
        letter: plain
        for letter in map(chr, (ord("w"), *range(0xC0, 0x250)))
        if letter == letter.lower() and (plain := _plain_letter(letter)).isascii() and plain.isalnum()
    }
)
"""The letters of Latin scripts that fold to plain ones."""
_BETWEEN = "[^a-z0-9 ][^a-z0-9]*| [^a-z0-9]+"
"""What stands between words and is not one blank already."""
_OVERLONG = f"[a-z0-9]{{{WORD_MAX + 1}}}"


def fold_all(texts: pl.Series) -> pl.Series:
    """``fold`` of many texts at once: the words of each with one blank between them, null for null."""
    return fold_columns(texts.to_frame()).to_series()


def fold_columns(texts: pl.DataFrame) -> pl.DataFrame:
    """``fold_all`` of each column."""
    plain = texts.select(pl.all().str.to_lowercase().str.replace_many(_LETTERS))
    folded = plain.select(pl.all().str.replace_all(_BETWEEN, " ").str.strip_chars(" "))
    long, whole = pl.all().str.len_bytes(), pl.all().str.len_chars()
    doubtful = plain.select((long != whole) | (long > WORD_MAX))
    for name in texts.columns:
        places = doubtful[name].arg_true()
        if places.len():
            odd = (plain[name].gather(places).str.contains(f"[^\\x00-\\x7f]|{_OVERLONG}")).arg_true()
            by_hand = [" ".join(fold(text)) for text in texts[name].gather(places.gather(odd)).to_list()]
            if by_hand:
                folded = folded.with_columns(folded[name].scatter(places.gather(odd), by_hand))
    return folded


def of_party(content: Content, organisations: Iterable[int]) -> tuple[list[str], list[str]]:
    """The lexemes of a golden record, and the words among them that may be misspelt."""
    names: list[str] = []
    for item in NAME_ITEMS:
        if item in content:
            names += fold(str(content[item]))
    for item in NAME_LISTS:
        for text in texts(content.get(item)):
            names += fold(text)
    places: list[str] = []
    for item in ADDRESS_ITEMS:
        address = content.get(item)
        if isinstance(address, dict):
            for part in ADDRESS_PARTS:
                if part in address:
                    places += fold(str(address[part]))
    lexemes = [f"n{word}" for word in names]
    lexemes += [f"a{word}" for word in places]
    lexemes += _exact(content)
    lexemes += [f"o{number}" for number in organisations]
    return lexemes, [word for word in names + places if may_be_misspelt(word)]


MISSPELT = rf"^\p{{L}}{{{VARIANT_MIN},}}$"
"""``may_be_misspelt`` as a regular expression of polars."""


def may_be_misspelt(word: str) -> bool:
    """Whether typing errors in the word are mended: a figure wrong is another address."""
    return len(word) >= VARIANT_MIN and word.isalpha()


def texts(value: object) -> list[str]:
    """The texts of an item that holds several, none when it is not stated."""
    return [str(text) for text in value] if isinstance(value, list) else []


def _exact(content: Content) -> list[str]:
    """Lexemes that are met exactly or not at all."""
    found = []
    if "phone" in content:
        found.append("a" + phone_word(str(content["phone"])))
    if "email" in content:
        found.append("a" + email_word(str(content["email"])))
    if "birth_date" in content:
        found.append("i" + birth_word(str(content["birth_date"])))
    foreign = content.get("foreign_id")
    if isinstance(foreign, dict):
        found.append("i" + identifier_word(str(foreign["value"])))
    return found


def phone_word(number: str) -> str:
    """The word of a telephone number: its last nine digits, however it is written."""
    return "tel" + _DIGITS.sub("", number)[-9:]


def email_word(address: str) -> str:
    """The word of an e-mail address."""
    return "mail" + "".join(fold(address))


def birth_word(day: str) -> str:
    """The word of a date of birth given as ``YYYY-MM-DD``."""
    return "born" + day.replace("-", "")


def identifier_word(text: str) -> str:
    """The word of a foreign identifier, without separators."""
    return "id" + "".join(fold(text))


def shown_name(kind: PartyKind, content: Mapping[str, object]) -> str:
    """The name as lists show it: ``Virtanen Matti Juhani``, or the organisation's name."""
    if kind is PartyKind.ORGANISATION:
        return str(content["organisation_name"])
    return f"{content['surname']} {content.get('first_names', '')}".strip()


def variants(word: str) -> set[str]:
    """The word and each form of it with one letter left out (the symmetric delete method)."""
    found = {word}
    if len(word) >= VARIANT_MIN:
        found.update(word[:at] + word[at + 1 :] for at in range(len(word)))
    return found


def alike(first: str, second: str) -> bool:
    """Whether two folded words are the same but for a slip of the finger."""
    return not variants(first).isdisjoint(variants(second))


def names_agree(first: Collection[str], second: Collection[str]) -> bool:
    """Whether two folded names share any word, or one word begins another."""
    if not first or not second or not set(first).isdisjoint(second):
        return True
    return any(a.startswith(b) or b.startswith(a) for a in first for b in second)


_ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}", "æ": "|", "ø": "}", "ü": "y", "w": "v"})


def sort_key(name: str) -> str:
    """Finnish order: å ä ö last, other accents as their letters (SFS 4600)."""
    lowered = name.lower().translate(_ALPHABET)
    return lowered if lowered.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", lowered))
