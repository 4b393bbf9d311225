"""The customer card: what is known, who says so, since when, and what is withheld by which rule.

The card at a day in the world and a moment of knowledge is the same function over the
words then known; the card of now is the card of today as known now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from rekisteri.access import Act, Limit, Read, Sight, may_see, sights
from rekisteri.catalogue import (
    BY_NAME,
    COVERED,
    ITEMS,
    OWN,
    Choice,
    Content,
    Disclosure,
    Item,
    PartyKind,
    SourceKind,
    Value,
    masked,
)
from rekisteri.ground.clock import day
from rekisteri.ground.errors import Missing
from rekisteri.ground.keys import Vault
from rekisteri.parties import asof
from rekisteri.parties.asof import LONG_AGO, Spoken
from rekisteri.parties.mandates import MANDATE
from rekisteri.parties.move import standing
from rekisteri.parties.orders import ITEM as BANK_ORDER
from rekisteri.parties.search import lookup, sound
from rekisteri.parties.survive import Golden

RESTRICTED = "restricted"
"""The rule by which every item of a customer is withheld whose processing is restricted (GDPR art. 18)."""
NO_CUSTOMER = "There is no such customer among those you may see; check the identifier."


class Saying(NamedTuple):
    """What one source says of an item."""

    value: Value
    source: SourceKind
    organisation_id: int | None
    key: str | None
    holds_from: date | None
    recorded_at: datetime
    statement_id: UUID


class Shown(NamedTuple):
    """An item's value with the word it was taken from, the rule that chose it, and other words."""

    item: str
    value: Value
    saying: Saying
    rule: Choice
    others: list[Saying]

    def corrects(self, other: Saying) -> bool:
        """Whether the shown value is a correction by hand that put another's differing value right."""
        return (
            self.rule is Choice.BEST
            and self.saying.source is SourceKind.MAINTAINER
            and other.recorded_at <= self.saying.recorded_at
            and other.value != self.value
        )


class Withheld(NamedTuple):
    """An item not shown, and the rule: the same whether or not there is a value behind it."""

    item: str
    rule: str


@dataclass(frozen=True, slots=True)
class Customership:
    """A client organisation's own record of the customer, with the items that are its own."""

    record_id: UUID
    organisation_id: int
    key: str
    since_on: date
    ended_on: date | None
    values: list[Shown]


@dataclass(frozen=True, slots=True)
class AtBank:
    """A payer's order at a bank, or a direct debit mandate, for one client organisation; ``ended_on`` where it has ended.

    Address and account are masked.
    """

    record_id: UUID
    organisation_id: int
    since_on: date
    ended_on: date | None
    order: Shown


@dataclass(frozen=True, slots=True)
class Card:
    """A customer as one viewer may see it."""

    party_id: UUID
    kind: PartyKind
    name: str
    version: int
    turvakielto: Disclosure
    values: list[Shown]
    customerships: list[Customership]
    at_banks: list[AtBank]
    withheld: list[Withheld]
    corrected: list[str]
    on: date
    known_at: datetime
    limit: Limit | None = None
    """The processing is restricted, and how this act meets that; None for a customer under no restriction."""

    def value(self, item: str) -> Value | None:
        """The shown value of an item, or None."""
        return next((shown.value for shown in self.values if shown.item == item), None)


@dataclass(frozen=True, slots=True)
class _Party:
    id: UUID
    kind: PartyKind
    name: str
    version: int
    turvakielto: Disclosure
    restricted: bool
    records: list[UUID]


def card(tx: Read, vault: Vault, party_id: UUID, *, on: date | None = None, known_at: datetime | None = None) -> Card:
    """The customer as the viewer may see it, on a day, as known at a moment. Raises ``Missing``.

    An id whose customer was found to be another shows that other today, and itself when it
    was known as one of its own.
    """
    on = on or day(tx.at)
    known_at = known_at or tx.at
    if known_at >= tx.at and (found := asof.present(tx, on, party_id=party_id)):
        return _card(tx, vault, found, found.words, on, known_at)
    party = _party(tx, party_id)
    spoken = _words(tx, party, on, known_at, asked=party_id)
    if not spoken:
        raise Missing("Nothing was known of this customer then; choose a later day.")
    return _card(tx, vault, party, spoken, on, known_at)


def card_of(tx: Read, vault: Vault, *, hetu: str | None = None, ytunnus: str | None = None) -> Card:
    """The card of the one customer who bears a code. Raises ``Missing``, ``Rejected`` for a bad code."""
    kind, code = sound(tx, hetu=hetu, ytunnus=ytunnus)
    found = asof.present(tx, day(tx.at), kind=kind, blinds=vault.blinds(kind, code))
    if found is None:
        return card(tx, vault, lookup(tx, vault, hetu=hetu, ytunnus=ytunnus))
    return _card(tx, vault, found, found.words, day(tx.at), tx.at)


def _card(
    tx: Read, vault: Vault, party: _Party | asof.Present, words: list[Spoken], on: date, known_at: datetime
) -> Card:
    spoken = [asof.opened(vault, row) for row in words]
    golden = asof.golden(spoken, on)
    view = _View(tx.act, party.turvakielto)
    tx.saw(party.id)
    limit = tx.limits([party.id]).get(party.id) if party.restricted else None
    if limit is Limit.WITHHELD:
        return view.restricted(party, spoken, on, known_at)
    return Card(
        party_id=party.id,
        kind=party.kind,
        name=party.name,
        version=party.version,
        turvakielto=party.turvakielto,
        values=view.values(golden, spoken),
        customerships=view.customerships(spoken, on),
        at_banks=view.at_banks(spoken, on),
        withheld=view.withheld(spoken, party.kind),
        corrected=sorted(
            row.key.partition(":")[2]
            for row in spoken
            if row.source_kind is SourceKind.MAINTAINER and row.silent_from is None
        ),
        on=on,
        known_at=known_at,
        limit=limit,
    )


def opened(
    tx: Read, vault: Vault, party_id: UUID, *, on: date | None = None, known_at: datetime | None = None
) -> Content:
    """The customer's values with their identity codes in full, for rooms that follow them; never to be shown.

    Items declared ``many`` are lists; ``hetu`` of a custodian stands in its value. Covered
    values are there only in an act that reads them. Raises ``Missing``.
    """
    on = on or day(tx.at)
    spoken = _spoken(tx, vault, _party(tx, party_id), on, known_at or tx.at)
    return asof.golden(spoken, on).content


def unmask(tx: Read, vault: Vault, party_id: UUID) -> str:
    """The customer's identity code in full. Raises ``Missing`` for none."""
    party = _party(tx, party_id)
    spoken = _spoken(tx, vault, party, day(tx.at), tx.at)
    tx.saw(party.id)
    tx.note(item="hetu")
    code = asof.golden(spoken, day(tx.at)).content.get("hetu")
    if code is None:
        raise Missing("The customer has no identity code in the register.")
    return str(code)


def protected(tx: Read, vault: Vault, party_id: UUID) -> list[Shown]:
    """The covered values of a customer, whatever the non-disclosure order. Raises ``Missing``."""
    party = _party(tx, party_id)
    spoken = _spoken(tx, vault, party, day(tx.at), tx.at)
    golden = asof.golden(spoken, day(tx.at))
    tx.saw(party.id)
    tx.note(items=sorted(COVERED))
    view = _View(tx.act, Disclosure.OFF)
    return [shown for shown in view.values(golden, spoken) if shown.item in COVERED]


def _party(tx: Read, party_id: UUID) -> _Party:
    """The party of an id; of an id whose records were all moved, where they stand today."""
    found = _found(tx, party_id)
    if found is None or not found.records:
        found = _found(tx, standing(tx, party_id))
    if found is None:
        raise Missing(NO_CUSTOMER)
    return found


def _found(tx: Read, party_id: UUID) -> _Party | None:
    return tx.find(
        _Party,
        """
        select id, kind, name, version, turvakielto,
               exists (select from access.restriction x
                       where x.party_id = party.id and x.lifted_at is null) as restricted,
               array(select r.id from parties.record r where r.party_id = party.id) as records
        from parties.party where id = %(id)s
        """,
        id=party_id,
    )


def _spoken(tx: Read, vault: Vault, party: _Party, on: date, known_at: datetime) -> list[Spoken]:
    return [asof.opened(vault, row) for row in _words(tx, party, on, known_at)]


def _words(tx: Read, party: _Party, on: date, known_at: datetime, *, asked: UUID | None = None) -> list[Spoken]:
    if known_at >= tx.at:
        held = dict.fromkeys(party.records, party.id)
    else:
        held = asof.members(tx, [asked or party.id], known_at) or asof.members(tx, [party.id], known_at)
    return asof.spoken(tx, held, on, known_at)


class _View:
    """Decides and masks: what of a customer one act may show."""

    def __init__(self, act: Act, turvakielto: Disclosure) -> None:
        self._act = act
        self._sights = sights(act, turvakielto)
        self._every_organisation, self._organisations = act.every_organisation, act.organisations

    def may_see(self, item: Item) -> bool:
        return may_see(self._act, item)

    def values(self, golden: Golden, spoken: list[Spoken]) -> list[Shown]:
        content = golden.content
        shown = (
            self._shown(BY_NAME[name], rule, golden, spoken) for name, rule in self._sights.items() if name in content
        )
        return [one for one in shown if one is not None]

    def _shown(self, item: Item, rule: Sight, golden: Golden, spoken: list[Spoken]) -> Shown | None:
        name = item.name
        value = golden.content[name]
        winner = golden.winners[name][0]
        match rule:
            case Sight.SHOWN:
                pass
            case Sight.PURPOSE | Sight.TURVAKIELTO_ON:
                return None
            case Sight.OWN_WORD:
                own = self._own_words(name, spoken)
                if not own:
                    return None
                if all(row.statement_id != winner for row in own):
                    value, winner = own[0].content[name], own[0].statement_id
        if len(spoken) == 1:  # as most customers have it
            return Shown(name, masked(name, value), self._saying(name, spoken[0]), item.choice, [])
        said = {row.statement_id: row for row in spoken if name in row.content}
        others = [
            self._saying(name, row)
            for statement_id, row in said.items()
            if statement_id != winner and self._reaches(row)
        ]
        return Shown(name, masked(name, value), self._saying(name, said[winner]), item.choice, others)

    def _own_words(self, name: str, spoken: list[Spoken]) -> list[Spoken]:
        """What the viewer's organisations said, and what a maintainer put right: the best word first."""
        words = [
            row
            for row in spoken
            if name in row.content
            and (row.source_kind is SourceKind.MAINTAINER or (row.organisation_id is not None and self._reaches(row)))
        ]
        words.sort(key=lambda row: (row.holds_from or LONG_AGO, row.recorded_at), reverse=True)
        return sorted(words, key=lambda row: row.source_kind is not SourceKind.MAINTAINER)

    def _reaches(self, row: Spoken) -> bool:
        return row.organisation_id is None or self._every_organisation or row.organisation_id in self._organisations

    def _saying(self, name: str, row: Spoken) -> Saying:
        """A word; which organisation said it is told to those whose own it is."""
        reached = row.organisation_id is not None and self._reaches(row)
        return Saying(
            masked(name, row.content[name]),
            row.source_kind,
            row.organisation_id if reached else None,
            row.key if reached and row.source_kind is not SourceKind.BANK else None,
            row.holds_from,
            row.recorded_at,
            row.statement_id,
        )

    def customerships(self, spoken: list[Spoken], on: date) -> list[Customership]:
        found = []
        for row in sorted(spoken, key=lambda row: (row.organisation_id or 0, row.key)):
            if row.source_kind is not SourceKind.ORGANISATION or row.organisation_id is None or not self._reaches(row):
                continue
            own = [
                Shown(name, row.content[name], self._saying(name, row), Choice.OWN, [])
                for name in sorted(OWN & row.content.keys())
                if self.may_see(BY_NAME[name])
            ]
            ended_on = row.silent_from if row.silent_from is not None and row.silent_from <= on else None
            found.append(Customership(row.record_id, row.organisation_id, row.key, row.since_on, ended_on, own))
        return found

    def at_banks(self, spoken: list[Spoken], on: date) -> list[AtBank]:
        found = []
        for row in spoken:
            if row.source_kind is not SourceKind.BANK or row.organisation_id is None:
                continue
            item = BY_NAME[MANDATE if MANDATE in row.content else BANK_ORDER]
            if self._reaches(row) and self.may_see(item):
                ended_on = row.silent_from if row.silent_from is not None and row.silent_from <= on else None
                saying = self._saying(item.name, row)
                shown = Shown(item.name, saying.value, saying, Choice.OWN, [])
                found.append(AtBank(row.record_id, row.organisation_id, row.since_on, ended_on, shown))
        return sorted(found, key=lambda one: (one.ended_on is not None, one.organisation_id, one.record_id))

    def restricted(self, party: _Party | asof.Present, spoken: list[Spoken], on: date, known_at: datetime) -> Card:
        """The card of a customer whose data is stored and not used: who it is, and that it is restricted."""
        return Card(
            party_id=party.id,
            kind=party.kind,
            name=party.name,
            version=party.version,
            turvakielto=party.turvakielto,
            values=[],
            customerships=[replace(one, values=[]) for one in self.customerships(spoken, on)],
            at_banks=[],
            withheld=[Withheld(item.name, RESTRICTED) for item in ITEMS if party.kind in item.kinds],
            corrected=[],
            on=on,
            known_at=known_at,
            limit=Limit.WITHHELD,
        )

    def withheld(self, spoken: list[Spoken], kind: PartyKind) -> list[Withheld]:
        """Every item the viewer is not shown by a rule, told alike whether it has a value or not."""
        found = []
        for name in WITHHELD_OF[kind]:
            match self._sights[name]:
                case Sight.SHOWN:
                    pass
                case Sight.PURPOSE | Sight.TURVAKIELTO_ON as rule:
                    found.append(Withheld(name, rule.value))
                case Sight.OWN_WORD if not self._own_words(name, spoken):
                    found.append(Withheld(name, "turvakielto_unknown"))
        return found


WITHHELD_OF = {
    kind: tuple(item.name for item in ITEMS if kind in item.kinds and item.choice not in (Choice.OWN, Choice.STRICTEST))
    for kind in PartyKind
}
"""Of each kind of customer the items that a card shows, or tells to be withheld."""
