"""Reading the log, for those who watch: by whatever they ask, and by customer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from rekisteri.ground.database import Read

PAGE_MAX = 200
EXTRACT_MAX = 200_000
"""Events of one extract; a longer stretch is asked for in parts."""
ALWAYS = ("-infinity", "infinity")


@dataclass(frozen=True, slots=True)
class Found:
    """One event as the log's readers see it."""

    id: UUID
    at: datetime
    account: str
    roles: list[str]
    organisations: list[int]
    session_id: UUID | None
    action: str
    purpose: str | None
    case_reference: str | None
    channel: str
    outcome: str
    subject_count: int
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; None asks for any. ``before`` continues where a page ended.

    ``organisation`` finds the acts of viewers who acted for a client organisation.
    """

    account: str | None = None
    action: str | None = None
    outcome: str | None = None
    purpose: str | None = None
    organisation: int | None = None
    session_id: UUID | None = None
    case_reference: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Guise:
    """An id the customer has gone by, and when: after customers were judged one, or taken apart again."""

    party_id: UUID
    since: datetime | None = None
    until: datetime | None = None


def search(tx: Read, query: Query) -> list[Found]:
    """Events that fit, the newest first, at most ``PAGE_MAX``."""
    asked = _asked(query) | {"limit": min(query.limit, PAGE_MAX)}
    return tx.all(Found, _BY_ACCOUNT if query.account is not None else _BY_TIME, **asked)


def extract(tx: Read, query: Query) -> Iterator[Found]:
    """Events that fit, the newest first, one by one, at most ``EXTRACT_MAX``."""
    asked = _asked(query) | {"limit": EXTRACT_MAX}
    for row in tx.stream(_BY_ACCOUNT if query.account is not None else _BY_TIME, **asked):
        yield Found(*row)


def _asked(query: Query) -> dict[str, object]:
    return {
        "account": query.account,
        "action": query.action,
        "outcome": query.outcome,
        "purpose": query.purpose,
        "organisation": query.organisation,
        "session_id": query.session_id,
        "case_reference": query.case_reference,
        "since": query.since or ALWAYS[0],
        "until": query.until or ALWAYS[1],
        "before": query.before,
    }


# Plans are kept whatever is asked, so each road has a statement of its own; every road begins at an index.
_BY_TIME = """
    select id, at, account, roles, organisations, session_id, action, purpose, case_reference, channel, outcome,
           subject_count, detail
    from audit.event
    where at >= %(since)s::timestamptz and at < %(until)s::timestamptz
      and (%(account)s::text is null or account = %(account)s)
      and (%(action)s::text is null or action = %(action)s)
      and (%(outcome)s::text is null or outcome = %(outcome)s)
      and (%(purpose)s::text is null or purpose = %(purpose)s)
      and (%(organisation)s::integer is null or %(organisation)s = any (organisations))
      and (%(session_id)s::uuid is null or session_id = %(session_id)s)
      and (%(case_reference)s::text is null or case_reference = %(case_reference)s)
      and (%(before)s::uuid is null
           or (at, id) < (select edge.at, edge.id from audit.event edge where edge.id = %(before)s))
    order by at desc, id desc
    limit %(limit)s
"""
_BY_ACCOUNT = """
    select id, at, account, roles, organisations, session_id, action, purpose, case_reference, channel, outcome,
           subject_count, detail
    from audit.event
    where account = %(account)s and at >= %(since)s::timestamptz and at < %(until)s::timestamptz
      and (%(action)s::text is null or action = %(action)s)
      and (%(outcome)s::text is null or outcome = %(outcome)s)
      and (%(purpose)s::text is null or purpose = %(purpose)s)
      and (%(organisation)s::integer is null or %(organisation)s = any (organisations))
      and (%(session_id)s::uuid is null or session_id = %(session_id)s)
      and (%(case_reference)s::text is null or case_reference = %(case_reference)s)
      and (%(before)s::uuid is null
           or (at, id) < (select edge.at, edge.id from audit.event edge where edge.id = %(before)s))
    order by at desc, id desc
    limit %(limit)s
"""


def about(
    tx: Read, party_id: UUID, *, guises: Sequence[Guise] = (), before: UUID | None = None, limit: int = 50
) -> list[Found]:
    """Events that showed or changed one customer, bulk acts included, the newest first.

    ``guises`` are the other ids the customer went by. Events the sequencer has not come to yet are looked
    through one by one, so none is late here.
    """
    return tx.all(
        Found,
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
        select distinct on (e.at, e.id) e.id, e.at, e.account, e.roles, e.organisations, e.session_id, e.action,
               e.purpose, e.case_reference, e.channel, e.outcome, e.subject_count, e.detail
        from shown join audit.event e on e.id = shown.event_id and e.at >= shown.since and e.at < shown.until
        where %(before)s::uuid is null
           or (e.at, e.id) < (select edge.at, edge.id from audit.event edge where edge.id = %(before)s)
        order by e.at desc, e.id desc
        limit %(limit)s
        """,
        **guised(party_id, guises),
        before=before,
        limit=min(limit, PAGE_MAX),
    )


def lent(tx: Read, account: str, emergency: str, since: datetime, until: datetime, *, limit: int = 50) -> list[Found]:
    """Events of acts that a right lent to an account carried between two instants, the newest first."""
    return tx.all(
        Found,
        """
        select id, at, account, roles, organisations, session_id, action, purpose, case_reference, channel, outcome,
               subject_count, detail
        from audit.event
        where account = %(account)s and at >= %(since)s and at <= %(until)s and detail ->> 'emergency' = %(emergency)s
        order by at desc, id desc limit %(limit)s
        """,
        account=account,
        emergency=emergency,
        since=since,
        until=until,
        limit=min(limit, PAGE_MAX),
    )


def guised(party_id: UUID, guises: Sequence[Guise]) -> dict[str, object]:
    """A customer's ids and when each was its own, as parameters of a query."""
    every = (Guise(party_id), *guises)
    return {
        "ids": [one.party_id for one in every],
        "since": [one.since.isoformat() if one.since else ALWAYS[0] for one in every],
        "until": [one.until.isoformat() if one.until else ALWAYS[1] for one in every],
    }


def asked(query: Query) -> dict[str, object]:
    """What a query asked for, to be noted in its own event."""
    told = {
        "by_account": query.account,
        "by_action": query.action,
        "by_outcome": query.outcome,
        "by_purpose": query.purpose,
        "by_organisation": query.organisation,
        "from": query.since and query.since.isoformat(),
        "to": query.until and query.until.isoformat(),
    }
    return {name: value for name, value in told.items() if value is not None}


def flat(found: Found) -> dict[str, object]:
    """An event as one row of an extract: names of columns to texts, numbers and times."""
    return {
        "id": str(found.id),
        "at": found.at.isoformat(),
        "account": found.account,
        "session": None if found.session_id is None else str(found.session_id),
        "roles": " ".join(found.roles),
        "organisations": " ".join(map(str, found.organisations)),
        "action": found.action,
        "purpose": found.purpose,
        "case": found.case_reference,
        "channel": found.channel,
        "outcome": found.outcome,
        "customers": found.subject_count,
        "detail": orjson.dumps(found.detail).decode(),
    }
