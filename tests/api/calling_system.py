"""A system of another organisation: asks for tokens and calls the API with proofs, as RFC 9449 has it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from rekisteri import access, wiring
from rekisteri.access import Action, Registration
from rekisteri.catalogue import Purpose
from rekisteri.cli.serve import together
from tests.api.world import HOME, OTHER, World, a_world

BASE = "http://localhost"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_serial = itertools.count()


def a_key() -> ECKey:
    key = ECKey.generate_key("P-256")
    key.ensure_kid()
    return key


@dataclass(slots=True)
class System:
    """A system: the key it is known by, the key its tokens are bound to, and what it has been told."""

    client: TestClient
    name: str = "laskutus"
    key: ECKey = field(default_factory=a_key)
    proof_key: ECKey = field(default_factory=a_key)
    nonce: str = ""
    token: str = ""

    def assertion(self, **bent: Any) -> str:
        """A signed word of who it is, for one use; ``bent`` claims stand in for the right ones, None for none."""
        now = int(time.time())
        told: dict[str, Any] = {
            "iss": self.name, "sub": self.name, "aud": BASE, "iat": now, "exp": now + 60, "jti": f"a{next(_serial)}", **bent,
        }  # fmt: skip
        claims = {name: value for name, value in told.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key, algorithms=["ES256"])

    def proof(self, method: str, path: str, *, token: str | None = None, key: ECKey | None = None, **bent: Any) -> str:
        """A DPoP proof of a request."""
        told: dict[str, Any] = {
            "htm": method, "htu": f"{BASE}{path}", "iat": int(time.time()), "jti": f"p{next(_serial)}", "nonce": self.nonce,
        }  # fmt: skip
        if token is not None:
            told["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
        claims = {name: value for name, value in (told | bent).items() if value is not None}
        signer = key or self.proof_key
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": signer.as_dict(private=False)}
        return jwt.encode(head, claims, signer, algorithms=["ES256"])

    def asks(self, *, form: Mapping[str, str] | None = None, proof: str | None = None, **bent: Any) -> Response:
        """Ask for a token once, as told."""
        sent = {
            "grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": self.assertion(**bent),
        } | dict(form or {})  # fmt: skip
        headers = {} if proof == "" else {"DPoP": proof or self.proof("POST", "/oauth/token")}
        answer = self.client.post("/oauth/token", data=sent, headers=headers)
        self.nonce = answer.headers.get("dpop-nonce", self.nonce)
        return answer

    def gets_in(self, scope: str = "") -> Response:
        """Ask for a token as every system does: the first answer tells the nonce."""
        if not self.nonce:
            first = self.asks()
            assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
        answer = self.asks(form={"scope": scope} if scope else None)
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]
        return answer

    def calls(
        self, method: str, path: str, *, kind: str = "DPoP", token: str | None = None, proof: str | None = None,
        headers: Mapping[str, str] | None = None, **more: Any,
    ) -> Response:  # fmt: skip
        """Call the API with the token and a proof."""
        used = self.token if token is None else token
        whole = f"/api/v1{path}"
        sent = {"Authorization": f"{kind} {used}", "Rekisteri-Purpose": "invoicing", **(headers or {})}
        if proof != "":
            sent["DPoP"] = proof or self.proof(method, whole.partition("?")[0], token=used)
        answer = self.client.request(method, whole, headers=sent, **more)
        self.nonce = answer.headers.get("dpop-nonce", self.nonce)
        return answer


@contextmanager
def a_system_world(database_url: str, home: Path, **registration: Any) -> Iterator[tuple[World, System]]:
    """The API's world, whole application, and a system of the home organisation registered by its key."""
    with a_world(database_url, home) as world, TestClient(together(world.register), base_url=BASE) as client:
        system = System(client)
        register(world, system, **registration)
        yield world, system


def register(world: World, system: System, **registration: Any) -> None:
    """Register a system by its key."""
    wish = {
        "handle": system.name,
        "name": "Laskutusjärjestelmä",
        "organisation_codes": [HOME],
        "keys": {"keys": [system.key.as_dict(private=False)]},
    } | registration
    with world.register.door.write(wiring.operator(), Action.ACCOUNT_MANAGE, Purpose.ADMINISTRATION) as tx:
        access.add_client(tx, world.register.hasher, Registration(**wish))


__all__ = ["BASE", "OTHER", "System", "a_key", "a_system_world", "register"]
