"""Changes: next month's file of the same organisation, told from this month's, with the answer key.

A month is a pure function too: what happened to a customer in month 3 follows from seed, organisation,
customer and month. The second file is made by applying months 1..n to the first day's customers.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from rekisteri.simulators import codes
from rekisteri.simulators.companies import Company
from rekisteri.simulators.customers import Clientele, Customer, customers
from rekisteri.simulators.draws import PERCENT, Draws, spread, thrower
from rekisteri.simulators.lexicon import Lexicon, load, surname
from rekisteri.simulators.places import Address, street_address, town_of
from rekisteri.simulators.population import REFERENCE_DAY, Person, mail_name

P = TypeVar("P", Person, Company)


class Happening(enum.Enum):
    """What happened to a customer in a month."""

    MOVED = "moved"
    RENAMED = "renamed"
    DIED = "died"
    NEW_PHONE = "new phone"
    NEW_EMAIL = "new e-mail"
    NEW_ACCOUNT = "new refund account"
    NEW_CHANNEL = "new invoicing channel"
    NEW_HETU = "new personal identity code"
    PROTECTED = "non-disclosure order given"
    CEASED = "company ceased"
    BANKRUPT = "bankruptcy"
    JOINED = "new customer"
    LEFT = "customer no more"


PERSON_HAPPENINGS: Final = spread(
    {
        Happening.MOVED: 38.0, Happening.RENAMED: 7.0, Happening.DIED: 4.0, Happening.NEW_PHONE: 14.0,
        Happening.NEW_EMAIL: 11.0, Happening.NEW_ACCOUNT: 6.0, Happening.NEW_CHANNEL: 8.0,
        Happening.NEW_HETU: 0.5, Happening.PROTECTED: 0.7, Happening.LEFT: 11.0,
    }.items()
)  # fmt: skip
COMPANY_HAPPENINGS: Final = spread(
    {
        Happening.MOVED: 30.0, Happening.NEW_PHONE: 20.0, Happening.NEW_ACCOUNT: 15.0, Happening.NEW_CHANNEL: 15.0,
        Happening.CEASED: 6.0, Happening.BANKRUPT: 4.0, Happening.LEFT: 10.0,
    }.items()
)  # fmt: skip
MONTH_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the answer key: to which customer, what, and on which day."""

    customer_number: str
    happening: Happening
    happened_on: date


@dataclass(frozen=True, slots=True)
class Month:
    """How much happens in a month, in percent of the customers."""

    changed_percent: float = 5.0
    joined_percent: float = 1.0


class NextMonth:
    """The clientele one month later. Iterate ``customers()`` (a full file) or ``changed()`` (a delta file);
    ``key`` holds what happened once they have been drawn to the end."""

    def __init__(self, clientele: Clientele, month: Month | None = None) -> None:
        self.key: list[Change] = []
        self._clientele = clientele
        self._month = month or Month()
        self._throw = thrower(clientele.seed, f"month:{clientele.name}")
        self._lexicon: Lexicon = load()

    def customers(self) -> Iterator[Customer]:
        """Every customer of the next month, new ones last; those who left are missing."""
        for customer, _ in self._month_later():
            yield customer

    def changed(self) -> Iterator[Customer]:
        """Only the customers that changed or joined: a delta file (it cannot tell who left)."""
        for customer, changed in self._month_later():
            if changed:
                yield customer

    def _month_later(self) -> Iterator[tuple[Customer, bool]]:
        self.key.clear()
        limit = self._month.changed_percent * PERCENT
        for nth, customer in enumerate(customers(self._clientele)):
            draws = self._throw(nth)
            if draws[0] >= limit:
                yield customer, False
                continue
            happened_on = date.fromordinal(REFERENCE_DAY.toordinal() + 1 + draws[1] % MONTH_DAYS)
            happening, later = self._happen(customer, draws, happened_on)
            self.key.append(Change(customer.number, happening, happened_on))
            if later is not None:
                yield later, True
        for customer in self._joiners():
            self.key.append(Change(customer.number, Happening.JOINED, REFERENCE_DAY))
            yield customer, True

    def _joiners(self) -> Iterator[Customer]:
        """The persons after the clientele's last, under the numbers after its last."""
        clientele = self._clientele
        joined = round(len(clientele) * self._month.joined_percent / 100)
        yield from customers(
            replace(
                clientele,
                persons=joined,
                companies=0,
                first_person=clientele.first_person + clientele.persons,
                first_number=clientele.first_number + len(clientele),
            )
        )

    def _happen(self, customer: Customer, draws: Draws, on: date) -> tuple[Happening, Customer | None]:
        """What happens, and the customer after it (None: left)."""
        party = customer.party
        if isinstance(party, Person):
            happening = PERSON_HAPPENINGS[draws[2]]
            if happening is Happening.NEW_HETU and party.hetu is None:
                happening = Happening.MOVED
            gone = party.died_on is not None
        else:
            happening = COMPANY_HAPPENINGS[draws[2]]
            gone = party.ceased_on is not None
        if gone or happening is Happening.LEFT:
            return Happening.LEFT, None
        if isinstance(party, Person):
            return happening, replace(customer, party=self._person_later(party, happening, draws, on))
        return happening, replace(customer, party=self._company_later(party, happening, draws, on))

    def _person_later(self, person: Person, happening: Happening, draws: Draws, on: date) -> Person:
        match happening:
            case Happening.MOVED:
                return replace(person, address=self._new_home(person.mother_tongue, draws, on), temporary=None)
            case Happening.RENAMED:
                name = surname(self._lexicon, person.mother_tongue, draws[13], draws[14], draws[15])
                return replace(person, surname=name, former_surnames=(*person.former_surnames, person.surname))
            case Happening.DIED:
                return replace(person, died_on=on, stop="kuolinpesa", stop_since=on, stop_until=None)
            case Happening.NEW_EMAIL:
                name = f"{mail_name(person.called_name)}.{mail_name(person.surname)}"
                return replace(person, email=f"{name}.{draws[16]}@example.org")
            case Happening.NEW_HETU:
                assert person.hetu is not None, "only a code that exists is changed"
                return replace(person, hetu=codes.spare_hetu(person.hetu))
            case Happening.PROTECTED:
                return replace(person, turvakielto=True)
            case _:
                return _reached_otherwise(person, happening, draws)

    def _company_later(self, company: Company, happening: Happening, draws: Draws, on: date) -> Company:
        match happening:
            case Happening.MOVED:
                return replace(company, address=self._new_home(company.language, draws, on))
            case Happening.CEASED:
                return replace(company, ceased_on=on)
            case Happening.BANKRUPT:
                return replace(company, insolvency="konkurssi", insolvency_since=on)
            case _:
                return _reached_otherwise(company, happening, draws)

    def _new_home(self, language: str, draws: Draws, on: date) -> Address:
        town = town_of(self._lexicon, language, draws[3])
        return street_address(self._lexicon, town, language == "sv", (draws[4], draws[5], draws[6]), on)


def _reached_otherwise(party: P, happening: Happening, draws: Draws) -> P:
    """The party after a happening that both persons and companies meet."""
    match happening:
        case Happening.NEW_PHONE:
            return replace(party, phone=codes.phone(draws[7], draws[8] << 16 | draws[9]))
        case Happening.NEW_ACCOUNT:
            return replace(party, refund_account=codes.iban(draws[10], draws[11] << 16 | draws[12]))
        case Happening.NEW_CHANNEL:
            return replace(party, channel="sahkoposti" if party.channel == "paperi" else "paperi")
    raise AssertionError(f"{happening} has no later form")
