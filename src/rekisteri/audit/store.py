"""Reading the log: by viewer, action, outcome and time, and by customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri.ground.database import Read

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One event as the log's readers see it."""

    id: UUID
    at: datetime
    account: str
    roles: list[str]
    action: str
    purpose: str | None
    case_reference: str | None
    channel: str
    outcome: str
    subject_count: int
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; None asks for any. ``before`` continues where a page ended."""

    account: str | None = None
    action: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    limit: int = 50


def search(tx: Read, query: Query) -> list[Found]:
    """Events that fit, the newest first, at most ``PAGE_MAX``."""
    return tx.all(
        Found,
        """
        select id, at, account, roles, action, purpose, case_reference, channel, outcome, subject_count, detail
        from audit.event
        where (%(account)s::text is null or account = %(account)s)
          and (%(action)s::text is null or action = %(action)s)
          and (%(outcome)s::text is null or outcome = %(outcome)s)
          and (%(since)s::timestamptz is null or at >= %(since)s)
          and (%(until)s::timestamptz is null or at < %(until)s)
          and (%(before)s::uuid is null or id < %(before)s)
        order by id desc
        limit %(limit)s
        """,
        account=query.account,
        action=query.action,
        outcome=query.outcome,
        since=query.since,
        until=query.until,
        before=query.before,
        limit=min(query.limit, PAGE_MAX),
    )


def about(tx: Read, party_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[Found]:
    """Events that showed or changed one customer, bulk acts included, the newest first.

    Those the sequencer has not come to yet are looked through one by one, so none is late here.
    """
    return tx.all(
        Found,
        """
        select id, at, account, roles, action, purpose, case_reference, channel, outcome, subject_count, detail
        from audit.event
        where id in (
            select event_id from audit.subject where party_id = %(party_id)s
            union all
            select event_id from audit.subject_block
            where bucket = %(bucket)s and %(party_id)s = any (party_ids)
            union all
            select id from audit.event
            where xid >= coalesce((select horizon from audit.checkpoint order by size desc limit 1), '0'::xid8)
              and %(party_id)s = any (subjects)
        )
          and (%(before)s::uuid is null or id < %(before)s)
        order by id desc
        limit %(limit)s
        """,
        party_id=party_id,
        bucket=party_id.bytes[15],
        before=before,
        limit=min(limit, PAGE_MAX),
    )
