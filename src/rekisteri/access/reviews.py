"""The quarterly review: grants that must be said again to be needed, decided in a body, with evidence.

Whoever reviews confirms or ends; nobody reviews their own. What nobody decides in time is told
of at once and, after the days of grace, ended by itself: but never the last administrator's, for
then nobody could grant anything any more (Information Management Act 906/2019 § 16).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from rekisteri.access.door import Read, Write
from rekisteri.access.grants import REVIEW_DAYS, close
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import clock, ids, numbers
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected

LEAD_DAYS = 30
"""So many days before it is due a grant stands on the list of those to be reviewed."""
AT_ONCE = 500
"""Grants decided in one act at most."""
REASON_MAX = 500
PAGE_MAX = 200


class Decision(StrEnum):
    """What was decided of a grant; ``lapsed`` is nobody's decision."""

    CONFIRMED = "confirmed"
    ENDED = "ended"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Due:
    """A grant to be reviewed, and what tells whether it is needed."""

    id: UUID
    account: str
    name: str
    role: Role
    organisation_id: int | None
    purpose: Purpose | None
    owner: str
    granted_at: datetime
    ends_at: datetime
    review_on: date
    used_at: datetime | None
    own: bool

    def late(self, today: date) -> int:
        """By how many days the review is late; 0 where it is not."""
        return max(0, (today - self.review_on).days)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The evidence of one grant's review."""

    id: UUID
    grant_id: UUID
    account: str
    role: Role
    organisation_id: int | None
    purpose: Purpose | None
    owner: str
    used_at: datetime | None
    due_on: date
    at: datetime
    by_whom: str
    decision: Decision
    reason: str | None
    next_on: date | None


def due(
    tx: Read,
    *,
    owner: str | None = None,
    organisation_id: int | None = None,
    within_days: int = LEAD_DAYS,
) -> list[Due]:
    """Grants whose review is due within these days or overdue: by owner, then the longest overdue first."""
    return tx.all(
        Due,
        """
        select g.id, a.handle as account, a.name, g.role, g.organisation_id, g.purpose, g.owner, g.granted_at,
               g.ends_at, g.review_on, a.used_at, a.id is not distinct from %(viewer)s::uuid as own
        from access.grant g join access.account a on a.id = g.account_id
        where g.ended_at is null and g.ends_at > %(at)s and g.review_on <= %(until)s
          and (%(owner)s::text is null or g.owner = %(owner)s)
          and (%(organisation_id)s::integer is null or g.organisation_id = %(organisation_id)s)
        order by g.owner, g.review_on, a.handle, g.role, g.id
        """,
        viewer=tx.act.viewer.account_id,
        at=tx.at,
        until=tx.act.today + timedelta(days=within_days),
        owner=owner,
        organisation_id=organisation_id,
    )


def review(tx: Write, grant_ids: Collection[UUID], decision: Decision, reason: str) -> int:
    """Confirm or end grants in a body, with one reason; how many. All of them, or none.

    Raises ``Rejected`` for no grant, too many, no reason, or one with an identity code; ``Missing``
    for one that is not there; ``Refused`` for one's own; ``Conflict`` where one is over already.
    """
    if not grant_ids or len(grant_ids) > AT_ONCE:
        raise Rejected(f"Choose the grants to decide, at most {AT_ONCE} at once.", field="grants")
    if decision is Decision.LAPSED:
        raise Rejected("Confirm the grants or end them; they lapse by themselves.", field="decision")
    said = said_reason(reason)
    found = _locked(tx, grant_ids)
    if len(found) < len(set(grant_ids)):
        raise Missing("One of the grants is not there; read the list again.")
    if any(one.own for one in found):
        raise Refused("Nobody reviews their own rights; another administrator does it.")
    if any(one.over for one in found):
        raise Conflict("One of the grants is over already; read the list again.")
    _decide(tx, found, decision, said)
    if decision is Decision.ENDED:
        close(tx, [one.id for one in found])
    tx.note(grants=len(found), decision=decision.value)
    return len(found)


def lapse(tx: Write) -> int:
    """End what nobody has confirmed by the end of the days of grace; how many. Again it ends no more.

    Of administrators one is always left: the one whose grant was confirmed last.
    """
    if tx.terms.review_grace is None:
        return 0
    limit = tx.act.today - tx.terms.review_grace
    late = [
        one[0]
        for one in tx.tuples(
            """
            select g.id from access.grant g
            where g.ended_at is null and g.ends_at > %(at)s and g.review_on < %(limit)s
              and (g.role <> 'administrator' or g.id <> (
                  select kept.id from access.grant kept join access.account a on a.id = kept.account_id
                  where kept.role = 'administrator' and kept.ended_at is null and kept.ends_at > %(at)s
                    and kept.approved_at <= %(at)s and kept.starts_at <= %(at)s and a.disabled_at is null
                  order by kept.review_on desc, kept.id desc limit 1))
            """,
            at=tx.at,
            limit=limit,
        )
    ]
    found = _locked(tx, late)
    _decide(tx, found, Decision.LAPSED, None)
    close(tx, [one.id for one in found])
    tx.note(grants=len(found), decision=Decision.LAPSED.value)
    return len(found)


def reviews(tx: Read, *, account: str | None = None, before: UUID | None = None, limit: int = 50) -> list[Reviewed]:
    """The evidence of reviews, the newest first."""
    return tx.all(
        Reviewed,
        """
        select id, grant_id, account, role, organisation_id, purpose, owner, used_at, due_on, at, by_whom, decision,
               reason, next_on
        from access.review
        where (%(account)s::text is null or account = %(account)s) and (%(before)s::uuid is null or id < %(before)s)
        order by id desc limit %(limit)s
        """,
        account=account,
        before=before,
        limit=min(limit, PAGE_MAX),
    )


def said_reason(text: str, *, field: str = "reason") -> str:
    """A reason as it is kept: said, not too long, without an identity code. Raises ``Rejected``."""
    said = text.strip()
    if not said or len(said) > REASON_MAX or "\x00" in said or numbers.without_hetu(said) != said:
        raise Rejected(f"Give the reason in at most {REASON_MAX} characters, and no identity code.", field=field)
    return said


@dataclass(frozen=True, slots=True)
class _Held:
    """A grant under decision, locked until the act ends."""

    id: UUID
    account: str
    role: Role
    organisation_id: int | None
    purpose: Purpose | None
    owner: str
    review_on: date
    used_at: datetime | None
    own: bool
    over: bool


def _locked(tx: Write, grant_ids: Collection[UUID]) -> list[_Held]:
    return tx.all(
        _Held,
        """
        select g.id, a.handle as account, g.role, g.organisation_id, g.purpose, g.owner, g.review_on, a.used_at,
               a.id is not distinct from %(viewer)s::uuid as own,
               g.ended_at is not null or g.ends_at <= %(at)s as over
        from access.grant g join access.account a on a.id = g.account_id
        where g.id = any (%(ids)s)
        order by g.id for update of g
        """,
        viewer=tx.act.viewer.account_id,
        at=tx.at,
        ids=list(grant_ids),
    )


def _decide(tx: Write, found: list[_Held], decision: Decision, reason: str | None) -> None:
    next_on = clock.day(tx.at) + timedelta(days=REVIEW_DAYS) if decision is Decision.CONFIRMED else None
    for one in found:
        tx.run(
            """
            insert into access.review (id, grant_id, account, role, organisation_id, purpose, owner, used_at, due_on, at,
                                       by_whom, decision, reason, next_on)
            values (%(id)s, %(grant_id)s, %(account)s, %(role)s, %(organisation_id)s, %(purpose)s, %(owner)s, %(used_at)s,
                    %(due_on)s, %(at)s, %(by)s, %(decision)s, %(reason)s, %(next_on)s)
            """,
            id=ids.fresh(),
            grant_id=one.id,
            account=one.account,
            role=one.role,
            organisation_id=one.organisation_id,
            purpose=one.purpose,
            owner=one.owner,
            used_at=one.used_at,
            due_on=one.review_on,
            at=tx.at,
            by=tx.act.viewer.handle,
            decision=decision,
            reason=reason,
            next_on=next_on,
        )
    if next_on is not None:
        tx.run(
            "update access.grant set review_on = %(next_on)s where id = any (%(ids)s)",
            next_on=next_on,
            ids=[one.id for one in found],
        )
