"""Names in one cell: which part is the surname, and whether it is a person at all."""

from __future__ import annotations

import re
from typing import Literal

NameOrder = Literal["surname_first", "first_names_first"]

_PARTICLES = frozenset(
    (
        "von", "af", "av", "de", "del", "della", "der", "den", "di", "du", "van", "zu", "zur", "la", "le", "dos",
        "da", "do", "el", "al", "bin", "bint", "ibn", "ter", "ten",
    )
)  # fmt: skip
_PARTICLES_IN_ANY_CASE = frozenset(("von", "af"))
"""Others begin first names too where they are capitalised: Al, Van, Le."""
_FORMS = frozenset(
    (
        "oy", "oyj", "ab", "abp", "ky", "kb", "tmi", "t:mi", "ay", "osk", "ry", "rf", "r.y", "r.f", "sr", "oü", "ltd",
        "gmbh", "inc", "llc", "säätiö", "stiftelse", "stiftelsen", "osuuskunta", "andelslag", "yhdistys", "förening",
        "föreningen", "seurakunta", "församling", "kunta", "kommun", "kaupunki", "stad", "kuntayhtymä", "samkommun",
        "kiinteistö", "asunto-osakeyhtiö", "osakeyhtiö", "aktiebolag", "toiminimi", "yhtymä", "kuolinpesä",
        "hyvinvointialue", "välfärdsområde", "virasto", "ammattikoulu", "yliopisto",
    )
)  # fmt: skip
_ALSO_OF_PERSONS = frozenset(("ky", "kb", "ay", "sr", "inc", "stad", "kunta", "kuolinpesä"))
"""Forms that are names or additions of persons too: Nguyen Thi Ky, van der Stad, the estate of a person."""
_OF_NO_PERSON = _FORMS - _ALSO_OF_PERSONS
_BLANKS = re.compile(r"\s+")


def split_name(text: str, order: NameOrder) -> tuple[str, str]:
    """(surname, first names) of a person's name in one cell; a comma always follows the surname.

    >>> split_name("von Wright Carl Gustaf", "surname_first")
    ('von Wright', 'Carl Gustaf')
    >>> split_name("Maria de la Cruz", "first_names_first")
    ('de la Cruz', 'Maria')
    >>> split_name("Virtanen-Koski, Aino Maria", "first_names_first")
    ('Virtanen-Koski', 'Aino Maria')
    """
    surname, comma, first_names = text.partition(",")
    if comma and surname.strip():
        return _tidy(surname), _tidy(first_names)
    words = text.replace(",", " ").split()
    if len(words) < 2:
        return " ".join(words), ""
    capitals = text.isupper()
    if order == "surname_first":
        end = 1
        while end < len(words) - 1 and _is_particle(words[end - 1], capitals):
            end += 1
        return " ".join(words[:end]), " ".join(words[end:])
    start = len(words) - 1
    while start > 1 and _is_particle(words[start - 1], capitals):
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start])


def _is_particle(word: str, capitals: bool) -> bool:
    lower = word.lower()
    return lower in _PARTICLES and (word == lower or capitals or lower in _PARTICLES_IN_ANY_CASE)


def _tidy(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def is_organisation_name(text: str) -> bool:
    """Whether a name says by its form that it is no person's: Oy, Ab, ry, säätiö.

    >>> is_organisation_name("Puhdas Vesi Oy"), is_organisation_name("Virtanen Matti")
    (True, False)
    """
    return not _FORMS.isdisjoint(_bare(text))


def is_surely_organisation(text: str) -> bool:
    """Whether a name is no person's whoever bears it, so that nothing else need say so.

    >>> is_surely_organisation("Koulun tuki ry"), is_surely_organisation("Nguyen Thi Ky")
    (True, False)
    """
    return not _OF_NO_PERSON.isdisjoint(_bare(text))


def _bare(text: str) -> list[str]:
    return [word.strip(".,()").lower() for word in text.split()]
