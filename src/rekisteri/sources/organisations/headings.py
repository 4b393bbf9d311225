"""What a column's heading says: the path it names, in three languages and their mixtures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rekisteri import catalogue
from rekisteri.sources.organisations.post_line import PATHS

FULL_NAME = "full_name"
"""One column that holds a person's surname and first names, or an organisation's name."""

_LANGUAGES = re.compile(r"\s*[/|()]\s*")
"""Between the languages of one heading: ``Katuosoite / Gatuadress``, ``Nimi (Namn)``."""
_FULL_NAMES = frozenset(
    (
        "kokonimi", "asiakkaannimi", "asiakasnimi", "henkilonnimi", "sukunimietunimi", "sukunimietunimet",
        "sukunimijaetunimi", "sukunimijaetunimet", "sukujaetunimi", "sukujaetunimet", "etunimisukunimi",
        "etunimetsukunimi", "etunimijasukunimi", "etujasukunimi", "namn", "kundnamn", "kundensnamn", "fullnamn",
        "efternamnfornamn", "fornamnefternamn", "forochefternamn", "name", "fullname", "customername", "maksajannimi",
    )
)  # fmt: skip
_POST_LINES = frozenset(
    (
        "postinumerojapostitoimipaikka", "postinumerojatoimipaikka", "postinumerotoimipaikka", "postinumeropostitoimipaikka",
        "postinrojatoimipaikka", "postinrojapostitoimipaikka", "postnummerochort", "postnummerochpostanstalt", "postnrochort",
        "postnummerort", "postcodeandtown", "postcodeandcity", "zipandcity", "zipcity",
    )
)  # fmt: skip
_BARE_NAME = "nimi"
"""In the standard layout an organisation's name; where no column holds surnames, anybody's."""


def _known() -> dict[str, tuple[str, ...]]:
    """Folded heading to the paths it may mean, the likeliest first."""
    found: dict[str, list[str]] = {}
    for column, item, part in catalogue.layout():
        for name in (catalogue.heading(column), *map(catalogue.heading, part.aliases)):
            paths = found.setdefault(name, [])
            if item.path(part) not in paths:
                paths.append(item.path(part))
    for name in _FULL_NAMES:
        found.setdefault(name, [FULL_NAME])
    for name in _POST_LINES:
        found.setdefault(name, list(PATHS))
    return {name: tuple(paths) for name, paths in found.items()}


KNOWN = MappingProxyType(_known())


@dataclass(frozen=True, slots=True)
class Guess:
    """What a heading is taken for: the path, and the known heading it was recognised by."""

    path: str
    known: str


def meanings(heading: str) -> tuple[tuple[str, ...], str]:
    """The paths a heading may mean, and by which known heading; nothing for an unknown one.

    Tried are the whole, each of its languages, and the ends of a dotted path, the longest first.
    """
    tried = [heading, *_LANGUAGES.split(heading)]
    steps = heading.split(".")
    tried += (".".join(steps[start:]) for start in range(1, len(steps)))
    for text in tried:
        folded = catalogue.heading(text)
        if folded in KNOWN:
            return KNOWN[folded], folded
    return (), ""


def recognise(columns: Sequence[str]) -> dict[int, Guess]:
    """Column index to what its heading means; no path twice.

    A heading of one meaning goes before one of several, which then means what is left:
    ``Postiosoite`` beside ``Katuosoite`` is the postal address, alone it is the address.
    """
    candidates = {index: meanings(column) for index, column in enumerate(columns)}
    taken: dict[str, int] = {}
    guesses: dict[int, Guess] = {}

    def rank(index: int) -> tuple[bool, int, int]:
        paths, known = candidates[index]
        is_own = bool(paths) and paths[0] in catalogue.BY_PATH and known == _own_column(paths[0])
        return not is_own, len(paths), index

    for index in sorted(candidates, key=rank):
        paths, known = candidates[index]
        path = next((path for path in paths if path not in taken), None)
        if path is not None:
            taken[path] = index
            guesses[index] = Guess(path, known)
    bare = taken.get("organisation_name")
    if bare is not None and guesses[bare].known == _BARE_NAME and not {"surname", FULL_NAME} & taken.keys():
        guesses[bare] = Guess(FULL_NAME, _BARE_NAME)
    return guesses


def _own_column(path: str) -> str:
    return catalogue.heading(catalogue.BY_PATH[path][1].column)
