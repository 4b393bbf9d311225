"""What a recipient is told, as CloudEvents 1.0: an event of one customership, with its values as they are now. Pure.

``items`` says which items an event is of, and it has the values of those alone: all declared ones where a customer is
new, merged or parted, else what changed. Values are those of the moment it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from rekisteri.catalogue import COVERED, Disclosure, Recipient, Text
from rekisteri.feeds.portrait import Portrait

SPEC_VERSION = "1.0"
TYPE_STEM = "rekisteri.customer."
SEQUENCE_DIGITS = 19


class EventKind(StrEnum):
    """What happened, as the recipient meets it; the last part of the event's type."""

    ADDED = "added"
    """The organisation has a new customer, or one again."""
    CHANGED = "changed"
    CORRECTED = "corrected"
    """A maintainer has put something right, or taken that back (GDPR art. 19)."""
    PROTECTED = "protected"
    """A non-disclosure order has come on: drop the items named (Act 661/2009 § 36)."""
    MERGED = "merged"
    """The customer was found to be another; the recipient's own number stays."""
    PARTED = "parted"
    """It was a mistake, or some of the customer's numbers are another's; the number stays."""
    ENDED = "ended"
    """The customership is over: nothing more is told of it."""
    ERASED = "erased"
    """The register has erased the customer, or the items named: so must the recipient, unless a law of its own binds
    it to keep them (GDPR art. 19)."""


KINDS: Mapping[EventKind, Text] = {
    EventKind.ADDED: Text("Uusi asiakas", "Ny kund", "New customer"),
    EventKind.CHANGED: Text("Muutos", "Ändring", "Change"),
    EventKind.CORRECTED: Text("Oikaisu", "Rättelse", "Correction"),
    EventKind.PROTECTED: Text("Turvakielto", "Spärrmarkering", "Non-disclosure order"),
    EventKind.MERGED: Text("Yhdistäminen", "Sammanslagning", "Merge"),
    EventKind.PARTED: Text("Erottaminen", "Åtskiljande", "Parting"),
    EventKind.ENDED: Text("Asiakkuus päättyi", "Kundförhållandet upphörde", "Customership ended"),
    EventKind.ERASED: Text("Poisto", "Radering", "Erasure"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is kept: which customership, what kind, which items; no values."""

    id: UUID
    sequence: int
    kind: EventKind
    record_id: UUID
    key: str
    party_id: UUID
    former_party_id: UUID | None
    items: list[str]
    at: datetime
    tries: int


def message(recipient: Recipient, event: Event, portrait: Portrait | None, numbers: Sequence[str]) -> dict[str, Any]:
    """The event as it is sent. ``numbers`` are the organisation's own numbers of the same customer."""
    data: dict[str, Any] = {"customer_number": event.key}
    if event.kind is EventKind.ENDED or portrait is None:
        data["ended"] = True
        if event.kind is EventKind.ERASED:
            data["erased"] = True
    else:
        data |= described(portrait, event.items)
        data["same_as"] = [number for number in numbers if number != event.key]
        covered = portrait.order is not Disclosure.OFF and not portrait.restricted
        data["drop"] = [name for name in portrait.withheld if covered and name in COVERED]
    if event.former_party_id is not None:
        data["former_customer"] = str(event.former_party_id)
    data["items"] = event.items
    return {
        "specversion": SPEC_VERSION,
        "id": str(event.id),
        "source": f"urn:rekisteri:feed:{recipient.name}",
        "type": TYPE_STEM + event.kind.value,
        "subject": event.key,
        "time": event.at.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "sequence": str(event.sequence).zfill(SEQUENCE_DIGITS),
        "data": data,
    }


def described(portrait: Portrait, items: Sequence[str] | None = None) -> dict[str, Any]:
    """A customer as every message and every line of a snapshot has it; of some items alone where they are named."""
    restricted = {"restricted": True} if portrait.restricted else {}
    return {
        "customer_number": portrait.key,
        "customer": str(portrait.party_id),
        "kind": portrait.kind.value,
        "version": portrait.version,
        "since": portrait.since_on.isoformat(),
        "non_disclosure": portrait.order.value,
        "values": {name: value for name, value in portrait.values.items() if items is None or name in items},
        "withheld": [name for name in portrait.withheld if items is None or name in items],
        **restricted,
    }
