"""An answer as data: who is liable, who gets the bill, where and how, what stops it, what is not certain.

What every answer is made of are tuples: a frozen dataclass takes three times as long to make, and a batch makes
millions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import NamedTuple
from uuid import UUID

from rekisteri.payers.facts import Told
from rekisteri.payers.reasons import Channel

HOME_COUNTRY = "FI"


class Role(StrEnum):
    """In which quality somebody is liable or gets the bill."""

    SELF = "self"
    TRADER = "trader"
    CUSTODIAN = "custodian"
    GUARDIAN = "guardian"
    ESTATE = "estate"
    BANKRUPTCY_ESTATE = "bankruptcy_estate"
    UNIT = "unit"


class Blocks(StrEnum):
    """What a stop holds back."""

    INVOICING = "invoicing"
    COLLECTION = "collection"


class Why(NamedTuple):
    """The rule that decided an element, and the word it decided by, where there is one."""

    rule: str
    told: Told | None = None


because: Callable[[tuple[str, Told | None]], Why] = partial(tuple.__new__, Why)
"""A ``Why`` of its fields, for half of what the class's own call takes: an answer has half a dozen."""


class Liable(NamedTuple):
    """Somebody liable. ``party_id`` is None for one who is no party of the register."""

    role: Role
    party_id: UUID | None
    name: str
    ytunnus: str | None
    why: Why


class Unfit(NamedTuple):
    """A field that does not fit a form: its length, and the least and most the form takes. Nothing is ever cut."""

    form: str
    field: str
    length: int
    least: int
    most: int


class FinvoiceParty(NamedTuple):
    """The buyer as Finvoice 3.0 has it. ``streets`` is empty where the address group is left out."""

    names: tuple[str, ...]
    streets: tuple[str, ...]
    postcode: str
    town: str
    country: str


class Address(NamedTuple):
    """A postal address; ``country`` is ISO 3166 alpha-2."""

    street: str
    postcode: str
    town: str
    country: str
    care_of: str

    @property
    def home(self) -> bool:
        """Whether it is in Finland."""
        return self.country == HOME_COUNTRY


class Passed(NamedTuple):
    """A channel of the order that would not do, and why."""

    channel: Channel
    reason: str


class DirectDebit(NamedTuple):
    """A mandate by which the bill may be collected, however it travels."""

    mandate: str
    creditor: str
    account: str | None
    bank: str
    sequence: str
    why: Why


class Delivery(NamedTuple):
    """One bill on its way: the lines on the envelope, the channel with its routing, the language.

    ``channel`` is None where no channel will do: a person must act (``by_hand``), or a stop says what is missing.
    """

    role: Role
    party_ids: tuple[UUID, ...]
    names: tuple[str, ...]
    attention: str | None
    lines: tuple[str, ...]
    finvoice: FinvoiceParty | None
    language: str
    channel: Channel | None
    routing: Mapping[str, str]
    by_hand: bool
    passed: tuple[Passed, ...]
    unfit: tuple[Unfit, ...]
    address_item: str | None
    address_source: tuple[UUID, UUID] | None
    """(party, statement) the address was taken from: what a returned letter is reported against."""
    address: Address | None
    why_recipient: Why
    why_address: Why | None
    why_language: Why
    why_channel: Why
    direct_debit: DirectDebit | None = None


class Stop(NamedTuple):
    """What holds invoicing or collection back, since when and on whose word; never whose claim it is."""

    code: str
    blocks: tuple[Blocks, ...]
    since: date | None
    until: date | None
    why: Why


class Doubt(NamedTuple):
    """Something that is not certain, of whom, and what would settle it (by its code)."""

    code: str
    about: str
    settle: str


class Withheld(NamedTuple):
    """An item not told, of whom, and the rule: alike whether there is a value behind it or none."""

    item: str
    about: str
    rule: str


class Refund(NamedTuple):
    """The account an overpayment goes back to."""

    iban: str
    why: Why


class Answer(NamedTuple):
    """The whole answer to one question."""

    customer_id: UUID
    liable: tuple[Liable, ...]
    deliveries: tuple[Delivery, ...]
    refund: Refund | None
    stops: tuple[Stop, ...]
    doubts: tuple[Doubt, ...]
    withheld: tuple[Withheld, ...]

    def may(self, what: Blocks) -> bool:
        """Whether nothing stops invoicing, or collection."""
        return not any(what in stop.blocks for stop in self.stops)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no answer: a code of ``problems.PROBLEMS`` and the field of the question it is about."""

    code: str
    field: str
