"""Sessions: opaque tokens that end by themselves, asked of the database at every act.

So a closed account, an ended grant or session, and a changed role hold from the next act on, over
all processes. A token is changed whenever its holder proves anew who they are; what an act
with the mark ``fresh`` asks is how long ago that was.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from psycopg.rows import class_row

from rekisteri import audit
from rekisteri.access.actions import Action
from rekisteri.access.door import Read, Write
from rekisteri.access.grants import rights_of
from rekisteri.access.viewers import Viewer
from rekisteri.catalogue import Purpose, Role
from rekisteri.ground import clock, ids
from rekisteri.ground.database import Connection, Database
from rekisteri.ground.errors import Missing, Refused, Unidentified
from rekisteri.ground.ids import AccountId, PartyId
from rekisteri.ground.keys import Vault

TOKEN_BYTES = 32
TOUCH_SECONDS = 60
"""A session's last use is written at most this often."""
SUBJECT_LIFE = timedelta(minutes=60)
"""A data subject's session is no longer than this, whatever the staff's is."""
ENDED = "Your session has ended; sign in again."


class Method(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105 - the name of a method, not a secret
    PASSWORD_CODE = "password_code"  # noqa: S105
    RECOVERY = "recovery"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Proof:
    """How and when somebody proved who they are; of a provider's word also whose, and how strong it was."""

    method: Method
    at: datetime
    provider: str | None = None
    level: str | None = None
    provider_session: bytes | None = None
    provider_subject: bytes | None = None

    def told(self) -> dict[str, object]:
        """What the log tells of it."""
        return {"method": self.method} | ({"provider": self.provider} if self.provider else {})


@dataclass(frozen=True, slots=True)
class Subject:
    """A data subject: who they are in the register, and their name as strong identification told it."""

    party_id: PartyId
    name: str


@dataclass(frozen=True, slots=True)
class Session:
    """A live sign-in: who, for what purpose by default, in which language, until when."""

    id: UUID
    viewer: Viewer
    purpose: Purpose
    language: str
    expires_at: datetime
    method: str = Method.PASSWORD
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its holder sees it in a list."""

    id: UUID
    channel: str
    method: str
    opened_at: datetime
    authenticated_at: datetime
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What decides whether an account lets somebody in now."""

    id: UUID
    handle: str
    name: str
    rights: list[str]
    disabled_at: datetime | None
    expires_on: date | None
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class _Row:
    session_id: UUID
    id: UUID | None
    handle: str | None
    name: str
    rights: list[str]
    disabled_at: datetime | None
    expires_on: date | None
    locked_until: datetime | None
    channel: str
    method: str
    provider: str | None
    authenticated_at: datetime
    used_at: datetime
    expires_at: datetime
    purpose: str | None
    language: str
    party_id: UUID | None
    acts_for: UUID | None


class Sessions:
    """Begins, resumes, renews and closes sessions."""

    def __init__(
        self, pool: Database, vault: Vault, *, life: timedelta, idle: timedelta, now: clock.Clock = clock.now
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._life = life
        self._idle = idle
        self._now = now

    def begin(
        self,
        connection: Connection,
        who: AccountRow | Subject,
        proof: Proof,
        *,
        channel: str,
        language: str,
        at: datetime,
    ) -> tuple[str, Session]:
        """A session of somebody who has proved who they are: its token and itself, with the event."""
        token, session_id = secrets.token_urlsafe(TOKEN_BYTES), ids.fresh()
        life = self._life if isinstance(who, AccountRow) else min(self._life, SUBJECT_LIFE)
        if isinstance(who, AccountRow):
            viewer = viewer_of(who, channel, language, proof.at, session_id)
            connection.execute("delete from access.session where account_id = %s and expires_at <= %s", (who.id, at))
        else:
            viewer = subject_viewer(who.party_id, who.name, channel, language, proof.at, session_id)
        session = Session(session_id, viewer, viewer.purposes()[0], language, at + life, proof.method, proof.provider)
        connection.execute(
            """
            insert into access.session (token_hash, id, account_id, channel, method, opened_at, authenticated_at,
                                        used_at, expires_at, purpose, language, party_id, name, level, provider,
                                        provider_session, provider_subject)
            values (%(token_hash)s, %(id)s, %(account_id)s, %(channel)s, %(method)s, %(at)s, %(authenticated_at)s,
                    %(at)s, %(expires_at)s, %(purpose)s, %(language)s, %(party_id)s, %(name)s, %(level)s,
                    %(provider)s, %(provider_session)s, %(provider_subject)s)
            """,
            {
                "token_hash": self._vault.token_hash(token),
                "id": session_id,
                "account_id": viewer.account_id,
                "channel": channel,
                "method": proof.method,
                "at": at,
                "authenticated_at": proof.at,
                "expires_at": session.expires_at,
                "purpose": session.purpose,
                "language": language,
                "party_id": viewer.party_id,
                "name": who.name if isinstance(who, Subject) else None,
                "level": proof.level,
                "provider": proof.provider,
                "provider_session": proof.provider_session,
                "provider_subject": proof.provider_subject,
            },
        )
        audit.append(connection, event_of(viewer, Action.SESSION_OPEN, at, "done", **proof.told()))
        return token, session

    def resume(self, token: str) -> Session:
        """The live session of a token. Raises ``Unidentified`` when it has ended or never was."""
        at = self._now()
        with self._pool.statement() as connection:
            return self._live(connection, self._vault.token_hashes(token), at)

    def resume_by_id(self, connection: Connection, session_id: UUID, at: datetime) -> Session:
        """The live session of an id: for whoever has proved to be its holder. Raises ``Unidentified``."""
        found = connection.execute("select token_hash from access.session where id = %s", (session_id,)).fetchone()
        if found is None:
            raise Unidentified(ENDED)
        return self._live(connection, [found[0]], at)

    def _live(self, connection: Connection, token_hashes: list[bytes], at: datetime) -> Session:
        row = (
            connection.cursor(row_factory=class_row(_Row))
            .execute(
                """
            select s.id as session_id, a.id, a.handle, coalesce(a.name, s.name) as name, a.disabled_at, a.expires_on,
                   a.locked_until, s.channel, s.method, s.provider, s.authenticated_at, s.used_at, s.expires_at,
                   s.purpose, s.language, s.party_id, s.acts_for, array(
                       select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' ' || coalesce(g.purpose, '*')
                       from access.grant g
                       where g.account_id = a.id and g.ended_at is null and g.approved_at <= %(at)s
                         and g.starts_at <= %(at)s and g.ends_at > %(at)s
                       order by g.id
                   ) as rights
            from access.session s left join access.account a on a.id = s.account_id
            where s.token_hash = any (%(token_hashes)s)
            """,
                {"token_hashes": token_hashes, "at": at},
            )
            .fetchone()
        )
        if row is None or row.expires_at <= at or row.used_at + self._idle <= at:
            raise Unidentified(ENDED)
        if row.party_id is None and closed(row, at):
            raise Unidentified(ENDED)
        if row.used_at + timedelta(seconds=TOUCH_SECONDS) <= at:
            _touch(connection, row, at)
        viewer = _viewer(row)
        allowed = viewer.purposes()
        purpose = Purpose(row.purpose) if row.purpose in allowed else allowed[0]
        return Session(row.session_id, viewer, purpose, row.language, row.expires_at, row.method, row.provider)

    def renew(self, connection: Connection, session: Session, proof: Proof, *, at: datetime) -> str:
        """Another token for a session whose holder has proved anew who they are; the old one is worth nothing."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        connection.execute(
            """
            update access.session set token_hash = %s, authenticated_at = %s, used_at = %s, method = %s where id = %s
            """,
            (self._vault.token_hash(token), proof.at, at, proof.method, session.id),
        )
        event = event_of(session.viewer, Action.SESSION_OPEN, at, "done", **proof.told(), again=True)
        audit.append(connection, event)
        return token

    def prefer(self, token: str, *, purpose: Purpose | None = None, language: str | None = None) -> None:
        """Remember the purpose and the language of a session. Raises ``Refused`` for a purpose not the viewer's."""
        session = self.resume(token)
        if purpose is not None and purpose not in session.viewer.purposes():
            raise Refused("That purpose does not belong to your roles.")
        with self._pool.connection() as connection:
            connection.execute(
                """
                update access.session set purpose = coalesce(%s, purpose), language = coalesce(%s, language)
                where id = %s
                """,
                (purpose, language, session.id),
            )

    def represent(self, token: str, party_id: PartyId | None, among: Collection[PartyId]) -> str:
        """The data subject's next token, acting for another party (None: for themselves) from now on.

        ``among`` are those the register knows the subject to represent. Raises ``Missing`` for any other.
        """
        at = self._now()
        session = self.resume(token)
        if session.viewer.party_id is None or (party_id is not None and party_id not in among):
            raise Missing("You represent nobody of that kind in this register.")
        fresh = secrets.token_urlsafe(TOKEN_BYTES)
        with self._pool.connection() as connection:
            connection.execute(
                "update access.session set token_hash = %s, acts_for = %s, used_at = %s where id = %s",
                (self._vault.token_hash(fresh), party_id, at, session.id),
            )
        return fresh

    def spend(self, connection: Connection, what: str, until: datetime, at: datetime) -> bool:
        """Whether a token that serves once has not served before; ``until`` it would be refused for its age."""
        connection.execute("delete from access.spent where expires_at <= %s", (at,))
        digest, *former = self._vault.token_hashes(what)
        return bool(
            connection.execute(
                """
                insert into access.spent (digest, expires_at)
                select %(digest)s, %(until)s where not exists (select from access.spent where digest = any (%(former)s))
                on conflict do nothing
                """,
                {"digest": digest, "until": until, "former": former},
            ).rowcount
        )

    def end_of_provider(
        self, connection: Connection, provider: str, *, session: bytes | None, subject: bytes | None
    ) -> int:
        """End the sessions a provider says have ended: of its own session, else every one of a subject; how many."""
        return connection.execute(
            """
            delete from access.session
            where provider = %(provider)s and (provider_session = %(session)s
                  or (%(session)s::bytea is null and provider_subject = %(subject)s))
            """,
            {"provider": provider, "session": session, "subject": subject},
        ).rowcount

    def close(self, token: str) -> None:
        """End the session; closing one that has ended is no error."""
        at = self._now()
        try:
            session = self.resume(token)
        except Unidentified:
            return
        with self._pool.connection() as connection:
            connection.execute("delete from access.session where id = %s", (session.id,))
            audit.append(connection, event_of(session.viewer, Action.SESSION_CLOSE, at, "done"))


def own_sessions(tx: Read) -> list[OwnSession]:
    """The viewer's live sessions, the one used last first."""
    return tx.all(
        OwnSession,
        """
        select id, channel, method, opened_at, authenticated_at, used_at, expires_at from access.session
        where account_id = %(account_id)s and expires_at > %(at)s order by used_at desc, id
        """,
        account_id=tx.act.viewer.account_id,
        at=tx.at,
    )


def end_own_session(tx: Write, session_id: UUID) -> None:
    """End one of the viewer's sessions, at once and everywhere. Raises ``Missing``."""
    gone = tx.run(
        "delete from access.session where id = %(id)s and account_id = %(account_id)s",
        id=session_id,
        account_id=tx.act.viewer.account_id,
    )
    if not gone:
        raise Missing("There is no such session of yours; it may have ended.")


def end_other_sessions(tx: Write, kept: UUID) -> int:
    """End every session of the viewer but one; how many."""
    return tx.run(
        "delete from access.session where id <> %(kept)s and account_id = %(account_id)s",
        kept=kept,
        account_id=tx.act.viewer.account_id,
    )


def _touch(connection: Connection, row: _Row, at: datetime) -> None:
    connection.execute(
        """
        with seen as (update access.account set used_at = %(at)s where id = %(account_id)s)
        update access.session set used_at = %(at)s where id = %(id)s
        """,
        {"at": at, "account_id": row.id, "id": row.session_id},
    )


def closed(account: AccountRow | _Row, at: datetime) -> bool:
    """Whether an account lets nobody in now: one without a grant in force does not either."""
    locked = account.locked_until is not None and account.locked_until > at
    expired = account.expires_on is not None and account.expires_on < clock.day(at)
    return locked or expired or account.disabled_at is not None or not account.rights


def _viewer(row: _Row) -> Viewer:
    if row.party_id is None:
        return viewer_of(row, row.channel, row.language, row.authenticated_at, row.session_id)
    whole = subject_viewer(
        PartyId(row.party_id), row.name, row.channel, row.language, row.authenticated_at, row.session_id
    )
    return whole if row.acts_for is None else replace(whole, acts_for=PartyId(row.acts_for))


def subject_viewer(
    party_id: PartyId, name: str, channel: str, language: str, authenticated_at: datetime, session_id: UUID
) -> Viewer:
    """The viewer a data subject is: of no organisation, with the one role, named in the log by party."""
    return Viewer(
        account_id=None,
        handle=f"subject:{party_id}",
        name=name,
        roles=frozenset({Role.SUBJECT}),
        organisations=frozenset(),
        every_organisation=False,
        channel=channel,
        language=language,
        party_id=party_id,
        authenticated_at=authenticated_at,
        session_id=session_id,
    )


def viewer_of(
    account: AccountRow | _Row, channel: str, language: str, authenticated_at: datetime, session_id: UUID
) -> Viewer:
    """The viewer an account in force is, with exactly the rights of its grants."""
    assert account.id is not None
    assert account.handle is not None
    rights = rights_of(account.rights)
    return Viewer(
        account_id=AccountId(account.id),
        handle=account.handle,
        name=account.name,
        roles=frozenset(right.role for right in rights),
        organisations=frozenset().union(*(right.organisations for right in rights)),
        every_organisation=any(right.every_organisation for right in rights),
        channel=channel,
        language=language,
        rights=rights,
        authenticated_at=authenticated_at,
        session_id=session_id,
    )


def event_of(viewer: Viewer, action: Action, at: datetime, outcome: str, **detail: object) -> audit.Event:
    """An act of signing in or out as evidence."""
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
        detail=detail,
        session_id=viewer.session_id,
    )
