"""How a recipient knows that a call is the register's: Standard Webhooks 1.0, an HMAC of id, moment and body.

Each recipient has a secret of its own, derived from one key of the register's, so that there is nothing to keep of
them. While the key turns a call bears a signature by each of its versions, the newest first.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rekisteri.ground.keys import KeyFile

KEY_NAMES = ("webhook",)
SECRET_BYTES = 32
STEM = "whsec_"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The recipients' secrets, made when they are needed."""

    keys: KeyFile

    def shown(self, recipient: str) -> list[str]:
        """The secrets in force of a recipient, the newest first, as they are given to it."""
        return [STEM + base64.b64encode(secret).decode() for secret in self._of(recipient)]

    def turn(self) -> None:
        """A new secret for every recipient; the old one is good beside it."""
        self.keys.announce(KEY_NAMES[0])
        self.keys.promote(KEY_NAMES[0])

    def end_old(self) -> None:
        """Only the newest secrets are good from now on."""
        self.keys.retire(KEY_NAMES[0])

    def headers(self, recipient: str, event_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """The headers that prove a call."""
        moment = str(int(at.timestamp()))
        signed = f"{event_id}.{moment}.".encode() + body
        marks = [hmac.digest(secret, signed, hashlib.sha256) for secret in self._of(recipient)]
        return {
            "webhook-id": event_id,
            "webhook-timestamp": moment,
            "webhook-signature": " ".join(f"v1,{base64.b64encode(mark).decode()}" for mark in marks),
        }

    def _of(self, recipient: str) -> list[bytes]:
        versions = self.keys.ring()[KEY_NAMES[0]]
        return [_derived(versions.live[number], recipient) for number in sorted(versions.live, reverse=True)]


def _derived(key: bytes, recipient: str) -> bytes:
    return HKDF(hashes.SHA256(), SECRET_BYTES, None, f"rekisteri webhook {recipient}".encode()).derive(key)
