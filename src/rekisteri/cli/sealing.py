"""Sealing as time passes: in the server's own thread, or as a command that goes on until stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from rekisteri.audit import Sequencer
from rekisteri.ground.errors import RekisteriError

_log = structlog.get_logger("rekisteri.log")


class Sealing:
    """Seals a log every so many seconds, until told to stop. What fails is logged, and tried again."""

    def __init__(self, log: Sequencer, seconds: float) -> None:
        self._log = log
        self._seconds = seconds
        self._stopped = threading.Event()

    def follow(self) -> None:
        """Seal now and every so many seconds."""
        while True:
            self.seal()
            if self._stopped.wait(self._seconds):
                return

    def stop(self) -> None:
        """Let ``follow`` return."""
        self._stopped.set()

    def seal(self) -> None:
        """Seal once."""
        try:
            self._log.seal()
        except Exception as error:
            # The door goes on: events wait for their leaf. Whoever watches the server's log must look.
            # A library's message may quote a value, so of those only the kind is told.
            told = error.message if isinstance(error, RekisteriError) else ""
            _log.error("log not sealed", kind=type(error).__name__, message=told)


@contextmanager
def sealing(log: Sequencer, seconds: float) -> Iterator[None]:
    """Seal beside whatever is done within, and once more at its end; not at all where ``seconds`` is 0."""
    if not seconds:
        yield
        return
    following = Sealing(log, seconds)
    thread = threading.Thread(target=following.follow, name="sealing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        following.stop()
        thread.join()
        following.seal()
