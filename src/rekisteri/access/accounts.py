"""Client organisations and accounts: kept by administrators, each change an act of its own."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from argon2 import PasswordHasher

from rekisteri.access.actions import ACCOUNT_ROLES
from rekisteri.access.door import Read, Write
from rekisteri.catalogue import Role
from rekisteri.ground import ids, numbers
from rekisteri.ground.errors import Conflict, Missing, Rejected
from rekisteri.ground.ids import AccountId

PASSWORD_MIN = 12
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_STAFF = frozenset({Role.MAINTAINER, Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.COLLECTOR})


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
    """An account as administrators see it: never its password."""

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
        select id, handle, name, roles, organisations, every_organisation, created_at, expires_on, disabled_at
        from access.account order by handle
        """,
    )


def account(tx: Read, handle: str) -> Account:
    """The account of a sign-in name. Raises ``Missing``."""
    found = tx.find(
        Account,
        """
        select id, handle, name, roles, organisations, every_organisation, created_at, expires_on, disabled_at
        from access.account where handle = %(handle)s
        """,
        handle=handle,
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
    password: str,
    roles: Collection[Role],
    organisation_codes: Collection[str] = (),
    every_organisation: bool = False,
    expires_on: date | None = None,
) -> Account:
    """A new account with its roles and scope.

    Raises ``Rejected`` for a weak password, no role, or a role that needs a scope and has
    none; ``Conflict`` for a taken name. Administrators never read customers: duties are separated.
    """
    if not _HANDLE.fullmatch(handle):
        raise Rejected("A sign-in name is 2-63 lower-case letters, digits, dots, hyphens.", field="handle")
    if len(password) < PASSWORD_MIN:
        raise Rejected(f"A password has at least {PASSWORD_MIN} characters.", field="password")
    wanted = frozenset(roles)
    _hold_to_scope(wanted, bound=bool(organisation_codes), every_organisation=every_organisation)
    scope = [organisation(tx, code).id for code in organisation_codes]
    made = tx.run(
        """
        insert into access.account (id, handle, name, password_hash, roles, organisations, every_organisation,
                                    created_at, expires_on)
        values (%(id)s, %(handle)s, %(name)s, %(password_hash)s, %(roles)s, %(organisations)s, %(every)s, %(at)s,
                %(expires_on)s)
        on conflict (handle) do nothing
        """,
        id=ids.fresh(),
        handle=handle,
        name=name.strip(),
        password_hash=hasher.hash(password),
        roles=sorted(wanted),
        organisations=scope,
        every=every_organisation,
        at=tx.at,
        expires_on=expires_on,
    )
    if not made:
        raise Conflict(f"The sign-in name {handle} is taken; choose another.", field="handle")
    tx.note(account=handle, roles=sorted(wanted))
    return account(tx, handle)


def _hold_to_scope(wanted: frozenset[Role], *, bound: bool, every_organisation: bool) -> None:
    """Raise ``Rejected`` unless the roles go together and fit the client organisations of the account."""
    if not wanted:
        raise Rejected("An account needs at least one role; disable one that needs none.", field="roles")
    if not wanted <= set(ACCOUNT_ROLES):
        raise Rejected("A data subject has no account; strong identification lets them in.", field="roles")
    if Role.ADMINISTRATOR in wanted and len(wanted) > 1:
        raise Rejected("An administrator has no other role: who grants rights does not use them.", field="roles")
    if every_organisation and not wanted <= _STAFF:
        raise Rejected("Invoicers and integrations belong to named client organisations.", field="organisations")
    if not every_organisation and not bound and Role.ADMINISTRATOR not in wanted:
        raise Rejected("Name the client organisations of the account.", field="organisations")


def disable_account(tx: Write, handle: str) -> Account:
    """Close an account and every session of it, at once. Raises ``Missing``."""
    found = account(tx, handle)
    tx.run("update access.account set disabled_at = %(at)s where id = %(id)s", at=tx.at, id=found.id)
    tx.run("delete from access.session where account_id = %(id)s", id=found.id)
    tx.note(account=handle)
    return account(tx, handle)


def change_roles(tx: Write, handle: str, roles: Collection[Role]) -> Account:
    """Give an account other roles, from its next act on.

    Raises ``Rejected`` for roles its scope does not fit (``add_account``), ``Missing``.
    """
    found = account(tx, handle)
    _hold_to_scope(frozenset(roles), bound=bool(found.organisations), every_organisation=found.every_organisation)
    tx.run("update access.account set roles = %(roles)s where id = %(id)s", roles=sorted(roles), id=found.id)
    tx.note(account=handle, roles=sorted(roles))
    return account(tx, handle)


def invent_password() -> str:
    """A password nobody has thought of, easy to read aloud."""
    return "-".join(secrets.token_hex(2) for _ in range(4))
