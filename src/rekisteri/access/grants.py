"""Grants: a role for an account, within an organisation and a purpose, from a day to a day.

What an account may is exactly its grants in force at this instant: an expired one is worth
nothing from the next statement on. Each has somebody who answers for it, and a day by which
it must be said again that it is needed (``reviews``). Nobody grants themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

from rekisteri.access.actions import ACCOUNT_ROLES, NAMED_PURPOSES, PURPOSES_OF_ROLE
from rekisteri.access.door import Read, Write
from rekisteri.access.duties import clash
from rekisteri.access.viewers import Right
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import clock, ids
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.ground.ids import AccountId

GRANT_DAYS_MAX = 366
"""A grant lasts a year at most; whoever still needs it then is granted it anew."""
REVIEW_DAYS = 92
"""Each grant is confirmed quarterly."""
NAMED_SCOPE = frozenset({Role.INVOICER, Role.INTEGRATION})
"""Roles that always belong to named client organisations."""
ANY = "*"


@dataclass(frozen=True, slots=True)
class Grant:
    """One right of an account: ``organisation_id`` None is every one, ``purpose`` None each of the role's."""

    id: UUID
    account: str
    role: Role
    organisation_id: int | None
    purpose: Purpose | None
    owner: str
    granted_at: datetime
    granted_by: str
    approved_at: datetime | None
    approved_by: str | None
    starts_at: datetime
    ends_at: datetime
    review_on: date
    ended_at: datetime | None
    ended_by: str | None

    def state(self, at: datetime) -> str:
        """``proposed``, ``coming``, ``in_force``, ``expired`` or ``ended``."""
        if self.ended_at is not None:
            return "ended"
        if self.ends_at <= at:
            return "expired"
        if self.approved_at is None:
            return "proposed"
        return "coming" if at < self.starts_at else "in_force"


@dataclass(frozen=True, slots=True)
class Wish:
    """A grant asked for. Days are Finnish calendar days; ``ends_on`` is the last one it holds."""

    role: Role
    organisation_id: int | None = None
    purpose: Purpose | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class _Holder:
    id: AccountId
    handle: str
    disabled_at: datetime | None


def rights_of(told: list[str]) -> tuple[Right, ...]:
    """Rights as the database tells them: ``role organisation purpose``, ``*`` for every one; of a lent one its request."""
    return _rights(tuple(told))


def stands(told: list[str]) -> bool:
    """Whether one of the rights is granted, and not only lent."""
    return any(one.count(" ") == 2 for one in told)


@lru_cache(maxsize=4096)
def _rights(told: tuple[str, ...]) -> tuple[Right, ...]:
    scopes: dict[tuple[Role, frozenset[Purpose], str], set[str]] = {}
    for one in told:
        name, organisation, purpose, *lent = one.split(" ")
        role = Role(name)
        purposes = frozenset(PURPOSES_OF_ROLE[role]) if purpose == ANY else frozenset({Purpose(purpose)})
        scopes.setdefault((role, purposes, "".join(lent)), set()).add(organisation)
    return tuple(
        Right(
            role,
            purposes,
            frozenset(int(one) for one in organisations - {ANY}),
            # An administrator reaches no customer: the scope of its grant is the register itself.
            every_organisation=ANY in organisations and role is not Role.ADMINISTRATOR,
            emergency_id=UUID(lent) if lent else None,
        )
        for (role, purposes, lent), organisations in sorted(
            scopes.items(), key=lambda pair: (sorted(pair[0][1]), pair[0][2])
        )
    )


def grants(tx: Read, handle: str | None = None, *, past: bool = False) -> list[Grant]:
    """Grants of an account, or of all; those over only where asked for."""
    return tx.all(
        Grant,
        """
        select g.id, a.handle as account, g.role, g.organisation_id, g.purpose, g.owner, g.granted_at, g.granted_by,
               g.approved_at, g.approved_by, g.starts_at, g.ends_at, g.review_on, g.ended_at, g.ended_by
        from access.grant g join access.account a on a.id = g.account_id
        where (%(handle)s::text is null or a.handle = %(handle)s)
          and (%(past)s or (g.ended_at is null and g.ends_at > %(at)s))
        order by a.handle, g.role, g.organisation_id nulls first, g.starts_at, g.id
        """,
        handle=handle,
        past=past,
        at=tx.at,
    )


def grant_of(tx: Read, grant_id: UUID) -> Grant:
    """One grant. Raises ``Missing``."""
    found = tx.find(
        Grant,
        """
        select g.id, a.handle as account, g.role, g.organisation_id, g.purpose, g.owner, g.granted_at, g.granted_by,
               g.approved_at, g.approved_by, g.starts_at, g.ends_at, g.review_on, g.ended_at, g.ended_by
        from access.grant g join access.account a on a.id = g.account_id
        where g.id = %(id)s
        """,
        id=grant_id,
    )
    if found is None:
        raise Missing("There is no such grant; see the account's grants.")
    return found


def grant(tx: Write, handle: str, wish: Wish) -> Grant:
    """A new grant of an account, in force from its first day on; a proposal where two persons are asked for.

    Raises ``Missing`` for no such account; ``Refused`` where the account is the viewer's own;
    ``Rejected`` for roles that exclude each other, a scope the role does not take, a purpose
    not the role's, or days that do not hold; ``Conflict`` where the same right is there as long.
    """
    holder = _holder(tx, handle)
    _hold_apart(tx, holder)
    _hold_to_role(wish)
    starts_at, ends_at = _span(wish, tx.at)
    there = grants(tx, handle)
    hold_together({wish.role, *(one.role for one in there)})
    if any(_covers(one, wish, starts_at, ends_at) for one in there):
        raise Conflict("The account has the same right for as long already; see its grants.", field="role")
    grant_id = ids.fresh()
    alone = not tx.terms.two_person_grants or _first_administrator(tx, wish.role)
    tx.run(
        """
        insert into access.grant (id, account_id, role, organisation_id, purpose, owner, granted_at, granted_by,
                                  approved_at, starts_at, ends_at, review_on)
        values (%(id)s, %(account_id)s, %(role)s, %(organisation_id)s, %(purpose)s, %(owner)s, %(at)s, %(by)s,
                %(approved_at)s, %(starts_at)s, %(ends_at)s, %(review_on)s)
        """,
        id=grant_id,
        account_id=holder.id,
        role=wish.role,
        organisation_id=wish.organisation_id,
        purpose=wish.purpose,
        owner=wish.owner or tx.act.viewer.handle,
        at=tx.at,
        by=tx.act.viewer.handle,
        approved_at=tx.at if alone else None,
        starts_at=starts_at,
        ends_at=ends_at,
        review_on=clock.day(tx.at) + timedelta(days=REVIEW_DAYS),
    )
    tx.note(account=handle, roles=[wish.role])
    return grant_of(tx, grant_id)


def approve_grant(tx: Write, grant_id: UUID) -> Grant:
    """Approve a grant somebody else proposed; it is in force from then on.

    Raises ``Missing``; ``Refused`` for its maker and its holder; ``Conflict`` where it is approved or over.
    """
    found = grant_of(tx, grant_id)
    _hold_apart(tx, _holder(tx, found.account))
    if found.granted_by == tx.act.viewer.handle:
        raise Refused("Whoever proposed a grant does not approve it; another administrator does.")
    if found.state(tx.at) != "proposed":
        raise Conflict("The grant is no proposal any more; read it again.")
    tx.run(
        "update access.grant set approved_at = %(at)s, approved_by = %(by)s where id = %(id)s",
        at=tx.at,
        by=tx.act.viewer.handle,
        id=grant_id,
    )
    tx.note(account=found.account, roles=[found.role])
    return grant_of(tx, grant_id)


def end_grant(tx: Write, grant_id: UUID) -> Grant:
    """End a grant at once. Raises ``Missing``, and ``Conflict`` where it has ended."""
    found = grant_of(tx, grant_id)
    if found.ended_at is not None:
        raise Conflict("The grant has ended already.")
    close(tx, [grant_id])
    tx.note(account=found.account, roles=[found.role])
    return grant_of(tx, grant_id)


def close(tx: Write, grant_ids: list[UUID]) -> None:
    """End grants, told by nobody else."""
    tx.run(
        "update access.grant set ended_at = %(at)s, ended_by = %(by)s where id = any (%(ids)s) and ended_at is null",
        at=tx.at,
        by=tx.act.viewer.handle,
        ids=grant_ids,
    )


def hold_together(roles: set[Role]) -> None:
    """Raise ``Rejected`` where two of the roles exclude each other."""
    pair = clash(roles)
    if pair is None:
        return
    if Role.ADMINISTRATOR in pair.roles:
        raise Rejected("An administrator has no other role: who grants rights does not use them.", field="roles")
    one, other = sorted(pair.roles)
    raise Rejected(f"The roles {one} and {other} do not go together; choose one of them.", field="roles")


def _hold_apart(tx: Read, holder: _Holder) -> None:
    if holder.id == tx.act.viewer.account_id:
        raise Refused("Nobody grants rights to themselves; another administrator does it.")
    if holder.disabled_at is not None:
        raise Conflict("The account is closed; a closed account is granted nothing.")


def _hold_to_role(wish: Wish) -> None:
    if wish.role not in ACCOUNT_ROLES:
        raise Rejected("A data subject has no account; strong identification lets them in.", field="roles")
    own = (*PURPOSES_OF_ROLE[wish.role], *NAMED_PURPOSES.get(wish.role, ()))
    if wish.purpose is not None and wish.purpose not in own:
        raise Rejected("That purpose does not belong to the role.", field="purpose")
    if wish.role in NAMED_SCOPE and wish.organisation_id is None:
        raise Rejected("Invoicers and integrations belong to named client organisations.", field="organisations")
    if wish.role is Role.ADMINISTRATOR and wish.organisation_id is not None:
        raise Rejected("An administrator is of the register, not of a client organisation.", field="organisations")


def _span(wish: Wish, at: datetime) -> tuple[datetime, datetime]:
    """From the start of the first day, or now, to the end of the last. Raises ``Rejected``."""
    today = clock.day(at)
    first = wish.starts_on or today
    last = wish.ends_on or first + timedelta(days=GRANT_DAYS_MAX - 1)
    if first < today or last < first:
        raise Rejected("A grant begins today or later, and ends on that day or later.", field="ends_on")
    if (last - first).days >= GRANT_DAYS_MAX:
        raise Rejected("A grant lasts a year at most; grant it anew when it is needed longer.", field="ends_on")
    return (at if first == today else _midnight(first)), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.HELSINKI)


def _covers(there: Grant, wish: Wish, starts_at: datetime, ends_at: datetime) -> bool:
    return (
        (there.role, there.organisation_id, there.purpose) == (wish.role, wish.organisation_id, wish.purpose)
        and there.starts_at <= starts_at
        and there.ends_at >= ends_at
    )


def _first_administrator(tx: Read, role: Role) -> bool:
    """Whether nobody there is could approve: the register's first administrator needs no second one."""
    if role is not Role.ADMINISTRATOR:
        return False
    return bool(
        tx.value(
            """
            select not exists (
                select from access.grant
                where role = 'administrator' and ended_at is null and approved_at is not null and ends_at > %(at)s
            )
            """,
            at=tx.at,
        )
    )


def _holder(tx: Read, handle: str) -> _Holder:
    found = tx.find(
        _Holder, "select id, handle, disabled_at from access.account where handle = %(handle)s", handle=handle
    )
    if found is None:
        raise Missing("There is no account of that name; see the list of accounts.")
    return found
