"""Glances: single looks at customers, as those see them who watch for odd ones; and how many an account has a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from rekisteri.ground.database import Read

LOOKED = ("customer:read", "customer:history", "customer:unmask", "customer:protected")
"""Acts that open one customer."""
SEARCHED = "customer:search"
BATCHED = "payer:batch"
"""An act that tells of many customers at once: no look at any of them, and bulk at night where it is night."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One act of somebody with an account that showed some customers; of a batch of many, none by name."""

    event_id: UUID
    at: datetime
    account_id: UUID
    account: str
    organisations: list[int]
    action: str
    purpose: str | None
    case_reference: str | None
    subjects: list[UUID]


@dataclass(frozen=True, slots=True)
class Day:
    """What an account opened on one Finnish day: different customers, and those outside office hours, batches' too."""

    account_id: UUID
    day: date
    customers: int
    off_hours: int


def glances(tx: Read, start: int, end: int) -> list[Glance]:
    """The glances among leaves ``start`` to ``end``, in their order."""
    return tx.all(
        Glance,
        """
        select e.id as event_id, e.at, e.account_id, e.account, e.organisations, e.action, e.purpose, e.case_reference,
               e.subjects
        from audit.leaf l join audit.event e on e.id = l.event_id
        where l.number >= %(start)s and l.number < %(end)s and e.account_id is not null and e.outcome = 'done'
          and ((e.action = any (%(looked)s) or e.action = %(searched)s) and e.subjects <> '{}' or e.action = %(batched)s)
        order by l.number
        """,
        start=start,
        end=end,
        looked=list(LOOKED),
        searched=SEARCHED,
        batched=BATCHED,
    )


@dataclass(frozen=True, slots=True)
class Cased:
    """One act of an account on one customer under a case."""

    account_id: UUID
    party_id: UUID
    at: datetime


def cased(
    tx: Read, accounts: Sequence[UUID], party_ids: Sequence[UUID], since: datetime, until: datetime
) -> list[Cased]:
    """Acts of these accounts on these customers, each under some case. Of events that have their leaf."""
    return tx.all(
        Cased,
        """
        select e.account_id, s.party_id, e.at
        from audit.subject s join audit.event e on e.id = s.event_id
        where s.party_id = any (%(party_ids)s) and e.account_id = any (%(accounts)s) and e.at >= %(since)s
          and e.at < %(until)s and e.case_reference is not null and e.outcome = 'done'
        """,
        party_ids=list(party_ids),
        accounts=list(accounts),
        since=since,
        until=until,
    )


def days(tx: Read, accounts: Sequence[str], since: datetime, until: datetime, *, night: tuple[int, int]) -> list[Day]:
    """What accounts opened each day, and off hours what a batch told of too. Off hours is from the first hour of ``night`` to the second, and weekends."""
    return tx.all(
        Day,
        """
        with acted as (
            select e.account_id, e.action, e.subjects, e.subject_count, (e.at at time zone 'Europe/Helsinki')::date as day,
                   extract(hour from e.at at time zone 'Europe/Helsinki') >= %(from_hour)s
                   or extract(hour from e.at at time zone 'Europe/Helsinki') < %(to_hour)s
                   or extract(isodow from e.at at time zone 'Europe/Helsinki') > 5 as off
            from audit.event e
            where e.account = any (%(accounts)s) and e.at >= %(since)s and e.at < %(until)s
              and e.account_id is not null and e.outcome = 'done'
              and (e.action = any (%(looked)s) or e.action = %(batched)s)
        ),
        opened as (
            select a.account_id, a.day, count(distinct party_id) as customers,
                   count(distinct party_id) filter (where a.off) as off_hours
            from acted a, unnest(a.subjects) as party_id
            where a.action <> %(batched)s
            group by a.account_id, a.day
        ),
        told as (
            select account_id, day, sum(subject_count) as off_hours
            from acted where action = %(batched)s and off group by account_id, day
        )
        select account_id, day, coalesce(o.customers, 0)::integer as customers,
               (coalesce(o.off_hours, 0) + coalesce(t.off_hours, 0))::integer as off_hours
        from opened o full join told t using (account_id, day)
        """,
        accounts=list(accounts),
        since=since,
        until=until,
        from_hour=night[0],
        to_hour=night[1],
        looked=list(LOOKED),
        batched=BATCHED,
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One act with every customer it touched, those of a bulk act too."""

    event_id: UUID
    at: datetime
    account: str
    roles: list[str]
    action: str
    purpose: str | None
    detail: dict[str, object]
    party_ids: list[UUID]


def acts(
    tx: Read, since: datetime, until: datetime, *, account: str | None = None, session_id: UUID | None = None
) -> list[Act]:
    """Acts of an account, or within one sign-in, that touched customers: those that were done and those that failed."""
    return tx.all(
        Act,
        _BY_ACCOUNT if account is not None else _BY_TIME,
        account=account,
        session_id=session_id,
        since=since,
        until=until,
    )


_BY_ACCOUNT = """
    select e.id as event_id, e.at, e.account, e.roles, e.action, e.purpose, e.detail,
           e.subjects || coalesce((select array_agg(party_id) from audit.subject_block b, unnest(b.party_ids) as party_id
                                   where b.event_id = e.id), '{}') as party_ids
    from audit.event e
    where e.account = %(account)s and (%(session_id)s::uuid is null or e.session_id = %(session_id)s)
      and e.at >= %(since)s and e.at < %(until)s and e.subject_count > 0
    order by e.at, e.id
"""
_BY_TIME = """
    select e.id as event_id, e.at, e.account, e.roles, e.action, e.purpose, e.detail,
           e.subjects || coalesce((select array_agg(party_id) from audit.subject_block b, unnest(b.party_ids) as party_id
                                   where b.event_id = e.id), '{}') as party_ids
    from audit.event e
    where (%(account)s::text is null or e.account = %(account)s)
      and (%(session_id)s::uuid is null or e.session_id = %(session_id)s)
      and e.at >= %(since)s and e.at < %(until)s and e.subject_count > 0
    order by e.at, e.id
"""
