"""Places: addresses of the invented population. Streets are invented, postcode and post office agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from rekisteri.simulators.draws import PERCENT
from rekisteri.simulators.lexicon import Lexicon, Town

HOME: Final = "FI"
MAX_HOUSE: Final = 120
BLOCKS_OF_FLATS: Final = 46 * PERCENT


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. ``country`` is ISO 3166-1 alpha-2; ``care_of`` is whose letterbox it is, or empty."""

    street: str
    postcode: str
    town: str
    country: str = HOME
    care_of: str = ""
    since: date | None = None
    until: date | None = None


def town_of(lexicon: Lexicon, group: str, draw: int) -> Town:
    """A town where this language group lives, more likely where more of it lives."""
    if group == "sv":
        return lexicon.towns_sv[draw]
    if group == "se":
        return lexicon.towns_sami[draw]
    return lexicon.towns[draw]


def street_address(
    lexicon: Lexicon, town: Town, swedish: bool, draws: tuple[int, int, int], since: date | None = None
) -> Address:
    """A home in the town; draws choose the street, the house with its flat, and the postcode."""
    pick, house, code = draws
    street = lexicon.streets[pick]
    # Low house numbers are commoner, as in life: every street has a 2, few have a 118.
    number = 1 + (house % MAX_HOUSE) * (pick % MAX_HOUSE) // MAX_HOUSE
    line = f"{street.sv if swedish else street.fi} {number}"
    if house < BLOCKS_OF_FLATS:
        line = f"{line} {'ABCDEFG'[house % 7]} {1 + code % 97}"
    elif house % 9 == 0:
        line = f"{line} {'abc'[house % 3]}"
    return Address(
        line,
        town.postcodes[code % len(town.postcodes)],
        town.name_sv if swedish else town.name_fi,
        since=since,
    )


def box_address(town: Town, swedish: bool, draw: int) -> Address:
    """A post office box: PL in Finnish, PB in Swedish; its postcode ends in 1."""
    code = town.postcodes[draw % len(town.postcodes)]
    return Address(
        f"{'PB' if swedish else 'PL'} {1 + draw % 400}",
        f"{code[:-1]}1",
        town.name_sv if swedish else town.name_fi,
    )


def address_abroad(lexicon: Lexicon, draw: int, since: date | None = None) -> Address:
    """An invented address in another country."""
    place = lexicon.places_abroad[draw % len(lexicon.places_abroad)]
    street = place.street.format(n=1 + draw % 89, f=1 + draw % 23)
    return Address(street, place.postcode.format(p=f"{draw % 100:02d}"), place.town, place.country, since=since)
