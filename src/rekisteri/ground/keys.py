"""Keys and field encryption: AES-256-GCM bound to its place, and a keyed blind index.

A sealed value is ``version byte | 12-byte nonce | ciphertext and tag``; its associated
data name table, column, row and version, so that a value moved elsewhere does not open.
The blind index is keyed BLAKE2b (RFC 7693) of 128 bits, with a key of its own: equal
codes meet, and without the key nobody can enumerate them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rekisteri.ground.errors import Unavailable

KEY_BYTES = 32
KEY_VERSION = 1
NONCE_BYTES = 12
BLIND_BYTES = 16
KEY_NAMES = ("secret", "protected", "blind", "digest", "token")


class KeyProvider(Protocol):
    """Where keys come from: a file by default, a hardware module in a stricter house."""

    def key(self, name: str) -> bytes:
        """The 32 bytes of the named key."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Keys in one file that nobody but its owner may read."""

    path: Path

    def key(self, name: str) -> bytes:
        """The named key. Raises ``Unavailable`` when the file is missing or open to others."""
        if not self.path.exists():
            raise Unavailable(f"The key file {self.path.name} is missing; restore it from its own backup.")
        if self.path.stat().st_mode & 0o077:
            raise Unavailable(f"The key file {self.path.name} is readable by others; run chmod 600 on it.")
        return base64.b64decode(json.loads(self.path.read_text())["keys"][name])

    @staticmethod
    def ensure(path: Path, names: Sequence[str] = KEY_NAMES) -> KeyFile:
        """The key file at ``path``, made with fresh random keys of these names if there is none yet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        keys = {name: base64.b64encode(os.urandom(KEY_BYTES)).decode() for name in names}
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return KeyFile(path)
        with os.fdopen(descriptor, "w") as sink:
            json.dump({"version": 1, "keys": keys}, sink)
            sink.flush()
            os.fsync(sink.fileno())
        return KeyFile(path)


class Vault:
    """Seals and opens values, and makes the blind indexes and digests of a process."""

    def __init__(self, provider: KeyProvider) -> None:
        self._ciphers = {name: AESGCM(provider.key(name)) for name in ("secret", "protected")}
        self._blind = provider.key("blind")
        self._digest = provider.key("digest")
        self._token = provider.key("token")

    def seal(self, plain: bytes, *, key: str, place: str) -> bytes:
        """``plain`` sealed under ``key`` for ``place`` (``table|column|row``)."""
        nonce = os.urandom(NONCE_BYTES)
        bound = f"{place}|{KEY_VERSION}".encode()
        return bytes((KEY_VERSION,)) + nonce + self._ciphers[key].encrypt(nonce, plain, bound)

    def seal_all(self, plains: Sequence[bytes], *, key: str, places: Sequence[str]) -> list[bytes]:
        """Many values sealed, each for its own place: as ``seal`` does, with one call for randomness."""
        noise = os.urandom(NONCE_BYTES * len(plains))
        nonces = [noise[at : at + NONCE_BYTES] for at in range(0, len(noise), NONCE_BYTES)]
        encrypt = self._ciphers[key].encrypt
        head, tail = bytes((KEY_VERSION,)), f"|{KEY_VERSION}"
        return [
            head + nonce + encrypt(nonce, plain, (place + tail).encode())
            for nonce, plain, place in zip(nonces, plains, places, strict=True)
        ]

    def open(self, sealed: bytes, *, key: str, place: str) -> bytes:
        """What was sealed. Raises ``Unavailable`` for another key, place or any changed byte."""
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._ciphers[key].decrypt(nonce, body, f"{place}|{sealed[0]}".encode())
        except (InvalidTag, ValueError, IndexError) as error:
            raise Unavailable(
                "A sealed value does not open: the key file is not the one it was sealed with."
            ) from error

    def blind(self, kind: str, value: str) -> bytes:
        """The 16-byte blind index of an identifier of one kind."""
        return hashlib.blake2b(f"{kind}|{value}".encode(), key=self._blind, digest_size=BLIND_BYTES).digest()

    def blind_all(self, kind: str, values: Iterable[str | None]) -> list[bytes | None]:
        """``blind`` of each value, None of None."""
        begun = hashlib.blake2b(f"{kind}|".encode(), key=self._blind, digest_size=BLIND_BYTES)
        return [None if value is None else _ended(begun, value.encode()) for value in values]

    def digest(self, content: bytes) -> bytes:
        """A keyed 16-byte digest: equal contents meet, contents cannot be guessed from it."""
        return hashlib.blake2b(content, key=self._digest, digest_size=16).digest()

    def digest_all(self, prefix: bytes, contents: Iterable[bytes]) -> list[bytes]:
        """``digest`` of the prefix and each content."""
        begun = hashlib.blake2b(prefix, key=self._digest, digest_size=16)
        return [_ended(begun, content) for content in contents]

    def token_hash(self, token: str) -> bytes:
        """The 32 bytes a session or secret token is stored as."""
        return hmac.digest(self._token, token.encode(), "sha256")


def _ended(begun: hashlib.blake2b, rest: bytes) -> bytes:
    """The digest of what was begun and the rest; what was begun can be ended otherwise again."""
    one = begun.copy()
    one.update(rest)
    return one.digest()
