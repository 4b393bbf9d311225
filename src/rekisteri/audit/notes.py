"""Signed notes, checkpoints and cosignatures, as C2SP writes them: text that anybody can check.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (Ed25519). A
checkpoint's text is three lines: the log's origin, its size, its root in base64.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rekisteri.audit.merkle import HASH_BYTES, LEAVES_MAX
from rekisteri.ground.errors import Rejected

LOG_KEY = 0x01
"""Signature type of a log: Ed25519 over the text."""
WITNESS_KEY = 0x04
"""Signature type of a witness: Ed25519 over the moment and the text (cosignature/v1)."""
NOTE_BYTES_MAX = 64 * 1024
SIGNATURES_MAX = 64
TIME_MAX = 2**63 - 1

_NAME = re.compile(r"[^\s+]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature is believed: a name, the type of signature and a public key of 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart; no security rests on them."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes((self.kind,)) + self.public).digest()[:4]

    def __str__(self) -> str:
        coded = base64.b64encode(bytes((self.kind,)) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{coded}"

    @staticmethod
    def parse(text: str) -> VerifierKey:
        """The key of its line (``name+id+key``). Raises ``Rejected``."""
        name, _, rest = text.strip().partition("+")
        key_id, _, coded = rest.partition("+")
        material = _decoded(coded)
        if not _NAME.fullmatch(name) or len(material) != 33 or material[0] not in (LOG_KEY, WITNESS_KEY):
            raise Rejected("A verifier key is name+id+key, of Ed25519, as `rekisteri audit key` prints it.")
        key = VerifierKey(name, material[0], material[1:])
        if key.key_id.hex() != key_id:
            raise Rejected("The id of the verifier key is not of its name and key; copy the whole line again.")
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"

    @staticmethod
    def parse(line: str) -> Signature:
        """The signature of its line. Raises ``Rejected``."""
        name, _, coded = line.removeprefix(_DASH).rstrip("\n").partition(" ")
        value = _decoded(coded)
        if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(value) < 5:
            raise Rejected("A signature line is: dash, name, signature in base64.")
        return Signature(name, value[:4], value[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text and whoever signed it. Nobody's word until ``signed_by`` has checked it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))

    @staticmethod
    def parse(note: str) -> Note:
        """The note of its text. Raises ``Rejected`` for what is none."""
        text, blank, signatures = note.rpartition("\n\n")
        lines = signatures.splitlines(keepends=True)
        sound = blank and len(note) <= NOTE_BYTES_MAX and note.endswith("\n") and not _CONTROL.search(note)
        if not sound or not 0 < len(lines) <= SIGNATURES_MAX:
            raise Rejected("This is no signed note: a text, an empty line, and signature lines.")
        return Note(text + "\n", tuple(Signature.parse(line) for line in lines))

    def signed_by(self, keys: Iterable[VerifierKey]) -> dict[VerifierKey, int]:
        """Which of the keys signed this, and when a witness did (POSIX seconds; 0 of a log's own).

        Raises ``Rejected`` where a signature bears the name and id of one of the keys and does not hold.
        """
        known = {(key.name, key.key_id): key for key in keys}
        found: dict[VerifierKey, int] = {}
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None:
                continue
            moment = _moment_signed(key, self.text, signature.value)
            if moment is None:
                raise Rejected(f"The signature of {key.name} does not hold: the note was changed, or is a forgery.")
            found[key] = max(moment, found.get(key, 0))
        return found

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The note with signatures added; those it has are not doubled."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: so many leaves, this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @staticmethod
    def parse(text: str) -> Checkpoint:
        """The checkpoint of a note's text; lines after the third are of no concern. Raises ``Rejected``."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not _SIZE.fullmatch(lines[1]) or int(lines[1]) > LEAVES_MAX:
            raise Rejected("This is no checkpoint: its lines are the origin, the size and the root of the log.")
        root = _decoded(lines[2])
        if len(root) != HASH_BYTES:
            raise Rejected("The root of the checkpoint is not 32 bytes in base64.")
        return Checkpoint(lines[0], int(lines[1]), root)


class Signer:
    """Signs for one name with one Ed25519 key; of a log, or of a witness."""

    def __init__(self, name: str, kind: int, seed: bytes) -> None:
        if not _NAME.fullmatch(name):
            raise Rejected("The name of a key has no spaces and no plus sign, and at most 200 characters.")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey(name, kind, self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """A log's signature of a text."""
        assert self.key.kind == LOG_KEY
        return Signature(self.key.name, self.key.key_id, self._private.sign(text.encode()))

    def cosign(self, text: str, moment: int) -> Signature:
        """A witness's signature of a text, at a moment in POSIX seconds."""
        assert self.key.kind == WITNESS_KEY
        value = moment.to_bytes(8, "big") + self._private.sign(_cosigned(text, moment))
        return Signature(self.key.name, self.key.key_id, value)


def signed(text: str, signers: Sequence[Signer]) -> Note:
    """The note of a text that every signer signs."""
    return Note(text, tuple(signer.sign(text) for signer in signers))


def _moment_signed(key: VerifierKey, text: str, value: bytes) -> int | None:
    """When the signature was made (0 where it does not say), or None where it does not hold."""
    moment, message = 0, text.encode()
    if key.kind == WITNESS_KEY:
        moment, value = int.from_bytes(value[:8], "big"), value[8:]
        message = _cosigned(text, moment)
    if moment > TIME_MAX:
        return None
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, message)
    except (InvalidSignature, ValueError):
        return None
    return moment


def _cosigned(text: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def _decoded(text: str) -> bytes:
    """Standard base64, in the one form that encodes those bytes; empty for anything else."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return found if base64.b64encode(found).decode() == text else b""
