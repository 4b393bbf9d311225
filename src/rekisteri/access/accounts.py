"""Client organisations and accounts: kept by administrators, each change an act of its own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher

from rekisteri.access.actions import ACCOUNT_ROLES
from rekisteri.access.door import Read, Write
from rekisteri.access.grants import GRANT_DAYS_MAX, NAMED_SCOPE, Wish, close, grant, grants, hold_together
from rekisteri.access.passwords import check_password
from rekisteri.catalogue import Role
from rekisteri.ground import clock, ids, numbers
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.ground.ids import AccountId

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A client organisation."""

    id: int
    code: str
    name: str
    ytunnus: str
    language: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account as administrators see it, with what its grants add up to: never its password."""

    id: AccountId
    handle: str
    name: str
    roles: list[Role]
    organisations: list[int]
    every_organisation: bool
    created_at: datetime
    expires_on: date | None
    disabled_at: datetime | None


def organisations(tx: Read) -> list[Organisation]:
    """Every client organisation, by name."""
    return tx.all(
        Organisation,
        "select id, code, name, ytunnus, language, ended_at from access.organisation order by name, id",
    )


def organisation(tx: Read, code: str) -> Organisation:
    """The client organisation of a code. Raises ``Missing``."""
    found = tx.find(
        Organisation,
        "select id, code, name, ytunnus, language, ended_at from access.organisation where code = %(code)s",
        code=code,
    )
    if found is None:
        raise Missing("There is no client organisation of that code; see the list of organisations.")
    return found


def add_organisation(tx: Write, *, code: str, name: str, ytunnus: str, language: str = "fi") -> Organisation:
    """A new client organisation. Raises ``Rejected`` for a bad code or business ID, ``Conflict`` for a taken code."""
    if not _CODE.fullmatch(code):
        raise Rejected("A code is 2-40 lower-case letters, digits and hyphens, such as kuusilahti.", field="code")
    checked = numbers.ytunnus(ytunnus)
    if checked is None:
        raise Rejected("The business ID is not valid; its form is 1234567-8.", field="ytunnus")
    made = tx.run(
        """
        insert into access.organisation (code, name, ytunnus, language, created_at)
        values (%(code)s, %(name)s, %(ytunnus)s, %(language)s, %(at)s) on conflict (code) do nothing
        """,
        code=code,
        name=name.strip(),
        ytunnus=checked,
        language=language,
        at=tx.at,
    )
    if not made:
        raise Conflict(f"The code {code} is taken; choose another.", field="code")
    tx.note(organisation=code)
    return organisation(tx, code)


def accounts(tx: Read) -> list[Account]:
    """Every account, by sign-in name."""
    return tx.all(
        Account,
        """
        select a.id, a.handle, a.name, coalesce(g.roles, '{}') as roles,
               coalesce(g.organisations, '{}') as organisations,
               coalesce(g.every_organisation, false) as every_organisation,
               a.created_at, a.expires_on, a.disabled_at
        from access.account a
        left join (
            select account_id, array_agg(distinct role) as roles,
                   array_agg(distinct organisation_id) filter (where organisation_id is not null) as organisations,
                   bool_or(organisation_id is null and role <> 'administrator') as every_organisation
            from access.grant
            where ended_at is null and approved_at is not null and ends_at > %(at)s
            group by account_id
        ) as g on g.account_id = a.id
        order by a.handle
        """,
        at=tx.at,
    )


def account(tx: Read, handle: str) -> Account:
    """The account of a sign-in name. Raises ``Missing``."""
    found = tx.find(
        Account,
        """
        select a.id, a.handle, a.name, coalesce(g.roles, '{}') as roles,
               coalesce(g.organisations, '{}') as organisations,
               coalesce(g.every_organisation, false) as every_organisation,
               a.created_at, a.expires_on, a.disabled_at
        from access.account a
        left join lateral (
            select array_agg(distinct role) as roles,
                   array_agg(distinct organisation_id) filter (where organisation_id is not null) as organisations,
                   bool_or(organisation_id is null and role <> 'administrator') as every_organisation
            from access.grant
            where account_id = a.id and ended_at is null and approved_at is not null and ends_at > %(at)s
        ) as g on true
        where a.handle = %(handle)s
        """,
        handle=handle,
        at=tx.at,
    )
    if found is None:
        raise Missing("There is no account of that name; see the list of accounts.")
    return found


def add_account(
    tx: Write,
    hasher: PasswordHasher,
    *,
    handle: str,
    name: str,
    password: str | None,
    roles: Collection[Role],
    organisation_codes: Collection[str] = (),
    every_organisation: bool = False,
    expires_on: date | None = None,
    given: bool = False,
) -> Account:
    """A new account, and a grant of each role for each organisation named, for a year or until it expires.

    Without a password it comes in by an identity provider it is linked to, or by a key. A password that is ``given`` is
    not its holder's own: a person changes it before anything else; a system's is made for it and stays.

    Raises ``Rejected`` for a weak password, no role, roles that exclude each other, or a role
    that needs a scope and has none; ``Conflict`` for a taken name.
    """
    if not _HANDLE.fullmatch(handle):
        raise Rejected("A sign-in name is 2-63 lower-case letters, digits, dots, hyphens.", field="handle")
    if password is not None:
        check_password(password, handle, name, *tx.terms.password_words, leaked=tx.terms.leaked_passwords)
    wanted = frozenset(roles)
    _hold_to_scope(wanted, bound=bool(organisation_codes), every_organisation=every_organisation)
    scope = [organisation(tx, code).id for code in organisation_codes]
    made = tx.run(
        """
        insert into access.account (id, handle, name, password_hash, created_at, expires_on, password_given)
        values (%(id)s, %(handle)s, %(name)s, %(password_hash)s, %(at)s, %(expires_on)s, %(password_given)s)
        on conflict (handle) do nothing
        """,
        id=ids.fresh(),
        handle=handle,
        name=name.strip(),
        password_hash=None if password is None else hasher.hash(password),
        at=tx.at,
        expires_on=expires_on,
        password_given=given and password is not None and wanted != {Role.INTEGRATION},
    )
    if not made:
        raise Conflict(f"The sign-in name {handle} is taken; choose another.", field="handle")
    for role in sorted(wanted):
        _grant_all(tx, handle, role, scope, expires_on)
    tx.note(account=handle, roles=sorted(wanted))
    return account(tx, handle)


def _grant_all(tx: Write, handle: str, role: Role, scope: Sequence[int], expires_on: date | None) -> None:
    """A role for each organisation of a scope; an empty scope is every one, and an administrator has none."""
    longest = clock.day(tx.at) + timedelta(days=GRANT_DAYS_MAX - 1)
    ends_on = None if expires_on is None else min(expires_on, longest)
    for number in (None,) if role is Role.ADMINISTRATOR or not scope else scope:
        grant(tx, handle, Wish(role, number, ends_on=ends_on))


def _hold_to_scope(wanted: frozenset[Role], *, bound: bool, every_organisation: bool) -> None:
    """Raise ``Rejected`` unless the roles go together and fit the client organisations of the account."""
    if not wanted:
        raise Rejected("An account needs at least one role; disable one that needs none.", field="roles")
    hold_together(set(wanted))
    if not wanted <= set(ACCOUNT_ROLES):
        raise Rejected("A data subject has no account; strong identification lets them in.", field="roles")
    if every_organisation and wanted & NAMED_SCOPE:
        raise Rejected("Invoicers and integrations belong to named client organisations.", field="organisations")
    if not every_organisation and not bound and Role.ADMINISTRATOR not in wanted:
        raise Rejected("Name the client organisations of the account.", field="organisations")


def disable_account(tx: Write, handle: str) -> Account:
    """Close an account, every grant and every session of it, at once. Raises ``Missing``."""
    found = account(tx, handle)
    tx.run("update access.account set disabled_at = %(at)s where id = %(id)s", at=tx.at, id=found.id)
    close(tx, [one.id for one in grants(tx, handle)])
    tx.run("delete from access.session where account_id = %(id)s", id=found.id)
    tx.note(account=handle)
    return account(tx, handle)


def change_roles(tx: Write, handle: str, roles: Collection[Role]) -> Account:
    """Give an account other roles within its scope, from its next act on: grants end, and others are made.

    Raises ``Refused`` for the viewer's own account; ``Rejected`` for roles its scope does not
    fit (``add_account``); ``Missing``.
    """
    found = account(tx, handle)
    if found.id == tx.act.viewer.account_id:
        raise Refused("Nobody grants rights to themselves; another administrator does it.")
    wanted = frozenset(roles)
    _hold_to_scope(wanted, bound=bool(found.organisations), every_organisation=found.every_organisation)
    there = grants(tx, handle)
    close(tx, [one.id for one in there if one.role not in wanted])
    for role in sorted(wanted - {one.role for one in there}):
        _grant_all(tx, handle, role, [] if found.every_organisation else found.organisations, found.expires_on)
    tx.note(account=handle, roles=sorted(wanted))
    return account(tx, handle)


def invent_password() -> str:
    """A password nobody has thought of, easy to read aloud."""
    return "-".join(secrets.token_hex(2) for _ in range(4))
