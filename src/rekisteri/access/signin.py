"""Signing in with a password of our own: argon2, a code where one is asked for, one answer whatever was wrong.

Five failures in a row close the account for a while.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg.rows import class_row

from rekisteri import audit
from rekisteri.access import factors
from rekisteri.access.actions import Action
from rekisteri.access.factors import Enrolment
from rekisteri.access.grants import rights_of
from rekisteri.access.sessions import ENDED, Session, Sessions
from rekisteri.access.standing import AccountRow, Method, Proof, closed, event_of
from rekisteri.access.terms import DEFAULT_TERMS, Terms
from rekisteri.access.viewers import UNTIL_CHANGED, Viewer
from rekisteri.catalogue import Role
from rekisteri.ground import clock, database
from rekisteri.ground.database import Database
from rekisteri.ground.errors import Unidentified
from rekisteri.ground.ids import AccountId
from rekisteri.ground.keys import Vault

FAILURES_MAX = 5
LOCK_MINUTES = 15
TICKET_MINUTES = 15
"""How long somebody who must enrol a second factor has for it, the password once proved."""
NOT_IN = "Sign-in name, password or code is wrong, or the account is closed for now."
_METHODS = {"code": Method.PASSWORD_CODE, "recovery": Method.RECOVERY}


class Unenrolled(Unidentified):
    """Your roles ask for a second factor and you have none; enrol it in the pages, or ask the operator."""

    def __init__(self, ticket: str) -> None:
        super().__init__()
        self.ticket = ticket


@dataclass(frozen=True, slots=True)
class _Known(AccountRow):
    password_hash: str | None
    password_given: bool


class SignIn:
    """Opens sessions of accounts with passwords, and proves anew who holds one."""

    def __init__(
        self,
        pool: Database,
        vault: Vault,
        sessions: Sessions,
        hasher: PasswordHasher,
        terms: Terms = DEFAULT_TERMS,
        now: clock.Clock = clock.now,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._sessions = sessions
        self._hasher = hasher
        self._terms = terms
        self._now = now
        self._decoy = hasher.hash(secrets.token_hex())

    def open(
        self, handle: str, password: str, channel: str, language: str = "fi", *, code: str = ""
    ) -> tuple[str, Session]:
        """A new session's token, and the session. ``channel`` is ``web``, ``api`` or ``cli``.

        ``code`` is the second factor's, for accounts that have one. Raises ``Unidentified`` with
        one and the same message whatever was wrong, so that sign-in names can't be tried out;
        the attempt is recorded either way. Raises ``Unenrolled``, a ticket in hand, where the
        password was right and the account's roles ask for a second factor it has not.
        """
        at = self._now()
        row, method = self._proved(handle, password, code, channel, at)
        with self._pool.connection() as connection:
            proof = Proof(method, at, scope=_scope(row))
            return self._sessions.begin(connection, row, proof, channel=channel, language=language, at=at)

    def prove(self, token: str, password: str, *, code: str = "") -> str:
        """The session's next token, its holder having proved anew who they are; the old one is worth nothing.

        Raises ``Unidentified`` as ``open`` does.
        """
        at = self._now()
        session = self._sessions.resume(token)
        _, method = self._proved(session.viewer.handle, password, code, session.viewer.channel, at)
        with self._pool.connection() as connection:
            return self._sessions.renew(connection, session, Proof(method, at), at=at)

    def enrolment(self, ticket: str) -> Enrolment:
        """What a device is to be shown, to whoever holds a ticket of ``Unenrolled``. Raises ``Unidentified``."""
        at = self._now()
        row = self._of_ticket(ticket, at)
        with self._pool.connection() as connection:
            tx = database.Write(connection, at)
            under_way = factors.pending(tx, self._vault, row.id, row.handle)
            return under_way or factors.enrol(tx, self._vault, row.id, row.handle)

    def enrol(self, ticket: str, code: str, channel: str, language: str) -> tuple[str, Session, list[str]]:
        """A session, for the first code of a device, and recovery codes that are shown this once.

        Raises ``Unidentified`` for a ticket that is over, ``Rejected`` for a code that is not right now.
        """
        at = self._now()
        row = self._of_ticket(ticket, at)
        with self._pool.connection() as connection:
            codes = factors.confirm(database.Write(connection, at), self._vault, row.id, code)
            proof = Proof(Method.PASSWORD_CODE, at, scope=_scope(row))
            token, session = self._sessions.begin(connection, row, proof, channel=channel, language=language, at=at)
        return token, session, codes

    def _proved(self, handle: str, password: str, code: str, channel: str, at: datetime) -> tuple[_Known, Method]:
        """The account of a right password, and code where one is asked for."""
        row = self._account(handle, at)
        # Whoever has no password is not told apart from nobody, by the time it takes either.
        known = row.password_hash if row else None
        proven = self._verify(known or self._decoy, password) and known is not None
        if row is None or not proven or closed(row, at):
            raise self._refused(row, at, channel)
        with self._pool.connection() as connection:
            tx = database.Write(connection, at)
            if factors.confirmed(tx, row.id):
                taken = factors.take(tx, self._vault, row.id, code)
                method = _METHODS.get(taken or "")
            else:
                method = Method.PASSWORD
            if method is not None:
                connection.execute(
                    "update access.account set failures = 0, locked_until = null, used_at = %s where id = %s",
                    (at, row.id),
                )
        roles = {right.role for right in rights_of(row.rights)}
        if method is None or (Role.INTEGRATION in roles and not self._terms.system_passwords):
            raise self._refused(row, at, channel)
        if method is Method.PASSWORD and roles & self._terms.second_factor_roles:
            raise Unenrolled(self._ticket(row.handle, at))
        return row, method

    def _ticket(self, handle: str, at: datetime) -> str:
        until = int(at.timestamp()) + TICKET_MINUTES * 60
        return f"{handle}.{until}.{self._seal_of(handle, until)}"

    def _of_ticket(self, ticket: str, at: datetime) -> _Known:
        handle, until, seal = ([*ticket.rsplit(".", 2), "", ""])[:3]
        right = until.isdigit() and hmac.compare_digest(self._seal_of(handle, int(until)).encode(), seal.encode())
        row = self._account(handle, at) if right else None
        if row is None or int(until) < at.timestamp() or closed(row, at):
            raise Unidentified(ENDED)
        return row

    def _seal_of(self, handle: str, until: int) -> str:
        return self._vault.token_hash(f"enrol|{handle}|{until}").hex()

    def _account(self, handle: str, at: datetime) -> _Known | None:
        with self._pool.connection() as connection:
            return (
                connection.cursor(row_factory=class_row(_Known))
                .execute(
                    """
                select a.id, a.handle, a.name, a.disabled_at, a.expires_on, a.locked_until, a.password_hash,
                       a.password_given, array(
                           select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' '
                                  || coalesce(g.purpose, '*')
                           from access.grant g
                           where g.account_id = a.id and g.ended_at is null and g.approved_at <= %(at)s
                             and g.starts_at <= %(at)s and g.ends_at > %(at)s
                           order by g.id
                       ) as rights
                from access.account a where a.handle = %(handle)s
                """,
                    # No text of the database holds a NUL; a name with one is nobody's.
                    {"handle": handle.strip().lower().replace("\0", "?"), "at": at},
                )
                .fetchone()
            )

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _refused(self, row: _Known | None, at: datetime, channel: str) -> Unidentified:
        """Record the attempt, count it where there is a password to guess; the refusal to raise, the same for every cause."""
        nobody = Viewer(
            AccountId(row.id) if row else None, row.handle if row else "unknown", "", frozenset(), frozenset(),
            every_organisation=False, channel=channel,
        )  # fmt: skip
        with self._pool.connection() as connection:
            # Whoever has no password can't be locked out by those who try some.
            if row is not None and row.password_hash is not None:
                connection.execute(
                    """
                    update access.account
                    set failures = failures + 1,
                        locked_until = case when failures + 1 >= %s then %s::timestamptz else locked_until end
                    where id = %s
                    """,
                    (FAILURES_MAX, at + timedelta(minutes=LOCK_MINUTES), row.id),
                )
            audit.append(connection, event_of(nobody, Action.SESSION_OPEN, at, "refused"))
        return Unidentified(NOT_IN)


def _scope(row: _Known) -> tuple[str, ...] | None:
    """What a sign-in carries: everything of the account, but with a password of somebody else's making its change alone."""
    return tuple(UNTIL_CHANGED) if row.password_given else None
