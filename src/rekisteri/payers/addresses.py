"""Where mail goes: a table of precedence of addresses. Non-disclosure is a route here, never a look-up. Pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from rekisteri.catalogue import Disclosure
from rekisteri.payers.answer import Address, Why, because
from rekisteri.payers.facts import PartyFacts, Told
from rekisteri.payers.forms import address_of
from rekisteri.payers.liable import in_force

ADDRESSES = ("postal_address", "temporary_address", "permanent_address", "contact_address")
"""In this order, each while it is in force: the address given for mail, where one stays, where one lives."""
RULES = {item: f"address.{item}" for item in ADDRESSES}
UNDER_ORDER = ("contact_address",)
"""Under a non-disclosure order the contact address alone, which is there for it (Act 661/2009 § 36)."""


class Found(NamedTuple):
    """An address mail may go to."""

    address: Address
    item: str
    party: PartyFacts
    why: Why


class Lacking(NamedTuple):
    """No address: ``reason`` is ``none``, ``returned`` (with the word), ``protected`` or ``unknown``."""

    reason: str
    told: Told | None = None


def mail_address(party: PartyFacts, on: date, *, covered: bool) -> Found | Lacking:
    """The address of a party's mail on a day.

    ``covered``: a non-disclosure order is on, the party's own or that of whom it stands for, for an address may tell
    of both.
    """
    returned: Told | None = None
    spoken_of = party.spoken_of
    for item in UNDER_ORDER if covered else ADDRESSES:
        if item not in spoken_of:
            continue
        for told in party.visible(item):
            if not in_force(told.value, on):
                continue
            back = party.returned.get((told.statement_id, item)) if party.returned else None
            if back is None:
                return Found(address_of(told.value), item, party, because((RULES[item], told)))
            returned = returned or back
    if returned is not None:
        return Lacking("returned", returned)
    if covered:
        return Lacking("protected")
    return Lacking("unknown" if party.turvakielto is Disclosure.UNKNOWN else "none")
