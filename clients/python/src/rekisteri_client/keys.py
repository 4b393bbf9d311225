"""Tokens bound to the system's own key: OAuth 2 client credentials with ``private_key_jwt`` (RFC 7523) and DPoP (RFC 9449).

Needs the extra ``keys``. The token is asked for at first use and again before it ends; each request carries a fresh proof.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Generator, Mapping
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_S = 60
MARGIN_S = 30
"""A token is asked for anew so long before it ends."""
NONCE_WANTED = "use_dpop_nonce"


class TokenRefused(Exception):
    """The register gives no token: its reason, as OAuth names it."""


class SystemAuth(httpx2.Auth):
    """A registered system signing in with its key (a JWK: EC P-256 or Ed25519, with its ``kid``)."""

    requires_response_body = True

    def __init__(self, name: str, key: Mapping[str, Any], *, issuer: str, scope: str = "") -> None:
        """``name`` as registered; ``issuer`` is the register's address; ``scope`` names acts, all it may unless given."""
        self._name = name
        self._key: ECKey | OKPKey = ECKey.import_key(dict(key)) if key["kty"] == "EC" else OKPKey.import_key(dict(key))
        self._algorithm = "ES256" if key["kty"] == "EC" else "EdDSA"
        self._proof_key = ECKey.generate_key("P-256")
        self._issuer = issuer.rstrip("/")
        self._scope = scope
        self._token = ""
        self._ends_at = 0.0
        self._nonce = ""
        self._lock = threading.Lock()

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Ask for a token where there is none, prove each request; once more where the register wants a newer nonce."""
        with self._lock:
            if time.time() > self._ends_at - MARGIN_S:
                yield from self._ask(request)
        for _ in range(2):
            self._prove(request, self._token)
            answer = yield request
            self._learn(answer)
            if answer.status_code != 401 or NONCE_WANTED not in answer.headers.get("www-authenticate", ""):
                return

    def _ask(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        told: Mapping[str, Any] = {}
        for _ in range(2):
            form = {
                "grant_type": "client_credentials", "client_assertion_type": ASSERTION,
                "client_assertion": self._assertion(), **({"scope": self._scope} if self._scope else {}),
            }  # fmt: skip
            asking = httpx2.Request("POST", f"{self._issuer}/oauth/token", data=form)
            self._prove(asking, None)
            answer = yield asking
            self._learn(answer)
            told = answer.json()
            if answer.is_success:
                self._token = told["access_token"]
                self._ends_at = time.time() + float(told["expires_in"])
                return
            if told.get("error") != NONCE_WANTED:
                break
        raise TokenRefused(f"{told.get('error')}: {told.get('error_description', '')}")

    def _learn(self, answer: httpx2.Response) -> None:
        self._nonce = answer.headers.get("dpop-nonce", self._nonce)

    def _assertion(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self._name, "sub": self._name, "aud": self._issuer, "iat": now, "exp": now + ASSERTION_S,
            "jti": secrets.token_urlsafe(16),
        }  # fmt: skip
        head = {"alg": self._algorithm, "kid": self._key.kid}
        return jwt.encode(head, claims, self._key, algorithms=[self._algorithm])

    def _prove(self, request: httpx2.Request, token: str | None) -> None:
        claims: dict[str, Any] = {
            "htm": request.method, "htu": str(request.url).partition("?")[0], "iat": int(time.time()),
            "jti": secrets.token_urlsafe(16),
        }  # fmt: skip
        if self._nonce:
            claims["nonce"] = self._nonce
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            request.headers["Authorization"] = f"DPoP {token}"
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._proof_key.as_dict(private=False)}
        request.headers["DPoP"] = jwt.encode(head, claims, self._proof_key, algorithms=["ES256"])
