"""Sessions: opaque tokens that end by themselves, asked of the database at every act.

So a closed account, an ended grant or session, and a changed role hold from the next act on, over
all processes. A token is changed whenever its holder proves anew who they are; what an act
with the mark ``fresh`` asks is how long ago that was.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from rekisteri import audit
from rekisteri.access.actions import Action
from rekisteri.access.door import Entry, Read, Stale, Write
from rekisteri.access.emergencies import unreviewed
from rekisteri.access.proofs import Proven, Unbound, thumbprint_of
from rekisteri.access.standing import (
    AccountRow,
    Held,
    Method,
    Proof,
    Subject,
    closed,
    event_of,
    subject_viewer,
    viewer_of,
)
from rekisteri.access.viewers import Viewer
from rekisteri.catalogue import Purpose
from rekisteri.ground import clock, ids, packed
from rekisteri.ground.database import Connection, Database
from rekisteri.ground.errors import Missing, Refused, Unidentified
from rekisteri.ground.ids import PartyId
from rekisteri.ground.keys import Vault
from rekisteri.ground.transactions import Answer, Transaction

TOKEN_BYTES = 32
TOUCH_SECONDS = 60
"""A session's last use is written at most this often."""
SESSIONS_REMEMBERED = 1024
"""So many sessions one process remembers, to ask of them and enter in one statement."""
SUBJECT_LIFE = timedelta(minutes=60)
"""A data subject's session is no longer than this, whatever the staff's is."""
ENDED = "Your session has ended; sign in again."


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


class _Row(NamedTuple):
    """What ``access.live`` tells, in its order."""

    session_id: UUID
    id: UUID | None
    handle: str | None
    name: str
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
    key_thumbprint: bytes | None
    certificate_thumbprint: bytes | None
    scope: list[str] | None
    rights: list[str]
    written: str
    """All of it as the server writes it: whatever differs, differs here."""
    first_use: bool = True


_LIVE = "select live.*, live::text from access.live(%(token_hashes)s, %(at)s) live"
# One statement for both: that the proof has not served before, and whose the token is. What it leaves behind need
# not wait for the disk: a crash forgets proofs of the last half second, and their nonce bounds those.
_LIVE_ONCE = """
with spent as (
    insert into access.spent (digest, expires_at) values (%(digest)s, %(until)s)
    on conflict do nothing returning set_config('synchronous_commit', 'off', true)
)
select live.*, live::text, exists (select from spent) as first_use from access.live(%(token_hashes)s, %(at)s) live
"""
# The session is read as whoever signs in may, and only then is told who is here: the one row of the first part goes
# into the second.
_LIVE_ENTERED = """
with live as materialized (select live::text as written from access.live(%(token_hashes)s, %(at)s) live)
select live.written, num_nonnulls(
       set_config('rekisteri.reach', %(reach)s, true),
       set_config('rekisteri.organisations', %(organisations)s, true),
       set_config('rekisteri.everywhere', %(everywhere)s, true),
       set_config('rekisteri.account', %(account)s, true),
       set_config('rekisteri.self', %(self)s, true),
       set_config('rekisteri.opens', %(opens)s, true),
       set_config('rekisteri.writes', %(writes)s, true),
       set_config('rekisteri.protected', %(protected)s, true),
       set_config('rekisteri.log', %(log)s, true))
from live
"""


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
        self._met: OrderedDict[bytes, tuple[_Row, Session]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(
        self,
        connection: Connection,
        who: AccountRow | Subject,
        proof: Proof,
        *,
        channel: str,
        language: str,
        at: datetime,
        life: timedelta | None = None,
    ) -> tuple[str, Session]:
        """A session of somebody who has proved who they are: its token and itself, with the event."""
        token, session_id = secrets.token_urlsafe(TOKEN_BYTES), ids.fresh()
        if life is None:
            life = self._life if isinstance(who, AccountRow) else min(self._life, SUBJECT_LIFE)
        if isinstance(who, AccountRow):
            viewer = viewer_of(who, channel, language, proof.at, session_id)
            viewer = viewer if proof.scope is None else replace(viewer, scope=frozenset(proof.scope))
            connection.execute("delete from access.session where account_id = %s and expires_at <= %s", (who.id, at))
        else:
            viewer = subject_viewer(who.party_id, who.name, channel, language, proof.at, session_id)
        session = Session(session_id, viewer, viewer.purposes()[0], language, at + life, proof.method, proof.provider)
        connection.execute(
            """
            insert into access.session (token_hash, id, account_id, channel, method, opened_at, authenticated_at,
                                        used_at, expires_at, purpose, language, party_id, name, level, provider,
                                        provider_session, provider_subject, key_thumbprint,
                                        certificate_thumbprint, scope)
            values (%(token_hash)s, %(id)s, %(account_id)s, %(channel)s, %(method)s, %(at)s, %(authenticated_at)s,
                    %(at)s, %(expires_at)s, %(purpose)s, %(language)s, %(party_id)s, %(name)s, %(level)s,
                    %(provider)s, %(provider_session)s, %(provider_subject)s, %(key_thumbprint)s,
                    %(certificate_thumbprint)s, %(scope)s)
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
                "key_thumbprint": proof.key_thumbprint,
                "certificate_thumbprint": proof.certificate_thumbprint,
                "scope": None if proof.scope is None else list(proof.scope),
            },
        )
        audit.append(connection, event_of(viewer, Action.SESSION_OPEN, at, "done", **proof.told()))
        return token, session

    def resume(self, token: str, held: Held | None = None) -> Session:
        """The live session of a token. Raises ``Unidentified`` when it has ended or never was.

        A token that is bound is taken from whoever has proved to hold its key or certificate alone,
        and a DPoP proof serves for one request: else ``Unbound``.
        """
        at = self._now()
        held = held or Held()
        once = None if held.proven is None or held.spent else held.proven
        with self._pool.statement() as connection:
            session = self._live(connection, self._vault.token_hashes(token), at, held, once)
        held.spent = True
        return session

    def recall(self, token: str, held: Held) -> tuple[Session, Entry] | None:
        """The session of a token as this process last met it, and an entry for the door; None to ask with ``resume``.

        What is remembered gives no right: the entry reads the session anew, in the statement that tells the database
        who is here, and raises ``Stale`` unless all of it is as it was. So a round to the database is saved, and an
        ended session ends at the next act, as without. Raises ``Unbound`` as ``resume`` does.
        """
        hashes = self._vault.token_hashes(token)
        known = self._met.get(hashes[0])
        if known is None or held.proven is not None:
            return None
        row, session = known
        _check_held(row, held)

        def enter(transaction: Transaction, settings: dict[str, str], at: datetime) -> None:
            def held(answer: Answer) -> None:
                found = answer.rows[0][0] if answer.rows else None
                if found != row.written or not self._in_force(row, at) or _to_touch(row, at):
                    raise Stale

            transaction.first(_LIVE_ENTERED, {"token_hashes": packed.blobs(hashes), "at": at} | settings, held)

        return session, enter

    def resume_by_id(self, connection: Connection, session_id: UUID, at: datetime) -> Session:
        """The live session of an id: for whoever has proved to be its holder. Raises ``Unidentified``."""
        found = connection.execute("select token_hash from access.session where id = %s", (session_id,)).fetchone()
        if found is None:
            raise Unidentified(ENDED)
        return self._live(connection, [found[0]], at, Held(), None)

    def _live(
        self, connection: Connection, token_hashes: list[bytes], at: datetime, held: Held, once: Proven | None
    ) -> Session:
        if once is None:
            told = connection.execute(_LIVE, {"token_hashes": packed.blobs(token_hashes), "at": at}).fetchone()
        else:
            parameters = {
                "token_hashes": packed.blobs(token_hashes), "at": at, "digest": self._vault.token_hash(once.once), "until": once.until,
            }  # fmt: skip
            told = connection.execute(_LIVE_ONCE, parameters).fetchone()
        row = None if told is None else _Row(*told)
        if row is None or not self._in_force(row, at):
            raise Unidentified(ENDED)
        _check_held(row, held)
        if _to_touch(row, at):
            _touch(connection, row, at)
        viewer = _viewer(row)
        allowed = viewer.purposes()
        purpose = Purpose(row.purpose) if row.purpose in allowed else allowed[0]
        session = Session(row.session_id, viewer, purpose, row.language, row.expires_at, row.method, row.provider)
        with self._lock:
            self._met[token_hashes[0]] = row, session
            self._met.move_to_end(token_hashes[0])
            if len(self._met) > SESSIONS_REMEMBERED:
                self._met.popitem(last=False)
        return session

    def _in_force(self, row: _Row, at: datetime) -> bool:
        """Whether a session lets its holder in at an instant."""
        ended = row.expires_at <= at or row.used_at + self._idle <= at
        return not (ended or (row.party_id is None and closed(row, at)))

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

    def lent(self, viewer: Viewer) -> int:
        """How many opened rights within a viewer's organisations nobody has looked through: told outside any act."""
        with self._pool.statement() as connection:
            return unreviewed(connection, None if viewer.every_organisation else sorted(viewer.organisations))

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

    def close(self, token: str, held: Held | None = None) -> None:
        """End the session; closing one that has ended is no error."""
        at = self._now()
        try:
            session = self.resume(token, held)
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


def _to_touch(row: _Row, at: datetime) -> bool:
    """Whether a session's last use is to be written."""
    return row.used_at + timedelta(seconds=TOUCH_SECONDS) <= at


def _touch(connection: Connection, row: _Row, at: datetime) -> None:
    connection.execute(
        """
        with seen as (update access.account set used_at = %(at)s where id = %(account_id)s)
        update access.session set used_at = %(at)s where id = %(id)s
        """,
        {"at": at, "account_id": row.id, "id": row.session_id},
    )


def _check_held(row: _Row, held: Held) -> None:
    """Raise ``Unbound`` unless a bound token comes from who holds its key or certificate, by a proof not used before."""
    if row.key_thumbprint is not None:
        if held.proven is None or not hmac.compare_digest(held.proven.key, row.key_thumbprint):
            raise Unbound("invalid_token", "The token is bound to a key: send it as DPoP, with a proof by that key.")
        if not row.first_use:
            raise Unbound("invalid_dpop_proof", "The DPoP proof has served already.")
    elif held.proven is not None:
        raise Unbound("invalid_token", "The token is bound to no key: send it as Bearer.")
    if row.certificate_thumbprint is not None:
        given = b"" if held.certificate is None else thumbprint_of(held.certificate)
        if not hmac.compare_digest(given, row.certificate_thumbprint):
            raise Unbound("invalid_token", "The token is bound to a certificate: call with that certificate.")


def _viewer(row: _Row) -> Viewer:
    if row.party_id is None:
        own = viewer_of(row, row.channel, row.language, row.authenticated_at, row.session_id)
        return own if row.scope is None else replace(own, scope=frozenset(row.scope))
    whole = subject_viewer(
        PartyId(row.party_id), row.name, row.channel, row.language, row.authenticated_at, row.session_id
    )
    return whole if row.acts_for is None else replace(whole, acts_for=PartyId(row.acts_for))
