"""The helper's process: started for the first long batch, kept for the next one, gone with whoever keeps it.

To start costs a second, as much as thousands of answers, so one waits idle between batches. The two speak over a line
nobody else holds. A process whose batch ended otherwise than well is not kept.
"""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from threading import Lock

from rekisteri.access import Door, Lent
from rekisteri.ground.memory import undisturbed
from rekisteri.payers.hands import answered
from rekisteri.payers.resolve import Office

END_S = 10
_Helper = tuple[subprocess.Popen[bytes], Connection]


class Beside:
    """Starts and keeps helpers. ``entrance`` is the function, in full, that a helper's process calls with its line;
    ``told`` is the first thing it hears: how to open the register."""

    def __init__(self, entrance: str, told: object) -> None:
        self._module, _, self._function = entrance.rpartition(".")
        self._told = told
        self._idle: _Helper | None = None
        self._lock = Lock()

    @contextmanager
    def start(self) -> Iterator[Connection]:
        """The line to a helper: to the one that waits, or to a new one."""
        kept = self._put_by(None)
        process, line = kept if kept is not None and kept[0].poll() is None else self._new()
        try:
            yield line
        except BaseException:
            _end(process)
            raise
        if (other := self._put_by((process, line))) is not None:
            _end(other[0])

    def close(self) -> None:
        """End the one that waits."""
        if (kept := self._put_by(None)) is not None:
            _end(kept[0])
            kept[1].close()

    def _put_by(self, one: _Helper | None) -> _Helper | None:
        """Keep this one; the one that was kept before."""
        with self._lock:
            before, self._idle = self._idle, one
        return before

    def _new(self) -> _Helper:
        here, there = multiprocessing.Pipe()
        call = f"from {self._module} import {self._function}; {self._function}({there.fileno()})"
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", call], pass_fds=(there.fileno(),), stdin=subprocess.DEVNULL
        )
        there.close()
        here.send(self._told)
        return process, here


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def help_out(line: Connection, door: Door, office: Office) -> None:
    """What a helper's process does: for each batch it joins the reading it is lent and answers chunks; till nobody asks."""
    # Whoever interrupts the work interrupts the process that asks; that one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError), undisturbed():
        while True:
            lent, errand = line.recv()
            assert isinstance(lent, Lent)
            with door.joined(lent) as tx:
                line.send(None)
                while (chunk := line.recv()) is not None:
                    line.send(answered(tx, office, errand, chunk))
