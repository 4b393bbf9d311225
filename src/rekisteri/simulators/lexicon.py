"""Lexicon: the name lists of ``names/*.txt`` as weighted tables. Common words and common names; no real person.

Every list is in order of frequency; composed names give the long tail that a real register has.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rekisteri.simulators.draws import PERCENT, Table, by_rank, spread

COMMON_FLATNESS: Final = 30.0
FIRST_NAME_FLATNESS: Final = 8.0
COMMON_SURNAMES: Final = 40 * PERCENT
PREFIXES: Final = ("Ala-", "Yli-", "Iso-", "Uusi-", "Vanha-", "Taka-", "Keski-")
GROUP_WEIGHTS: Final = {
    "fi": 895.0, "sv": 55.0, "se": 4.0,
    "ru": 30.0, "et": 18.0, "ar": 16.0, "so": 12.0, "en": 9.0, "vi": 7.0, "de": 5.0, "tr": 4.0, "pl": 3.0,
}  # fmt: skip
"""Language groups of the population; weights as in Finland of the 2020s, by mother tongue."""
COUNTRY_OF_LANGUAGE: Final = {
    "ru": "RU", "et": "EE", "ar": "IQ", "so": "SO", "en": "GB", "vi": "VN", "de": "DE", "tr": "TR", "pl": "PL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality's post office: names, Swedish-speaking share, postcodes."""

    name_fi: str
    name_sv: str
    postcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Street:
    """One invented street in two languages."""

    fi: str
    sv: str


@dataclass(frozen=True, slots=True)
class ForeignPlace:
    """Pattern of an address abroad; {n} house, {f} flat in the street, {p} the postcode's tail."""

    country: str
    street: str
    postcode: str
    town: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All tables that names and addresses are drawn from. ``first_names`` keys: group, sex, era."""

    surnames_fi: Table[str]
    surnames_sv: Table[str]
    surnames_sami: Table[str]
    surnames_foreign: dict[str, Table[str]]
    stems_fi: Table[str]
    endings_fi: Table[str]
    parts_sv_first: Table[str]
    parts_sv_second: Table[str]
    first_names: dict[tuple[str, str, str], Table[str]]
    groups: Table[str]
    towns: Table[Town]
    towns_sv: Table[Town]
    towns_sami: Table[Town]
    streets: Table[Street]
    places_abroad: tuple[ForeignPlace, ...]
    company_words: tuple[str, ...]
    trades: tuple[tuple[str, str], ...]
    associations: tuple[tuple[str, str], ...]


def surname(lexicon: Lexicon, group: str, pick: int, first: int, second: int) -> str:
    """A surname of a language group: from the list of common ones, else composed; all draws in [0, SPAN)."""
    if group == "fi":
        return _finnish_surname(lexicon, pick, first, second)
    if group == "sv":
        if pick < 55 * PERCENT:
            return lexicon.surnames_sv[first]
        return lexicon.parts_sv_first[first] + lexicon.parts_sv_second[second]
    if group == "se":
        return lexicon.surnames_sami[first]
    return lexicon.surnames_foreign[group][first]


def _finnish_surname(lexicon: Lexicon, pick: int, first: int, second: int) -> str:
    if pick < COMMON_SURNAMES:
        return lexicon.surnames_fi[first]
    stem = lexicon.stems_fi[first]
    if pick < 62 * PERCENT:
        return stem + "nen"
    if pick < 74 * PERCENT:
        return stem + ("la" if any(vowel in stem.lower() for vowel in "aou") else "lä")
    compound = stem + lexicon.endings_fi[second]
    if pick < 94 * PERCENT:
        return compound
    if pick < 97 * PERCENT:
        return PREFIXES[second % len(PREFIXES)] + compound
    return f"{lexicon.surnames_fi[first]}-{lexicon.surnames_fi[second]}"


@cache
def load() -> Lexicon:
    """Read the lists of the package once."""
    towns = _towns()
    return Lexicon(
        surnames_fi=by_rank(_lines("surnames_fi"), COMMON_FLATNESS),
        surnames_sv=by_rank([*_lines("surnames_sv"), *_lines("surnames_sv_noble")], COMMON_FLATNESS),
        surnames_sami=by_rank(_lines("surnames_sami"), COMMON_FLATNESS),
        surnames_foreign={
            language: by_rank(names, COMMON_FLATNESS) for language, names in _keyed("surnames_foreign").items()
        },
        stems_fi=spread((stem, 1.0 / (8 + index * 17 % 97)) for index, stem in enumerate(_lines("stems_fi"))),
        endings_fi=by_rank(_lines("endings_fi"), COMMON_FLATNESS),
        parts_sv_first=by_rank(_lines("parts_sv_first"), COMMON_FLATNESS),
        parts_sv_second=by_rank(_lines("parts_sv_second"), COMMON_FLATNESS),
        first_names=_first_names(),
        groups=spread(GROUP_WEIGHTS.items()),
        towns=spread((town, weight) for town, weight, _ in towns),
        towns_sv=spread((town, weight * swedish) for town, weight, swedish in towns if swedish),
        towns_sami=spread((t, w) for t, w, _ in towns if t.name_fi in {"Inari", "Utsjoki", "Enontekiö", "Oulu"}),
        streets=_streets(),
        places_abroad=tuple(ForeignPlace(*line.split(";")) for line in _lines("foreign_places")),
        company_words=tuple(_lines("company_words")),
        trades=tuple((fi, sv) for _, fi, sv in (line.split(";") for line in _lines("company_trades"))),
        associations=tuple((fi, sv) for fi, sv in (line.split(";") for line in _lines("association_words"))),
    )


def _lines(name: str) -> list[str]:
    text = files("rekisteri.simulators").joinpath("names").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line]


def _keyed(name: str) -> dict[str, list[str]]:
    """Lines ``key:...:value`` gathered under everything before the last colon."""
    gathered: dict[str, list[str]] = defaultdict(list)
    for line in _lines(name):
        key, value = line.rsplit(":", 1)
        gathered[key].append(value)
    return gathered


def _first_names() -> dict[tuple[str, str, str], Table[str]]:
    tables: dict[tuple[str, str, str], Table[str]] = {}
    for sex in ("m", "f"):
        for era, names in _keyed(f"firstnames_fi_{sex}").items():
            tables["fi", sex, era] = by_rank(names, FIRST_NAME_FLATNESS)
        swedish = by_rank(_lines(f"firstnames_sv_{sex}"), FIRST_NAME_FLATNESS)
        sami = by_rank(_keyed("firstnames_sami")[sex], FIRST_NAME_FLATNESS)
        for era in ("old", "mid", "new"):
            tables["sv", sex, era] = swedish
            tables["se", sex, era] = sami
    for key, names in _keyed("firstnames_foreign").items():
        language, sex = key.split(":")
        for era in ("old", "mid", "new"):
            tables[language, sex, era] = by_rank(names, FIRST_NAME_FLATNESS)
    return tables


def _towns() -> list[tuple[Town, float, float]]:
    """Town, population in thousands, Swedish-speaking percent."""
    towns = []
    for line in _lines("municipalities"):
        name_fi, name_sv, thousands, swedish, codes = line.split(";")
        span, step = codes.split("/")
        first, last = span.split("-")
        postcodes = tuple(f"{code:05d}" for code in range(int(first), int(last) + 1, int(step)))
        towns.append((Town(name_fi, name_sv, postcodes), float(thousands), float(swedish)))
    return towns


def _streets() -> Table[Street]:
    streets = []
    for line in _lines("streets"):
        fi, sv = line.replace("_", " ").split(";")
        for ending in _lines("street_endings"):
            ending_fi, ending_sv, weight = ending.split(";")
            joined = ending_sv.capitalize() if sv.endswith(" ") else ending_sv
            streets.append((Street(fi + ending_fi, sv + joined), float(weight)))
    return spread(streets)
