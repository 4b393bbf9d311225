"""The facts an answer rests on: fetched once, frozen, and all that the rules may know.

Nothing here reads a table or a clock. Values a non-disclosure order covers are here only as far as the client
organisation asked for may know them (``PartyFacts.visible``): the rules can't use what they can't see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
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
NOTHING: Mapping[Any, Any] = MappingProxyType({})
"""What most customers have of what is rare."""
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


class Heard(NamedTuple):
    """A word with what each value taken from it tells beside itself: the fields of ``Told`` after the first."""

    word: Spoken
    rest: tuple[SourceKind, bool, date | None, date, UUID]


_made = tuple.__new__
"""Makes a ``Told`` of its fields, for a third of what the class's own call takes; a batch makes millions."""


def _nothing() -> Mapping[Any, Any]:
    return NOTHING


@dataclass(eq=False, slots=True)
class PartyFacts:
    """One party as known on the day. ``words`` are those that count, ``codes`` the kinds of identity codes it has.

    ``turvakielto`` is the state that is acted by; ``unheard``: it is on because nobody has told, and VTJ would have.
    ``returned`` are addresses mail has come back from, as (statement, item); ``refused`` are (channel, address) that
    were refused; each with the word that says so.

    Never changed once made; not frozen, for a frozen dataclass takes three times as long to make.
    """

    id: UUID
    kind: PartyKind
    turvakielto: Disclosure
    words: tuple[Spoken, ...]
    codes: Collection[str]
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
    returned: Mapping[tuple[UUID, str], Told] = field(default_factory=_nothing)
    refused: Mapping[tuple[str, str], Told] = field(default_factory=_nothing)
    spoken_of: AbstractSet[str] = field(init=False)
    """Names of the items any word speaks of, that the act may see."""
    person: bool = field(init=False)
    """Whether it is a person."""
    _ranked: dict[str, Sequence[Told]] = field(init=False, repr=False)
    _heard: tuple[Heard, ...] = field(init=False, repr=False, default=())
    _name: str | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        """Look at the words once."""
        words, hidden = self.words, self.hidden
        spoken_of = (
            words[0].content.keys() if len(words) == 1 else set(chain.from_iterable(one.content for one in words))
        )
        self.spoken_of = spoken_of if spoken_of.isdisjoint(hidden) else spoken_of - hidden
        self.person = self.kind is PartyKind.PERSON
        self._ranked = {}

    def best(self, item: str) -> Told | None:
        """The value that stands: of the most believed source, the latest; as the golden record has it."""
        if item not in self.spoken_of:
            return None
        found = self._ranked.get(item) or self.ranked(item)
        return found[0] if found else None

    def value(self, item: str) -> Any:
        """The value that stands, without its word; None where there is none."""
        if item not in self.spoken_of:
            return None
        if len(self.words) == 1:
            word = self.words[0]
            return word.content[item] if word.source_kind in RANKS[item] else None
        told = self.best(item)
        return None if told is None else told.value

    def ranked(self, item: str) -> Sequence[Told]:
        """Every word of an item, the most believed first, among equals the latest."""
        if item not in self.spoken_of:
            return ()
        known = self._ranked.get(item)
        if known is not None:
            return known
        ranks = RANKS[item]
        heard = self._heard or self._hear()
        if len(heard) == 1:
            word, rest = heard[0]
            told = [_made(Told, (word.content[item], *rest))] if word.source_kind in ranks else []
            self._ranked[item] = told
            return told
        found = [one for one in heard if item in one.word.content and one.word.source_kind in ranks]
        if len(found) > 1:
            found.sort(key=_latest, reverse=True)
            found.sort(key=lambda one: ranks[one.word.source_kind])
        told = [_made(Told, (one.word.content[item], *one.rest)) for one in found]
        self._ranked[item] = told
        return told

    def _hear(self) -> tuple[Heard, ...]:
        """The words with what every value taken from each of them tells beside itself, reckoned once."""
        self._heard = tuple(
            [
                Heard(
                    word,
                    (
                        word.source_kind,
                        word.organisation_id == self.asking,
                        word.holds_from,
                        word.recorded_on,
                        word.statement_id,
                    ),
                )
                for word in self.words
            ]
        )
        return self._heard

    def every(self, item: str) -> Sequence[Told]:
        """Each single value of an item of which there may be several, with its word."""
        if item not in self.spoken_of:
            return ()
        return [
            told._replace(value=value)
            for told in self.ranked(item)
            for value in (told.value if isinstance(told.value, list) else [told.value])
        ]

    def visible(self, item: str) -> Sequence[Told]:
        """``ranked`` of an item, less what a non-disclosure order keeps from the asking organisation.

        On: nothing covered. Unknown: of covered items only its own words and a maintainer's.
        """
        if item not in self.spoken_of:
            return ()
        if item not in COVERED or self.turvakielto is Disclosure.OFF:
            return self.ranked(item)
        if self.turvakielto is Disclosure.ON:
            return ()
        return [told for told in self.ranked(item) if told.own or told.source is SourceKind.MAINTAINER]

    def own(self, item: str) -> Told | None:
        """The asking organisation's own value of an item, or a maintainer's or the person's own for it."""
        if item not in self.spoken_of:
            return None
        for told in self.ranked(item):
            if told.own or told.source is not SourceKind.ORGANISATION:
                return told
        return None

    @property
    def name(self) -> str:
        """The name as it stands on an invoice: first names before the surname."""
        if self._name is None:
            names = ("first_names", "surname") if self.person else ("organisation_name",)
            self._name = " ".join([str(value) for item in names if (value := self.value(item)) is not None]).strip()
        return self._name

    @property
    def born_on(self) -> date | None:
        """The date of birth, where it is known."""
        value = self.value("birth_date")
        return None if value is None else date.fromisoformat(str(value))


def _latest(one: Heard) -> tuple[date, object, UUID]:
    word = one.word
    return (word.holds_from or date.min, word.recorded_at, word.statement_id)


@dataclass(eq=False, slots=True)
class Facts:
    """All that one answer rests on. ``today`` is the day of the moment of knowledge. Never changed once made."""

    on: date
    today: date
    organisation_id: int
    organisation_language: str
    reason: PaymentReason
    customer: PartyFacts
    number: str | None
    """The organisation's own customer number it was asked by; it may name a unit of a company."""
    relations: tuple[Relation, ...] = ()
    people: Mapping[UUID, PartyFacts] = field(default_factory=_nothing)
    orders: Mapping[UUID, Sequence[Order]] = field(default_factory=_nothing)
    mandates: Mapping[UUID, Sequence[Mandate]] = field(default_factory=_nothing)
    age: int | None = field(init=False)
    """The customer's age in whole years on the day; None where no date of birth is known."""
    minor: bool = field(init=False)
    """Whether the customer is known to be under age."""

    def __post_init__(self) -> None:
        """Reckon the age once: every answer asks for it."""
        born, on = self.customer.born_on, self.on
        # Who is born on 29 February comes of age on 1 March of a year without one.
        self.age = None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        self.minor = self.customer.person and self.age is not None and self.age < ADULT_AGE

    def of_kind(self, kind: str) -> list[Relation]:
        """The relations of one kind."""
        return [relation for relation in self.relations if relation.kind == kind] if self.relations else []

    def mandates_of(self, party_ids: Iterable[UUID]) -> list[Mandate]:
        """Direct debit mandates of these parties for the payment reason asked for."""
        if not self.mandates:
            return []
        return [
            mandate
            for party_id in party_ids
            for mandate in self.mandates.get(party_id, ())
            if mandate.terms.payment_reason == self.reason.code
        ]

    def orders_of(self, party_ids: Iterable[UUID]) -> list[Order]:
        """Orders at banks of these parties for the payment reason asked for."""
        if not self.orders:
            return []
        return [
            order
            for party_id in party_ids
            for order in self.orders.get(party_id, ())
            if order.payment_reason == self.reason.code
        ]
