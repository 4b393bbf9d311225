"""Addresses that mail has come back from and channels that were refused, met by a keyed fingerprint.

A fingerprint tells two writings of one address as the same and the address itself to nobody. It is said once, by one
organisation, and known to every organisation's next bill; a new address has another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from rekisteri.ground.keys import KeyProvider
from rekisteri.parties import Order
from rekisteri.payers.addresses import ADDRESSES
from rekisteri.payers.answer import Address
from rekisteri.payers.facts import PartyFacts, Told
from rekisteri.payers.forms import address_of
from rekisteri.payers.recipients import home

RETURNED = "returned_mail"
REFUSED = "refused_channel"
UNREACHED = frozenset({RETURNED, REFUSED})
KEY_NAME = "mark"
MARK_BYTES = 16


class Marker:
    """Makes fingerprints. The key may get versions: what an older one made is met as long as that lives."""

    def __init__(self, provider: KeyProvider) -> None:
        self._provider = provider
        self._known: tuple[object, tuple[bytes, ...]] = (None, ())

    def of_address(self, value: object) -> str:
        """The fingerprint of a postal address: the same home, however it is written, whoever it is care of."""
        return self._marks(_address(address_of(value)))[0]

    def current(self) -> Callable[[Address], str]:
        """``of_address`` by the key there is now: for many addresses at once."""
        key, *_ = self._keys()
        return lambda address: _mark(_address(address), key)

    def of_channel(self, channel: str, address: str) -> str:
        """The fingerprint of a channel's electronic address; of a mailbox, which has none, of the channel alone."""
        return self._marks(_channel(channel, address))[0]

    def every_of_address(self, value: object) -> list[str]:
        """Every fingerprint the address may have been told by."""
        return self._marks(_address(address_of(value)))

    def every_of_channel(self, channel: str, address: str) -> list[str]:
        """Every fingerprint the channel's address may have been told by."""
        return self._marks(_channel(channel, address))

    def _marks(self, text: str) -> list[str]:
        return [_mark(text, key) for key in self._keys()]

    def _keys(self) -> tuple[bytes, ...]:
        """The key's versions, the current one first; read anew when the provider's ring has changed."""
        stamp = self._provider.stamp()
        known = self._known
        if known[0] != stamp:
            versions = self._provider.ring()[KEY_NAME]
            known = stamp, tuple(versions.live[one] for one in (versions.current, *versions.former))
            self._known = known
        return known[1]


def _mark(text: str, key: bytes) -> str:
    return hashlib.blake2b(text.encode(), key=key, digest_size=MARK_BYTES).hexdigest()


def _address(address: Address) -> str:
    return "address|" + "|".join(home(address))


def _channel(channel: str, address: str) -> str:
    return f"channel|{channel}|{address.casefold()}"


def marked(
    marker: Marker, people: Mapping[UUID, PartyFacts], orders: Mapping[UUID, Sequence[Order]]
) -> dict[UUID, PartyFacts]:
    """The parties with what is known to be unreachable of their addresses; most have nothing of the kind."""
    found = dict(people)
    for party_id in [party_id for party_id, party in people.items() if _told_of(party)]:
        found[party_id] = _marked(marker, people[party_id], orders.get(party_id, ()))
    return found


def _told_of(party: PartyFacts) -> bool:
    return not party.spoken_of.isdisjoint(UNREACHED)


def _marked(marker: Marker, party: PartyFacts, orders: Sequence[Order]) -> PartyFacts:
    back = {str(told.value["fingerprint"]): told for told in reversed(party.every(RETURNED))}
    returned = {
        (told.statement_id, item): met
        for item in ADDRESSES
        for told in party.ranked(item)
        if (met := _met(back, marker.every_of_address(told.value))) is not None
    }
    no = {str(told.value["fingerprint"]): told for told in reversed(party.every(REFUSED))}
    known: list[tuple[str, str]] = [(order.kind, order.address) for order in orders]
    known += [("einvoice", str(told.value["address"])) for told in party.ranked("einvoice_address")]
    known += [("email", str(told.value)) for told in party.ranked("email")]
    known.append(("mailbox", ""))
    refused = {one: met for one in known if (met := _met(no, marker.every_of_channel(*one))) is not None}
    return replace(party, returned=returned, refused=refused)


def _met(told: Mapping[str, Told], fingerprints: Sequence[str]) -> Told | None:
    return next((told[one] for one in fingerprints if one in told), None)
