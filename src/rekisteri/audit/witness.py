"""A witness: signs a checkpoint only if it continues the one it signed before (c2sp.org/tlog-witness).

It runs elsewhere than the register, by somebody else: a client organisation, the data protection officer. All it keeps is
its key and, for each log, the size and the root it signed last. Two histories of one log can't both get its signature.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rekisteri.audit.merkle import EMPTY_ROOT, extends
from rekisteri.audit.notes import WITNESS_KEY, Checkpoint, Note, Signature, Signer, VerifierKey
from rekisteri.audit.tree import published, tree
from rekisteri.ground.database import Read, Write
from rekisteri.ground.errors import Conflict, Missing, Refused, Rejected
from rekisteri.ground.keys import KeyProvider

PROOF_LINES_MAX = 63
WITNESS_KEY_NAMES = ("witness",)
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Request:
    """What a witness is asked: the size it signed last, the proof from there, and the checkpoint to sign."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        lines = [f"old {self.old}", *(base64.b64encode(one).decode() for one in self.proof)]
        return "\n".join([*lines, "", str(self.note)])

    @staticmethod
    def parse(text: str) -> Request:
        """The request of its text, as ``add-checkpoint`` has it. Raises ``Rejected``."""
        head, blank, note = text.partition("\n\n")
        old, *proof = head.split("\n")
        found = _OLD.fullmatch(old)
        if not blank or found is None or len(proof) > PROOF_LINES_MAX:
            raise Rejected("This is no request to a witness: its first line is `old` and a size.")
        try:
            hashes = tuple(base64.b64decode(line, validate=True) for line in proof)
        except binascii.Error:
            raise Rejected("A line of the consistency proof is no base64.") from None
        return Request(int(found[1]), hashes, Note.parse(note))


def request(tx: Read, old: int, size: int | None = None) -> Request:
    """What the register asks a witness that signed ``old`` leaves last. Raises ``Missing`` and ``Conflict``."""
    note = published(tx, size)
    if note is None:
        raise Missing("There is no such checkpoint.")
    there = Checkpoint.parse(note.text).size
    if not 0 <= old <= there:
        raise Conflict(f"The witness has signed {old} leaves and the log has {there}: the log was cut short.")
    return Request(old, tuple(tree(tx, there).consistency(old)), note)


class Witness:
    """Signs for one name; remembers, in a folder of its own, what it signed."""

    def __init__(self, name: str, provider: KeyProvider, folder: Path, log_keys: Sequence[VerifierKey]) -> None:
        self._signer = Signer(name, WITNESS_KEY, provider.key(WITNESS_KEY_NAMES[0]))
        self._folder = folder
        self._log_keys = tuple(log_keys)
        self.key = self._signer.key

    def signed(self, origin: str) -> int:
        """How many leaves of a log it signed last; 0 of one it never signed."""
        return self._recall(origin)[0]

    def last(self, origin: str) -> Note | None:
        """The checkpoint of a log it signed last, with its own signature: what a verifier may hold the log to."""
        path = self._path(origin).with_suffix(".checkpoint")
        return Note.parse(path.read_text("utf-8")) if path.exists() else None

    def cosign(self, asked: Request, moment: int) -> Signature:
        """Its signature of the checkpoint, at a moment in POSIX seconds.

        Raises ``Missing`` for a log it does not know, ``Refused`` for one that its key has not signed, ``Conflict``
        where it signed another size last or another root of the same size, ``Rejected`` for a proof that does not hold.
        """
        checkpoint = Checkpoint.parse(asked.note.text)
        keys = [key for key in self._log_keys if key.name == checkpoint.origin]
        if not keys:
            raise Missing(f"This witness does not know the log {checkpoint.origin}.")
        if not asked.note.signed_by(keys):
            raise Refused("The log's key has not signed this checkpoint.")
        if asked.old > checkpoint.size:
            raise Rejected("The old size is greater than the checkpoint's.")
        with self._alone():
            size, root = self._recall(checkpoint.origin)
            if asked.old != size:
                raise Conflict(f"This witness signed {size} leaves last; ask from there.", field=str(size))
            if size == checkpoint.size and root != checkpoint.root:
                raise Conflict(
                    "This witness has signed another root of the same size: the log was rewritten.", field=str(size)
                )
            if not extends(size, root, checkpoint.size, checkpoint.root, asked.proof):
                raise Rejected("The checkpoint does not continue the one this witness signed: the log was rewritten.")
            signature = self._signer.cosign(asked.note.text, moment)
            # Durable before anybody sees the signature: a witness that forgot could be led to sign another history.
            self._keep(checkpoint, asked.note.with_signatures([signature]))
        return signature

    def _path(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"

    def _recall(self, origin: str) -> tuple[int, bytes]:
        path = self._path(origin)
        if not path.exists():
            return 0, EMPTY_ROOT
        kept = json.loads(path.read_text("utf-8"))
        return int(kept["size"]), bytes.fromhex(kept["root"])

    def _keep(self, checkpoint: Checkpoint, note: Note) -> None:
        path = self._path(checkpoint.origin)
        told = json.dumps({"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()})
        for place, text in ((path, told), (path.with_suffix(".checkpoint"), str(note))):
            fresh = place.with_suffix(".new")
            with fresh.open("w", encoding="utf-8") as sink:
                sink.write(text)
                sink.flush()
                os.fsync(sink.fileno())
            fresh.replace(place)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time compares and remembers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True, slots=True)
class Known:
    """A witness the register takes signatures of, and how far it has signed."""

    name: str
    vkey: str
    added_at: datetime
    ended_at: datetime | None
    size: int | None
    signed_at: datetime | None


def witnesses(tx: Read) -> list[Known]:
    """Every witness, those that have ended too."""
    return tx.all(
        Known,
        """
        select w.name, w.vkey, w.added_at, w.ended_at, last.size, last.at as signed_at
        from audit.witness w left join lateral (
            select c.size, c.at from audit.cosignature c where c.witness = w.name order by c.size desc limit 1
        ) last on true
        order by w.name
        """,
    )


def add_witness(tx: Write, vkey: str) -> VerifierKey:
    """Take a witness's signatures from now on. Raises ``Rejected`` for another kind of key, ``Conflict`` for a name taken."""
    key = VerifierKey.parse(vkey)
    if key.kind != WITNESS_KEY:
        raise Rejected("This is a log's key; a witness makes its own with `rekisteri audit witness key`.", field="vkey")
    added = tx.run(
        "insert into audit.witness (name, vkey, added_at) values (%(name)s, %(vkey)s, %(at)s) on conflict do nothing",
        name=key.name,
        vkey=str(key),
        at=tx.at,
    )
    if not added:
        raise Conflict("There is a witness of that name or key already; a new key needs a new name.", field="vkey")
    return key


def end_witness(tx: Write, name: str) -> None:
    """Take no more signatures of a witness; those it gave stay. Raises ``Missing``."""
    ended = tx.run(
        "update audit.witness set ended_at = %(at)s where name = %(name)s and ended_at is null", at=tx.at, name=name
    )
    if not ended:
        raise Missing("There is no such witness, or it has ended.")


def accept(tx: Write, size: int, lines: str) -> list[str]:
    """Keep the signatures of a checkpoint that known witnesses gave; the names of those kept.

    Raises ``Missing`` for a checkpoint there is none of, ``Rejected`` where no line is of a known witness or one does not hold.
    """
    note = published(tx, size)
    if note is None:
        raise Missing("There is no such checkpoint.")
    keys = [VerifierKey.parse(one.vkey) for one in witnesses(tx) if one.ended_at is None]
    given = [Signature.parse(line) for line in lines.splitlines(keepends=True) if line.strip()]
    signed = Note(note.text, tuple(given)).signed_by(keys)
    if not signed:
        raise Rejected("No line is a signature of a witness this register knows.")
    for key in signed:
        line = next(one for one in given if (one.name, one.key_id) == (key.name, key.key_id))
        tx.run(
            """
            insert into audit.cosignature (size, witness, at, line)
            values (%(size)s, %(witness)s, %(at)s, %(line)s) on conflict do nothing
            """,
            size=size,
            witness=key.name,
            at=tx.at,
            line=str(line),
        )
    return sorted(key.name for key in signed)
