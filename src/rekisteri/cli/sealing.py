"""Sealing and sweeping as time passes: in the server's own thread, or as a command that goes on until stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog

from rekisteri.audit import Sealed, Sequencer
from rekisteri.cli.overseeing import sweep_all
from rekisteri.ground import clock
from rekisteri.ground.errors import RekisteriError
from rekisteri.wiring import Register

_log = structlog.get_logger("rekisteri.log")


class Sealing:
    """Seals a log every so many seconds and sweeps it now and then, until told to stop.

    What fails is logged, and tried again.
    """

    def __init__(self, log: Sequencer, seconds: float, sweep: Callable[[], object], sweep_seconds: float) -> None:
        self._log = log
        self._seconds = seconds
        self._sweep = sweep
        self._sweep_seconds = sweep_seconds
        self._swept_at = clock.stopwatch()
        self._size = self._grown = 0
        self._stopped = threading.Event()

    def follow(self) -> None:
        """Seal now and every so many seconds."""
        while True:
            self.seal()
            self._go_through()
            if self._stopped.wait(self._seconds):
                return

    def _go_through(self) -> None:
        """Sweep when it is time and the log has grown by more than the last sweep's own event."""
        due = self._sweep_seconds and clock.stopwatch() - self._swept_at >= self._sweep_seconds
        if not due or self._grown - self._size <= 1:
            return
        self._swept_at, self._size = clock.stopwatch(), self._grown
        self._try(self._sweep)

    def stop(self) -> None:
        """Let ``follow`` return."""
        self._stopped.set()

    def seal(self) -> None:
        """Seal once."""
        sealed = self._try(self._log.seal)
        if isinstance(sealed, Sealed) and not sealed.busy:
            self._grown = sealed.size

    def _try(self, what: Callable[[], object]) -> object:
        try:
            return what()
        except Exception as error:
            # The door goes on: events wait for their leaf. Whoever watches the server's log must look.
            # A library's message may quote a value, so of those only the kind is told.
            told = error.message if isinstance(error, RekisteriError) else ""
            _log.error("log not sealed or swept", kind=type(error).__name__, message=told)
            return None


@contextmanager
def sealing(register: Register) -> Iterator[None]:
    """Seal and sweep beside whatever is done within, and seal once more at its end; not at all where that is off."""
    settings = register.settings
    if not settings.seal_seconds:
        yield
        return
    sweep = partial(sweep_all, register)
    following = Sealing(register.log, settings.seal_seconds, sweep, settings.sweep_seconds)
    thread = threading.Thread(target=following.follow, name="sealing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        following.stop()
        thread.join()
        following.seal()
