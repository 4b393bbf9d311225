"""An identity provider, as a server: OpenID Connect, the code flow with PKCE, strict about what it is asked.

It stands for an organisation's own sign-in and for strong identification alike: whom it knows, and
what it tells of them, is data. Nobody proves anything to it: who knocks chooses who they are. It shares
nothing with the register's own code, and the tests bend its answers in every wrong way.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from rekisteri.ground import clock
from rekisteri.simulators.serving import Answered, Asked

CODE_S: Final = 60
TOKEN_S: Final = 300
ALGORITHM: Final = "ES256"
BACKCHANNEL: Final = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person the provider knows: its name for them, what the page calls them, and what it tells.

    ``labels`` are what pages in other languages call them.
    """

    subject: str
    label: str
    claims: Mapping[str, object]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Customer:
    """Whoever asks the provider: a secret or public keys, and where browsers may be sent back to.

    An address that ends in ``*`` stands for each that begins so: the port of a demo is not known beforehand.
    """

    client_id: str
    redirect_uris: tuple[str, ...]
    secret: str | None = None
    keys: Mapping[str, Any] | None = None


@dataclass(slots=True)
class _Code:
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    subject: str
    at: datetime
    used: bool = False


Mend = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(slots=True)
class IdentityProvider:
    """The provider at ``issuer``. ``mend`` and ``mend_token`` bend what it says, for tests."""

    issuer: str
    people: tuple[Somebody, ...]
    customers: tuple[Customer, ...]
    level: str | None = None
    now: Callable[[], datetime] = clock.now
    mend: Mend = field(default=lambda claims: claims)
    mend_token: Callable[[str], str] = field(default=lambda token: token)
    mend_answer: Callable[[dict[str, str]], dict[str, str]] = field(default=lambda answer: answer)
    proved_ago_s: int = 0
    """How long ago whoever knocks is told to have proved who they are; a wish for a fresh proof sets it to none."""
    keys: list[ECKey] = field(default_factory=lambda: [_key()])
    shown: list[ECKey] | None = None
    """The keys it tells of; None is every one."""
    _codes: dict[str, _Code] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _fresh: set[str] = field(default_factory=set)

    def answer(self, asked: Asked) -> Answered:
        """The answer to a request below the issuer's address."""
        path = urlsplit(asked.path).path.removeprefix(urlsplit(self.issuer).path)
        query = _once(urlsplit(asked.path).query)
        match asked.method, path:
            case "GET", "/.well-known/openid-configuration":
                return _json(self._metadata())
            case "GET", "/jwks":
                keys = self.keys if self.shown is None else self.shown
                return _json({"keys": [key.as_dict(private=False) for key in keys]})
            case "GET", "/authorize":
                return self._authorize(query)
            case "GET", "/chosen":
                return self._chosen(query)
            case "POST", "/token":
                return self._token(asked)
            case "GET", "/userinfo":
                return self._userinfo(asked)
            case "GET", "/logout":
                return _page("Olet kirjautunut ulos tunnistuspalvelusta", "")
            case _:
                return _json({"error": "not_found"}, 404)

    def rotate(self) -> None:
        """Sign with another key from now on; the old ones are told no more."""
        self.keys = [_key()]

    def logout_token(self, client_id: str, **claims: object) -> str:
        """A word that a session has ended (Back-Channel Logout 1.0), to be sent to the customer."""
        now = int(self.now().timestamp())
        told = {
            "iss": self.issuer, "aud": client_id, "iat": now, "exp": now + 120, "jti": secrets.token_urlsafe(12),
            "events": {BACKCHANNEL: {}}, **claims,
        }  # fmt: skip
        return self._signed({name: value for name, value in told.items() if value is not None}, "logout+jwt")

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
        }

    def _authorize(self, asked: Mapping[str, str]) -> Answered:
        customer = self._customer(asked.get("client_id", ""))
        if customer is None or not _allowed(customer, asked.get("redirect_uri", "")):
            return _page("Tuntematon kysyjä", "Tunnistuspalvelu ei tunne kysyjää tai sen osoitetta.", 400)
        wrong = (
            asked.get("response_type") != "code"
            or asked.get("code_challenge_method") != "S256"
            or not all(asked.get(name) for name in ("code_challenge", "nonce", "state"))
            or "openid" not in asked.get("scope", "").split()
        )
        if wrong:
            return self._back(asked, {"error": "invalid_request"})
        kept = {name: asked[name] for name in _KEPT if name in asked}
        choices = "".join(
            f'<p><a href="{escape(self.issuer)}/chosen?{escape(urlencode({**kept, "who": one.subject}))}">'
            f"{escape(one.label)}</a></p>"
            for one in self.people
        )
        return _page(
            "Kuka olet?", f"{choices}<p><a href='{escape(self._refusal(asked))}'>En halua tunnistautua</a></p>"
        )

    def _chosen(self, asked: Mapping[str, str]) -> Answered:
        customer = self._customer(asked.get("client_id", ""))
        known = {one.subject for one in self.people}
        if customer is None or not _allowed(customer, asked.get("redirect_uri", "")) or asked.get("who") not in known:
            return _page("Tuntematon kysyjä", "Aloita alusta.", 400)
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(
            asked["client_id"], asked["redirect_uri"], asked["code_challenge"], asked["nonce"], asked["who"], self.now()
        )
        if asked.get("prompt") == "login" or asked.get("max_age") == "0":
            self._fresh.add(code)
        return self._back(asked, {"code": code, "iss": self.issuer})

    def _back(self, asked: Mapping[str, str], told: dict[str, str]) -> Answered:
        answer = self.mend_answer({**told, "state": asked.get("state", "")})
        place = f"{asked['redirect_uri']}?{urlencode(answer)}"
        return Answered(302, "text/plain", b"", (("Location", place), ("Cache-Control", "no-store")))

    def _refusal(self, asked: Mapping[str, str]) -> str:
        told = {"error": "access_denied", "iss": self.issuer, "state": asked.get("state", "")}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def _token(self, asked: Asked) -> Answered:
        form = _once(asked.body.decode())
        customer = self._proved(asked, form)
        if customer is None:
            return _json({"error": "invalid_client"}, 401)
        code = self._codes.get(form.get("code", ""))
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        right = (
            code is not None
            and not code.used
            and code.client_id == customer.client_id
            and code.redirect_uri == form.get("redirect_uri")
            and code.challenge == base64.urlsafe_b64encode(challenge).decode().rstrip("=")
            and (self.now() - code.at).total_seconds() <= CODE_S
        )
        if not right or code is None:
            return _json({"error": "invalid_grant"}, 400)
        code.used = True
        access_token = secrets.token_urlsafe(24)
        self._tokens[access_token] = code.subject
        id_token = self._signed(self.mend(self._claims(code, access_token, form["code"])), "JWT")
        return _json({"access_token": access_token, "token_type": "Bearer", "id_token": self.mend_token(id_token)})

    def _claims(self, code: _Code, access_token: str, key: str) -> dict[str, Any]:
        now = int(self.now().timestamp())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        person = next(one for one in self.people if one.subject == code.subject)
        return {
            **person.claims,
            "iss": self.issuer,
            "sub": person.subject,
            "aud": code.client_id,
            "iat": now,
            "exp": now + TOKEN_S,
            "nonce": code.nonce,
            "auth_time": now - (0 if key in self._fresh else self.proved_ago_s),
            "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
            "sid": f"session-of-{person.subject}",
        } | ({"acr": self.level} if self.level else {})

    def _userinfo(self, asked: Asked) -> Answered:
        subject = self._tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        if subject is None:
            return _json({"error": "invalid_token"}, 401)
        person = next(one for one in self.people if one.subject == subject)
        return _json({**person.claims, "sub": subject})

    def _proved(self, asked: Asked, form: Mapping[str, str]) -> Customer | None:
        """The customer that has proved itself by its secret or its key."""
        if form.get("client_assertion"):
            customer = self._customer(form.get("client_id", ""))
            if customer is None or customer.keys is None:
                return None
            keys = KeySet.import_key_set(customer.keys)  # type: ignore[arg-type]
            told = jwt.decode(form["client_assertion"], keys, algorithms=["ES256", "PS256"]).claims
            fits = told.get("aud") == self.issuer and told.get("sub") == told.get("iss") == customer.client_id
            return customer if fits else None
        kind, _, sent = asked.headers.get("authorization", "").partition(" ")
        name, _, secret = base64.b64decode(sent or "").decode().partition(":")
        customer = self._customer(unquote(name))
        right = customer is not None and customer.secret is not None and customer.secret == unquote(secret)
        return customer if kind == "Basic" and right else None

    def _customer(self, client_id: str) -> Customer | None:
        return next((one for one in self.customers if one.client_id == client_id), None)

    def _signed(self, claims: dict[str, Any], kind: str) -> str:
        key = self.keys[0]
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": kind}, claims, key, algorithms=[ALGORITHM])


_KEPT: Final = ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "prompt", "max_age")


def _key() -> ECKey:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True)
    key.ensure_kid()
    return key


def _allowed(customer: Customer, place: str) -> bool:
    return any(place.startswith(one[:-1]) if one.endswith("*") else place == one for one in customer.redirect_uris)


def _once(query: str) -> dict[str, str]:
    """The fields of a query or a form, each told once."""
    return {name: values[0] for name, values in parse_qs(query).items() if len(values) == 1}


def _json(told: Mapping[str, object], status: int = 200) -> Answered:
    return Answered(status, "application/json", orjson.dumps(told), (("Cache-Control", "no-store"),))


def _page(title: str, body: str, status: int = 200) -> Answered:
    whole = (
        f"<!doctype html><html lang='fi'><meta charset='utf-8'><title>{title}</title>"
        f"<body style='font-family:sans-serif;max-width:40rem;margin:3rem auto'>"
        f"<p>Keksitty tunnistuspalvelu</p><h1>{title}</h1>{body}"
    )
    return Answered(status, "text/html; charset=utf-8", whole.encode())
