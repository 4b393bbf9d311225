"""Signing in and staying in: argon2 passwords, opaque tokens, sessions that end by themselves.

Every request asks the database, so a closed account or a changed role holds from the next
act on, over all processes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg.rows import class_row

from rekisteri import audit
from rekisteri.access.actions import Action
from rekisteri.access.grants import rights_of
from rekisteri.access.viewers import Viewer
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock, ids
from rekisteri.ground.database import Database
from rekisteri.ground.errors import Refused, Unidentified
from rekisteri.ground.ids import AccountId
from rekisteri.ground.keys import Vault

TOKEN_BYTES = 32
FAILURES_MAX = 5
LOCK_MINUTES = 15
TOUCH_SECONDS = 60
"""A session's last use is written at most this often."""


@dataclass(frozen=True, slots=True)
class Session:
    """A live sign-in: who, for what purpose by default, in which language, until when."""

    viewer: Viewer
    purpose: Purpose
    language: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _AccountRow:
    id: UUID
    handle: str
    name: str
    rights: list[str]
    disabled_at: datetime | None
    expires_on: date | None
    locked_until: datetime | None
    password_hash: str


@dataclass(frozen=True, slots=True)
class _SessionRow:
    id: UUID
    handle: str
    name: str
    rights: list[str]
    disabled_at: datetime | None
    expires_on: date | None
    locked_until: datetime | None
    channel: str
    used_at: datetime
    expires_at: datetime
    purpose: str | None
    language: str


class SignIn:
    """Opens, resumes and closes sessions."""

    def __init__(
        self,
        pool: Database,
        vault: Vault,
        hasher: PasswordHasher,
        *,
        life: timedelta,
        idle: timedelta,
        now: clock.Clock = clock.now,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._hasher = hasher
        self._life = life
        self._idle = idle
        self._now = now
        self._decoy = hasher.hash(secrets.token_hex())

    def open(self, handle: str, password: str, channel: str, language: str = "fi") -> tuple[str, Session]:
        """A new session's token, and the session. ``channel`` is ``web``, ``api`` or ``cli``.

        Raises ``Unidentified`` with one and the same message whatever was wrong, so that
        sign-in names can't be tried out; the attempt is recorded either way.
        """
        at = self._now()
        row = self._account(handle, at)
        proven = self._verify(row.password_hash if row else self._decoy, password)
        if row is None or not proven or _closed(row, at):
            raise self._refused(row, at, channel)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        token_hash = self._vault.token_hash(token)
        viewer = _viewer(row, channel, language, token_hash)
        purpose = viewer.purposes()[0]
        with self._pool.connection() as connection:
            connection.execute(
                """
                insert into access.session (token_hash, account_id, channel, opened_at, used_at, expires_at, purpose,
                                            language)
                values (%s, %s, %s, %s, %s, %s, %s, %s)
                """,
                (token_hash, row.id, channel, at, at, at + self._life, purpose, language),
            )
            connection.execute("update access.account set failures = 0, locked_until = null where id = %s", (row.id,))
            audit.append(connection, _event(viewer, Action.SESSION_OPEN, at, "done"))
        return token, Session(viewer, purpose, language, at + self._life)

    def resume(self, token: str) -> Session:
        """The live session of a token. Raises ``Unidentified`` when it has ended or never was."""
        at = self._now()
        token_hash = self._vault.token_hash(token)
        with self._pool.statement() as connection:
            row = (
                connection.cursor(row_factory=class_row(_SessionRow))
                .execute(
                    """
                select a.id, a.handle, a.name, a.disabled_at, a.expires_on, a.locked_until, s.channel, s.used_at,
                       s.expires_at, s.purpose, s.language, array(
                           select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' '
                                  || coalesce(g.purpose, '*')
                           from access.grant g
                           where g.account_id = a.id and g.ended_at is null and g.approved_at <= %(at)s
                             and g.starts_at <= %(at)s and g.ends_at > %(at)s
                           order by g.id
                       ) as rights
                from access.session s join access.account a on a.id = s.account_id
                where s.token_hash = %(token_hash)s
                """,
                    {"token_hash": token_hash, "at": at},
                )
                .fetchone()
            )
            if row is None or row.expires_at <= at or row.used_at + self._idle <= at or _closed(row, at):
                raise Unidentified("Your session has ended; sign in again.")
            if row.used_at + timedelta(seconds=TOUCH_SECONDS) <= at:
                connection.execute("update access.session set used_at = %s where token_hash = %s", (at, token_hash))
        viewer = _viewer(row, row.channel, row.language, token_hash)
        allowed = viewer.purposes()
        purpose = Purpose(row.purpose) if row.purpose in allowed else allowed[0]
        return Session(viewer, purpose, row.language, row.expires_at)

    def prefer(self, token: str, *, purpose: Purpose | None = None, language: str | None = None) -> None:
        """Remember the purpose and the language of a session. Raises ``Refused`` for a purpose not the viewer's."""
        session = self.resume(token)
        if purpose is not None and purpose not in session.viewer.purposes():
            raise Refused("That purpose does not belong to your roles.")
        with self._pool.connection() as connection:
            connection.execute(
                """
                update access.session set purpose = coalesce(%s, purpose), language = coalesce(%s, language)
                where token_hash = %s
                """,
                (purpose, language, self._vault.token_hash(token)),
            )

    def close(self, token: str) -> None:
        """End the session; closing one that has ended is no error."""
        at = self._now()
        try:
            viewer = self.resume(token).viewer
        except Unidentified:
            return
        with self._pool.connection() as connection:
            connection.execute("delete from access.session where token_hash = %s", (self._vault.token_hash(token),))
            audit.append(connection, _event(viewer, Action.SESSION_CLOSE, at, "done"))

    def _account(self, handle: str, at: datetime) -> _AccountRow | None:
        with self._pool.connection() as connection:
            return (
                connection.cursor(row_factory=class_row(_AccountRow))
                .execute(
                    """
                select a.id, a.handle, a.name, a.disabled_at, a.expires_on, a.locked_until, a.password_hash, array(
                           select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' '
                                  || coalesce(g.purpose, '*')
                           from access.grant g
                           where g.account_id = a.id and g.ended_at is null and g.approved_at <= %(at)s
                             and g.starts_at <= %(at)s and g.ends_at > %(at)s
                           order by g.id
                       ) as rights
                from access.account a where a.handle = %(handle)s
                """,
                    {"handle": handle.strip().lower(), "at": at},
                )
                .fetchone()
            )

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _refused(self, row: _AccountRow | None, at: datetime, channel: str) -> Unidentified:
        """Record the attempt and count it; the refusal to raise, the same for every cause."""
        nobody = Viewer(
            AccountId(row.id) if row else None, row.handle if row else "unknown", "", frozenset(), frozenset(),
            every_organisation=False, channel=channel,
        )  # fmt: skip
        with self._pool.connection() as connection:
            if row is not None:
                connection.execute(
                    """
                    update access.account
                    set failures = failures + 1,
                        locked_until = case when failures + 1 >= %s then %s::timestamptz else locked_until end
                    where id = %s
                    """,
                    (FAILURES_MAX, at + timedelta(minutes=LOCK_MINUTES), row.id),
                )
            audit.append(connection, _event(nobody, Action.SESSION_OPEN, at, "refused"))
        return Unidentified("Sign-in name or password is wrong, or the account is closed for now.")


def _closed(row: _AccountRow | _SessionRow, at: datetime) -> bool:
    """Whether the account lets nobody in now: an account without a grant in force does not either."""
    locked = row.locked_until is not None and row.locked_until > at
    expired = row.expires_on is not None and row.expires_on < clock.day(at)
    return locked or expired or row.disabled_at is not None or not row.rights


def _viewer(row: _AccountRow | _SessionRow, channel: str, language: str, token_hash: bytes) -> Viewer:
    rights = rights_of(row.rights)
    return Viewer(
        account_id=AccountId(row.id),
        handle=row.handle,
        name=row.name,
        roles=frozenset(right.role for right in rights),
        organisations=frozenset().union(*(right.organisations for right in rights)),
        every_organisation=any(right.every_organisation for right in rights),
        channel=channel,
        language=language,
        rights=rights,
        session_id=UUID(bytes=token_hash[:16]),
    )


def _event(viewer: Viewer, action: Action, at: datetime, outcome: str) -> audit.Event:
    return audit.Event(
        id=ids.fresh(),
        at=at,
        account_id=viewer.account_id,
        account=viewer.handle,
        roles=tuple(sorted(viewer.roles)),
        organisations=tuple(sorted(viewer.organisations)),
        action=action.policy.name,
        purpose=None,
        case_reference=None,
        channel=viewer.channel,
        outcome=outcome,
        session_id=viewer.session_id,
    )
