"""Hands that answer a batch: this process, and for a long batch one more beside it, for Python works on one core.

Both answer chunks of lines by the same code, reading what the act saw when it lent its reading. Neither writes: what is
to be kept comes back here, and the act keeps it. A helper that is lost has done nothing: its chunk is answered here.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing.connection import Connection
from typing import NamedTuple

import orjson

from rekisteri.access import Door, Lent, Read, Write, lend
from rekisteri.payers.answer import Problem
from rekisteri.payers.lines import Form, Numbered
from rekisteri.payers.problems import PROBLEMS
from rekisteri.payers.question import Question, Usual
from rekisteri.payers.receipts import whole
from rekisteri.payers.resolve import Made, Office, Receipted, prepare

ALONE_CHUNKS = 4
"""A batch of no more is answered before a helper has even started."""
Chunk = list[Numbered]
Start = Callable[[], AbstractContextManager[Connection]]


class Errand(NamedTuple):
    """What holds for every line of a batch: how it is read, what it means, in which language problems are told."""

    form: Form
    usual: Usual
    language: str


class Piece(NamedTuple):
    """A chunk answered: its lines, how many have an answer and how many a problem, and what is to be kept."""

    lines: bytes
    answered: int
    problems: int
    made: Made


@dataclass(frozen=True, slots=True)
class Crew:
    """Whoever may help with a batch: the door that readings are joined at, and how a helper's process starts.

    ``alone``: chunks of a batch that is not worth a helper. ``patient``: wait till the helper is ready; otherwise it is
    given work from when it is.
    """

    door: Door
    start: Start
    alone: int = ALONE_CHUNKS
    patient: bool = False


def answered(tx: Read, office: Office, errand: Errand, chunk: Sequence[Numbered]) -> Piece:
    """The answers to a chunk of lines, in order."""
    asked = [(number, errand.form.asked(raw, errand.usual)) for number, raw in chunk]
    found, made = prepare(tx, office, [one for _, one in asked if isinstance(one, Question)])
    results = iter(found)
    lines, problems = [], 0
    for number, one in asked:
        result = one if isinstance(one, Problem) else next(results)
        problems += isinstance(result, Problem)
        lines.append(line(number, result, errand.language))
    return Piece(b"".join(lines), len(asked) - problems, problems, made)


def line(number: int, result: Receipted | Problem, language: str) -> bytes:
    """One line of the answer to a batch."""
    if isinstance(result, Problem):
        return orjson.dumps({"line": number, "problem": problem(result, language)}) + b"\n"
    return b'{"line":%d,%s\n' % (number, whole(result.receipt, result.body)[1:])


def problem(found: Problem, language: str) -> dict[str, str]:
    """A problem as data: its code and field, and in words what is wrong and what to do."""
    said = PROBLEMS[found.code]
    return {
        "code": found.code,
        "field": found.field,
        "what": said.what.in_(language),
        "cure": said.cure.in_(language),
    }


def shared(tx: Write, office: Office, errand: Errand, crew: Crew | None, chunks: Iterator[Chunk]) -> Generator[Piece]:
    """Every chunk answered, in order; a long batch by two hands."""
    first = list(islice(chunks, crew.alone + 1)) if crew is not None else []
    if crew is None or len(first) <= crew.alone:
        for chunk in chain(first, chunks):
            yield answered(tx, office, errand, chunk)
        return
    lent = lend(tx)
    with crew.door.joined(lent) as here, crew.start() as line_out:
        helper = Helper(line_out, lent, errand)
        if crew.patient:
            helper.ready.wait()
        try:
            yield from _in_order(helper, chain(first, chunks), lambda chunk: answered(here, office, errand, chunk))
        finally:
            helper.dismiss()


def _in_order(helper: Helper, chunks: Iterator[Chunk], answer: Callable[[Chunk], Piece]) -> Iterator[Piece]:
    """Each chunk by whoever is free; what the helper has not begun when nothing is left is done here."""
    done: dict[int, Piece] = {}
    place = 0
    for number, chunk in enumerate(chunks):
        if not helper.take(number, chunk):
            done[number] = answer(chunk)
        done |= helper.finished(answer)
        while place in done:
            yield done.pop(place)
            place += 1
    for number, chunk in helper.left():
        done[number] = answer(chunk)
    done |= helper.last(answer)
    yield from (done[number] for number in sorted(done))


class Helper:
    """The helper as this process sees it: a thread that hands a chunk over and waits for its piece, one ahead."""

    def __init__(self, line: Connection, lent: Lent, errand: Errand) -> None:
        self.ready = threading.Event()
        self._line = line
        self._first = lent, errand
        self._given: queue.Queue[tuple[int, Chunk] | None] = queue.Queue(maxsize=1)
        self._taken: queue.Queue[tuple[int, Piece | Chunk]] = queue.Queue()
        self._lost = False
        self._thread = threading.Thread(target=self._run, name="batch-helper", daemon=True)
        self._thread.start()

    def take(self, number: int, chunk: Chunk) -> bool:
        """Whether the helper takes the chunk: it is ready, there, and has not one waiting already."""
        if not self.ready.is_set() or self._lost:
            return False
        with suppress(queue.Full):
            self._given.put_nowait((number, chunk))
            return True
        return False

    def finished(self, answer: Callable[[Chunk], Piece]) -> dict[int, Piece]:
        """What has come back by now; a chunk that a lost helper had is answered here."""
        found: dict[int, Piece] = {}
        with suppress(queue.Empty):
            while True:
                number, one = self._taken.get_nowait()
                found[number] = one if isinstance(one, Piece) else answer(one)
        return found

    def left(self) -> Iterator[tuple[int, Chunk]]:
        """The chunk the helper was given and has not begun."""
        with suppress(queue.Empty):
            given = self._given.get_nowait()
            if given is not None:
                yield given

    def last(self, answer: Callable[[Chunk], Piece]) -> dict[int, Piece]:
        """Give the helper no more and wait for what it is about; it leaves the reading it was lent."""
        self.dismiss()
        self._thread.join()
        return self.finished(answer)

    def dismiss(self) -> None:
        """Give the helper no more; what waits for it unbegun is let go."""
        with suppress(queue.Empty):
            self._given.get_nowait()
        with suppress(queue.Full):
            self._given.put_nowait(None)

    def _run(self) -> None:
        try:
            self._line.send(self._first)
            self._line.recv()
        except (EOFError, OSError):
            self._lost = True
        self.ready.set()
        while (given := self._given.get()) is not None:
            number, chunk = given
            self._taken.put((number, self._asked(chunk)))
        with suppress(OSError):
            self._line.send(None)

    def _asked(self, chunk: Chunk) -> Piece | Chunk:
        """The helper's piece; the chunk back where it is lost."""
        with suppress(EOFError, OSError):
            if not self._lost:
                self._line.send(chunk)
                piece: Piece = self._line.recv()
                return piece
        self._lost = True
        return chunk
