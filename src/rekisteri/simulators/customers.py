"""Customers: what a client organisation holds of its share of the population, under its own numbers.

Two organisations may have the same person; each writes the name its own way, one has the older address,
one lacks the identity code. How much they share and how differently they hold it is set by ``Clientele``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from rekisteri.simulators import codes
from rekisteri.simulators.companies import Companies, Company
from rekisteri.simulators.draws import PERCENT, Draws, thrower
from rekisteri.simulators.misspelling import FLATTENED, Misspeller
from rekisteri.simulators.places import HOME, street_address, town_of
from rekisteri.simulators.population import BLOCK, Person, Population

Party: TypeAlias = Person | Company


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer of one organisation. ``kind`` and ``index`` are the truth: who it is in the population."""

    number: str
    kind: Literal["person", "company"]
    index: int
    party: Party
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Clientele:
    """Which part of the population are an organisation's customers, and how it holds them.

    Persons ``first_person`` to ``first_person + persons - 1`` and likewise companies; two clienteles share
    those whose ranges overlap. ``slant`` percent of the customers are held otherwise than they truly are.
    """

    seed: int
    name: str
    persons: int
    companies: int
    first_person: int = 0
    first_company: int = 0
    number_pattern: str = "{:d}"
    first_number: int = 100_001
    slant: float = 0.0

    def __len__(self) -> int:
        return self.persons + self.companies


def clientele_of(seed: int, name: str, customers: int, company_percent: float = 8.0) -> Clientele:
    """A clientele of so many customers from the start of the population, every one held as it is."""
    companies = round(customers * company_percent / 100)
    return Clientele(seed, name, customers - companies, companies)


def customers(clientele: Clientele) -> Iterator[Customer]:
    """The organisation's customers in the order of their numbers, companies sprinkled evenly among persons."""
    persons = Population(clientele.seed).people(clientele.first_person, clientele.first_person + clientele.persons)
    companies = Companies(clientele.seed).companies(
        clientele.first_company, clientele.first_company + clientele.companies
    )
    slant = Slant(clientele)
    total = len(clientele)
    pattern, throw = clientele.number_pattern, thrower(clientele.seed, f"reference:{clientele.name}")
    made = 0
    for nth in range(total):
        number = pattern.format(clientele.first_number + nth)
        wanted = (nth + 1) * clientele.companies // total
        if wanted > made:
            made = wanted
            company = slant.company(next(companies))
            reference = f"Kustannuspaikka {1000 + throw(nth)[0] % 9000}" if nth % 3 == 0 else ""
            yield Customer(number, "company", company.index, company, reference)
        else:
            person = slant.person(next(persons))
            reference = f"Sopimus {throw(nth)[0]:05d}" if nth % 37 == 0 else ""
            yield Customer(number, "person", person.index, person, reference)


class Slant:
    """An organisation's own way of holding a customer: spelled otherwise, an older address, a missing code."""

    def __init__(self, clientele: Clientele) -> None:
        self._percent = clientele.slant
        self._throw = thrower(clientele.seed, f"slant:{clientele.name}")
        self._throw_company = thrower(clientele.seed, f"slant-company:{clientele.name}")
        self._misspeller = Misspeller(clientele.seed)
        self._lexicon = Population(clientele.seed).lexicon

    def person(self, person: Person) -> Person:
        """The person as this organisation holds it."""
        if not self._percent:
            return person
        draws = self._throw(person.index)
        if draws[0] >= self._percent * PERCENT:
            return person
        if draws[1] < 34 * PERCENT:
            person = self._earlier_home(person, draws)
        if draws[2] < 60 * PERCENT:
            person = self._name_otherwise(person, draws)
        if draws[3] < 12 * PERCENT:
            person = replace(person, hetu=None)
        if draws[4] < 25 * PERCENT:
            person = replace(person, phone="" if draws[5] % 2 else codes.phone(draws[6], draws[7] << 16 | draws[8]))
        if draws[9] < 20 * PERCENT:
            person = replace(person, email="")
        return person

    def company(self, company: Company) -> Company:
        """The company as this organisation holds it."""
        if not self._percent:
            return company
        draws = self._throw_company(company.index)
        if draws[0] >= self._percent * PERCENT:
            return company
        how = draws[1] % 4
        if how == 0:
            return replace(company, name=company.name.upper())
        if how == 1:
            return replace(company, name=self._misspeller.misspell(company.name, company.index))
        if how == 2 and company.auxiliary_names:
            return replace(company, name=company.auxiliary_names[0], auxiliary_names=())
        return replace(company, name=long_form(company.name), ytunnus=company.ytunnus if draws[2] % 5 else None)

    def _earlier_home(self, person: Person, draws: Draws) -> Person:
        if person.address.country != HOME or person.address.since is None:
            return person
        town = town_of(self._lexicon, person.mother_tongue, draws[10])
        since = person.address.since - timedelta(days=200 + draws[11] % 2500)
        swedish = person.mother_tongue == "sv"
        earlier = street_address(self._lexicon, town, swedish, (draws[12], draws[13], draws[14]), since)
        return replace(person, address=earlier, temporary=None)

    def _name_otherwise(self, person: Person, draws: Draws) -> Person:
        how = draws[15] % 7
        names = person.first_names.split()
        if how == 0:
            return replace(person, first_names=names[0])
        if how == 1:
            return replace(person, first_names=person.called_name, called_name="")
        if how == 2:
            return replace(
                person,
                surname=person.surname.translate(FLATTENED),
                first_names=person.first_names.translate(FLATTENED),
            )
        if how == 3 and person.former_surnames:
            return replace(person, surname=person.former_surnames[0], former_surnames=())
        if how == 4 and len(names) > 1:
            return replace(person, first_names=" ".join([*names[1:], names[0]]))
        if how == 5:
            return replace(person, surname=self._misspeller.misspell(person.surname, person.index))
        if "-" in person.surname:
            return replace(person, surname=person.surname.replace("-", " "))
        return replace(person, surname=person.surname.upper(), first_names=person.first_names.upper())


LONG_FORMS: Final = (
    ("Asunto Oy", "As. Oy"),
    (" Oy", " Osakeyhtiö"),
    (" Ab", " Aktiebolag"),
    (" Ky", " Kommandiittiyhtiö"),
    (" ry", " r.y."),
    ("Tmi", "T:mi"),
)


def long_form(name: str) -> str:
    """A company's name with its form written the other way."""
    for short, long in LONG_FORMS:
        if short in name:
            return name.replace(short, long, 1)
    return name


def overlapping(first: Clientele, second: Clientele) -> tuple[int, int]:
    """How many persons and companies two clienteles of one seed share."""
    persons = min(first.first_person + first.persons, second.first_person + second.persons) - max(
        first.first_person, second.first_person
    )
    companies = min(first.first_company + first.companies, second.first_company + second.companies) - max(
        first.first_company, second.first_company
    )
    return max(0, persons), max(0, companies)


def whole_blocks(persons: int) -> int:
    """The nearest lower number of persons that cuts no household in two."""
    return persons // BLOCK * BLOCK
