"""Many questions at once: lines in, lines out, the same rules, one act with every customer in its evidence.

Answers may not leave before the act is in the log, and the act is in the log when all are answered. So they wait in
a spool of their own: a file without a name, sealed under a key that is nowhere but in this process's memory.
"""

from __future__ import annotations

import csv
import gc
import io
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, BinaryIO

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rekisteri.access import Write, decide_organisation
from rekisteri.ground.errors import Rejected
from rekisteri.payers.answer import Problem
from rekisteri.payers.problems import PROBLEMS
from rekisteri.payers.question import Question, Usual, asked
from rekisteri.payers.receipts import whole
from rekisteri.payers.resolve import Office, Receipted, resolve_all

CHUNK = 2_000
"""Questions answered by the same few statements, and receipts under one signature."""
LINE_BYTES_MAX = 4_096
LINES_MAX = 1_000_000
NDJSON_MARK = b"{"

Progress = Callable[[int], None]
Asked = tuple[int, Question | Problem]


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
    tx: Write, office: Office, source: BinaryIO, usual: Usual, out: Spool, *, language: str, progress: Progress
) -> Batch:
    """Answer every line of a source (NDJSON, or CSV with a heading) into a spool, a JSON line each, in order.

    A line without an answer gets its problem and the rest go on. ``progress`` is told how many lines are done.
    Raises ``Rejected`` for a source that is neither, or too long; ``Refused`` as ``resolve`` does.
    """
    decide_organisation(tx.act.viewer, usual.organisation_id)
    answered = problems = 0
    every = questions(source, usual)
    with _undisturbed():
        while lines := list(islice(every, CHUNK)):
            found = iter(resolve_all(tx, office, [one for _, one in lines if isinstance(one, Question)]))
            results = [(number, one if isinstance(one, Problem) else next(found)) for number, one in lines]
            out.put(b"".join(line(number, result, language) for number, result in results))
            wrong = sum(isinstance(result, Problem) for _, result in results)
            problems += wrong
            answered += len(results) - wrong
            progress(answered + problems)
    tx.note(answered=answered, problems=problems)
    return Batch(answered, problems)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nothing of an answer refers back to itself, so looking for such rings finds nothing and took a third of the time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def line(number: int, result: Receipted | Problem, language: str) -> bytes:
    """One line of the answer to a batch."""
    if isinstance(result, Problem):
        return orjson.dumps({"line": number, "problem": problem(result, language)}) + b"\n"
    return b'{"line":%d,%s' % (number, whole(result.receipt, result.body)[1:]) + b"\n"


def problem(found: Problem, language: str) -> dict[str, str]:
    """A problem as data: its code and field, and in words what is wrong and what to do."""
    said = PROBLEMS[found.code]
    return {
        "code": found.code,
        "field": found.field,
        "what": said.what.in_(language),
        "cure": said.cure.in_(language),
    }


def questions(source: BinaryIO, usual: Usual) -> Iterator[Asked]:
    """The questions of a source with their line numbers, counted from 1. Raises ``Rejected``."""
    lines = _lines(source)
    first = next(lines, None)
    if first is None:
        raise Rejected("There is nothing in the file; give a line for each customer.", field="file")
    head = (first or b"").removeprefix(b"\xef\xbb\xbf").lstrip()
    numbered = _ndjson(first, lines) if head.startswith(NDJSON_MARK) else _csv(first, lines)
    for number, fields in numbered:
        if number > LINES_MAX:
            raise Rejected(f"A batch has at most {LINES_MAX} lines; send the rest as another.", field="file")
        yield number, Problem("line_unreadable", "line") if fields is None else asked(fields, usual)


Numbered = Iterator[tuple[int, Mapping[str, object] | None]]


def _ndjson(first: bytes | None, rest: Iterable[bytes | None]) -> Numbered:
    start = None if first is None else first.removeprefix(b"\xef\xbb\xbf")
    for number, raw in enumerate(chain((start,), rest), 1):
        if raw is None or raw.strip():
            yield number, _object(raw)


def _object(raw: bytes | None) -> Mapping[str, object] | None:
    try:
        found = None if raw is None else orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _csv(first: bytes | None, rest: Iterable[bytes | None]) -> Numbered:
    """Rows under a heading of the fields' names; divided by the sign the heading is divided by."""
    heading = _text(first)
    if heading is None:
        raise Rejected("The heading can't be read; send UTF-8.", field="file")
    sign = ";" if ";" in heading else ","
    names = [name.strip().lower() for name in next(csv.reader([heading], delimiter=sign))]
    number = 1
    for raw in rest:
        number += 1
        text = _text(raw)
        if text is None:
            yield number, None
        elif text.strip():
            cells = next(csv.reader(io.StringIO(text), delimiter=sign))
            yield number, dict(zip(names, cells, strict=True)) if len(cells) == len(names) else None


def _text(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        return None


def _lines(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines of a source; None for one longer than a question can be, whatever it holds."""
    while raw := source.readline(LINE_BYTES_MAX + 1):
        if len(raw) <= LINE_BYTES_MAX:
            yield raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = source.readline(LINE_BYTES_MAX + 1)
        yield None
