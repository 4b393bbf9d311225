"""The signature of receipts: Ed25519 (RFC 8032) over the root of a tree of hashes (as RFC 6962 makes them).

One answer is a tree of one leaf. Answers given together share one signature, and each carries the few hashes that
lead from it to the root: signing each alone would cost more than deciding it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rekisteri.ground.keys import KeyProvider

KEY_NAME = "receipt"
HASH_BYTES = 32
STEP_BYTES = HASH_BYTES + 1
PROOF_MAX = 64 * STEP_BYTES
_HEAD = b"rekisteri receipt 1\n"
_LEFT, _RIGHT = b"\x00", b"\x01"


class Signer:
    """Signs receipts with the key of one provider. ``key_id`` names the key for ever, ``public`` proves it."""

    def __init__(self, provider: KeyProvider) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(provider.key(KEY_NAME))
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def sign(self, leaves: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
        """One signature for all leaves, and for each the proof that it is among them. At least one leaf."""
        root, proofs = tree(leaves)
        return self._key.sign(_HEAD + root), proofs


def key_id(public: bytes) -> str:
    """The name of a public key: the first sixteen figures of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def leaf(receipt_id: UUID, body: bytes) -> bytes:
    """The hash of one receipt: its id and the bytes of its answer."""
    return hashlib.sha256(b"\x00" + receipt_id.bytes + body).digest()


def tree(leaves: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    """The root over the leaves and the proof of each: steps of a side and the neighbour's hash, upwards.

    An odd one at the end of a row goes up as it is.
    """
    assert leaves, "nothing to sign"
    steps: list[list[bytes]] = [[] for _ in leaves]
    row = list(leaves)
    span = 1
    while len(row) > 1:
        above = []
        for at in range(0, len(row) - 1, 2):
            left, right = row[at], row[at + 1]
            above.append(hashlib.sha256(b"\x01" + left + right).digest())
            first = at * span
            for step in steps[first : first + span]:
                step.append(_RIGHT + right)
            for step in steps[first + span : first + 2 * span]:
                step.append(_LEFT + left)
        if len(row) % 2:
            above.append(row[-1])
        row, span = above, span * 2
    return row[0], [b"".join(one) for one in steps]


def verified(public: bytes, receipt_id: UUID, body: bytes, proof: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's for this receipt and these very bytes."""
    if len(proof) % STEP_BYTES or len(proof) > PROOF_MAX:
        return False
    found = leaf(receipt_id, body)
    for at in range(0, len(proof), STEP_BYTES):
        side, other = proof[at : at + 1], proof[at + 1 : at + STEP_BYTES]
        if side not in (_LEFT, _RIGHT):
            return False
        found = hashlib.sha256(b"\x01" + (other + found if side == _LEFT else found + other)).digest()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _HEAD + found)
    except (InvalidSignature, ValueError):
        return False
    return True
