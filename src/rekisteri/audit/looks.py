"""Looks: when, what for and for which organisations a customer's data was used; never by whom.

What a data subject may know of the log (GDPR art. 15; Court of Justice C-579/21): bulk runs
and automatic jobs are told as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri.ground.database import Read


@dataclass(frozen=True, slots=True)
class Look:
    """One act that showed or changed a customer's data. ``organisations`` is empty for the service centre's staff."""

    at: datetime
    action: str
    purpose: str | None
    organisations: list[int]
    channel: str
    customers: int
    """How many customers the act touched: more than one is a list or a run."""


def looks(tx: Read, party_id: UUID) -> list[Look]:
    """Every act that was done and touched the customer, the newest first; the log must be open to the act."""
    return tx.all(
        Look,
        """
        select at, action, purpose, organisations, channel, subject_count as customers
        from audit.event
        where outcome = 'done' and id in (
            select event_id from audit.subject where party_id = %(party_id)s
            union all
            select event_id from audit.subject_block
            where bucket = %(bucket)s and %(party_id)s = any (party_ids)
            union all
            select id from audit.event
            where xid >= coalesce((select horizon from audit.checkpoint order by size desc limit 1), '0'::xid8)
              and %(party_id)s = any (subjects)
        )
        order by id desc
        """,
        party_id=party_id,
        bucket=party_id.bytes[15],
    )
