"""Break-glass: a right lent for minutes. One person asks, another opens it, the officer looks it through.

It takes a case, a reason, a fresh proof of who asks and of who opens, and two persons; it gives one
role, for one client organisation or all, for one purpose, an hour at most. Every act it carries is marked
in the log. What was opened shows to the data protection officers at once, on whatever page they
open next, until one of them has looked it through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from rekisteri import audit
from rekisteri.access.actions import PURPOSES_OF_ROLE
from rekisteri.access.door import Read, Write
from rekisteri.access.duties import clash
from rekisteri.access.reviews import said_reason
from rekisteri.access.viewers import Act
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import clock, ids
from rekisteri.ground.database import Connection
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected

MINUTES_MAX = 60
ANSWER_WITHIN = timedelta(minutes=60)
"""A request nobody has decided by then lapses."""
REVIEW_WORKING_DAYS = 5
"""Within so many working days what was opened is looked through; then it is an alarm."""
LENT = (Role.MAINTAINER, Role.INVOICER, Role.COLLECTOR)
"""Roles that can be lent."""
ACTS_MAX = 200


class State(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    LAPSED = "lapsed"
    DECLINED = "declined"
    OPEN = "open"
    OVER = "over"
    REVIEWED = "reviewed"


class Finding(StrEnum):
    """What a look through found of the use of a lent right."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Emergency:
    """A request of a right for minutes, and what became of it."""

    id: UUID
    account: str
    role: Role
    organisation_id: int | None
    purpose: Purpose
    case_reference: str
    reason: str
    minutes: int
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    opened: bool | None
    ends_at: datetime | None
    ended_by: str | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    verdict: Finding | None
    finding: str | None

    def state(self, at: datetime) -> State:
        """Where it stands at an instant."""
        if self.opened is None:
            return State.WAITING if at < self.asked_at + ANSWER_WITHIN else State.LAPSED
        if not self.opened:
            return State.DECLINED
        if self.reviewed_at is not None:
            return State.REVIEWED
        return State.OPEN if self.ends_at is not None and at < self.ends_at else State.OVER

    def review_by(self) -> date | None:
        """The last day for the look through: five working days after it ended; None where nothing was opened."""
        return None if self.ends_at is None else _working_days_after(clock.day(self.ends_at), REVIEW_WORKING_DAYS)

    def late(self, today: date) -> bool:
        """Whether the look through is late."""
        last = self.review_by()
        return self.reviewed_at is None and last is not None and today > last


@dataclass(frozen=True, slots=True)
class Plea:
    """What is asked for, and why. ``organisation_id`` None is every client organisation."""

    role: Role
    organisation_id: int | None
    purpose: Purpose
    reason: str
    minutes: int


def ask_emergency(tx: Write, plea: Plea) -> Emergency:
    """Ask for a right for minutes; it gives nothing yet.

    Raises ``Rejected`` for no case, no reason, a span that is none, a role that is not lent or excludes one the
    asker has, or a purpose not the role's; ``Conflict`` where the asker has a request waiting or open.
    """
    viewer = tx.act.viewer
    if viewer.account_id is None:
        raise Refused("A right is lent to the account of a person; the operator of the machine has none.")
    if tx.act.case_reference is None:
        raise Rejected("Name the case it is for: an emergency has one.", field="case")
    if plea.role not in LENT:
        raise Rejected("Only the roles maintainer, invoicer and collector are lent.", field="role")
    if clash({plea.role, *viewer.roles}) is not None:
        raise Rejected("The role excludes one you have; somebody else must act.", field="role")
    if plea.purpose not in PURPOSES_OF_ROLE[plea.role]:
        raise Rejected("That purpose does not belong to the role.", field="purpose")
    if not 1 <= plea.minutes <= MINUTES_MAX:
        raise Rejected(f"A right is lent for 1 to {MINUTES_MAX} minutes.", field="minutes")
    reason = said_reason(plea.reason)
    tx.value("select pg_advisory_xact_lock(hashtextextended(%(account)s, 0))", account=str(viewer.account_id))
    if any(one.state(tx.at) in (State.WAITING, State.OPEN) for one in _of_account(tx, viewer.account_id)):
        raise Conflict("You have asked for a right already; it is waiting or open.")
    made = ids.fresh()
    tx.run(
        """
        insert into access.emergency (id, account_id, account, role, organisation_id, purpose, case_reference, reason,
                                      minutes, asked_at)
        values (%(id)s, %(account_id)s, %(account)s, %(role)s, %(organisation_id)s, %(purpose)s, %(case_reference)s,
                %(reason)s, %(minutes)s, %(at)s)
        """,
        id=made,
        account_id=viewer.account_id,
        account=viewer.handle,
        role=plea.role,
        organisation_id=plea.organisation_id,
        purpose=plea.purpose,
        case_reference=tx.act.case_reference,
        reason=reason,
        minutes=plea.minutes,
        at=tx.at,
    )
    _tell(tx, made, lent=plea.role.value, minutes=plea.minutes)
    return _one(tx, made)


def decide_emergency(tx: Write, emergency_id: UUID, *, opens: bool) -> Emergency:
    """Open what somebody else asked for, from now for the minutes asked; or decline it.

    Raises ``Missing``; ``Refused`` for the asker, for whoever holds the deciding role by loan, and for a
    maintainer beyond whose own client organisations it would reach; ``Conflict`` where it is decided or has lapsed.
    """
    found = _one(tx, emergency_id, lock=True)
    if found.account == tx.act.viewer.handle:
        raise Refused("A second person decides: nobody opens a right for themselves.")
    _hold_standing(tx.act, found)
    if found.state(tx.at) is not State.WAITING:
        raise Conflict("The request is decided or has lapsed; read the list again.")
    tx.run(
        """
        update access.emergency
        set decided_at = %(at)s, decided_by = %(by)s, opened = %(opens)s, ends_at = %(ends_at)s
        where id = %(id)s
        """,
        at=tx.at,
        by=tx.act.viewer.handle,
        opens=opens,
        ends_at=tx.at + timedelta(minutes=found.minutes) if opens else None,
        id=emergency_id,
    )
    _tell(tx, emergency_id, account=found.account, opened=opens)
    return _one(tx, emergency_id)


def end_emergency(tx: Write, emergency_id: UUID) -> Emergency:
    """End an open right at once, in every process: one's own, and for an officer anybody's.

    Raises ``Missing``, and ``Conflict`` where it is not open.
    """
    found = _one(tx, emergency_id, lock=True)
    if Role.OFFICER not in tx.act.roles and found.account != tx.act.viewer.handle:
        raise Missing("There is no such request of yours.")
    if found.state(tx.at) is not State.OPEN:
        raise Conflict("The right is not open any more.")
    tx.run(
        "update access.emergency set ends_at = greatest(%(at)s, decided_at), ended_by = %(by)s where id = %(id)s",
        at=tx.at,
        by=tx.act.viewer.handle,
        id=emergency_id,
    )
    _tell(tx, emergency_id, account=found.account)
    return _one(tx, emergency_id)


def review_emergency(tx: Write, emergency_id: UUID, verdict: Finding, finding: str) -> Emergency:
    """Say what the use of a lent right was found to be, once it is over.

    Raises ``Missing``; ``Refused`` for whoever asked for it or opened it; ``Conflict`` where it is not over, or is
    looked through already; ``Rejected`` for a finding that is not said.
    """
    found = _one(tx, emergency_id, lock=True)
    if tx.act.viewer.handle in (found.account, found.decided_by):
        raise Refused("Whoever asked for a right or opened it does not look it through.")
    if found.state(tx.at) is not State.OVER:
        raise Conflict("Only what was opened and is over is looked through, once; end it first.")
    tx.run(
        """
        update access.emergency
        set reviewed_at = %(at)s, reviewed_by = %(by)s, verdict = %(verdict)s, finding = %(finding)s
        where id = %(id)s
        """,
        at=tx.at,
        by=tx.act.viewer.handle,
        verdict=verdict,
        finding=said_reason(finding, field="finding"),
        id=emergency_id,
    )
    _tell(tx, emergency_id, account=found.account, verdict=verdict.value)
    return _one(tx, emergency_id)


def own_emergencies(tx: Read) -> list[Emergency]:
    """The viewer's own requests, the newest first."""
    account_id = tx.act.viewer.account_id
    return [] if account_id is None else _of_account(tx, account_id)


def waiting_emergencies(tx: Read) -> list[Emergency]:
    """What waits for a second person, of what the viewer may decide; the oldest first."""
    found = tx.all(
        Emergency,
        """
        select id, account, role, organisation_id, purpose, case_reference, reason, minutes, asked_at, decided_at,
               decided_by, opened, ends_at, ended_by, reviewed_at, reviewed_by, verdict, finding
        from access.emergency
        where opened is null and asked_at > %(since)s and account <> %(viewer)s order by id
        """,
        since=tx.at - ANSWER_WITHIN,
        viewer=tx.act.viewer.handle,
    )
    return [one for one in found if _may_decide(tx.act, one)]


def emergencies(tx: Read, *, before: UUID | None = None, limit: int = 50) -> list[Emergency]:
    """Every request within the viewer's organisations, the newest first."""
    return tx.all(
        Emergency,
        """
        select id, account, role, organisation_id, purpose, case_reference, reason, minutes, asked_at, decided_at,
               decided_by, opened, ends_at, ended_by, reviewed_at, reviewed_by, verdict, finding
        from access.emergency
        where (%(everywhere)s or organisation_id = any (%(organisations)s))
          and (%(before)s::uuid is null or id < %(before)s)
        order by id desc limit %(limit)s
        """,
        everywhere=tx.act.every_organisation,
        organisations=sorted(tx.act.organisations),
        before=before,
        limit=min(limit, ACTS_MAX),
    )


def emergency(tx: Read, emergency_id: UUID) -> tuple[Emergency, list[audit.Found]]:
    """One request, and the acts its right carried, the newest first, at most ``ACTS_MAX``. Raises ``Missing``."""
    found = _one(tx, emergency_id)
    if not tx.act.every_organisation and found.organisation_id not in tx.act.organisations:
        raise Missing("There is no such request; see the list.")
    if found.decided_at is None or found.ends_at is None:
        return found, []
    acts = audit.lent(tx, found.account, str(found.id), found.decided_at, found.ends_at, limit=ACTS_MAX)
    return found, acts


def recent_emergencies(tx: Read) -> list[Emergency]:
    """Requests that wait, are open, or were opened and nobody has looked through."""
    return tx.all(
        Emergency,
        """
        select id, account, role, organisation_id, purpose, case_reference, reason, minutes, asked_at, decided_at,
               decided_by, opened, ends_at, ended_by, reviewed_at, reviewed_by, verdict, finding
        from access.emergency
        where (opened is null and asked_at > %(since)s) or (opened and reviewed_at is null) order by id
        """,
        since=tx.at - ANSWER_WITHIN,
    )


def unreviewed(connection: Connection, organisations: list[int] | None) -> int:
    """How many opened rights nobody has looked through, of these client organisations or of all."""
    row = connection.execute(
        """
        select count(*) from access.emergency
        where opened and reviewed_at is null
          and (%(organisations)s::integer[] is null or organisation_id = any (%(organisations)s))
        """,
        {"organisations": organisations},
    ).fetchone()
    assert row is not None
    return int(row[0])


def _may_decide(act: Act, found: Emergency) -> bool:
    standing = [right for right in act.rights if right.emergency_id is None]
    return any(
        right.role is Role.ADMINISTRATOR
        or right.every_organisation
        or (found.organisation_id is not None and found.organisation_id in right.organisations)
        for right in standing
    )


def _hold_standing(act: Act, found: Emergency) -> None:
    if not _may_decide(act, found):
        raise Refused("You may decide only what is within your own rights; an administrator decides the rest.")


def _of_account(tx: Read, account_id: UUID) -> list[Emergency]:
    return tx.all(
        Emergency,
        """
        select id, account, role, organisation_id, purpose, case_reference, reason, minutes, asked_at, decided_at,
               decided_by, opened, ends_at, ended_by, reviewed_at, reviewed_by, verdict, finding
        from access.emergency where account_id = %(account_id)s order by id desc limit %(limit)s
        """,
        account_id=account_id,
        limit=ACTS_MAX,
    )


def _one(tx: Read, emergency_id: UUID, *, lock: bool = False) -> Emergency:
    if lock:
        tx.value("select id from access.emergency where id = %(id)s for update", id=emergency_id)
    found = tx.find(
        Emergency,
        """
        select id, account, role, organisation_id, purpose, case_reference, reason, minutes, asked_at, decided_at,
               decided_by, opened, ends_at, ended_by, reviewed_at, reviewed_by, verdict, finding
        from access.emergency where id = %(id)s
        """,
        id=emergency_id,
    )
    if found is None:
        raise Missing("There is no such request; see the list.")
    return found


def _tell(tx: Write, emergency_id: UUID, **more: object) -> None:
    tx.note(request=str(emergency_id), **more)


def _working_days_after(day: date, count: int) -> date:
    """The day so many Mondays to Fridays later; public holidays are counted in, so an alarm is never late."""
    while count:
        day += timedelta(days=1)
        count -= day.isoweekday() <= 5
    return day
