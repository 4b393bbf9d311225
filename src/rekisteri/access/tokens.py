"""Tokens of systems: OAuth 2.0 client credentials (RFC 6749 § 4.4), each bound to a key or a certificate.

A system proves itself by a signed assertion (private_key_jwt, RFC 7523) or by its certificate (RFC 8705 § 2),
and says by a DPoP proof or the certificate to what the token shall be bound. No token is bound to nothing.
A token is a session like any other: asked of the database at each act, ended with its account, grant or key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from psycopg.rows import class_row

from rekisteri import audit
from rekisteri.access import proofs
from rekisteri.access.actions import Action
from rekisteri.access.clients import IMPLIED, OFFERED
from rekisteri.access.proofs import Asked, Unbound
from rekisteri.access.sessions import Sessions
from rekisteri.access.standing import AccountRow, Method, Proof, closed, event_of
from rekisteri.access.viewers import Viewer
from rekisteri.ground import clock
from rekisteri.ground.database import Database
from rekisteri.ground.errors import Refused
from rekisteri.ground.ids import AccountId
from rekisteri.ground.keys import Vault

TOKEN_MINUTES = 10
ASSERTION_S = 300
"""How long an assertion may hold at most."""
LEEWAY_S = 30
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "PS256", "EdDSA", "RS256")
GRANT = "client_credentials"
_HANDLE_MAX = 63


class TokenRefused(Refused):
    """No token is given. ``code`` is the word of RFC 6749 § 5.2 (RFC 9449 for DPoP)."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.http_status = status


@dataclass(frozen=True, slots=True)
class Given:
    """A token that was given: to be sent as ``kind``, good for ``seconds``, for the acts of ``scope``."""

    token: str
    kind: str
    seconds: int
    scope: str


@dataclass(frozen=True, slots=True)
class _Known(AccountRow):
    keys: list[dict[str, Any]]
    thumbprints: list[bytes]
    actions: list[str] | None


class Tokens:
    """Gives systems their tokens."""

    def __init__(self, pool: Database, vault: Vault, sessions: Sessions, now: clock.Clock = clock.now) -> None:
        self._pool = pool
        self._vault = vault
        self._sessions = sessions
        self._now = now

    def nonce(self) -> str:
        """The nonce that DPoP proofs of now are made with."""
        return proofs.nonce(self._vault, self._now())

    def give(self, form: Mapping[str, str], asked: Asked, *, issuer: str) -> Given:
        """A token for a request's form (RFC 6749 § 4.4.2).

        Raises ``TokenRefused``, and ``Unbound`` for a DPoP proof that does not hold; each is recorded.
        """
        at = self._now()
        if form.get("grant_type") != GRANT:
            raise TokenRefused("unsupported_grant_type", "Only client_credentials is given here.")
        row: _Known | None = None
        try:
            row, method = self._client(form, asked, issuer, at)
            scope = self._scope(row, form.get("scope"))
            key, certificate = self._bound(asked, at)
        except (TokenRefused, Unbound) as refusal:
            # A first request without a nonce is how every system begins.
            if refusal.code != "use_dpop_nonce":
                self._record(at, refusal.code, row)
            raise
        proof = Proof(
            method,
            at,
            key_thumbprint=key,
            certificate_thumbprint=certificate,
            scope=None if scope is None else tuple(scope),
        )
        life = timedelta(minutes=TOKEN_MINUTES)
        with self._pool.connection() as connection:
            token, session = self._sessions.begin(
                connection, row, proof, channel="api", language="fi", at=at, life=life
            )
        offered = scope if scope is not None else sorted(one.policy.name for one in OFFERED if session.viewer.may(one))
        return Given(token, "DPoP" if key is not None else "Bearer", TOKEN_MINUTES * 60, " ".join(offered))

    def _client(self, form: Mapping[str, str], asked: Asked, issuer: str, at: datetime) -> tuple[_Known, Method]:
        """The system that has proved itself, and how."""
        if form.get("client_assertion_type") == ASSERTION_TYPE:
            return self._by_assertion(form, asked, issuer, at), Method.KEY
        if asked.certificate is not None:
            row = self._known(form.get("client_id", ""), at)
            if row is not None and not closed(row, at) and proofs.thumbprint_of(asked.certificate) in row.thumbprints:
                return row, Method.CERTIFICATE
        raise TokenRefused("invalid_client", "The system did not prove itself.", status=401)

    def _by_assertion(self, form: Mapping[str, str], asked: Asked, issuer: str, at: datetime) -> _Known:
        assertion = form.get("client_assertion", "")
        named = _subject(assertion)
        row = self._known(named, at) if named is not None else None
        if named is None or row is None or closed(row, at) or not row.keys or form.get("client_id", named) != named:
            raise TokenRefused("invalid_client", "The system did not prove itself.", status=401)
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(at.timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": named},
            sub={"essential": True, "value": named},
            aud={"essential": True, "values": [issuer, asked.url]},
            exp={"essential": True},
            jti={"essential": True},
        )
        try:
            keys = KeySet.import_key_set({"keys": row.keys})
            told = jwt.decode(assertion, keys, algorithms=list(ALGORITHMS)).claims
            registry.validate(told)
            expires, once = float(told["exp"]), told["jti"]
        except (JoseError, ValueError, TypeError, RecursionError):
            raise TokenRefused("invalid_client", "The system did not prove itself.", status=401) from None
        if not isinstance(once, str) or not 0 < len(once) <= proofs.TEXT_MAX or expires > at.timestamp() + ASSERTION_S:
            raise TokenRefused(
                "invalid_client", "The assertion must serve once, and for five minutes at most.", status=401
            )
        with self._pool.connection() as connection:
            until = at + timedelta(seconds=ASSERTION_S + LEEWAY_S)
            if not self._sessions.spend(connection, f"assertion|{row.id}|{once}", until, at):
                raise TokenRefused("invalid_client", "The assertion has served already.", status=401)
        return row

    def _bound(self, asked: Asked, at: datetime) -> tuple[bytes | None, bytes | None]:
        """To what the token shall be bound: a key, or the caller's certificate."""
        if asked.proof is not None:
            proven = proofs.prove(self._vault, asked, at)
            with self._pool.connection() as connection:
                if not self._sessions.spend(connection, proven.once, proven.until, at):
                    raise Unbound("invalid_dpop_proof", "The DPoP proof has served already.")
            return proven.key, None
        if asked.certificate is not None:
            return None, proofs.thumbprint_of(asked.certificate)
        raise TokenRefused("invalid_request", "Tokens are bound: send a DPoP proof, or call with your certificate.")

    def _scope(self, row: _Known, wished: str | None) -> list[str] | None:
        """The acts the token carries: those wished for, else all the system may; None is every act of its role."""
        allowed = {one.policy.name for one in OFFERED} if row.actions is None else set(row.actions)
        implied = {one.policy.name for one in IMPLIED}
        if not wished:
            return None if row.actions is None else sorted(row.actions)
        names = set(wished.split(" ")) - implied
        if not names <= allowed:
            raise TokenRefused("invalid_scope", "The system may not ask for every one of these acts.")
        return sorted(names)

    def _known(self, handle: str, at: datetime) -> _Known | None:
        if not 0 < len(handle) <= _HANDLE_MAX:
            return None
        with self._pool.statement() as connection:
            return (
                connection.cursor(row_factory=class_row(_Known))
                .execute(
                    """
                select a.id, a.handle, a.name, a.disabled_at, a.expires_on, a.locked_until, c.keys, c.thumbprints,
                       c.actions, array(
                           select g.role || ' ' || coalesce(g.organisation_id::text, '*') || ' '
                                  || coalesce(g.purpose, '*')
                           from access.grant g
                           where g.account_id = a.id and g.ended_at is null and g.approved_at <= %(at)s
                             and g.starts_at <= %(at)s and g.ends_at > %(at)s
                           order by g.id
                       ) as rights
                from access.client c join access.account a on a.id = c.account_id
                where a.handle = %(handle)s
                """,
                    {"handle": handle, "at": at},
                )
                .fetchone()
            )

    def _record(self, at: datetime, why: str, row: _Known | None) -> None:
        nobody = Viewer(
            AccountId(row.id) if row else None, row.handle if row else "unknown", "", frozenset(), frozenset(),
            every_organisation=False, channel="api",
        )  # fmt: skip
        with self._pool.connection() as connection:
            audit.append(connection, event_of(nobody, Action.SESSION_OPEN, at, "refused", why=why))


def _subject(assertion: str) -> str | None:
    """Whose an assertion says it is: to find the keys that will tell whether it is so."""
    claims = proofs.claims_unproved(assertion)
    subject = claims.get("sub")
    return subject if isinstance(subject, str) and subject == claims.get("iss") else None
