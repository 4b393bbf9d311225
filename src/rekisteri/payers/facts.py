"""The facts an answer rests on: fetched once, frozen, and all that the rules may know.

Nothing here reads a table or a clock. Values a non-disclosure order covers are here only as far as the client
organisation asked for may know them (``PartyFacts.visible``): the rules can't use what they can't see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from rekisteri.access import Limit
from rekisteri.catalogue import COVERED, ITEMS, Disclosure, PartyKind, SourceKind
from rekisteri.parties import Mandate, Order, Relation, Spoken
from rekisteri.payers.reasons import PaymentReason

RANKS: Mapping[str, Mapping[SourceKind, int]] = MappingProxyType(
    {item.name: MappingProxyType({source: rank for rank, source in enumerate(item.ranks)}) for item in ITEMS}
)
"""How much each source is believed, by item; the first is believed most."""
ADULT_AGE = 18
"""Act on Guardianship Services 442/1999 § 2: under eighteen is under age."""


class Told(NamedTuple):
    """A value with the word it was taken from. ``own``: it is the asking organisation's own word.

    A tuple, for an answer makes a dozen of them and a frozen dataclass takes three times as long to make.
    """

    value: Any
    source: SourceKind
    own: bool
    holds_from: date | None
    recorded_on: date
    statement_id: UUID


@dataclass(frozen=True)
class PartyFacts:
    """One party as known on the day. ``words`` are those that count, ``codes`` the kinds of identity codes it has.

    ``turvakielto`` is the state that is acted by; ``unheard``: it is on because nobody has told, and VTJ would have.
    ``returned`` are addresses mail has come back from, as (statement, item); ``refused`` are (channel, address) that
    were refused; each with the word that says so.
    """

    id: UUID
    kind: PartyKind
    turvakielto: Disclosure
    words: tuple[Spoken, ...]
    codes: frozenset[str]
    asking: int
    hidden: frozenset[str] = frozenset()
    """Items the act may not see for its purpose."""
    customer_then: bool = True
    """Whether it was the asking organisation's customer on the day."""
    customer_ever: bool = True
    """Whether it was so on another day."""
    unheard: bool = False
    sheltered: bool = False
    """Whether the order is not the party's own, but of somebody tied by custody: others of the household are not covered by it again."""
    at_bank: bool = False
    """Whether a bank has ever told the asking organisation of it."""
    limit: Limit | None = None
    """Whether the processing is restricted, and how the asking organisation's act meets that."""
    returned: Mapping[tuple[UUID, str], Told] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], Told] = field(default_factory=dict)
    spoken_of: frozenset[str] = field(init=False, compare=False)
    """Names of the items any word speaks of, that the act may see."""
    person: bool = field(init=False, compare=False)
    """Whether it is a person."""
    _ranked: dict[str, list[Told]] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look at the words once."""
        spoken_of = frozenset(chain.from_iterable(word.content for word in self.words)) - self.hidden
        object.__setattr__(self, "spoken_of", spoken_of)
        object.__setattr__(self, "person", self.kind is PartyKind.PERSON)

    def best(self, item: str) -> Told | None:
        """The value that stands: of the most believed source, the latest; as the golden record has it."""
        if item not in self.spoken_of:
            return None
        found = self._ranked.get(item) or self.ranked(item)
        return found[0] if found else None

    def ranked(self, item: str) -> list[Told]:
        """Every word of an item, the most believed first, among equals the latest."""
        if item not in self.spoken_of:
            return []
        known = self._ranked.get(item)
        if known is not None:
            return known
        ranks = RANKS[item]
        found = [word for word in self.words if item in word.content and word.source_kind in ranks]
        if len(found) > 1:
            found.sort(key=_latest, reverse=True)
            found.sort(key=lambda word: ranks[word.source_kind])
        told = self._ranked[item] = [
            Told(
                word.content[item],
                word.source_kind,
                word.organisation_id == self.asking,
                word.holds_from,
                word.recorded_on,
                word.statement_id,
            )
            for word in found
        ]
        return told

    def every(self, item: str) -> list[Told]:
        """Each single value of an item of which there may be several, with its word."""
        if item not in self.spoken_of:
            return []
        return [
            Told(value, told.source, told.own, told.holds_from, told.recorded_on, told.statement_id)
            for told in self.ranked(item)
            for value in (told.value if isinstance(told.value, list) else [told.value])
        ]

    def visible(self, item: str) -> list[Told]:
        """``ranked`` of an item, less what a non-disclosure order keeps from the asking organisation.

        On: nothing covered. Unknown: of covered items only its own words and a maintainer's.
        """
        if item not in COVERED or self.turvakielto is Disclosure.OFF:
            return self.ranked(item)
        if self.turvakielto is Disclosure.ON:
            return []
        return [told for told in self.ranked(item) if told.own or told.source is SourceKind.MAINTAINER]

    def own(self, item: str) -> Told | None:
        """The asking organisation's own value of an item, or a maintainer's or the person's own for it."""
        return next(
            (told for told in self.ranked(item) if told.own or told.source is not SourceKind.ORGANISATION), None
        )

    @cached_property
    def born_on(self) -> date | None:
        """The date of birth, where it is known."""
        told = self.best("birth_date")
        return None if told is None else date.fromisoformat(str(told.value))


def _latest(word: Spoken) -> tuple[date, object, UUID]:
    return (word.holds_from or date.min, word.recorded_at, word.statement_id)


@dataclass(frozen=True)
class Facts:
    """All that one answer rests on. ``today`` is the day of the moment of knowledge."""

    on: date
    today: date
    organisation_id: int
    organisation_language: str
    reason: PaymentReason
    customer: PartyFacts
    number: str | None
    """The organisation's own customer number it was asked by; it may name a unit of a company."""
    relations: tuple[Relation, ...] = ()
    people: Mapping[UUID, PartyFacts] = field(default_factory=dict)
    orders: Mapping[UUID, Sequence[Order]] = field(default_factory=dict)
    mandates: Mapping[UUID, Sequence[Mandate]] = field(default_factory=dict)

    @cached_property
    def age(self) -> int | None:
        """The customer's age in whole years on the day; None where no date of birth is known.

        Who is born on 29 February comes of age on 1 March of a year without one.
        """
        born = self.customer.born_on
        if born is None:
            return None
        return self.on.year - born.year - ((self.on.month, self.on.day) < (born.month, born.day))

    @cached_property
    def minor(self) -> bool:
        """Whether the customer is known to be under age."""
        age = self.age if self.customer.person else None
        return age is not None and age < ADULT_AGE

    def of_kind(self, kind: str) -> list[Relation]:
        """The relations of one kind."""
        return [relation for relation in self.relations if relation.kind == kind]

    def mandates_of(self, party_ids: Iterable[UUID]) -> list[Mandate]:
        """Direct debit mandates of these parties for the payment reason asked for."""
        return [
            mandate
            for party_id in party_ids
            for mandate in self.mandates.get(party_id, ())
            if mandate.terms.payment_reason == self.reason.code
        ]

    def orders_of(self, party_ids: Iterable[UUID]) -> list[Order]:
        """Orders at banks of these parties for the payment reason asked for."""
        return [
            order
            for party_id in party_ids
            for order in self.orders.get(party_id, ())
            if order.payment_reason == self.reason.code
        ]
