"""OpenID Connect, our side: the code flow with PKCE, and everything a token must hold before it is believed.

OpenID Connect Core 1.0 § 3.1, Discovery 1.0, RFC 7636 (PKCE, S256 alone), RFC 9207 (issuer in the
answer), RFC 7523 (private_key_jwt), Back-Channel Logout 1.0. Of what the provider sends nothing
is kept: tokens may carry an identity code, and leave this module as ``Claims`` alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import orjson
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwe, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, RSAKey

from rekisteri.access.providers import SIGNATURES, Provider, origin
from rekisteri.ground import clock, egress
from rekisteri.ground.errors import Unavailable, Unidentified

LEEWAY_S = 30
"""How far a provider's clock may be from ours."""
TOKEN_AGE_MAX_S = 300
"""A token made longer ago than this was not made for this sign-in."""
KEEP_S = 3600
"""How long a provider's metadata and keys are believed unasked."""
ASK_AGAIN_S = 30
"""An unknown key is asked for at most this often: keys are rotated, and tokens are forged."""
UNTOLD = timedelta(days=1)
"""How old a proof counts whose time the provider does not tell: too old for any act that asks for a fresh one."""
ANSWER_MAX = 2**18
TEXT_MAX = 255
UNPROVEN = "The identification did not succeed; begin again."
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
PROVIDERS_RSA_BITS_MIN = 2048
"""Providers choose their keys, and most sign with these: shorter ones are not believed."""
OPENERS = (
    "RSA-OAEP-256",
    "RSA-OAEP",
    "ECDH-ES",
    "ECDH-ES+A256KW",
    "A256GCM",
    "A128GCM",
    "A256CBC-HS512",
    "A128CBC-HS256",
)


class Doubt(Unidentified):
    """The identification did not succeed; begin again.

    ``why`` is a code word for the log: it names what did not hold, and no value.
    """

    def __init__(self, why: str) -> None:
        super().__init__(UNPROVEN)
        self.why = why


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider has proved of somebody: believed, and checked to be theirs and of now."""

    subject: str
    session: str | None
    level: str | None
    authenticated_at: datetime
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Logout:
    """That a provider's session, or every one of a subject, has ended. ``id`` is told once."""

    id: str
    session: str | None
    subject: str | None


@dataclass(slots=True)
class _Known:
    """What is known of a provider, and since when on the stopwatch."""

    metadata: dict[str, Any] = field(default_factory=dict)
    metadata_at: float = float("-inf")
    keys: KeySet | None = None
    keys_at: float = float("-inf")


Opener = Callable[[egress.Connection], egress.Client]


class OpenID:
    """Speaks with the providers."""

    def __init__(
        self, providers: Mapping[str, Provider], now: clock.Clock = clock.now, opener: Opener = egress.client
    ) -> None:
        self._providers = dict(providers)
        self._now = now
        self._opener = opener
        self._clients: dict[str, egress.Client] = {}
        self._known: dict[str, _Known] = {name: _Known() for name in providers}
        self._lock = threading.Lock()

    @property
    def providers(self) -> Mapping[str, Provider]:
        """The providers, by name."""
        return self._providers

    def address(
        self,
        provider: Provider,
        *,
        redirect_uri: str,
        state: str,
        nonce: str,
        verifier: str,
        fresh: bool,
        language: str,
    ) -> str:
        """Where the browser goes to be identified; ``fresh`` asks for a new proof. Raises ``Unavailable``."""
        wished: dict[str, str] = {
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            "ui_locales": language,
        }
        if provider.levels:
            wished["acr_values"] = " ".join(provider.levels)
        if fresh:
            wished |= {"prompt": "login", "max_age": "0"}
        endpoint = self._endpoint(provider, "authorization_endpoint")
        return str(
            prepare_grant_uri(endpoint, provider.client_id, "code", redirect_uri, provider.scope, state, **wished)
        )

    def claims(
        self,
        provider: Provider,
        answer: Mapping[str, str],
        *,
        redirect_uri: str,
        nonce: str,
        verifier: str,
        fresh_within: timedelta | None,
    ) -> Claims:
        """Who the provider's answer to our question proves somebody to be.

        ``answer`` is what came back in the browser's address. ``fresh_within`` asks that the proof
        itself is no older. Raises ``Doubt``, and ``Unavailable`` where the provider does not answer.
        """
        if answer.get("error"):
            raise Doubt("provider_refused")
        told_issuer = answer.get("iss")
        declares = self._metadata(provider).get("authorization_response_iss_parameter_supported") is True
        if (told_issuer is None and declares) or (told_issuer is not None and told_issuer != provider.issuer):
            raise Doubt("issuer_of_answer")
        code = answer.get("code", "")
        if not code:
            raise Doubt("no_code")
        tokens = self._tokens(provider, code, redirect_uri, verifier)
        told = self._believed(provider, str(tokens.get("id_token", "")))
        if not hmac.compare_digest(str(told.get("nonce", "")).encode(), nonce.encode()):
            raise Doubt("nonce")
        access_token = str(tokens.get("access_token", ""))
        self._check_half(told, access_token)
        at = self._now()
        if provider.levels and told.get("acr") not in provider.levels:
            raise Doubt("level")
        authenticated_at = self._authenticated_at(told, at, fresh_within)
        if provider.userinfo:
            told = {**self._userinfo(provider, access_token, str(told["sub"])), **told}
        return Claims(
            subject=str(told["sub"]),
            session=_text(told.get("sid")),
            level=_text(told.get("acr")),
            authenticated_at=authenticated_at,
            told=told,
        )

    def logout(self, provider: Provider, token: str) -> Logout:
        """What a logout token says (Back-Channel Logout 1.0 § 2.6). Raises ``Doubt``."""
        told = self._verified(provider, token)
        events = told.get("events")
        if "nonce" in told or not isinstance(events, dict) or LOGOUT_EVENT not in events:
            raise Doubt("logout_event")
        session, subject, token_id = _text(told.get("sid")), _text(told.get("sub")), _text(told.get("jti"))
        if token_id is None or (session is None and subject is None):
            raise Doubt("logout_whom")
        return Logout(token_id, session, subject)

    def way_out(self, provider: Provider, back: str, language: str) -> str | None:
        """Where the browser ends its session at the provider (RP-Initiated Logout 1.0), or None."""
        endpoint = self._metadata(provider).get("end_session_endpoint")
        if not isinstance(endpoint, str):
            return None
        asked = urlencode({"client_id": provider.client_id, "post_logout_redirect_uri": back, "ui_locales": language})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{asked}"

    def _believed(self, provider: Provider, token: str) -> dict[str, Any]:
        """The claims of an ID token that is the provider's, for us, and of now."""
        told = self._verified(provider, token)
        if told.get("sub") is None:
            raise Doubt("subject")
        audience, party = told.get("aud"), told.get("azp")
        if isinstance(audience, list) and len(audience) > 1 and party is None:
            raise Doubt("authorised_party")
        if party is not None and party != provider.client_id:
            raise Doubt("authorised_party")
        if self._now().timestamp() - float(told["iat"]) > TOKEN_AGE_MAX_S:
            raise Doubt("old_token")
        return told

    def _verified(self, provider: Provider, token: str) -> dict[str, Any]:
        """The claims of a token the provider signed for us, in force now."""
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
        )
        told = self._signed(provider, token)
        try:
            registry.validate(told)
        except JoseError as error:
            raise Doubt(f"claim_{getattr(error, 'claim', None) or error.error}"[:40]) from None
        subject = told.get("sub")
        if subject is not None and not (isinstance(subject, str) and 0 < len(subject) <= TEXT_MAX):
            raise Doubt("subject")
        if isinstance(told["iat"], bool) or not isinstance(told["iat"], int | float):
            raise Doubt("claim_iat")
        return told

    def _signed(self, provider: Provider, token: str) -> dict[str, Any]:
        opened = self._opened(provider, token)
        keys = self._keys(provider)
        if _names_unknown_key(opened, keys):
            # The provider may have rotated its keys.
            keys = self._keys(provider, again=True)
        try:
            found = jwt.decode(opened, keys, algorithms=list(SIGNATURES))
        except (JoseError, ValueError, RecursionError) as error:
            raise Doubt("signature") from error
        if str(found.header.get("typ", "JWT")).lower() not in ("jwt", "logout+jwt"):
            raise Doubt("type_of_token")
        return dict(found.claims)

    def _opened(self, provider: Provider, token: str) -> str:
        """The signed token within an encrypted one; an unencrypted one as it is, unless we asked for the other."""
        if provider.opener is None:
            return token
        try:
            # Issuer and audience may stand in the head as well (RFC 7519 § 5.3); those within are what counts.
            registry = jwe.JWERegistry(algorithms=list(OPENERS), strict_check_header=False)
            return (jwe.decrypt_compact(token, provider.opener, registry=registry).plaintext or b"").decode()
        except (JoseError, ValueError) as error:
            raise Doubt("encryption") from error

    def _authenticated_at(self, told: Mapping[str, Any], at: datetime, within: timedelta | None) -> datetime:
        when = told.get("auth_time")
        if isinstance(when, bool) or not isinstance(when, int | float):
            if within is not None:
                raise Doubt("no_proof_time")
            # Whoever is remembered by the provider need not have proved anything today.
            return at - UNTOLD
        if when > at.timestamp() + LEEWAY_S:
            raise Doubt("proof_time")
        proved = min(datetime.fromtimestamp(when, at.tzinfo), at)
        if within is not None and at - proved > within + timedelta(seconds=LEEWAY_S):
            raise Doubt("stale_proof")
        return proved

    def _check_half(self, told: Mapping[str, Any], access_token: str) -> None:
        """``at_hash``, where told, binds the access token to the ID token (Core § 3.1.3.6)."""
        given = told.get("at_hash")
        if given is None:
            return
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        right = base64.urlsafe_b64encode(half).decode().rstrip("=")
        if not hmac.compare_digest(str(given).encode(), right.encode()):
            raise Doubt("access_token")

    def _tokens(self, provider: Provider, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        endpoint = self._endpoint(provider, "token_endpoint")
        body = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier,
            "client_id": provider.client_id,
        }  # fmt: skip
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        if provider.key is not None:
            body |= {
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self._assertion(provider),
            }
            sent = urlencode(body)
        else:
            auth = ClientAuth(provider.client_id, provider.secret, "client_secret_basic")
            _, headers, sent = auth.prepare("POST", endpoint, headers, urlencode(body))
        status, answer = self._ask(provider, "POST", endpoint, headers=headers, content=sent)
        if status != 200:
            raise Doubt("code_refused")
        return answer

    def _assertion(self, provider: Provider) -> str:
        assert provider.key is not None
        provider.key.ensure_kid()
        now = int(self._now().timestamp())
        claims = {
            "iss": provider.client_id, "sub": provider.client_id, "aud": provider.issuer, "iat": now, "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        }  # fmt: skip
        algorithm = "ES256" if provider.key.key_type == "EC" else "PS256"
        return jwt.encode({"alg": algorithm, "kid": provider.key.kid}, claims, provider.key, algorithms=[algorithm])

    def _userinfo(self, provider: Provider, access_token: str, subject: str) -> dict[str, Any]:
        endpoint = self._endpoint(provider, "userinfo_endpoint")
        headers = {"authorization": f"Bearer {access_token}", "accept": "application/json"}
        status, told = self._ask(provider, "GET", endpoint, headers=headers)
        if status != 200 or told.get("sub") != subject:
            raise Doubt("userinfo")
        return told

    def _endpoint(self, provider: Provider, name: str) -> str:
        endpoint = self._metadata(provider).get(name)
        if not isinstance(endpoint, str):
            raise Unavailable(f"The identity provider '{provider.name}' tells no {name}; the operator sees to it.")
        return endpoint

    def _metadata(self, provider: Provider) -> dict[str, Any]:
        known = self._known[provider.name]
        if clock.stopwatch() - known.metadata_at > KEEP_S:
            address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            status, told = self._ask(provider, "GET", address)
            if status != 200 or told.get("issuer") != provider.issuer:
                raise Unavailable(f"The identity provider '{provider.name}' does not say that it is itself.")
            known.metadata, known.metadata_at = told, clock.stopwatch()
        return known.metadata

    def _keys(self, provider: Provider, *, again: bool = False) -> KeySet:
        known = self._known[provider.name]
        age = clock.stopwatch() - known.keys_at
        if known.keys is None or age > KEEP_S or (again and age > ASK_AGAIN_S):
            status, told = self._ask(provider, "GET", self._endpoint(provider, "jwks_uri"))
            listed = told.get("keys")
            if status != 200 or not isinstance(listed, list):
                raise Unavailable(f"The identity provider '{provider.name}' does not tell its keys.")
            signing = [one for one in listed if isinstance(one, dict) and one.get("kty") != "oct"]
            known.keys, known.keys_at = _key_set(signing), clock.stopwatch()
        return known.keys

    def _ask(
        self,
        provider: Provider,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """One question to the provider: its status and JSON. Raises ``Unavailable``."""
        try:
            with self._client(provider, address).stream(method, address, headers=headers, content=content) as answer:
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > ANSWER_MAX:
                        raise Unavailable(f"The identity provider '{provider.name}' answers more than is read.")
        except httpx2.HTTPError as error:
            raise Unavailable(f"The identity provider '{provider.name}' does not answer; try again later.") from error
        try:
            told = orjson.loads(body or b"{}")
        except orjson.JSONDecodeError:
            told = None
        if not isinstance(told, dict):
            raise Unavailable(f"The identity provider '{provider.name}' does not answer in JSON.")
        return answer.status_code, told

    def _client(self, provider: Provider, address: str) -> egress.Client:
        wanted = origin(address)
        with self._lock:
            if wanted not in self._clients:
                # An address of an origin that is not declared is refused by the declared one's client.
                ways = {origin(one.url): one for one in provider.connections()}
                connection = ways.get(wanted) or next(iter(ways.values()))
                self._clients[wanted] = self._opener(connection)
            return self._clients[wanted]

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            client.close()


def _key_set(listed: list[dict[str, Any]]) -> KeySet:
    """The keys that can be read and are long enough: one of a kind we don't know is no reason to know none."""
    keys: list[Key] = []
    for one in listed:
        try:
            read = KeySet.import_key_set({"keys": [one]}).keys
        except (JoseError, ValueError):
            continue
        keys.extend(
            key for key in read if not isinstance(key, RSAKey) or key.public_key.key_size >= PROVIDERS_RSA_BITS_MIN
        )
    return KeySet(keys)


def _names_unknown_key(token: str, keys: KeySet) -> bool:
    """Whether a token names a key that is not among those we know."""
    try:
        head = token.partition(".")[0]
        named = orjson.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))).get("kid")
    except (ValueError, AttributeError):
        return False
    return named not in {key.kid for key in keys.keys}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= TEXT_MAX else None
