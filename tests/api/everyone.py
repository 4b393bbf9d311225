"""One customer of each kind for the access matrix over HTTP, with a value of every item organisations may state."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from uuid import UUID

from rekisteri import parties, sources
from rekisteri.access import Action
from rekisteri.catalogue import ITEMS, Item, Part, PartyKind, Purpose, Role, SourceKind
from rekisteri.ground import clock
from rekisteri.parties import Lexicon, Origin
from rekisteri.simulators import Person
from rekisteri.wiring import Register
from tests.api.world import with_codes
from tests.builders import MORNING, a_saying, a_viewer, only

SAMPLES = {
    "country": "FI",
    "date": "1.3.2026",
    "eaddress": "003727697901",
    "email": "{hidden}posti{n}@esimerkki.fi",
    "flag": "e",
    "iban": "FI2112345600000785",
    "language": "fi",
    "matters": "laskut",
    "name": "Nimi {n}",
    "names": "Entinen{n}",
    "phone": "040 {secret}{n:03}",
    "postcode": "00999",
    "reference": "VIITE-{n}",
    "street": "{hidden}katu {n}",
    "town": "HELSINKI",
    "ytunnus": "2769790-1",
}
"""A text of each kind of value; of coded ones the first code is taken. ``n`` is the customer's number."""
ORDERS = {"off": "e", "on": "k", "unknown": ""}
LEFT_OUT = frozenset({"birth_date", "customer_number", "turvakielto", "ytunnus"})
"""Told by the identity code, by the organisation's own key, by the scene; a business ID would make them one customer."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A customer: whose, under which non-disclosure order, and what is hidden of them."""

    id: UUID
    whose: str
    order: str
    number: int
    hetu: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that stand in covered values alone, as they stand in an answer."""
        return (f"salakatu {self.number}", f"salaposti{self.number}@esimerkki.fi", f"7654{self.number:03}")


def stated(kind: PartyKind) -> list[Item]:
    """The items organisations may state of a kind of customer."""
    return [item for item in ITEMS if kind in item.kinds and SourceKind.ORGANISATION in item.ranks]


def everyone(register: Register, home: int, other: int) -> list[Someone]:
    """Customers of ours, of another and of both, under each order; the organisations' numbers given."""
    found = []
    scenes = list(product(("ours", "theirs", "both"), ORDERS))
    for number, ((whose, order), person) in enumerate(zip(scenes, with_codes(len(scenes)), strict=True), 100):
        speakers = {"ours": [home], "theirs": [other], "both": [home, other]}[whose]
        party_id = {_bring(register, organisation, row(person, number, order)) for organisation in speakers}
        assert len(party_id) == 1
        assert person.hetu is not None
        found.append(Someone(party_id.pop(), whose, order, number, person.hetu))
    return found


def row(person: Person, number: int, order: str) -> dict[str, str]:
    """Every path of every item of a person, as texts."""
    texts = {
        item.path(part): _text(item, part, number)
        for item in stated(PartyKind.PERSON)
        if item.name not in LEFT_OUT
        for part in item.parts
        if not part.secret
    }
    names = {"customer_number": f"A-{number}", "surname": person.surname, "first_names": person.first_names}
    return texts | names | {"hetu": person.hetu or "", "turvakielto": ORDERS[order]}


def _text(item: Item, part: Part, number: int) -> str:
    if part.kind.codes:
        return next(iter(part.kind.codes))
    if part.name == "valid_to":
        return "31.12.2040"
    assert part.kind.name in SAMPLES, f"tests/api/everyone.py has no sample of the kind {part.kind.name}"
    hidden, secret = ("Sala", "7654") if item.covered else ("Avo", "1111")
    return SAMPLES[part.kind.name].format(n=number, hidden=hidden, secret=secret)


def _bring(register: Register, organisation: int, texts: dict[str, str]) -> UUID:
    with register.door.write(a_viewer(Role.MAINTAINER), Action.IMPORT_RUN, Purpose.UPKEEP) as tx:
        parties.lock_identity(tx)
        source = parties.organisation_source(tx, organisation)
        rules = register.rules(clock.day(MORNING))
        said = [a_saying(register, texts, rules)]
        taken = sources.take(tx, register.vault, Lexicon(), Origin(source), said)
    return only(taken)
