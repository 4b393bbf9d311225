"""Many questions at once: lines in, lines out, the same rules, one act with every customer in its evidence.

Answers may not leave before the act is in the log, and the act is in the log when all are answered. So they wait in
a spool of their own: a file without a name, sealed under a key that is nowhere but in this process's memory.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rekisteri.access import Write, decide_organisation
from rekisteri.ground.memory import undisturbed
from rekisteri.payers.hands import Crew, Errand, shared
from rekisteri.payers.lines import Numbered, opened
from rekisteri.payers.question import Usual
from rekisteri.payers.resolve import Office, keep

CHUNK = 2_000
"""Questions answered by the same few statements, and receipts under one signature."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """How a batch ended: lines answered, and lines with a problem."""

    answered: int
    problems: int


class Spool:
    """Bytes that wait, sealed, and are read once from the beginning."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def put(self, plain: bytes) -> None:
        """Add a piece."""
        nonce = os.urandom(12)
        sealed = self._cipher.encrypt(nonce, plain, None)
        self._file.write(struct.pack(">I", len(sealed)) + nonce + sealed)

    def pieces(self) -> Iterator[bytes]:
        """Every piece, in order."""
        self._file.seek(0)
        while head := self._file.read(4):
            (length,) = struct.unpack(">I", head)
            nonce = self._file.read(12)
            yield self._cipher.decrypt(nonce, self._file.read(length), None)


@contextmanager
def spool(folder: Path) -> Iterator[Spool]:
    """A spool in a folder, gone when left."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        yield Spool(file)


def bulk(
    tx: Write,
    office: Office,
    source: BinaryIO,
    usual: Usual,
    out: Spool,
    *,
    language: str,
    progress: Progress,
    crew: Crew | None = None,
    chunk: int = CHUNK,
) -> Batch:
    """Answer every line of a source (NDJSON, or CSV with a heading) into a spool, a JSON line each, in order.

    A line without an answer gets its problem and the rest go on. A ``crew`` helps with a long one. ``progress`` is told how many lines are done.
    Raises ``Rejected`` for a source that is neither, or too long; ``Refused`` as ``resolve`` does.
    """
    decide_organisation(tx.act.viewer, usual.organisation_id)
    form, lines = opened(source)
    errand = Errand(form, usual, language)
    answered = problems = 0
    with undisturbed(), closing(shared(tx, office, errand, crew, _chunks(lines, chunk))) as pieces:
        for piece in pieces:
            out.put(piece.lines)
            keep(tx, piece.made)
            problems += piece.problems
            answered += piece.answered
            progress(answered + problems)
    tx.note(answered=answered, problems=problems)
    return Batch(answered, problems)


def _chunks(lines: Iterator[Numbered], size: int) -> Iterator[list[Numbered]]:
    while chunk := list(islice(lines, size)):
        yield chunk
