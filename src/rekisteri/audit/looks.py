"""Looks: when, what for and for which organisations a customer's data was used; never by whom.

What a data subject may know of the log (GDPR art. 15; Court of Justice C-579/21): bulk runs
and automatic jobs are told as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rekisteri.audit.store import Guise, guised
from rekisteri.ground.database import Read

SUBJECT_ROLE = "subject"


@dataclass(frozen=True, slots=True)
class Look:
    """One act that showed or changed a customer's data. ``organisations`` is empty for the service centre's staff."""

    event_id: UUID
    at: datetime
    action: str
    purpose: str | None
    organisations: list[int]
    channel: str
    customers: int
    """How many customers the act touched: more than one is a list or a run."""
    own: bool
    """Whether the data subject did it."""
    represented: bool
    """Whether somebody did it on the data subject's behalf: a custodian or a guardian, who is not named."""


def looks(
    tx: Read,
    party_id: UUID,
    *,
    guises: Sequence[Guise] = (),
    before: UUID | None = None,
    limit: int | None = 50,
    own: bool = True,
) -> list[Look]:
    """The acts that were done and touched one customer, as the customer may know them, the newest first.

    ``limit`` None tells every one; without ``own`` the customer's own visits are left out. The log must be open to the act.
    """
    # Where the act opens the log to a data subject, the database shows the events of these ids and no others.
    tx.value(
        "select set_config('rekisteri.log_of', %(ids)s, true)",
        ids="{" + ",".join(str(one) for one in (party_id, *(guise.party_id for guise in guises))) + "}",
    )
    return tx.all(
        Look,
        """
        with guise as (
            select * from unnest(%(ids)s::uuid[], %(since)s::timestamptz[], %(until)s::timestamptz[])
                as guise (party_id, since, until)
        ), shown as materialized (
            select s.event_id, g.since, g.until from guise g join audit.subject s on s.party_id = g.party_id
            union
            select b.event_id, g.since, g.until from guise g
            join audit.subject_block b on b.bucket = get_byte(uuid_send(g.party_id), 15) and g.party_id = any (b.party_ids)
            union
            select t.id, g.since, g.until from guise g
            join audit.event t on g.party_id = any (t.subjects)
             and t.xid >= coalesce((select horizon from audit.checkpoint order by size desc limit 1), '0'::xid8)
        )
        select distinct on (e.at, e.id) e.id as event_id, e.at, e.action, e.purpose, e.organisations,
               e.channel, e.subject_count as customers, %(own)s = any (e.roles) and not e.detail ? 'acts_for' as own,
               %(own)s = any (e.roles) and e.detail ? 'acts_for' as represented
        from shown join audit.event e on e.id = shown.event_id and e.at >= shown.since and e.at < shown.until
        where e.outcome = 'done' and (%(with_own)s or %(own)s <> all (e.roles) or e.detail ? 'acts_for')
          and (%(before)s::uuid is null
               or (e.at, e.id) < (select edge.at, edge.id from audit.event edge where edge.id = %(before)s))
        order by e.at desc, e.id desc
        limit %(limit)s
        """,
        **guised(party_id, guises),
        own=SUBJECT_ROLE,
        with_own=own,
        before=before,
        limit=limit,
    )
