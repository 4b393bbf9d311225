"""Who makes the sheets of a delivery ready: this process, or for a large one another, beside it.

Python runs one thread at a time, and to make a sheet ready costs as much as the server's work on it. So a large
delivery has a process of its own: it reads, judges and draws, and hands over bytes ready for the server. It holds
nothing that outlives it: whoever asked it ends it, and it ends by itself when nobody asks any more.
The two speak over pipes, a pickled question and a pickled answer at a time; nobody else can speak to either.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from rekisteri.ground.errors import Unavailable
from rekisteri.ground.keys import Vault
from rekisteri.ground.memory import undisturbed
from rekisteri.sources.organisations.ready import Errand, Preparer, Ready

PROCESS_FROM_BYTES = 8 << 20
"""Of a file: a smaller one is done before another process has begun."""
COMMAND = (
    # One thread of polars: the other processor is the server's. What a sheet took is kept for the next one: to give it
    # back and ask for it anew, page by page, took a tenth of the time.
    "/usr/bin/env", "POLARS_MAX_THREADS=1", "_RJEM_MALLOC_CONF=narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0",
    "MALLOC_ARENA_MAX=1", "MALLOC_MMAP_THRESHOLD_=33554432", "MALLOC_TRIM_THRESHOLD_=67108864",
    sys.executable, "-P", "-c", "from rekisteri.sources.organisations.beside import answer; answer()",
)  # fmt: skip
_PIPE_BYTES = 1 << 20


class Sheets(Protocol):
    """What the intake asks of whoever makes its sheets ready; see ``Preparer``."""

    def read(self) -> list[str] | None:
        """The next sheet's keys; None where there is none."""
        ...

    def ready(self, known: Mapping[str, bytes]) -> Ready:
        """The sheet read first, divided."""
        ...

    def alone(self, row_nos: Sequence[int]) -> Ready:
        """Rows of a crowd, said alone after all."""
        ...

    def unseen(self, keys: Sequence[str]) -> list[bool]:
        """Of each key whether no sheet has held it."""
        ...


def suits(path: Path) -> bool:
    """Whether the file is large enough for another process."""
    return path.stat().st_size >= PROCESS_FROM_BYTES


@contextmanager
def begun(path: Path) -> Iterator[Callable[[Errand, Vault], Sheets]]:
    """Whoever suits the file, for as long as it lasts: to be told of the errand when all is known of it."""
    if not suits(path):
        yield Preparer
        return
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=_PIPE_BYTES)
    other = _Beside(process)
    try:
        yield other.begin
    finally:
        process.kill()
        process.wait()
        other.close()


class _Beside:
    """The other process, as this one sees it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._questions = cast("BinaryIO", process.stdin)
        self._answers = cast("BinaryIO", process.stdout)

    def begin(self, errand: Errand, vault: Vault) -> Sheets:
        """Tell it of its errand."""
        self._put((errand, vault))
        return self

    def close(self) -> None:
        """Let go of the pipes; a question that nobody hears any more is lost."""
        with suppress(BrokenPipeError):
            self._questions.close()
        self._answers.close()

    def read(self) -> list[str] | None:
        return cast("list[str] | None", self._asked("read"))

    def ready(self, known: Mapping[str, bytes]) -> Ready:
        return cast("Ready", self._asked("ready", known))

    def alone(self, row_nos: Sequence[int]) -> Ready:
        return cast("Ready", self._asked("alone", row_nos))

    def unseen(self, keys: Sequence[str]) -> list[bool]:
        return cast("list[bool]", self._asked("unseen", keys))

    def _asked(self, *question: object) -> object:
        self._put(question)
        try:
            answer = pickle.load(self._answers)  # noqa: S301 - our own child, over a pipe nobody else holds
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise _gone() from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _put(self, said: object) -> None:
        try:
            pickle.dump(said, self._questions, pickle.HIGHEST_PROTOCOL)
            self._questions.flush()
        except OSError as error:
            raise _gone() from error


def _gone() -> Unavailable:
    return Unavailable(
        "The process that reads the delivery ended before its time, perhaps for want of memory; nothing was taken. "
        "Take the delivery again."
    )


def answer() -> None:
    """Be the other process: answer until nobody asks any more."""
    # Whoever interrupts the work interrupts the process that asks; that one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    questions, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(EOFError, BrokenPipeError), undisturbed(in_step=True):
        preparer = Preparer(*pickle.load(questions))  # noqa: S301 - whoever started us
        while True:
            name, *said = pickle.load(questions)  # noqa: S301
            pickle.dump(_answered(preparer, name, said), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


def _answered(preparer: Preparer, name: str, said: Sequence[Any]) -> object:
    try:
        return getattr(preparer, name)(*said)
    except Exception as error:
        return error
