"""VTJ's people: the invented population as the population register knows it, able to live on.

A ``Citizen`` is made of a person of the population: families with custodians, adults with guardians, the
dead, people under a non-disclosure order. It also bears what an invoicing register must never keep (religion,
occupation, spouse): such texts begin with ``CANARY``, so that a leak is found by looking for the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Final

import pycountry

from rekisteri.simulators.lexicon import Street, Town, load
from rekisteri.simulators.places import HOME, Address
from rekisteri.simulators.population import Person, Population

CANARY: Final = "KANARIA"
"""Begins every text of a citizen that the register has no use for."""
ADULT_YEARS: Final = 18

_LINE = re.compile(r"(?P<name>.+?) (?P<number>\d+)(?: ?(?P<small>[a-c]))?(?: (?P<stair>[A-G]) (?P<flat>\d+))?")


@dataclass(frozen=True, slots=True)
class Residence:
    """An address in Finland, in parts as VTJ keeps it. ``box`` is a whole line instead (a post office box)."""

    street_fi: str
    street_sv: str
    number: str
    stair: str
    flat: str
    postcode: str
    town_fi: str
    town_sv: str
    municipality: str
    since: date | None = None
    until: date | None = None

    @property
    def line_fi(self) -> str:
        """Street, number, staircase and flat in Finnish."""
        return " ".join(filter(None, (self.street_fi, self.number, self.stair, self.flat)))

    @property
    def line_sv(self) -> str:
        """The same in Swedish; empty where the street has no Swedish name."""
        return " ".join(filter(None, (self.street_sv, self.number, self.stair, self.flat))) if self.street_sv else ""


@dataclass(frozen=True, slots=True)
class Abroad:
    """An address in another country; ``numeric`` is ISO 3166-1's three digits, 998 where the name tells it."""

    line: str
    place: str
    numeric: str
    country: str
    since: date | None = None
    until: date | None = None


Place = Residence | Abroad


@dataclass(slots=True)
class Custodian:
    """Who has the custody of a child; a foreigner has no code."""

    hetu: str | None
    surname: str
    first_names: str
    born_on: date
    since: date
    until: date | None


@dataclass(slots=True)
class Guardian:
    """Who looks after an adult's matters: a person, a business (``ytunnus``) or an office (``office``)."""

    hetu: str | None
    surname: str
    first_names: str
    since: date
    until: date | None = None
    ytunnus: str = ""
    office_fi: str = ""
    office_sv: str = ""
    authorised: bool = False


@dataclass(slots=True)
class Citizen:
    """A person as VTJ knows one."""

    hetu: str
    sex: str
    born_on: date
    surname: str
    first_names: str
    called_name: str
    mother_tongue: str
    contact_language: str
    index: int = 0
    former_hetus: list[str] = field(default_factory=list)
    former_surnames: list[tuple[str, date | None, date | None]] = field(default_factory=list)
    permanent: Place | None = None
    temporary: Place | None = None
    postal: Residence | None = None
    contact: Residence | None = None
    email: str = ""
    dead: bool = False
    died_on: date | None = None
    protected: bool = False
    protected_until: date | None = None
    ever_protected: bool = False
    custodians: list[Custodian] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    restriction: str = "1"
    matters: str = "11"

    @property
    def religion(self) -> str:
        """Nothing an invoicing register may know."""
        return f"{CANARY}-uskonto-{self.index}"

    @property
    def occupation(self) -> str:
        """Nothing an invoicing register may know."""
        return f"{CANARY}-ammatti-{self.index}"

    @property
    def spouse(self) -> str:
        """Nothing an invoicing register may know."""
        return f"{CANARY}-puoliso-{self.index}"

    def minor(self, on: date) -> bool:
        """Whether the person is under eighteen on a day."""
        return on < birthday(self.born_on, ADULT_YEARS)


def citizens(seed: int, count: int) -> Iterator[Citizen]:
    """The citizens of a population's first ``count`` persons; those without an identity code VTJ does not know."""
    population = Population(seed)
    household: list[Person] = []
    for person in population.people(0, count):
        if household and household[0].household != person.household:
            yield from _household(household)
            household = []
        household.append(person)
    yield from _household(household)


def birthday(born_on: date, years: int) -> date:
    """The day somebody turns so many years old; of a leap day, the first of March."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 3, 1)


def _household(members: list[Person]) -> Iterator[Citizen]:
    adults = [one for one in members if not one.custodian_name]
    for person in members:
        if person.hetu is None:
            continue
        citizen = Citizen(
            hetu=person.hetu,
            sex=person.sex,
            born_on=person.born_on,
            surname=person.surname,
            first_names=person.first_names,
            called_name=person.called_name,
            mother_tongue=person.mother_tongue,
            contact_language=person.contact_language,
            index=person.index,
            former_surnames=[(name, person.born_on, None) for name in person.former_surnames],
            permanent=place_of(person.address),
            temporary=None if person.temporary is None else place_of(person.temporary),
            postal=_residence(person.postal),
            contact=_residence(person.contact),
            email=person.email,
            dead=person.died_on is not None,
            died_on=person.died_on,
            protected=person.turvakielto is True,
            ever_protected=person.turvakielto is True,
            protected_until=date(2028, 2, 28) if person.turvakielto and person.index % 2 else None,
        )
        if person.custodian_name:
            ends = birthday(person.born_on, ADULT_YEARS)
            citizen.custodians = [
                Custodian(one.hetu, one.surname, one.first_names, one.born_on, person.born_on, ends) for one in adults
            ]
        if person.guardian_name:
            surname, _, first_names = person.guardian_name.partition(" ")
            citizen.guardians = [Guardian(None, surname, first_names, date(2020, 1, 1))]
            citizen.restriction = "123"[person.index % 3]
        yield citizen


def _residence(address: Address | None) -> Residence | None:
    place = None if address is None else place_of(address)
    return place if isinstance(place, Residence) else None


def place_of(address: Address) -> Place:
    """An address of the population as VTJ keeps it."""
    if address.country != HOME:
        country = pycountry.countries.lookup(address.country)
        place = " ".join(filter(None, (address.postcode, address.town)))
        return Abroad(address.street, place, country.numeric, country.name, address.since, address.until)
    found = _LINE.fullmatch(address.street)
    town = _towns()[address.town]
    if found is None:
        return Residence(
            address.street, "", "", "", "", address.postcode, town.name_fi.upper(), town.name_sv.upper(),
            municipality(town), address.since, address.until,
        )  # fmt: skip
    street = _streets().get(found["name"])
    fi, sv = (found["name"], "") if street is None else (street.fi, street.sv)
    return Residence(
        fi, sv, found["number"] + (found["small"] or ""), found["stair"] or "", found["flat"] or "", address.postcode,
        town.name_fi.upper(), town.name_sv.upper(), municipality(town), address.since, address.until,
    )  # fmt: skip


def municipality(town: Town) -> str:
    """Three digits for a town, invented but always the same."""
    return f"{5 + sum(town.name_fi.encode()) % 900:03d}"


def moved_to(residence: Residence, since: date, draw: int) -> Residence:
    """Another home in the same town."""
    street = load().streets[draw % (1 << 16)]
    return Residence(
        street.fi, street.sv, str(1 + draw % 90), "ABC"[draw % 3] if draw % 2 else "", str(1 + draw % 60) if draw % 2 else "",
        residence.postcode, residence.town_fi, residence.town_sv, residence.municipality, since,
    )  # fmt: skip


def eve(day: date) -> date:
    """The day before."""
    return day - timedelta(days=1)


@cache
def _towns() -> dict[str, Town]:
    lexicon = load()
    every = {town for table in (lexicon.towns, lexicon.towns_sv, lexicon.towns_sami) for town in table}
    return {name: town for town in every for name in (town.name_fi, town.name_sv)}


@cache
def _streets() -> dict[str, Street]:
    return {name: street for street in set(load().streets) for name in (street.fi, street.sv)}
