"""Arrivals by an identity provider: out with a question, back with an answer, in with a session.

Each way out is an *errand*: of one browser, for one answer, for a few minutes. What must stay
secret of it (nonce, PKCE verifier) is derived from its state by a key and kept nowhere. A member of the
staff is met by an account linked beforehand, a data subject by the identity code that strong
identification told; the code itself goes no further than the blind index.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from rekisteri import audit
from rekisteri.access.actions import Action
from rekisteri.access.door import Read, Write
from rekisteri.access.openid import Claims, Doubt, OpenID
from rekisteri.access.providers import NAME_CLAIMS, Provider, Whom
from rekisteri.access.sessions import Session, Sessions
from rekisteri.access.standing import AccountRow, Method, Proof, Subject, closed, event_of
from rekisteri.access.terms import DEFAULT_TERMS, Terms
from rekisteri.access.viewers import Viewer
from rekisteri.ground import clock, ids
from rekisteri.ground.database import Connection, Database
from rekisteri.ground.errors import Conflict, Missing, Rejected, Unidentified
from rekisteri.ground.ids import PartyId
from rekisteri.ground.keys import Vault

ERRAND_MINUTES = 10
CHANNEL = "web"
NAME_MAX = 200
SUBJECT_MAX = 255
NOT_HERE = "The register holds nothing of you, or knows you by another code."
WAITS = "An account was made for you; you may come in when an administrator has granted it rights."
UNKNOWN = "No account here is yours; ask your administrator to link it."

FindSubject = Callable[[str], PartyId | None]
"""Who bears a personal identity code, found by blind index; None for nobody."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A way out: the provider's address, and the secret that the browser keeps until it is back."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody is in: the session's token, itself, and where they were going."""

    token: str
    session: Session
    target: str


@dataclass(frozen=True, slots=True)
class Identity:
    """By which name a provider knows the holder of an account."""

    provider: str
    subject: str
    linked_at: datetime
    linked_by: str
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Errand:
    provider: str
    session_id: UUID | None
    target: str
    language: str


class Arrivals:
    """Sends people to their identity provider, and lets in those it has proved."""

    def __init__(
        self,
        pool: Database,
        vault: Vault,
        sessions: Sessions,
        openid: OpenID,
        find_subject: FindSubject,
        terms: Terms = DEFAULT_TERMS,
        now: clock.Clock = clock.now,
    ) -> None:
        self._pool = pool
        self._vault = vault
        self._sessions = sessions
        self._openid = openid
        self._find_subject = find_subject
        self._terms = terms
        self._now = now

    def providers(self, whom: Whom) -> list[Provider]:
        """The providers that let in such people."""
        return [one for one in self._openid.providers.values() if one.whom is whom]

    @property
    def every_provider(self) -> Mapping[str, Provider]:
        """Every provider, by name."""
        return self._openid.providers

    def begin(
        self, provider_name: str, *, back: str, target: str, language: str, session: Session | None = None
    ) -> Errand:
        """A way out to a provider and back to ``back``; ``session`` asks for a fresh proof of its holder.

        Raises ``Missing`` for no such provider, ``Unavailable`` where it does not answer.
        """
        provider, at = self._provider(provider_name), self._now()
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        address = self._openid.address(
            provider,
            redirect_uri=back,
            state=state,
            nonce=self._derived("nonce", state),
            verifier=self._derived("verifier", state),
            fresh=session is not None,
            language=language,
        )
        with self._pool.connection() as connection:
            connection.execute("delete from access.errand where expires_at <= %s", (at,))
            connection.execute(
                """
                insert into access.errand (state_hash, browser_hash, provider, session_id, target, language, opened_at,
                                           expires_at)
                values (%s, %s, %s, %s, %s, %s, %s, %s)
                """,
                (
                    self._vault.token_hash(state), self._vault.token_hash(browser), provider.name,
                    session.id if session else None, target, language, at, at + timedelta(minutes=ERRAND_MINUTES),
                ),
            )  # fmt: skip
        return Errand(address, browser)

    def finish(self, provider_name: str, answer: Mapping[str, str], *, browser: str, back: str) -> Arrival:
        """Let in whom the provider's answer proves, once.

        Raises ``Unidentified`` (recorded, with a code word of what did not hold), ``Missing`` for a
        data subject the register knows nothing of, ``Unavailable``.
        """
        at = self._now()
        provider, state = self._provider(provider_name), answer.get("state", "")
        try:
            errand = self._taken(provider, state, browser, at)
            claims = self._openid.claims(
                provider,
                answer,
                redirect_uri=back,
                nonce=self._derived("nonce", state),
                verifier=self._derived("verifier", state),
                fresh_within=self._terms.step_up if errand.session_id else None,
            )
            if errand.session_id is not None:
                token = self._renewed(provider, claims, errand.session_id, at)
            elif provider.whom is Whom.SUBJECT:
                token = self._subject(provider, claims, errand.language, at)
            else:
                token = self._staff(provider, claims, errand.language, at)
        except Doubt as doubt:
            self._record(at, provider, doubt.why)
            raise
        return Arrival(token, self._sessions.resume(token), errand.target)

    def end(self, provider_name: str, logout_token: str) -> int:
        """End the sessions a provider says have ended; how many. Raises ``Doubt``, ``Missing``."""
        provider, at = self._provider(provider_name), self._now()
        told = self._openid.logout(provider, logout_token)
        with self._pool.connection() as connection:
            if not self._sessions.spend(connection, f"logout|{provider.name}|{told.id}", at + timedelta(hours=1), at):
                raise Doubt("logout_again")
            return self._sessions.end_of_provider(
                connection,
                provider.name,
                session=None if told.session is None else self._digest("sid", provider, told.session),
                subject=None if told.subject is None else self._digest("sub", provider, told.subject),
            )

    def way_out(self, session: Session, back: str) -> str | None:
        """Where a browser ends its session at the provider too, for who came by one that offers it."""
        provider = self._openid.providers.get(session.provider or "")
        return None if provider is None else self._openid.way_out(provider, back, session.language)

    def _provider(self, name: str) -> Provider:
        if name not in self._openid.providers:
            raise Missing("There is no such identity provider here.")
        return self._openid.providers[name]

    def _taken(self, provider: Provider, state: str, browser: str, at: datetime) -> _Errand:
        """The errand the answer belongs to, which is over with this. Raises ``Doubt``."""
        with self._pool.statement() as connection:
            errand = (
                connection.cursor(row_factory=class_row(_Errand))
                .execute(
                    """
                delete from access.errand
                where state_hash = any (%s) and browser_hash = any (%s) and expires_at > %s
                returning provider, session_id, target, language
                """,
                    (self._vault.token_hashes(state), self._vault.token_hashes(browser), at),
                )
                .fetchone()
            )
        if errand is None:
            raise Doubt("no_errand")
        if errand.provider != provider.name:
            raise Doubt("another_provider")
        return errand

    def _staff(self, provider: Provider, claims: Claims, language: str, at: datetime) -> str:
        subject = self._name_of(provider, claims)
        with self._pool.connection() as connection:
            row = _account_of(connection, provider.name, subject, at)
            if row is not None and not closed(row, at):
                _used(connection, provider.name, subject, row.id, at)
                proof = self._proof(provider, claims)
                return self._sessions.begin(connection, row, proof, channel=CHANNEL, language=language, at=at)[0]
            if row is None and provider.create_accounts:
                _create(connection, provider, subject, _display_name(claims) or provider.name, at)
        self._record(at, provider, "closed" if row else "unknown_account", row)
        if row is not None:
            raise Unidentified("The account is closed for now; ask your administrator.")
        if provider.create_accounts:
            raise Unidentified(WAITS)
        raise Unidentified(UNKNOWN)

    def _subject(self, provider: Provider, claims: Claims, language: str, at: datetime) -> str:
        code = claims.told.get(provider.hetu_claim)
        party_id = self._find_subject(code) if isinstance(code, str) else None
        if party_id is None:
            raise Missing(NOT_HERE)
        subject = Subject(party_id, _display_name(claims) or "")
        with self._pool.connection() as connection:
            return self._sessions.begin(
                connection, subject, self._proof(provider, claims), channel=CHANNEL, language=language, at=at
            )[0]

    def _renewed(self, provider: Provider, claims: Claims, session_id: UUID, at: datetime) -> str:
        """The next token of a session whose holder the provider has proved anew to be the same."""
        held = self._digest("sub", provider, claims.subject)
        with self._pool.connection() as connection:
            found = connection.execute(
                "select provider_subject from access.session where id = %s and provider = %s",
                (session_id, provider.name),
            ).fetchone()
            if found is None or not hmac.compare_digest(found[0], held):
                raise Doubt("somebody_else")
            session = self._sessions.resume_by_id(connection, session_id, at)
            return self._sessions.renew(connection, session, self._proof(provider, claims), at=at)

    def _proof(self, provider: Provider, claims: Claims) -> Proof:
        return Proof(
            Method.PROVIDER,
            claims.authenticated_at,
            provider.name,
            claims.level,
            None if claims.session is None else self._digest("sid", provider, claims.session),
            self._digest("sub", provider, claims.subject),
        )

    def _name_of(self, provider: Provider, claims: Claims) -> str:
        """By which name the provider knows them: the claim its accounts are linked by. Raises ``Doubt``."""
        name = claims.told.get(provider.subject_claim)
        if not isinstance(name, str) or not 0 < len(name) <= SUBJECT_MAX:
            raise Doubt("no_subject_claim")
        return name

    def _digest(self, what: str, provider: Provider, value: str) -> bytes:
        return self._vault.token_hash(f"{what}|{provider.issuer}|{value}")

    def _derived(self, what: str, state: str) -> str:
        """A secret of an errand: 256 bits nobody can tell without the key, though the state be seen."""
        return base64.urlsafe_b64encode(self._vault.token_hash(f"{what}|{state}")).decode().rstrip("=")

    def _record(self, at: datetime, provider: Provider, why: str, row: AccountRow | None = None) -> None:
        nobody = Viewer(
            None, row.handle if row else "unknown", "", frozenset(), frozenset(), every_organisation=False,
            channel=CHANNEL,
        )  # fmt: skip
        event = event_of(nobody, Action.SESSION_OPEN, at, "refused", provider=provider.name, why=why)
        with self._pool.connection() as connection:
            audit.append(connection, event)


def identities(tx: Read, handle: str) -> list[Identity]:
    """By which names providers know the holder of an account."""
    return tx.all(
        Identity,
        """
        select i.provider, i.subject, i.linked_at, i.linked_by, i.used_at
        from access.identity i join access.account a on a.id = i.account_id
        where a.handle = %(handle)s order by i.provider, i.subject
        """,
        handle=handle,
    )


def check_staff_provider(providers: Mapping[str, Provider], name: str) -> None:
    """Raise ``Rejected`` unless the operator has declared such a provider for the staff."""
    if name not in providers or providers[name].whom is not Whom.STAFF:
        raise Rejected("There is no identity provider of that name for the staff; see oidc.toml.", field="provider")


def link(tx: Write, handle: str, provider: str, subject: str) -> None:
    """Let a provider's ``subject`` in as an account.

    Raises ``Missing`` for no such account, ``Rejected`` for an empty name, ``Conflict`` where the name is linked.
    """
    if not 0 < len(subject) <= SUBJECT_MAX or not subject.isprintable():
        raise Rejected("Give the name the provider knows the person by.", field="subject")
    account_id = tx.value("select id from access.account where handle = %(handle)s", handle=handle)
    if account_id is None:
        raise Missing("There is no account of that name; see the list of accounts.")
    made = tx.run(
        """
        insert into access.identity (provider, subject, account_id, linked_at, linked_by)
        values (%(provider)s, %(subject)s, %(account_id)s, %(at)s, %(by)s) on conflict do nothing
        """,
        provider=provider,
        subject=subject,
        account_id=account_id,
        at=tx.at,
        by=tx.act.viewer.handle,
    )
    if not made:
        raise Conflict("That name is linked to an account already.", field="subject")
    tx.note(account=handle, provider=provider)


def unlink(tx: Write, handle: str, provider: str, subject: str) -> None:
    """Let a provider's ``subject`` in no more; the account's sessions by it end. Raises ``Missing``."""
    gone = tx.value(
        """
        delete from access.identity i using access.account a
        where a.id = i.account_id and a.handle = %(handle)s and i.provider = %(provider)s and i.subject = %(subject)s
        returning i.account_id
        """,
        handle=handle,
        provider=provider,
        subject=subject,
    )
    if gone is None:
        raise Missing("The account is not linked to that name.")
    tx.run(
        "delete from access.session where account_id = %(id)s and provider = %(provider)s", id=gone, provider=provider
    )
    tx.note(account=handle, provider=provider)


def _account_of(connection: Connection, provider: str, subject: str, at: datetime) -> AccountRow | None:
    return (
        connection.cursor(row_factory=class_row(AccountRow))
        .execute(
            """
        select a.id, a.handle, a.name, a.disabled_at, a.expires_on, a.locked_until, array(
                   select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' ' || coalesce(g.purpose, '*')
                   from access.grant g
                   where g.account_id = a.id and g.ended_at is null and g.approved_at <= %(at)s
                     and g.starts_at <= %(at)s and g.ends_at > %(at)s
                   order by g.id
               ) as rights
        from access.identity i join access.account a on a.id = i.account_id
        where i.provider = %(provider)s and i.subject = %(subject)s
        """,
            {"provider": provider, "subject": subject, "at": at},
        )
        .fetchone()
    )


def _used(connection: Connection, provider: str, subject: str, account_id: UUID, at: datetime) -> None:
    connection.execute(
        """
        with seen as (update access.account set used_at = %(at)s where id = %(account_id)s)
        update access.identity set used_at = %(at)s where provider = %(provider)s and subject = %(subject)s
        """,
        {"at": at, "account_id": account_id, "provider": provider, "subject": subject},
    )


def _create(connection: Connection, provider: Provider, subject: str, name: str, at: datetime) -> None:
    """An account without a single right, for whom the provider proves; an administrator grants the rest."""
    account_id = ids.fresh()
    plain = re.sub(r"[^a-z0-9._-]", "-", subject.lower()).strip("-._")[:40] or "user"
    connection.execute(
        """
        with made as (
            insert into access.account (id, handle, name, created_at) values (%(id)s, %(handle)s, %(name)s, %(at)s)
        )
        insert into access.identity (provider, subject, account_id, linked_at, linked_by)
        values (%(provider)s, %(subject)s, %(id)s, %(at)s, %(provider)s)
        """,
        {
            "id": account_id,
            "handle": f"{plain}-{account_id.hex[-6:]}",
            "name": name,
            "at": at,
            "provider": provider.name,
            "subject": subject,
        },
    )


def _display_name(claims: Claims) -> str | None:
    for claim in NAME_CLAIMS:
        name = claims.told.get(claim)
        if isinstance(name, str) and name.strip() and name.isprintable():
            return name.strip()[:NAME_MAX]
    return None
