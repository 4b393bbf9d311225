"""Proof of one event: a file that shows, without the register, what was logged and where (c2sp.org/tlog-proof).

The proof's extra data opens the commitment: salt and event in canonical form. So it tells whom the event is about, and is
handed only to who may know that.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

import orjson

from rekisteri.audit.compare import payloads_of
from rekisteri.audit.entries import SALT_BYTES, Entry, canonical, commitment
from rekisteri.audit.merkle import HASH_BYTES, includes, leaf_hash
from rekisteri.audit.notes import Checkpoint, Note
from rekisteri.audit.tree import inclusion, last_checkpoint, published
from rekisteri.audit.verify import Trust
from rekisteri.ground.database import Read
from rekisteri.ground.errors import Missing, Rejected

HEADER = "c2sp.org/tlog-proof@v1"
PATH_MAX = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """Salt and event in canonical form, the leaf it has, the path to the root, and the checkpoint of the root."""

    index: int
    path: tuple[bytes, ...]
    note: Note
    salt: bytes
    event: bytes

    def __str__(self) -> str:
        lines = [HEADER, f"extra {base64.b64encode(self.salt + self.event).decode()}", f"index {self.index}"]
        lines += [base64.b64encode(one).decode() for one in self.path]
        return "\n".join([*lines, "", str(self.note)])

    @staticmethod
    def parse(text: str) -> Proof:
        """The proof of its text. Raises ``Rejected``."""
        head, blank, note = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or len(lines) < 3 or lines[0] != HEADER or len(lines) - 3 > PATH_MAX:
            raise Rejected("This is no proof of an event: its first line is c2sp.org/tlog-proof@v1.")
        extra, index = lines[1].removeprefix("extra "), lines[2].removeprefix("index ")
        try:
            opening = base64.b64decode(extra, validate=True)
            path = tuple(base64.b64decode(line, validate=True) for line in lines[3:])
        except binascii.Error:
            raise Rejected("The proof is not whole: a line of it is no base64.") from None
        if len(opening) <= SALT_BYTES or not index.isdecimal() or any(len(one) != HASH_BYTES for one in path):
            raise Rejected("The proof is not whole: it tells no event, no index, or a hash of a wrong length.")
        return Proof(int(index), path, Note.parse(note), opening[:SALT_BYTES], opening[SALT_BYTES:])


def prove(tx: Read, event_id: UUID) -> Proof:
    """The proof of an event against the latest checkpoint. Raises ``Missing`` for an event that has no leaf yet, or is gone."""
    last = last_checkpoint(tx)
    index = tx.value("select number from audit.leaf where event_id = %(event_id)s", event_id=event_id)
    payloads = payloads_of(tx, [event_id])
    if last is None or index is None or not payloads:
        raise Missing("There is no such event in the log; one that is seconds old has no leaf yet.")
    note = published(tx)
    assert note is not None
    path = tuple(inclusion(tx, index, last.size))
    return Proof(index, path, note, payloads[0].salt, canonical(payloads[0]))


def check_proof(proof: Proof, trust: Trust) -> dict[str, object]:
    """The event that a proof proves. Raises ``Rejected`` where it proves nothing to those trusted."""
    checkpoint = Checkpoint.parse(proof.note.text)
    if not proof.note.signed_by(trust.log_keys) or checkpoint.origin not in {key.name for key in trust.log_keys}:
        raise Rejected("The checkpoint of the proof is not signed by the log's key.")
    if len({key.public for key in proof.note.signed_by(trust.witnesses)}) < trust.quorum:
        raise Rejected("The checkpoint of the proof is not signed by enough witnesses; ask for a later proof.")
    try:
        event: dict[str, object] = orjson.loads(proof.event)
        entry = Entry(UUID(str(event["id"])), int(str(event["at_us"])), commitment(proof.salt, proof.event))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, OverflowError):
        raise Rejected("The event of the proof can't be read.") from None
    if not includes(leaf_hash(entry.encoded()), proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise Rejected("The event of the proof is not in the log that was signed.")
    return event
