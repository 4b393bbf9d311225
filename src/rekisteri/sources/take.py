"""The one road in: placed, recorded, refreshed, in the caller's transaction.

A row of a file, an answer of a register, a bank's message and a person's own edit come
here alike; a million rows come in chunks of the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from rekisteri import matching, parties
from rekisteri.access import Write
from rekisteri.ground.keys import Vault
from rekisteri.matching import Doubt
from rekisteri.parties import KnownRecord, Lexicon, Origin, Parcel, Said


@dataclass(slots=True)
class Taken:
    """What became of the sayings taken so far."""

    new: int = 0
    changed: int = 0
    doubts: list[Doubt] = field(default_factory=list)
    party_ids: dict[str, str] = field(default_factory=dict)
    linked: set[UUID] = field(default_factory=set)
    """Customers that were there before."""


def take(
    tx: Write,
    vault: Vault,
    lexicon: Lexicon,
    origin: Origin,
    sayings: Sequence[Said],
    known: dict[str, KnownRecord] | None = None,
    *,
    settled: bool = True,
) -> Taken:
    """Take sayings of one source into the register.

    ``known`` spares a look-up where the caller has it: the source's records among the keys.
    Doubts go to the work queue by the caller, who holds the raw row. The identity lock must
    be held (``parties.lock_identity``). ``settled`` is False where more is to come in the same act, at whose end the
    caller settles households (``parties.settle_households``).
    """
    if known is None:
        known = parties.known_records(tx, origin.source.id, [said.key for said in sayings])
    parties.renew_codes(tx, vault, matching.codes(sayings))
    placing = matching.place(tx, vault, origin.source, sayings, known)
    parties.record(tx, vault, lexicon, origin, placing.placed)
    parties.refresh(tx, vault, lexicon, placing.touched())
    if settled:
        parties.settle_tied(tx, vault, lexicon, [UUID(one.party_id) for one in placing.placed if one.born])
    tx.gather({one.party_id for one in placing.placed})
    taken = Taken(doubts=placing.doubts)
    for one in placing.placed:
        if one.fresh_record:
            taken.new += 1
        else:
            taken.changed += 1
        taken.party_ids[one.said.key] = one.party_id
        if not one.born:
            taken.linked.add(UUID(one.party_id))
    return taken


def take_crowd(tx: Write, lexicon: Lexicon, origin: Origin, crowd: Parcel) -> list[int]:
    """Take customers nobody has spoken of before; the row numbers of those somebody has: ``take`` those.

    Their keys must be new to the source; they stand in the evidence of the act. The identity lock must be held. At the
    end of the act the caller settles households (``parties.settle_households``).
    """
    return parties.bear(tx, lexicon, origin, crowd)


def fall_silent(tx: Write, vault: Vault, lexicon: Lexicon, origin: Origin, ended: Iterable[tuple[UUID, UUID]]) -> int:
    """End the customerships of records, given as (record, party): their source says nothing more."""
    pairs = list(ended)
    tx.gather([str(party_id) for _, party_id in pairs])
    parties.silence(tx, origin, [record_id for record_id, _ in pairs])
    parties.refresh(tx, vault, lexicon, [party_id for _, party_id in pairs])
    return len(pairs)
