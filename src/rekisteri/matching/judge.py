"""Judgements by hand: two customers are one, a merge was a mistake, some records are another customer's.

A merge is one judgement for each record it moves, so its undoing is always possible: what
the sources said since stands in their own records and goes where those go. Nothing is
decided on likeness alone: whoever judges says why.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.keys import Vault
from rekisteri.parties import Placement

RULE_MERGED = "merged_by_maintainer"
RULE_UNDONE = "merge_undone"
RULE_SPLIT = "split_by_maintainer"
REASON_MAX = 500

_NOBODY = "There is no such customer among those you may see; check the identifier."


@dataclass(slots=True)
class Merge:
    """A merge in force: whose records came, which ones, when, by whom and why."""

    former_id: UUID
    at: datetime
    account: str | None
    reason: str | None
    record_ids: list[UUID] = field(default_factory=list)


def merges(tx: Read, party_id: UUID) -> list[Merge]:
    """The merges of a customer that can be undone now, the newest first.

    Of merges one upon another the last comes first: undone, it shows the one beneath.
    """
    piles: dict[UUID, list[Placement]] = {}
    for one in parties.placements(tx, party_id):
        pile = piles.setdefault(one.record_id, [])
        if one.rule == RULE_MERGED:
            pile.append(one)
        elif one.rule == RULE_UNDONE and pile:
            pile.pop()
        else:
            pile.clear()
    found: dict[UUID, Merge] = {}
    for record_id, pile in piles.items():
        top = pile[-1] if pile else None
        if top is not None and top.party_id == party_id and top.former_party_id is not None:
            blank = Merge(top.former_party_id, top.at, top.account, top.reason)
            found.setdefault(top.former_party_id, blank).record_ids.append(record_id)
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def merge(tx: Write, vault: Vault, party_id: UUID, other_id: UUID, *, reason: str, despite_codes: bool = False) -> UUID:
    """Judge that ``other_id`` is the same customer as ``party_id``, whose id stays; that id.

    Raises ``Rejected`` for a missing reason, one customer twice, or a person and an organisation;
    ``Conflict`` where their identity codes differ and ``despite_codes`` does not say that this is
    known (a corrected code, say); ``Missing`` for nobody.
    """
    said = _reason(reason)
    parties.lock_identity(tx)
    party_id, other_id = parties.standing(tx, party_id), parties.standing(tx, other_id)
    if party_id == other_id:
        raise Rejected("They are one customer already; choose another.", field="other")
    kinds = {parties.kind_of(tx, one) for one in (party_id, other_id)}
    if None in kinds:
        raise Missing(_NOBODY)
    if len(kinds) > 1:
        raise Rejected("A person and an organisation are never one customer.", field="other")
    kept, lost = (parties.codes_of(tx, vault, one) for one in (party_id, other_id))
    if not despite_codes and _differ(kept.values(), lost.values()):
        raise Conflict("Their identity codes differ; merge them only if you know which code is wrong.", field="codes")
    if not lost:
        raise Missing(_NOBODY)
    parties.move(tx, vault, list(lost), party_id, rule=RULE_MERGED, reason=said, news="merged")
    tx.note(decision="merged")
    return party_id


def undo(tx: Write, vault: Vault, party_id: UUID, former_id: UUID, *, reason: str) -> UUID:
    """Undo the merge that made ``former_id`` a part of ``party_id``; the id that stands again.

    Records that came to the customer since stay; those the merge moved go back with all that
    their sources said meanwhile. Raises ``Missing`` where there is no such merge in force, and
    ``Conflict`` where both would bear one identity code.
    """
    said = _reason(reason)
    parties.lock_identity(tx)
    moved = next((one.record_ids for one in merges(tx, party_id) if one.former_id == former_id), None)
    if moved is None:
        raise Missing("There is no such merge to undo; the history tells which there are.")
    _apart(tx, vault, party_id, moved)
    parties.move(tx, vault, moved, former_id, rule=RULE_UNDONE, reason=said, news="split")
    parties.open_again(tx, vault, moved, former_id)
    parties.open_again(tx, vault, [one.record_id for one in parties.records_of(tx, party_id)], party_id)
    parties.not_same(tx, moved, party_id, rule=RULE_UNDONE, reason=said)
    tx.note(decision="unmerged")
    return former_id


def split(tx: Write, vault: Vault, party_id: UUID, record_ids: Sequence[UUID], *, reason: str) -> UUID:
    """Judge that some records of a customer are another customer's, a new one; its id.

    Raises ``Rejected`` where none or all are chosen or one is not the customer's, ``Conflict``
    where both would bear one identity code, ``Missing`` for nobody.
    """
    said = _reason(reason)
    parties.lock_identity(tx)
    every = {one.record_id for one in parties.records_of(tx, party_id)}
    if not every:
        raise Missing(_NOBODY)
    chosen = set(record_ids)
    if not chosen or chosen == every or not chosen <= every:
        raise Rejected("Choose some of the customer's records, not all: they become another customer.", field="records")
    _apart(tx, vault, party_id, chosen)
    fresh = parties.begin(tx, party_id)
    parties.move(tx, vault, sorted(chosen), fresh, rule=RULE_SPLIT, reason=said, news="split")
    parties.not_same(tx, chosen, party_id, rule=RULE_SPLIT, reason=said)
    tx.note(decision="split")
    return fresh


def _reason(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise Rejected("Say why; the reason is kept with the judgement.", field="reason")
    if len(said) > REASON_MAX:
        raise Rejected(f"At most {REASON_MAX} characters.", field="reason")
    return said


def _differ(kept: Collection[frozenset[tuple[str, bytes]]], lost: Collection[frozenset[tuple[str, bytes]]]) -> bool:
    """Whether both sides bear codes of one kind and share none of that kind."""
    ours, theirs = frozenset().union(*kept), frozenset().union(*lost)
    kinds = {kind for kind, _ in ours} & {kind for kind, _ in theirs}
    shared = {kind for kind, _ in ours & theirs}
    return bool(kinds - shared)


def _apart(tx: Write, vault: Vault, party_id: UUID, leaving: Collection[UUID]) -> None:
    """Raise ``Conflict`` where a code would stand on both sides: one code is one customer's."""
    codes = parties.codes_of(tx, vault, party_id)
    going = frozenset().union(*(found for record_id, found in codes.items() if record_id in leaving))
    staying = frozenset().union(*(found for record_id, found in codes.items() if record_id not in leaving))
    if going & staying:
        raise Conflict(
            "Both would bear the same identity code; correct the wrong code where it came from, then part them.",
            field="records",
        )
