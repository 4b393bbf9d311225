"""How a bill travels: the organisation's order of channels, each tried by its own rule. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from rekisteri.catalogue import SourceKind
from rekisteri.parties import Order
from rekisteri.payers.addresses import Found
from rekisteri.payers.answer import FinvoiceParty, Passed, Role, Unfit, Why
from rekisteri.payers.facts import Facts, Told
from rekisteri.payers.forms import Limits, envelope, finvoice
from rekisteri.payers.reasons import Channel, LastResort
from rekisteri.payers.recipients import Recipient

ORDERED = frozenset({Channel.CONSUMER_EINVOICE, Channel.DIRECT_PAYMENT})
"""Channels that a payer orders at a bank: the order is the wish."""


class Sheet(NamedTuple):
    """A recipient with the forms the channels need already filled in."""

    facts: Facts
    recipient: Recipient
    lines: tuple[str, ...]
    finvoice: FinvoiceParty | None
    unfit: tuple[Unfit, ...]


class Chosen(NamedTuple):
    """The channel that will do; None where none will."""

    channel: Channel | None
    routing: Mapping[str, str]
    by_hand: bool
    passed: tuple[Passed, ...]
    why: Why


class Usable(NamedTuple):
    """A channel will do: what it is routed by, and the word that says so."""

    routing: Mapping[str, str]
    why: Why


LETTER = Usable(MappingProxyType({}), Why("channel.letter"))
BY_MAILBOX = Why("channel.mailbox")


def sheet(facts: Facts, recipient: Recipient, limits: Limits) -> Sheet:
    """Fill in the forms. Under a non-disclosure order the e-invoice carries no address but the contact address."""
    found = recipient.address if isinstance(recipient.address, Found) else None
    address = None if found is None else found.address
    party, wrong = finvoice(recipient.names, address)
    lines: tuple[str, ...] = ()
    misfit: tuple[Unfit, ...] = ()
    if address is not None:
        lines, misfit = envelope(recipient.names, recipient.attention, address, recipient.language, limits)
    return Sheet(facts, recipient, lines, party, (*misfit, *wrong))


def choose(page: Sheet) -> Chosen | None:
    """The first channel that will do, else the last resort. None: there is no last resort, so no answer either."""
    policy = page.facts.reason.policy
    passed: list[Passed] = []
    for channel in _in_order(page):
        verdict = CHANNELS[channel](page)
        if isinstance(verdict, Usable):
            return Chosen(channel, verdict.routing, False, tuple(passed), verdict.why)
        passed.append(_passed(channel, verdict))
    if policy.last_resort is LastResort.LETTER:
        verdict = letter(page)
        if isinstance(verdict, Usable):
            return Chosen(Channel.LETTER, {}, False, tuple(passed), Why("channel.last_resort"))
        return Chosen(None, {}, False, tuple(passed), Why("channel.none"))
    if policy.last_resort is LastResort.BY_HAND:
        return Chosen(None, {}, True, tuple(passed), Why("channel.by_hand"))
    return None


@lru_cache
def _passed(channel: Channel, reason: str) -> Passed:
    """There are few channels and few reasons, and each answer passes three of them."""
    return Passed(channel, reason)


def _in_order(page: Sheet) -> Sequence[Channel]:
    """The policy's order; a channel the customer has wished for comes first, unless a bank holds a newer wish: an order."""
    channels = page.facts.reason.policy.channels
    wish = wished(page.facts)
    if wish is None or page.recipient.orders:
        return channels
    return _wished_first(channels, str(wish.value))


@lru_cache
def _wished_first(channels: tuple[Channel, ...], wish: str) -> Sequence[Channel]:
    """The order with the wished channel first; there are few orders and few wishes."""
    return sorted(channels, key=lambda channel: channel.value != wish)


def wished(facts: Facts) -> Told | None:
    """The channel the customer has wished of the asking organisation."""
    return facts.customer.own("invoice_channel")


def consumer_einvoice(page: Sheet) -> Usable | str:
    """As ordered at a bank for this organisation and payment reason."""
    return _ordered(page, "consumer_einvoice", "channel.consumer_einvoice")


def direct_payment(page: Sheet) -> Usable | str:
    """As ordered at a bank: a copy to the payer's bank, and the bill itself on paper."""
    verdict = _ordered(page, "direct_payment", "channel.direct_payment")
    if isinstance(verdict, str):
        return verdict
    paper = letter(page)
    return paper if isinstance(paper, str) else Usable({**verdict.routing, "paper_copy": "letter"}, verdict.why)


def einvoice(page: Sheet) -> Usable | str:
    """To the organisation's e-invoice address with its operator."""
    if not page.recipient.electronic:
        return "not_electronic"
    if page.recipient.role not in (Role.SELF, Role.UNIT):
        return "no_einvoice_address"
    refused = False
    for party in page.recipient.parties:
        for told in party.ranked("einvoice_address"):
            address = str(told.value["address"])
            if ("einvoice", address) in party.refused:
                refused = True
            elif page.finvoice is None:
                return "unfit"
            else:
                routing = {"address": address, "operator": str(told.value["operator"])}
                return Usable(routing, Why("channel.einvoice", told))
    return "refused" if refused else "no_einvoice_address"


def mailbox(page: Sheet) -> Usable | str:
    """To a digital mailbox, which its operator finds by identity code or business ID."""
    if not page.recipient.electronic:
        return "not_electronic"
    refused = False
    for party in page.recipient.parties:
        code = "hetu" if party.person else "ytunnus"
        if code in party.codes:
            if ("mailbox", "") not in party.refused:
                return Usable({"by": code, "party": str(party.id)}, BY_MAILBOX)
            refused = True
    return "refused" if refused else "no_code"


def email(page: Sheet) -> Usable | str:
    """By e-mail, where the customer has wished for it and the address may be known."""
    if not page.recipient.electronic:
        return "not_electronic"
    wish = wished(page.facts)
    if wish is None or wish.value != Channel.EMAIL:
        return "not_wished"
    if page.recipient.covered:
        return "covered"
    refused = False
    for party in page.recipient.parties:
        for told in party.visible("email"):
            if ("email", str(told.value)) not in party.refused:
                return Usable({"address": str(told.value)}, Why("channel.email", told))
            refused = True
    return "refused" if refused else "no_email"


def letter(page: Sheet) -> Usable | str:
    """By letter, to an address that is known and fits the window."""
    if not isinstance(page.recipient.address, Found):
        return f"address_{page.recipient.address.reason}"
    return LETTER if page.lines else "unfit"


CHANNELS: Mapping[Channel, Callable[[Sheet], Usable | str]] = MappingProxyType(
    {
        Channel.CONSUMER_EINVOICE: consumer_einvoice,
        Channel.DIRECT_PAYMENT: direct_payment,
        Channel.EINVOICE: einvoice,
        Channel.MAILBOX: mailbox,
        Channel.EMAIL: email,
        Channel.LETTER: letter,
    }
)


def _ordered(page: Sheet, kind: str, rule: str) -> Usable | str:
    if not page.recipient.electronic:
        return "not_electronic"
    refused = False
    for order in page.recipient.orders:
        if order.kind != kind:
            continue
        if _refused(page, order):
            refused = True
        elif page.finvoice is None:
            return "unfit"
        else:
            routing = {"address": order.address, "operator": order.operator, "ordered_on": order.ordered_on.isoformat()}
            told = Told(order.kind, SourceKind.BANK, True, order.valid_from, order.ordered_on, order.statement_id)
            return Usable(routing, Why(rule, told))
    return "refused" if refused else "no_order"


def _refused(page: Sheet, order: Order) -> bool:
    """Whether a bill to this address was refused on the day of the order or later: a newer order is a newer wish."""
    found = [
        party.refused[(order.kind, order.address)]
        for party in (*page.recipient.parties, page.facts.customer)
        if (order.kind, order.address) in party.refused
    ]
    return any(str(told.value["refused_on"]) >= order.ordered_on.isoformat() for told in found)
