"""Proofs of possession: that whoever uses a token holds the key, or the certificate, it was given for.

DPoP (RFC 9449): a request carries a small signed token of its method, address, moment and the access
token; a server nonce bounds its age, and what served once never serves again. Mutual TLS (RFC 8705):
the token is bound to the thumbprint of the caller's certificate.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from rekisteri.ground.errors import Rejected, Unidentified
from rekisteri.ground.keys import Vault

ALGORITHMS = ("ES256", "PS256", "EdDSA", "RS256")
DPOP_ALGORITHMS = " ".join(ALGORITHMS)
PROOF_TYPE = "dpop+jwt"
RSA_BITS_MIN = 3072
"""Of a system's own keys: 128 bits of security, as its elliptic keys and everything of ours have (NIST SP 800-57, table 2)."""
PROOF_AGE_S = 60
"""How far a proof's own moment may be from ours; its nonce may be older."""
NONCE_S = 300
"""A nonce serves for the span it was given in and the next."""
PROOF_MAX = 4096
TEXT_MAX = 200
_HEADED = jws.JWSRegistry(algorithms=list(ALGORITHMS))
_HEADED.max_header_length = PROOF_MAX
"""A proof's head holds the whole key; the library's own limit (512) lets no RSA key through."""
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PEM = "-----BEGIN"

PublicKey = ECKey | RSAKey | OKPKey
_KINDS: dict[str, type[ECKey | RSAKey | OKPKey]] = {"EC": ECKey, "RSA": RSAKey, "OKP": OKPKey}


class Unbound(Unidentified):
    """The token is not yours to use: prove that you hold its key, or its certificate.

    ``code`` is the word of the standard: ``invalid_dpop_proof``, ``use_dpop_nonce``, ``invalid_token``.
    """

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """The request a proof is of. ``url`` as the caller sees it; ``certificate`` the caller's, in DER."""

    method: str
    url: str
    proof: str | None = None
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof that holds: the thumbprint of its key, and what it must not serve for again, until when."""

    key: bytes
    once: str
    until: datetime


def nonce(vault: Vault, at: datetime) -> str:
    """The nonce of now: nothing is kept of it, for only we can make it."""
    return _nonce(vault, int(at.timestamp()) // NONCE_S)


def prove(vault: Vault, asked: Asked, at: datetime, *, token: str | None = None) -> Proven:
    """The proof of a request, if it holds; of an access token where one is used. Raises ``Unbound``."""
    if asked.proof is None:
        raise Unbound("invalid_dpop_proof", "Send a DPoP proof of the request (RFC 9449).")
    head, claims = _read(asked.proof)
    key, thumbprint = _key(orjson.dumps(head["jwk"], option=orjson.OPT_SORT_KEYS).decode())
    _check_signature(asked.proof, key)
    if claims.get("htm") != asked.method or _plain(claims.get("htu")) != _plain(asked.url):
        raise Unbound("invalid_dpop_proof", "The DPoP proof is of another request.")
    if token is not None:
        right = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
        if not hmac.compare_digest(str(claims.get("ath", "")).encode(), right.encode()):
            raise Unbound("invalid_dpop_proof", "The DPoP proof is of another token.")
    moment, once = claims.get("iat"), claims.get("jti")
    if isinstance(moment, bool) or not isinstance(moment, int | float) or abs(at.timestamp() - moment) > PROOF_AGE_S:
        raise Unbound("invalid_dpop_proof", "The DPoP proof is not of now; check your clock.")
    if not isinstance(once, str) or not 0 < len(once) <= TEXT_MAX:
        raise Unbound("invalid_dpop_proof", "The DPoP proof has no identifier of its own (jti).")
    if not _current(vault, claims.get("nonce"), at):
        raise Unbound("use_dpop_nonce", "Make the DPoP proof with the nonce of the header DPoP-Nonce.")
    return Proven(thumbprint, f"dpop|{thumbprint.hex()}|{once}", at + timedelta(seconds=2 * PROOF_AGE_S))


def thumbprint_of(certificate: bytes) -> bytes:
    """``x5t#S256`` of a certificate in DER (RFC 8705 § 3.1)."""
    return hashlib.sha256(certificate).digest()


def certificate_of(text: str) -> bytes | None:
    """A caller's certificate, in DER, from a proxy's header: RFC 9440, or PEM with per cents; None for neither."""
    try:
        if text.startswith(":") and text.endswith(":"):
            der = base64.b64decode(text[1:-1], validate=True)
        elif _PEM in (plain := unquote(text)):
            return x509.load_pem_x509_certificate(plain.encode()).public_bytes(Encoding.DER)
        else:
            return None
        return x509.load_der_x509_certificate(der).public_bytes(Encoding.DER)
    except (ValueError, binascii.Error):
        return None


def certificate_in(pem: bytes) -> bytes:
    """The thumbprint of a certificate in PEM. Raises ``ValueError``, ``Rejected`` for a key too short."""
    read = x509.load_pem_x509_certificate(pem)
    key = read.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < RSA_BITS_MIN:
        raise Rejected(f"An RSA key has at least {RSA_BITS_MIN} bits.", field="certificates")
    return read.fingerprint(hashes.SHA256())


def _nonce(vault: Vault, span: int) -> str:
    return base64.urlsafe_b64encode(vault.token_hash(f"dpop-nonce|{span}")[:18]).decode()


def _current(vault: Vault, given: object, at: datetime) -> bool:
    span = int(at.timestamp()) // NONCE_S
    told = str(given).encode()
    return any(hmac.compare_digest(_nonce(vault, one).encode(), told) for one in (span, span - 1))


def _read(proof: str) -> tuple[dict[str, object], dict[str, object]]:
    """Head and claims of a proof, its form checked and nothing else."""
    parts = proof.split(".") if len(proof) <= PROOF_MAX else []
    try:
        head, claims = (orjson.loads(_bytes(part)) for part in parts[:2])
    except ValueError:
        head = claims = None
    if not (len(parts) == 3 and isinstance(head, dict) and isinstance(claims, dict) and _fits(head)):
        raise Unbound("invalid_dpop_proof", "The DPoP proof has not the form of one.")
    return head, claims


def _fits(head: dict[str, object]) -> bool:
    key = head.get("jwk")
    return (
        head.get("typ") == PROOF_TYPE
        and head.get("alg") in ALGORITHMS
        and "crit" not in head
        and isinstance(key, dict)
        and not _PRIVATE & key.keys()
    )


def claims_unproved(token: str) -> dict[str, object]:
    """What a signed token claims, nothing of it proved; empty for what is no token."""
    try:
        claims = orjson.loads(_bytes(token.split(".")[1]))
    except (ValueError, IndexError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@lru_cache(maxsize=4096)
def _key(told: str) -> tuple[PublicKey, bytes]:
    """The key a proof names, and its thumbprint (RFC 7638); the same caller names the same key each time."""
    try:
        named = orjson.loads(told)
        key = _KINDS[named.get("kty", "")].import_key(named)
        thumbprint = _bytes(key.thumbprint())
    except (JoseError, ValueError, KeyError, TypeError):
        raise Unbound("invalid_dpop_proof", "The DPoP proof names a key that is none.") from None
    if isinstance(key, RSAKey) and key.public_key.key_size < RSA_BITS_MIN:
        raise Unbound("invalid_dpop_proof", f"An RSA key has at least {RSA_BITS_MIN} bits.")
    return key, thumbprint


def _check_signature(proof: str, key: PublicKey) -> None:
    try:
        jws.deserialize_compact(proof, key, registry=_HEADED)
    except (JoseError, ValueError):
        raise Unbound("invalid_dpop_proof", "The DPoP proof is not signed by the key it names.") from None


def _plain(url: object) -> str:
    """An address without what a proof does not cover: query and fragment (RFC 9449 § 4.3)."""
    parts = urlsplit(str(url))
    port = {"http": ":80", "https": ":443"}.get(parts.scheme.lower(), "")
    return f"{parts.scheme.lower()}://{parts.netloc.lower().removesuffix(port)}{parts.path or '/'}"
