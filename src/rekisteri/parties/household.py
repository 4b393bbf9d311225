"""Households: whom somebody else's non-disclosure order covers, because custody ties the two.

They may live at the same address, and a record that shows it would give away what the order keeps. Whether they do
is a covered value itself: so the tie alone decides, not the addresses (Act 661/2009 § 36).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from rekisteri.access import Read
from rekisteri.catalogue import Disclosure
from rekisteri.ground import packed
from rekisteri.parties.survive import strictest


def sheltered(tx: Read, party_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these customers an order of somebody tied to them by custody covers, either way."""
    rows = tx.tuples(
        "select parties.sheltered(%(ids)s::uuid[]) as party_id",
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )
    return {party_id for (party_id,) in rows}


def tied(tx: Read, party_ids: Iterable[UUID]) -> set[UUID]:
    """Whom custody ties to these customers, either way."""
    rows = tx.tuples(
        "select parties.tied(%(ids)s::uuid[]) as party_id", ids=packed.uuid_bytes([one.bytes for one in party_ids])
    )
    return {party_id for (party_id,) in rows}


def unsettled(tx: Read, party_ids: Iterable[UUID]) -> list[UUID]:
    """Which of these customers' kept state is not what the orders say."""
    rows = tx.tuples(
        "select parties.unsettled(%(ids)s::uuid[]) as party_id order by party_id",
        ids=packed.uuid_bytes([one.bytes for one in party_ids]),
    )
    return [party_id for (party_id,) in rows]


def unsettled_anywhere(tx: Read) -> list[UUID]:
    """As ``unsettled``, of the whole register: the cost is that of those under an order."""
    rows = tx.tuples("select parties.unsettled_anywhere() as party_id order by party_id")
    return [party_id for (party_id,) in rows]


def own_orders(tx: Read, party_ids: Iterable[UUID]) -> dict[UUID, Disclosure]:
    """The state of each customer's own order, whatever the household's; of whom nobody has spoken, unknown."""
    wanted = list(party_ids)
    rows = tx.tuples(
        "select party_id, turvakielto from parties.record where party_id = any (%(ids)s) and turvakielto is not null",
        ids=wanted,
    )
    said: dict[UUID, list[bool | None]] = defaultdict(list)
    for party_id, word in rows:
        said[party_id].append(word)
    return {party_id: strictest(said[party_id]) for party_id in wanted}
