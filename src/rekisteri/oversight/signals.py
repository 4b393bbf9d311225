"""Signals: odd looks as rows that a person closes with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from rekisteri.access import Read, Write
from rekisteri.ground import numbers
from rekisteri.ground.errors import Conflict, Rejected
from rekisteri.oversight.rules import Kind

PAGE_MAX = 200
REASON_MAX = 500


class Verdict(StrEnum):
    """What a signal was found to be."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Signal:
    """One account's odd looks at one customer on one day, or its odd day as a whole."""

    id: UUID
    kind: Kind
    account_id: UUID
    account: str
    party_id: UUID | None
    day: date
    count: int
    event_ids: list[UUID]
    raised_at: datetime
    verdict: Verdict | None
    reason: str | None
    closed_at: datetime | None


def signals(
    tx: Read, *, open_only: bool = True, kind: Kind | None = None, before: UUID | None = None, limit: int = 50
) -> list[Signal]:
    """Signals, the newest first; those with a customer are looks at the customer's use, and told as such."""
    found = tx.all(
        Signal,
        """
        select id, kind, account_id, account, party_id, day, count, event_ids, raised_at, verdict, reason, closed_at
        from oversight.signal
        where (not %(open_only)s or closed_at is null)
          and (%(kind)s::text is null or kind = %(kind)s)
          and (%(before)s::uuid is null or id < %(before)s)
        order by id desc limit %(limit)s
        """,
        open_only=open_only,
        kind=kind,
        before=before,
        limit=min(limit, PAGE_MAX),
    )
    tx.saw(*(one.party_id for one in found if one.party_id is not None))
    return found


def open_by_kind(tx: Read) -> dict[str, int]:
    """How many signals of each kind nobody has closed: counts alone, so no customer is told of."""
    return dict(tx.tuples("select kind, count(*) from oversight.signal where closed_at is null group by kind"))


def signal(tx: Read, signal_id: UUID) -> Signal:
    """One signal. Raises ``Missing``."""
    found = tx.fetch(
        Signal,
        """
        select id, kind, account_id, account, party_id, day, count, event_ids, raised_at, verdict, reason, closed_at
        from oversight.signal where id = %(id)s
        """,
        id=signal_id,
    )
    if found.party_id is not None:
        tx.saw(found.party_id)
    return found


def close(tx: Write, signal_id: UUID, verdict: Verdict, reason: str) -> Signal:
    """Close a signal with what was found and why. Raises ``Missing``, ``Conflict`` where it is closed, ``Rejected``."""
    said = reason.strip()
    if not said or len(said) > REASON_MAX or numbers.without_hetu(said) != said:
        raise Rejected(f"Say what you found in at most {REASON_MAX} characters, and no identity code.", field="reason")
    found = signal(tx, signal_id)
    if found.closed_at is not None:
        raise Conflict("Somebody has closed this signal already.")
    if found.account_id == tx.act.viewer.account_id:
        raise Rejected("The signal is of your own looks; somebody else must close it.", field="verdict")
    tx.run(
        """
        update oversight.signal
        set verdict = %(verdict)s, reason = %(reason)s, closed_at = %(at)s, closed_by = %(account_id)s
        where id = %(id)s
        """,
        verdict=verdict,
        reason=said,
        at=tx.at,
        account_id=tx.act.viewer.account_id,
        id=signal_id,
    )
    tx.note(signal=str(signal_id), verdict=verdict.value)
    return found
