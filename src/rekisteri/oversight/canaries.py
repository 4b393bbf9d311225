"""Canaries: customers nobody has a task with, so that any look at one is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri import parties
from rekisteri.access import Read, Write
from rekisteri.ground.errors import Missing, Rejected

REASON_MAX = 300


@dataclass(frozen=True, slots=True)
class Canary:
    """A marked customer: why, and since when."""

    party_id: UUID
    reason: str
    marked_at: datetime


def canaries(tx: Read) -> list[Canary]:
    """Every canary in force."""
    return tx.all(
        Canary, "select party_id, reason, marked_at from oversight.canary where ended_at is null order by marked_at"
    )


def mark_canary(tx: Write, party_id: UUID, reason: str) -> None:
    """Mark a customer. Raises ``Missing`` for nobody, ``Rejected`` without a reason."""
    said = reason.strip()
    if not said or len(said) > REASON_MAX:
        raise Rejected(f"Say why in at most {REASON_MAX} characters.", field="reason")
    if party_id not in parties.standings(tx, [party_id]):
        raise Missing
    tx.run(
        """
        insert into oversight.canary (party_id, reason, marked_at, account_id)
        values (%(party_id)s, %(reason)s, %(at)s, %(account_id)s)
        on conflict (party_id) do update
        set reason = excluded.reason, marked_at = excluded.marked_at, account_id = excluded.account_id, ended_at = null
        """,
        party_id=party_id,
        reason=said,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
    )
    tx.saw(party_id)


def end_canary(tx: Write, party_id: UUID) -> None:
    """Unmark a customer. Raises ``Missing`` where it is not marked."""
    ended = tx.run(
        "update oversight.canary set ended_at = %(at)s where party_id = %(party_id)s and ended_at is null",
        at=tx.at,
        party_id=party_id,
    )
    if not ended:
        raise Missing
    tx.saw(party_id)
